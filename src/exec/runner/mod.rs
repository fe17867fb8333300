//! What runs in the program: it hands plans over to workers, and reads the traces that come back. It has threads.

pub(in crate::exec) mod capture;
pub(in crate::exec) mod launcher;
pub(in crate::exec) mod limits;
pub(in crate::exec) mod pool;
pub(in crate::exec) mod reading;
pub(in crate::exec) mod slot;
pub(in crate::exec) mod spare;
pub(in crate::exec) mod trace;
