//! What runs in a case's own processes and threads. The rule there: no allocation, no lock, no state of libc. A fork has
//! copied the worker as it was, and the case's steps may take anything from it.

pub(in crate::exec) mod actor;
pub(in crate::exec) mod descriptors;
mod disk;
pub(in crate::exec) mod fault;
pub(in crate::exec) mod fingerprint;
mod fuse;
pub(in crate::exec) mod group;
pub(in crate::exec) mod interp;
mod made;
pub(in crate::exec) mod mark;
pub(in crate::exec) mod mutant;
mod observe;
pub(in crate::exec) mod path;
pub(in crate::exec) mod setup;
pub(in crate::exec) mod slot;
mod sysctls;
pub(in crate::exec) mod wrongness;
