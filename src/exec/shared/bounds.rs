//! What a case may use up.

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
