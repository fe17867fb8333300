//! A trace and the expectations in, a verdict out. Never touches the kernel.

mod claim;
mod content;
mod difference;
mod ends;
mod judgement;
mod names;
mod needs;
mod notation;
mod outcome;
mod ranges;
mod records;
mod walk;

#[cfg(test)]
pub(crate) mod tests;

pub use judgement::*;
pub use needs::*;
pub use ranges::expectation;
pub use ranges::version;
pub use walk::*;
