//! Memory that a worker has for itself.
//!
//! What processes inherited from a common ancestor hangs on one tree in the kernel (`struct anon_vma`), which every
//! fork and every exit locks: workers would wait for each other at each case.

use std::fs;

use crate::exec::sys::range;
use crate::exec::sys::{page_size, syscall};

/// A mapping that has pages of its own.
struct Mapping {
    start: usize,
    len: usize,
    prot: i32,
}

/// Replaces private memory that was inherited by copies of it, at the same addresses, as far as the system
/// tells where it is. The stack, which is in use, stays.
///
/// The process must have one thread.
pub(in crate::exec) fn copy_inherited() {
    // Before anything is copied: what it takes to find out is in this memory, too.
    let smaps = fs::read_to_string("/proc/self/smaps").unwrap_or_default();
    inherited(&smaps, copy_inherited as *const () as usize).iter().for_each(copy);
}

/// What was inherited, if the mapping of our code is told to be executable: an emulator may tell less.
fn inherited(smaps: &str, code: usize) -> Vec<Mapping> {
    let mut found = Vec::new();
    let mut last = None;
    let mut is_true = false;
    for line in smaps.lines() {
        if let Some(mapping) = parse(line) {
            is_true |=
                mapping.prot & libc::PROT_EXEC != 0 && (mapping.start..mapping.start + mapping.len).contains(&code);
            let is_data = mapping.prot & libc::PROT_EXEC == 0 && (!line.ends_with(']') || line.ends_with("[heap]"));
            last = is_data.then_some(mapping);
        } else if let Some(size) = line.strip_prefix("Anonymous:")
            && size.trim() != "0 kB"
        {
            found.extend(last.take());
        }
    }
    if is_true { found } else { Vec::new() }
}

/// `start-end perms …`, of private memory that can be read.
fn parse(line: &str) -> Option<Mapping> {
    let mut words = line.split_ascii_whitespace();
    let (start, end) = range(line.as_bytes())?;
    let prot = match words.nth(1)? {
        "rw-p" => libc::PROT_READ | libc::PROT_WRITE,
        "r--p" => libc::PROT_READ,
        "r-xp" => libc::PROT_READ | libc::PROT_EXEC,
        _ => return None,
    };
    Some(Mapping { start: start as usize, len: (end - start) as usize, prot })
}

fn copy(mapping: &Mapping) {
    let &Mapping { start, len, prot } = mapping;
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
    // SAFETY: a new mapping, where there is none.
    let new = unsafe { syscall!(mmap, 0, len, libc::PROT_READ | libc::PROT_WRITE, flags, -1i64, 0) };
    if new < 0 {
        return;
    }
    let page = page_size() as usize;
    for at in (0..len).step_by(page) {
        // SAFETY: both mappings have `len` bytes, a multiple of the page size; nobody else writes to them.
        unsafe {
            let from = std::slice::from_raw_parts((start + at) as *const u8, page);
            // What was never written needs no memory.
            if from.iter().any(|&byte| byte != 0) {
                std::ptr::copy_nonoverlapping(from.as_ptr(), (new as usize + at) as *mut u8, page);
            }
        }
    }
    // SAFETY: the copy replaces what it is one of; until then nobody knows of it.
    unsafe {
        syscall!(mprotect, new, len, prot);
        if syscall!(mremap, new, len, len, libc::MREMAP_MAYMOVE | libc::MREMAP_FIXED, start) < 0 {
            syscall!(munmap, new, len);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_copied_but_for_the_stack() {
        let smaps = "\
55f0-55f2 r-xp 00000000 fe:00 42 /bin/program
Rss: 8 kB
Anonymous: 4 kB
55f2-55f4 r--p 00002000 fe:00 42 /bin/program
Anonymous: 0 kB
55f4-55f5 r--p 00004000 fe:00 42 /bin/program
Anonymous:             4 kB
AnonHugePages: 0 kB
55f5-55f8 rw-p 00000000 00:00 0 [heap]
Anonymous: 12 kB
6000-7000 rw-s 00000000 00:01 7 /memfd:syscase (deleted)
Anonymous: 4 kB
7ff0-7ff9 rw-p 00000000 00:00 0 [stack]
Anonymous: 12 kB
";
        let found = |code| inherited(smaps, code).iter().map(|m| (m.start, m.len, m.prot)).collect::<Vec<_>>();
        let both = libc::PROT_READ | libc::PROT_WRITE;
        assert_eq!(found(0x55f1), [(0x55f4, 1, libc::PROT_READ), (0x55f5, 3, both)]);
        assert_eq!(found(0x55f3), [], "code that cannot be executed");
    }
}
