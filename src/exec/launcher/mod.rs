//! What runs in the process that starts workers: one thread, forked while the program was small. It outlives none of them.

pub(in crate::exec) mod cgroup;
pub(in crate::exec) mod copy;
pub(in crate::exec) mod held;
pub(in crate::exec) mod ids;
pub(in crate::exec) mod places;
pub(in crate::exec) mod reap;
pub(in crate::exec) mod serve;
