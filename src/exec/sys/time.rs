//! Clocks, and sleep until another process has changed a word.

use std::sync::atomic::AtomicU32;

use crate::exec::sys::syscall;

/// Sleeps while the word holds `value`, for `micros` at most. Shared between processes.
pub(in crate::exec) fn futex_wait(word: &AtomicU32, value: u32, micros: Option<u64>) -> i64 {
    let timeout = micros.map(timespec);
    let timeout = timeout.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
    // SAFETY: reads the word, which is there, and the time, which is or is left out.
    unsafe { syscall!(futex, word.as_ptr(), libc::FUTEX_WAIT, value, timeout) }
}

/// Wakes everybody who sleeps on the word.
pub(in crate::exec) fn futex_wake(word: &AtomicU32) {
    // SAFETY: the word's address is a name for those who sleep there; nothing is read or written.
    unsafe { syscall!(futex, word.as_ptr(), libc::FUTEX_WAKE, i32::MAX) };
}

/// So many microseconds.
pub(in crate::exec) fn timespec(micros: u64) -> libc::timespec {
    libc::timespec { tv_sec: (micros / 1_000_000) as i64, tv_nsec: (micros % 1_000_000 * 1000) as i64 }
}

/// What a clock shows.
pub(in crate::exec) fn clock(id: libc::clockid_t) -> libc::timespec {
    let mut t = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `t` is valid; the vDSO does no allocation.
    unsafe { libc::clock_gettime(id, &mut t) };
    t
}

/// Nanoseconds on the monotonic clock, by a call of our own.
pub(in crate::exec) fn monotonic() -> i64 {
    let mut t = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: writes to `t`.
    unsafe { syscall!(clock_gettime, libc::CLOCK_MONOTONIC, std::ptr::from_mut(&mut t)) };
    t.tv_sec * 1_000_000_000 + t.tv_nsec
}

/// Sleeps so many nanoseconds, less than 2 seconds; a signal may end that.
pub(in crate::exec) fn pause(nanos: u64) {
    let time = libc::timespec { tv_sec: (nanos / 1_000_000_000) as i64, tv_nsec: (nanos % 1_000_000_000) as i64 };
    if nanos > 0 {
        // SAFETY: reads the time.
        unsafe { syscall!(nanosleep, std::ptr::from_ref(&time), 0) };
    }
}

/// Microseconds on the monotonic clock.
pub(in crate::exec) fn now() -> u64 {
    let t = clock(libc::CLOCK_MONOTONIC);
    t.tv_sec as u64 * 1_000_000 + t.tv_nsec as u64 / 1000
}
