//! YAML text in, [`Case`]s or diagnostics out.

mod diagnostic;
mod model;
mod node;

pub use diagnostic::*;
pub use model::*;
pub use node::*;
