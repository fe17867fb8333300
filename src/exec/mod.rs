//! A plan in, a trace out. Here is what forks, isolates, performs and watches; nothing here
//! knows what is expected.

mod above;
mod bpf;
mod capture;
mod case_dir;
mod cgroup;
mod clear;
mod copy;
mod descriptors;
mod fault;
mod filter;
mod ids;
mod interp;
mod launcher;
mod limits;
mod lockdown;
mod machine;
mod map;
mod mark;
mod mutation;
mod observe;
mod outer;
mod own;
mod policy;
mod pool;
mod reading;
mod record;
mod remains;
mod sandbox;
mod seal;
mod setup;
mod slot;
mod spare;
mod stack;
mod sys;
#[cfg(test)]
mod tests;
mod tie;
mod trace;
mod vars;
mod warm;
mod wire;
mod worker;
mod wrong;

pub use limits::enough;
pub use machine::Machine;
pub use mark::MARK;
pub use mutation::{Aftermath, Mutant, Mutation};
pub use outer::confine;
pub use policy::Sandbox;
pub use pool::{Executor, Surroundings, Worker};
pub use slot::{MAX_ACTORS, MAX_VARS};
pub use tie::{refuse_register_sets, tie};
pub use trace::*;
