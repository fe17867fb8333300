//! A plan in, a trace out. Here is what forks, isolates, performs and watches; nothing here
//! knows what is expected.

mod fault;
mod interp;
mod launcher;
mod map;
mod observe;
mod pool;
mod sandbox;
mod setup;
mod slot;
mod sys;
mod trace;
mod wire;
mod worker;

pub use pool::{Executor, Surroundings, Worker};
pub use slot::{MAX_ACTORS, MAX_VARS};
pub use trace::*;
