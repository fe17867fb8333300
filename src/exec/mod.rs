//! A plan in, a trace out.

mod trace;

pub use trace::*;
