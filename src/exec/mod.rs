//! A plan in, a trace out. Here is what forks, isolates, performs and watches; nothing here
//! knows what is expected.

mod capture;
mod fault;
mod interp;
mod launcher;
mod machine;
mod map;
mod observe;
mod pool;
mod sandbox;
mod setup;
mod slot;
mod sys;
mod tie;
mod trace;
mod wire;
mod worker;

pub use machine::Machine;
pub use pool::{Executor, Surroundings, Worker};
pub use slot::{MAX_ACTORS, MAX_VARS};
pub use tie::tie;
pub use trace::*;
