//! Memory: where it is, and whether.

use crate::exec::sys::{syscall, timespec};

/// Whether the kernel can read all of this memory. It looks at a word of each page when it is asked to sleep, for no
/// time at all, while that word is 0.
pub(in crate::exec) fn is_readable(addr: u64, len: u64) -> bool {
    const SMALLEST_PAGE: u64 = 4096;
    let Some(end) = addr.checked_add(len) else { return false };
    let no_time = timespec(0);
    let operation = libc::FUTEX_WAIT | libc::FUTEX_PRIVATE_FLAG;
    // SAFETY: reads the time, and the word, which is an error where there is none.
    let sleep = |page: u64| unsafe { syscall!(futex, page, operation, 0, std::ptr::from_ref(&no_time)) };
    let mut pages = (addr & !(SMALLEST_PAGE - 1)..end).step_by(SMALLEST_PAGE as usize);
    pages.all(|page| sleep(page) != -i64::from(libc::EFAULT))
}

/// Copies memory of a process, this one or another: how many bytes there were, or an error.
#[inline(always)]
pub(in crate::exec) fn process_vm_readv(pid: i64, to: &mut [u8], from: u64) -> i64 {
    let ours = libc::iovec { iov_base: to.as_mut_ptr().cast(), iov_len: to.len() };
    let theirs = libc::iovec { iov_base: from as *mut libc::c_void, iov_len: to.len() };
    let (ours, theirs) = (std::ptr::from_ref(&ours), std::ptr::from_ref(&theirs));
    // SAFETY: writes to `to` alone; where there is nothing to be read is an error, not a fault.
    unsafe { syscall!(process_vm_readv, pid, ours, 1, theirs, 1, 0) }
}

/// The addresses in a line of a process's mappings: `1000000000-1000001000 rw-p …`.
pub(in crate::exec) fn range(line: &[u8]) -> Option<(u64, u64)> {
    let number =
        |digits: &[u8]| digits.iter().try_fold(0u64, |sum, b| Some(sum << 4 | u64::from((*b as char).to_digit(16)?)));
    let dash = line.iter().position(|b| *b == b'-')?;
    let space = line.iter().position(|b| *b == b' ')?;
    Some((number(line.get(..dash)?)?, number(line.get(dash + 1..space)?)?))
}

/// Bytes of a page.
pub(in crate::exec) fn page_size() -> u64 {
    // SAFETY: reads a value that the kernel gave the program at its start.
    unsafe { libc::getauxval(libc::AT_PAGESZ) }
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsRawFd;

    use nix::sys::memfd::{MFdFlags, memfd_create};
    use nix::unistd::ftruncate;

    use super::*;

    fn map(len: u64, prot: i32, fd: i32) -> u64 {
        let anonymous = if fd < 0 { libc::MAP_ANONYMOUS } else { 0 };
        // SAFETY: a new mapping, where there is none.
        let at = unsafe { syscall!(mmap, 0, len, prot, libc::MAP_PRIVATE | anonymous, fd, 0) };
        assert!(at > 0, "{at}");
        at as u64
    }

    fn unmap(at: u64, len: u64) {
        // SAFETY: what `map` has returned, which no reference is into.
        unsafe { syscall!(munmap, at, len) };
    }

    #[test]
    fn what_would_fault_is_not_readable() {
        let page = page_size();
        let at = map(4 * page, libc::PROT_READ, -1);
        // SAFETY: no reference is into it.
        unsafe { syscall!(mprotect, at + 2 * page, page, libc::PROT_NONE) };
        unmap(at + 3 * page, page);
        assert!(is_readable(at, 2 * page) && is_readable(at + 2 * page - 1, 1), "read-only, never touched");
        assert!(!is_readable(at, 2 * page + 1) && !is_readable(at + 2 * page, 1), "not to be accessed");
        assert!(!is_readable(at + 4 * page - 1, 1), "not mapped");
        assert!(is_readable(at + 3 * page, 0), "nothing can be read anywhere");
        assert!(!is_readable(u64::MAX, 2) && !is_readable(u64::MAX - 1, 1));
        unmap(at, 3 * page);
    }

    #[test]
    fn what_lies_after_the_end_of_a_file_is_not_readable() {
        let page = page_size();
        let file = memfd_create(c"file", MFdFlags::empty()).expect("a file");
        ftruncate(&file, 1).expect("a length");
        let at = map(2 * page, libc::PROT_READ, file.as_raw_fd());
        assert!(is_readable(at, page) && !is_readable(at + page, 1));
        unmap(at, 2 * page);
    }
}
