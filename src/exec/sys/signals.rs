//! Signals. Sets of them are the kernel's: 8 bytes.

use crate::exec::sys::call;

/// Bytes of a set.
const SET: usize = size_of::<u64>();

/// What becomes of a signal that nobody handles.
#[derive(Clone, Copy)]
#[repr(usize)]
pub(in crate::exec) enum Disposition {
    Default = libc::SIG_DFL,
    Ignore = libc::SIG_IGN,
}

/// Is given the signal, what else is told of it, and the registers that were interrupted (a `ucontext_t`).
pub(in crate::exec) type Handler = extern "C" fn(i32, *mut libc::siginfo_t, *mut libc::c_void);

/// Sets what becomes of a signal.
pub(in crate::exec) fn disposition(signal: i32, what: Disposition) {
    // Handler, flags, restorer, mask: without a handler nothing else counts.
    let action = [what as usize, 0, 0, 0];
    // SAFETY: reads four words, and calls nothing.
    unsafe { call!(rt_sigaction, signal, action.as_ptr(), 0, SET) };
}

/// Has a signal handled, through libc: it knows the restorer that the kernel wants.
///
/// # Safety
/// The handler does what may be done wherever the process is interrupted.
pub(in crate::exec) unsafe fn handle(signal: i32, handler: Handler) {
    // SAFETY: an all-zero sigaction is valid; libc's wrapper neither allocates nor locks.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = handler as *const () as usize;
        action.sa_flags = libc::SA_SIGINFO;
        libc::sigaction(signal, &action, std::ptr::null_mut());
    }
}

/// Changes what the calling thread blocks; what it blocked before.
#[inline(always)]
pub(in crate::exec) fn rt_sigprocmask(how: i32, set: &u64) -> u64 {
    let mut before = 0u64;
    // SAFETY: reads a set, and writes one.
    unsafe { call!(rt_sigprocmask, how, std::ptr::from_ref(set), std::ptr::from_mut(&mut before), SET) };
    std::hint::black_box(before)
}

/// Takes one of these signals, which are blocked; waits for it so long at most.
#[inline(always)]
pub(in crate::exec) fn rt_sigtimedwait(set: &u64, limit: &libc::timespec) -> i64 {
    // SAFETY: reads a set and a time; what else there is to tell of the signal is not asked for.
    unsafe { call!(rt_sigtimedwait, std::ptr::from_ref(set), 0, std::ptr::from_ref(limit), SET) }
}
