//! Which lines and branches of a kernel the cases reach: its own counters in, what is not reached out.
//!
//! The counters come from a kernel that was built with them ([`Counters`]); gcov makes lines of them
//! ([`Reached::add_gcov`]); a list says which of them no case can reach, and why ([`Unreachable`]).

mod counters;
mod entered;
mod functions;
mod gcov;
mod html;
mod json;
mod markdown;
mod measure;
mod model;
#[cfg(test)]
mod tests;
mod text;
mod unreachable;

pub use counters::Counters;
pub use entered::Entered;
pub use functions::{Function, functions};
pub use html::html;
pub use markdown::{section, uncovered};
pub use measure::{Gain, Measured, MeasuredFile, Totals, gain, measure};
pub use model::{File, Line, Reached, Routine, Run};
pub use text::Text;
pub use unreachable::{Cause, Reason, Unreachable};
