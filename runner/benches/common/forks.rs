//! The floor itself: fork, `_exit`, wait, over and over.

use std::time::{Duration, Instant};

unsafe extern "C" {
    fn fork() -> i32;
    fn _exit(status: i32) -> !;
    fn waitpid(pid: i32, status: *mut i32, options: i32) -> i32;
}

/// How long so many forks take, in a process of one thread.
pub(crate) fn forks(count: u32) -> Duration {
    let begin = Instant::now();
    for _ in 0..count {
        // SAFETY: the process has one thread; the child does nothing but end.
        unsafe {
            let child = fork();
            if child == 0 {
                _exit(0);
            }
            waitpid(child, std::ptr::null_mut(), 0);
        }
    }
    begin.elapsed()
}
