//! The kernel interface: names, numbers, shapes, constants. `table/` is what there is of it, a file a subsystem; the
//! other files are what it is said with, and how it is found.

mod decode;
mod effect;
mod errno;
mod functions;
#[cfg(test)]
mod headers;
mod layout;
mod lookup;
mod refused;
mod shape;
mod signal;
mod table;
#[cfg(test)]
mod tests;
mod types;

pub use decode::*;
pub use effect::*;
pub use errno::*;
pub use functions::made_by;
pub use lookup::*;
pub use refused::machine_wide;
pub use signal::*;
pub use types::*;

pub(crate) use table::common::{DESCRIPTOR, ERRNO, GENERAL};
pub(crate) use table::fs::MODE;
pub(crate) use table::fuse::FUSE_OPCODES;
pub(crate) use table::mm::{MAP, PROT};
pub(crate) use table::process::CAPABILITY;
pub(crate) use table::ptrace::PTRACE_EVENT;
pub(crate) use table::signal::{SA, SIGNAL};
