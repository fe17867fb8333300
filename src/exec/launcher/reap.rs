//! Ends processes, and waits for their end.

use std::sync::atomic::AtomicU32;

use crate::exec::sys::{futex_wait, kill, now, wait4};

/// How long the killed may take to die, in microseconds.
pub(in crate::exec) const DIE: u64 = 5_000_000;

/// Kills a worker and waits for it. What it was init of dies with it. False if it does not, as where the kernel waits
/// for somebody who does not answer.
pub(in crate::exec) fn stop(pid: i32) -> bool {
    kill(pid, libc::SIGKILL);
    wait(pid).is_some()
}

/// Waits for the end of a child: its status, or -1 if it is none. None if it does not end.
pub(in crate::exec) fn wait(pid: i32) -> Option<i32> {
    let limit = now() + DIE;
    loop {
        let (ended, status) = wait4(pid, libc::WNOHANG | libc::__WALL);
        if ended != 0 {
            return Some(status);
        }
        if now() > limit {
            return None;
        }
        futex_wait(&AtomicU32::new(0), 0, Some(100));
    }
}

/// Kills what workers without namespaces have left: all children but those that are to stay.
pub(in crate::exec) fn end_orphans(children: fn() -> Vec<i32>, stays: impl Fn(i32) -> bool) {
    let mut undying = Vec::new();
    // Whoever dies leaves its own children to us.
    loop {
        let left = |pid: &i32| !stays(*pid) && !undying.contains(pid);
        let orphans: Vec<_> = children().into_iter().filter(left).collect();
        if orphans.is_empty() {
            return;
        }
        undying.extend(orphans.into_iter().filter(|&pid| !stop(pid)));
    }
}
