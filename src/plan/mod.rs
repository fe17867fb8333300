//! A case and the table in, a plan out.

mod types;

pub use types::*;
