//! Hand-made plans and traces, one rule each.

pub(crate) mod sample;

mod claims;
mod memory;
mod needs;
mod notation;
mod rules;
