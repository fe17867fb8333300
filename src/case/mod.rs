//! YAML text in, [`Case`]s or diagnostics out.

mod diagnostic;
mod kernel;
mod model;
mod node;

pub use diagnostic::*;
pub use kernel::{KernelVersion, Ranges, parse_ranges};
pub use model::*;
pub use node::*;
