//! What the kernel under test is.

mod detect;
mod model;

pub use detect::options;
pub use model::Target;
