//! Would the suite notice? The whole suite is performed on a kernel that is wrong in every call of a kind.

mod bug;
mod derive;
mod equivalent;
mod score;
mod semantic;
mod suite;
#[cfg(test)]
mod tests;

use crate::abi;

pub use bug::Bug;
pub use equivalent::{EQUIVALENT, equivalent};
pub use score::{Outcome, Tried, WideScore, markdown};
pub use suite::{Look, Suite, look};

/// All bugs that the table of calls knows: what follows from the calls' entries, then what only a person knows.
pub fn bugs() -> Vec<Bug> {
    let mut all: Vec<Bug> = abi::syscalls().flat_map(derive::of).collect();
    all.extend(semantic::all());
    all
}
