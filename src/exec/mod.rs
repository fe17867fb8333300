//! A plan in, a trace out. Here is what forks, isolates, performs and watches; nothing here
//! knows what is expected.

mod capture;
mod fault;
mod interp;
mod launcher;
mod machine;
mod map;
mod mark;
mod mutation;
mod observe;
mod pool;
mod remains;
mod sandbox;
mod setup;
mod slot;
mod sys;
mod tie;
mod trace;
mod wire;
mod worker;
mod wrong;

pub use machine::Machine;
pub use mark::MARK;
pub use mutation::{Aftermath, Mutant, Mutation};
pub use pool::{Executor, Surroundings, Worker};
pub use slot::{MAX_ACTORS, MAX_VARS};
pub use tie::{refuse_register_sets, tie};
pub use trace::*;
