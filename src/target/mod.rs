//! What the kernel under test is.

mod detect;
mod model;

pub use model::Target;
