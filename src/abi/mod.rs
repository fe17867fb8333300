//! The kernel interface: names, numbers, shapes, constants. One table.

mod decode;
mod effect;
mod errno;
mod layout;
mod lookup;
mod sets;
mod shape;
mod signal;
mod table;
#[cfg(test)]
mod tests;
mod types;

pub use decode::*;
pub use effect::*;
pub use errno::*;
pub use layout::structures;
pub use lookup::*;
pub use sets::*;
pub use signal::*;
pub use types::*;
