//! System calls without libc: nothing here allocates, locks, or touches thread-local storage,
//! so that it may be used in a forked child and on a bare thread. Errors are `-errno`.

use std::ffi::{CStr, CString, OsStr};
use std::os::unix::ffi::OsStrExt;
use std::sync::atomic::AtomicU32;

/// A system call by number.
///
/// # Safety
/// The kernel does whatever the arguments say.
#[inline(always)]
pub(in crate::exec) unsafe fn raw(nr: u32, a: [u64; 6]) -> i64 {
    // SAFETY: the caller's.
    unsafe { syscall_register(nr as usize, a.map(|x| x as usize)) as isize as i64 }
}

/// A system call that returns twice. What is new ends there and then: it may share all memory and have no stack.
///
/// # Safety
/// The kernel does whatever the arguments say.
pub(in crate::exec) unsafe fn raw_twice(nr: u32, a: [u64; 6]) -> i64 {
    let ret: i64;
    // SAFETY: the caller's; whatever returns 0 goes no further. Clobbers as the system call ABI says.
    #[cfg(target_arch = "x86_64")]
    unsafe {
        std::arch::asm!("syscall", "test rax, rax", "jnz 3f", "2: mov eax, {exit}", "xor edi, edi", "syscall", "jmp 2b",
            "3:", inlateout("rax") u64::from(nr) => ret, inlateout("rdi") a[0] => _, in("rsi") a[1], in("rdx") a[2],
            in("r10") a[3], in("r8") a[4], in("r9") a[5], lateout("rcx") _, lateout("r11") _,
            exit = const libc::SYS_exit, options(nostack));
    }
    // SAFETY: as above.
    #[cfg(target_arch = "aarch64")]
    unsafe {
        std::arch::asm!("svc 0", "cbnz x0, 3f", "2: mov x8, {exit}", "mov x0, 0", "svc 0", "b 2b", "3:",
            inlateout("x8") u64::from(nr) => _, inlateout("x0") a[0] => ret, in("x1") a[1], in("x2") a[2],
            in("x3") a[3], in("x4") a[4], in("x5") a[5], exit = const libc::SYS_exit, options(nostack));
    }
    ret
}

/// The instruction itself; `syscalls::raw` takes any number, known to the crate or not.
#[inline(always)]
#[cfg(target_arch = "x86_64")]
unsafe fn syscall_register(nr: usize, a: [usize; 6]) -> usize {
    let ret: usize;
    // SAFETY: clobbers as the x86-64 syscall ABI says.
    unsafe {
        std::arch::asm!("syscall", inlateout("rax") nr => ret, in("rdi") a[0], in("rsi") a[1], in("rdx") a[2],
            in("r10") a[3], in("r8") a[4], in("r9") a[5], lateout("rcx") _, lateout("r11") _, options(nostack));
    }
    ret
}

/// The instruction itself.
#[inline(always)]
#[cfg(target_arch = "aarch64")]
unsafe fn syscall_register(nr: usize, a: [usize; 6]) -> usize {
    let ret: usize;
    // SAFETY: clobbers as the AArch64 syscall ABI says.
    unsafe {
        std::arch::asm!("svc 0", in("x8") nr, inlateout("x0") a[0] => ret, in("x1") a[1], in("x2") a[2],
            in("x3") a[3], in("x4") a[4], in("x5") a[5], options(nostack));
    }
    ret
}

/// A system call known by name, whose pointers (if any) are valid.
macro_rules! call {
    ($name:ident $(, $arg:expr)* $(,)?) => {{
        let args: &[u64] = &[$($arg as u64),*];
        let mut registers = [0; 6];
        registers[..args.len()].copy_from_slice(args);
        // SAFETY: the pointers that the call sites pass are valid for what the call does.
        unsafe { $crate::exec::sys::raw(::syscalls::Sysno::$name as u32, registers) }
    }};
}
pub(in crate::exec) use call;

/// Sleeps while the word holds `value`, for `micros` at most. Shared between processes.
pub(in crate::exec) fn futex_wait(word: &AtomicU32, value: u32, micros: Option<u64>) -> i64 {
    let timeout = micros.map(timespec);
    let timeout = timeout.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
    call!(futex, word.as_ptr(), libc::FUTEX_WAIT, value, timeout)
}

/// Wakes everybody who sleeps on the word.
pub(in crate::exec) fn futex_wake(word: &AtomicU32) {
    call!(futex, word.as_ptr(), libc::FUTEX_WAKE, i32::MAX);
}

/// Whether the kernel can read all of this memory. It looks at a word of each page when it is asked to sleep, for no
/// time at all, while that word is 0.
pub(in crate::exec) fn is_readable(addr: u64, len: u64) -> bool {
    const SMALLEST_PAGE: u64 = 4096;
    let Some(end) = addr.checked_add(len) else { return false };
    let no_time = timespec(0);
    let sleep =
        |page: u64| call!(futex, page, libc::FUTEX_WAIT | libc::FUTEX_PRIVATE_FLAG, 0, std::ptr::from_ref(&no_time));
    let mut pages = (addr & !(SMALLEST_PAGE - 1)..end).step_by(SMALLEST_PAGE as usize);
    pages.all(|page| sleep(page) != -i64::from(libc::EFAULT))
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

/// Microseconds on the monotonic clock.
pub(in crate::exec) fn now() -> u64 {
    let t = clock(libc::CLOCK_MONOTONIC);
    t.tv_sec as u64 * 1_000_000 + t.tv_nsec as u64 / 1000
}

/// Ends the process, whatever its threads do.
pub(in crate::exec) fn exit(status: i32) -> ! {
    loop {
        call!(exit_group, status);
    }
}

/// Sets what becomes of a signal, through libc: it knows the restorer that the kernel wants.
pub(in crate::exec) fn disposition(signal: u32, handler: usize) {
    if handler <= libc::SIG_IGN {
        // Handler, flags, restorer, mask: without a handler nothing else counts.
        let action = [handler, 0, 0, 0];
        call!(rt_sigaction, signal, action.as_ptr(), 0, 8);
        return;
    }
    // SAFETY: an all-zero sigaction is valid; libc's wrapper neither allocates nor locks.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = handler;
        action.sa_flags = libc::SA_SIGINFO;
        libc::sigaction(signal as i32, &action, std::ptr::null_mut());
    }
}

/// Lets the calling thread run on these processors.
pub(in crate::exec) fn set_affinity(mask: &[u64; 16]) {
    call!(sched_setaffinity, 0, size_of_val(mask), mask.as_ptr());
}

/// The addresses in a line of a process's mappings: `1000000000-1000001000 rw-p …`.
pub(in crate::exec) fn range(line: &[u8]) -> Option<(u64, u64)> {
    let number =
        |digits: &[u8]| digits.iter().try_fold(0u64, |sum, b| Some(sum << 4 | u64::from((*b as char).to_digit(16)?)));
    let dash = line.iter().position(|b| *b == b'-')?;
    let space = line.iter().position(|b| *b == b' ')?;
    Some((number(line.get(..dash)?)?, number(line.get(dash + 1..space)?)?))
}

/// The type of the file system at a path, as `statfs` numbers it.
pub(in crate::exec) fn filesystem_type(path: &OsStr) -> i64 {
    let Ok(path) = CString::new(path.as_bytes()) else { return 0 };
    // SAFETY: a valid path and a buffer of the right type.
    unsafe {
        let mut stat: libc::statfs = std::mem::zeroed();
        if libc::statfs(path.as_ptr(), &mut stat) == 0 { stat.f_type as i64 } else { 0 }
    }
}

/// Brings up `lo` in a new network namespace. Failure shows in the cases that need it.
pub(in crate::exec) fn loopback_up() {
    let fd = call!(socket, libc::AF_INET, libc::SOCK_DGRAM | libc::SOCK_CLOEXEC, 0);
    // SAFETY: all zeros are a valid ifreq.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    for (to, from) in request.ifr_name.iter_mut().zip(*b"lo") {
        *to = from as libc::c_char;
    }
    request.ifr_ifru.ifru_flags = (libc::IFF_UP | libc::IFF_RUNNING) as i16;
    call!(ioctl, fd, libc::SIOCSIFFLAGS, std::ptr::from_ref(&request));
    call!(close, fd);
}

/// Descriptors 0 to 2 on `/dev/null`.
pub(in crate::exec) fn null_stdio() {
    let null = call!(openat, libc::AT_FDCWD, c"/dev/null".as_ptr(), libc::O_RDWR);
    for fd in 0..3 {
        if null >= 0 && null != fd {
            call!(dup3, null, fd, 0);
        }
    }
    if null > 2 {
        call!(close, null);
    }
}

/// The calling thread's id.
pub(in crate::exec) fn gettid() -> u32 {
    call!(gettid) as u32
}

/// What `getdents64` tells of one name in a directory.
pub(in crate::exec) struct Entry<'a> {
    pub(in crate::exec) name: &'a CStr,
    /// `DT_REG` and the like.
    pub(in crate::exec) kind: u8,
    pub(in crate::exec) inode: u64,
}

/// Goes through the names in a directory that is open; whether it came to their end.
// Out of the way of cases that look into none: a large frame has to be touched page by page.
#[inline(never)]
pub(in crate::exec) fn each_entry(dir: i64, mut each: impl FnMut(Entry<'_>)) -> bool {
    const SIZE: usize = 1024;
    let mut buffer = [0u8; SIZE];
    loop {
        let n = call!(getdents64, dir, buffer.as_mut_ptr(), SIZE);
        if n <= 0 {
            return n == 0;
        }
        // The kernel wrote there, which the compiler cannot know of.
        entries(&std::hint::black_box(&buffer)[..(n as usize).min(SIZE)]).for_each(&mut each);
    }
}

/// The entries that `getdents64` has written.
fn entries(mut written: &[u8]) -> impl Iterator<Item = Entry<'_>> {
    const NAME: usize = std::mem::offset_of!(libc::dirent64, d_name);
    const LEN: usize = std::mem::offset_of!(libc::dirent64, d_reclen);
    const KIND: usize = std::mem::offset_of!(libc::dirent64, d_type);
    std::iter::from_fn(move || {
        if written.len() <= NAME {
            return None;
        }
        let len = usize::from(u16::from_ne_bytes([written[LEN], written[LEN + 1]])).clamp(NAME, written.len());
        let (entry, after) = written.split_at(len);
        written = after;
        let inode = u64::from_ne_bytes(std::array::from_fn(|i| entry[i]));
        let name = CStr::from_bytes_until_nul(&entry[NAME..]).unwrap_or_default();
        Some(Entry { name, kind: entry[KIND], inode })
    })
}

/// Bytes of a page.
pub(in crate::exec) fn page_size() -> u64 {
    // SAFETY: reads a value that the kernel gave the program at its start.
    unsafe { libc::getauxval(libc::AT_PAGESZ) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(len: u64, prot: i32, fd: i64) -> u64 {
        let anonymous = if fd < 0 { libc::MAP_ANONYMOUS } else { 0 };
        let at = call!(mmap, 0, len, prot, libc::MAP_PRIVATE | anonymous, fd, 0);
        assert!(at > 0, "{at}");
        at as u64
    }

    #[test]
    fn what_would_fault_is_not_readable() {
        let page = page_size();
        let at = map(4 * page, libc::PROT_READ, -1);
        call!(mprotect, at + 2 * page, page, libc::PROT_NONE);
        call!(munmap, at + 3 * page, page);
        assert!(is_readable(at, 2 * page) && is_readable(at + 2 * page - 1, 1), "read-only, never touched");
        assert!(!is_readable(at, 2 * page + 1) && !is_readable(at + 2 * page, 1), "not to be accessed");
        assert!(!is_readable(at + 4 * page - 1, 1), "not mapped");
        assert!(is_readable(at + 3 * page, 0), "nothing can be read anywhere");
        assert!(!is_readable(u64::MAX, 2) && !is_readable(u64::MAX - 1, 1));
        call!(munmap, at, 3 * page);
    }

    #[test]
    fn what_lies_after_the_end_of_a_file_is_not_readable() {
        let page = page_size();
        let fd = call!(memfd_create, c"file".as_ptr(), 0);
        call!(ftruncate, fd, 1);
        let at = map(2 * page, libc::PROT_READ, fd);
        assert!(is_readable(at, page) && !is_readable(at + page, 1));
        call!(munmap, at, 2 * page);
        call!(close, fd);
    }
}
