//! The kernel interface: names, numbers, shapes, constants. One table.

mod types;

pub use types::*;
