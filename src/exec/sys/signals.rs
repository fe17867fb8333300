//! Signals. Sets of them are the kernel's: 8 bytes.

use crate::exec::sys::syscall;

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
pub(in crate::exec) type Handler = unsafe extern "C" fn(i32, *mut libc::siginfo_t, *mut libc::c_void);

/// Sets what becomes of a signal.
pub(in crate::exec) fn disposition(signal: i32, what: Disposition) {
    // Handler, flags, restorer, mask: without a handler nothing else counts.
    let action = [what as usize, 0, 0, 0];
    // SAFETY: reads four words, and calls nothing.
    unsafe { syscall!(rt_sigaction, signal, action.as_ptr(), 0, SET) };
}

/// Has a signal handled, with these flags and while these signals are blocked, through libc: it knows the restorer
/// that the kernel wants.
///
/// # Safety
/// The handler does what may be done wherever the process is interrupted.
pub(in crate::exec) unsafe fn handle(signal: i32, handler: Handler, flags: u64, mask: u64) {
    // SAFETY: an all-zero sigaction is valid; libc's wrapper neither allocates nor locks.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = handler as *const () as usize;
        action.sa_flags = flags as i32 | libc::SA_SIGINFO;
        (&raw mut action.sa_mask).cast::<u64>().write(mask);
        libc::sigaction(signal, &action, std::ptr::null_mut());
    }
}

/// Changes what the calling thread blocks; what it blocked before.
#[inline(always)]
pub(in crate::exec) fn rt_sigprocmask(how: i32, set: &u64) -> u64 {
    let mut before = 0u64;
    // SAFETY: reads a set, and writes one.
    unsafe { syscall!(rt_sigprocmask, how, std::ptr::from_ref(set), std::ptr::from_mut(&mut before), SET) };
    std::hint::black_box(before)
}

/// What the kernel says of the alternate signal stack: whether there is one, and whether this runs on it.
pub(in crate::exec) fn stack_flags() -> i32 {
    let mut stack = libc::stack_t { ss_sp: std::ptr::null_mut(), ss_flags: 0, ss_size: 0 };
    // SAFETY: writes what the stack is now.
    unsafe { syscall!(sigaltstack, 0, std::ptr::from_mut(&mut stack)) };
    std::hint::black_box(stack).ss_flags
}

/// Gives up the alternate signal stack, which the standard library has for its main thread.
pub(in crate::exec) fn no_alternate_stack() {
    let none = libc::stack_t { ss_sp: std::ptr::null_mut(), ss_flags: libc::SS_DISABLE, ss_size: 0 };
    // SAFETY: reads what the stack is to be; no handler runs on the one before.
    unsafe { syscall!(sigaltstack, std::ptr::from_ref(&none), 0) };
}

/// Takes one of these signals, which are blocked; waits for it so long at most.
#[inline(always)]
pub(in crate::exec) fn rt_sigtimedwait(set: &u64, limit: &libc::timespec) -> i64 {
    // SAFETY: reads a set and a time; what else there is to tell of the signal is not asked for.
    unsafe { syscall!(rt_sigtimedwait, std::ptr::from_ref(set), 0, std::ptr::from_ref(limit), SET) }
}
