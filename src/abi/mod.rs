//! The kernel interface: names, numbers, shapes, constants. One table.

mod decode;
mod effect;
mod errno;
mod lookup;
mod shape;
mod signal;
mod table;
#[cfg(test)]
mod tests;
mod types;

pub use decode::*;
pub use effect::*;
pub use errno::*;
pub use lookup::*;
pub use signal::*;
pub use types::*;

pub(crate) use table::common::{DESCRIPTOR, ERRNO, GENERAL};
pub(crate) use table::fs::MODE;
pub(crate) use table::mm::{MAP, PROT};
pub(crate) use table::process::CAPABILITY;
pub(crate) use table::signal::SIGNAL;
