//! Processes: their begin, what they are, their end.

use crate::exec::sys::{of_numbers, syscall};

of_numbers! {
    fn getpid();
    fn getppid();
    fn gettid();
    fn getsid(pid: i32);
    fn setsid();
    fn kill(pid: i32, signal: i32);
    fn umask(mask: u32);
    fn unshare(flags: u64);
    fn getpriority(which: u32, who: i32);
    fn setpriority(which: u32, who: i32, niceness: i32);
}

/// Ends the process, whatever its threads do.
pub(in crate::exec) fn exit(status: i32) -> ! {
    loop {
        // SAFETY: a number; it does not return.
        unsafe { syscall!(exit_group, status) };
    }
}

/// Forks: 0 in the new process. The flags say what becomes of its parent at its end, and which namespaces it gets.
///
/// # Safety
/// The flags have both share nothing. Of the threads, the new process has the calling one alone: if there were others,
/// it must not need a lock that one of them may have had, such as the allocator's; and libc knows nothing of the fork.
#[inline(always)]
pub(in crate::exec) unsafe fn clone(flags: i32) -> i64 {
    // SAFETY: no argument is an address; the new process has a copy of this stack. Else the caller's.
    unsafe { syscall!(clone, flags, 0, 0, 0, 0) }
}

/// Waits for a child: what the kernel returned, and the child's status, or -1 if there is none to tell.
#[inline(always)]
pub(in crate::exec) fn wait4(pid: i32, flags: i32) -> (i64, i32) {
    let mut status = -1;
    // SAFETY: writes a status; what the child used is not asked for.
    let ret = unsafe { syscall!(wait4, pid, std::ptr::from_mut(&mut status), flags, 0) };
    (ret, std::hint::black_box(status))
}

/// Operations of [`prctl`] that take a number at most.
#[repr(i32)]
pub(in crate::exec) enum Prctl {
    SetPdeathsig = libc::PR_SET_PDEATHSIG,
    GetDumpable = libc::PR_GET_DUMPABLE,
    SetDumpable = libc::PR_SET_DUMPABLE,
    CapbsetDrop = libc::PR_CAPBSET_DROP,
    GetSecurebits = libc::PR_GET_SECUREBITS,
    SetSecurebits = libc::PR_SET_SECUREBITS,
    SetChildSubreaper = libc::PR_SET_CHILD_SUBREAPER,
    SetNoNewPrivs = libc::PR_SET_NO_NEW_PRIVS,
    SetTimerslack = libc::PR_SET_TIMERSLACK,
}

/// Asks or changes what the kernel keeps of the process.
#[inline(always)]
pub(in crate::exec) fn prctl(operation: Prctl, value: i64) -> i64 {
    // SAFETY: none of them takes an address.
    unsafe { syscall!(prctl, operation as i32, value, 0, 0, 0) }
}

/// A set of processors.
pub(in crate::exec) type Affinity = [u64; 16];

/// The processors that the calling thread may run on.
#[inline(always)]
pub(in crate::exec) fn affinity() -> Affinity {
    let mut mask = Affinity::default();
    // SAFETY: writes so many bytes at most.
    unsafe { syscall!(sched_getaffinity, 0, size_of_val(&mask), mask.as_mut_ptr()) };
    std::hint::black_box(mask)
}

/// Lets the calling thread run on these processors.
pub(in crate::exec) fn set_affinity(mask: &Affinity) {
    // SAFETY: reads so many bytes.
    unsafe { syscall!(sched_setaffinity, 0, size_of_val(mask), mask.as_ptr()) };
}
