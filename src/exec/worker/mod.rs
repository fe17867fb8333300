//! What runs in a worker: the first process of its namespaces, with one thread and no descriptors, which forks a child for
//! each case, watches it, and leaves nothing of it. It follows nothing that a case could have written.

pub(in crate::exec) mod above;
pub(in crate::exec) mod case_dir;
pub(in crate::exec) mod clear;
pub(in crate::exec) mod filter;
pub(in crate::exec) mod lockdown;
pub(in crate::exec) mod observe;
pub(in crate::exec) mod prefault;
pub(in crate::exec) mod private_pages;
pub(in crate::exec) mod sandbox;
pub(in crate::exec) mod serve;
pub(in crate::exec) mod slot;
pub(in crate::exec) mod stack;
pub(in crate::exec) mod stat;
