//! The kernel interface: names, numbers, shapes, constants. One table.

mod decode;
mod emulated;
mod errno;
mod layout;
mod lookup;
mod machine;
mod sets;
mod shape;
mod signal;
mod table;
#[cfg(test)]
mod tests;
mod types;

pub use decode::*;
pub use emulated::*;
pub use errno::*;
pub use layout::structures;
pub use lookup::*;
pub use machine::*;
pub use sets::*;
pub use signal::*;
pub use types::*;
