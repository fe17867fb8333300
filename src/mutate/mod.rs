//! Would the suite notice? Cases are performed on a kernel made wrong on purpose, and judged as ever.

mod assess;
mod candidate;
mod event;
mod mappings;
mod mutants;
mod near;
mod points;
mod score;
mod table;
pub mod wide;

pub use assess::assess;
pub use event::{Assessed, MutantStatus, MutationEvent, MutationKind, Rule};
pub use score::{Score, Tally};
pub use table::results;
