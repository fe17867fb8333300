//! What a case may use up.

use std::ffi::CString;

use nix::sys::resource::Resource;

/// What a case may use up of each, and whether it cannot ask for more.
pub(in crate::exec) const BOUNDS: [(Resource, u64, bool); 5] = [
    (Resource::RLIMIT_CORE, 0, true),
    (Resource::RLIMIT_AS, 2 << 30, true),
    (Resource::RLIMIT_FSIZE, 1 << 30, false),
    (Resource::RLIMIT_NOFILE, 1024, false),
    (Resource::RLIMIT_STACK, 8 << 20, false),
];

/// Processes: those that a case may have, and as many for everything else of that user.
pub(in crate::exec) const PROCESSES: u64 = 512;
/// Bytes of memory that all of a worker's processes may have, that of files in memory and of the kernel for them included.
pub(in crate::exec) const MEMORY: u64 = 1 << 30;

/// Where a case's process can make a control group of its own, for a controller.
#[derive(Debug)]
pub(in crate::exec) struct CasePlace {
    pub(in crate::exec) controller: &'static str,
    /// Of the interface, counted from 0.
    pub(in crate::exec) version: usize,
    /// The directory in which it is made.
    pub(in crate::exec) dir: CString,
    /// Its name there.
    pub(in crate::exec) name: CString,
}
