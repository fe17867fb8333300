//! A plan in, a trace out. Here is what forks, isolates, performs and watches; nothing here
//! knows what is expected.
//!
//! A module for each process, in the order in which they fork each other, and each knows only those below it:
//!
//! | module | process |
//! |---|---|
//! | `runner` | the program |
//! | `launcher` | starts workers; one a program |
//! | `worker` | performs cases one after the other; as many as jobs |
//! | `child` | a case's own; forked for each |
//! | `shared` | all of them: the memory between them |
//! | `sys`, `bpf`, `processes` | all of them: what the kernel is asked |

mod bpf;
mod child;
mod confined;
mod counters;
mod guest;
mod in_flight;
mod launcher;
mod processes;
mod runner;
mod shared;
mod subprocess;
mod sys;
#[cfg(test)]
mod tests;
mod worker;

pub use child::mark::MARK;
pub use confined::confine;
pub use counters::{counters, reset_counters};
pub use guest::{Guest, MODULES};
pub use launcher::places::Scratch;
pub use runner::limits::enough;
pub use runner::pool::{Environment, Executor, Worker};
pub use runner::trace::*;
pub use shared::mutation::{Aftermath, Mutant, Mutation};
pub use shared::policy::Sandbox;
pub use shared::slot::{MAX_ACTORS, MAX_VARS};
pub use shared::wrongness::*;
pub use subprocess::{die_with_parent, refuse_register_sets};
