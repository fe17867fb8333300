//! Spares the children of a worker page faults: each costs a twentieth of a case, and in an emulated machine a tenth.

use std::fs;
use std::hint::black_box;
use std::os::unix::fs::FileExt;

use crate::exec::child::interp;
use crate::exec::shared::record;
use crate::exec::shared::seal::Key;
use crate::exec::sys::{range, syscall};

/// Prepares the worker. To be called last, when it is as its children are to find it.
///
/// The process must have one thread.
pub(in crate::exec) fn spare_faults() {
    unregister_rseq();
    hand_down_code();
}

/// Lets children have the mapped pages of code that their parent has, where the system tells where code is.
///
/// The kernel copies page tables for mappings alone that have had a page of their own (`vma_needs_copy` in its
/// `mm/memory.c`); pages of all others, each child maps anew. So each mapping of code gets such a page for a moment.
fn hand_down_code() {
    let mut mappings = [(0, 0); 8];
    own_a_page_each(&mut mappings);
    // The pages are the files' again; and of what was needed until now, children need little. What follows is all
    // that they and their parent need from now on: pages that are handed down for nothing cost time too.
    for (start, end) in mappings {
        // SAFETY: the page that was written to is as it is in the file.
        unsafe { syscall!(madvise, start, end - start, libc::MADV_DONTNEED) };
    }
    for code in interp::code().into_iter().chain([record::capture as *const u8]) {
        // SAFETY: code can be read.
        unsafe { code.read_volatile() };
    }
    let mut bytes = black_box([1u8; 1024]);
    let half = black_box(512);
    // SAFETY: two halves.
    unsafe { bytes.as_mut_ptr().copy_from_nonoverlapping(bytes.as_ptr().add(half), half) };
    bytes[..half].fill(black_box(2));
    black_box((Key::from_words([0; 2]).nth(1).words(), bytes));
}

/// Finds mappings of code, and writes to them what is there: should the place not be the one that is meant, nothing
/// has changed there either.
#[inline(never)]
fn own_a_page_each(mappings: &mut [(u64, u64)]) {
    let Ok(memory) = fs::File::options().read(true).write(true).open("/proc/self/mem") else { return };
    let maps = fs::read_to_string("/proc/self/maps").unwrap_or_default();
    let found = maps.lines().filter_map(code).filter(|(start, _)| {
        let mut byte = [0];
        memory.read_at(&mut byte, *start).is_ok_and(|n| n == 1) && memory.write_at(&byte, *start).is_ok()
    });
    mappings.iter_mut().zip(found).for_each(|(mapping, found)| *mapping = found);
}

/// Where a mapping of a file's code lies: `start-end r-xp offset device inode /path`.
fn code(line: &str) -> Option<(u64, u64)> {
    let mut words = line.split_ascii_whitespace().skip(1);
    (words.next() == Some("r-xp") && words.nth(3)?.starts_with('/')).then(|| range(line.as_bytes()))?
}

/// Takes back what glibc registered: where the kernel notes in a thread's own memory which processor that runs on
/// (rseq(2)), each fork costs parent and child a copy of that page.
fn unregister_rseq() {
    /// Of a registration with the features that every kernel with rseq has.
    const LEN: u64 = 32;
    const AT_RSEQ_FEATURE_SIZE: u64 = 27;
    const RSEQ_FLAG_UNREGISTER: u64 = 1;
    let Some(area) = rseq_area() else { return };
    // SAFETY: reads what the kernel told the program at its start.
    let features = unsafe { libc::getauxval(AT_RSEQ_FEATURE_SIZE) };
    for len in [LEN, features.next_multiple_of(LEN)] {
        // SAFETY: names the area that was registered, or is refused.
        unsafe { syscall!(rseq, area, len, RSEQ_FLAG_UNREGISTER, RSEQ_SIG) };
    }
}

/// What glibc registers with, so that the kernel goes to no other address than one that follows it.
const RSEQ_SIG: u64 = if cfg!(target_arch = "x86_64") { 0x5305_3053 } else { 0xd428_bc00 };

/// Where glibc keeps the calling thread's area: it tells since 2.35. None with another libc.
fn rseq_area() -> Option<u64> {
    let offset: *const isize;
    let thread: isize;
    // SAFETY: loads an address that the linker leaves 0 where there is no such symbol, and the thread pointer.
    #[cfg(target_arch = "x86_64")]
    unsafe {
        std::arch::asm!(".weak __rseq_offset", "mov {}, qword ptr [rip + __rseq_offset@GOTPCREL]", "mov {}, fs:0",
            out(reg) offset, out(reg) thread, options(nostack, preserves_flags, readonly));
    }
    // SAFETY: the same.
    #[cfg(target_arch = "aarch64")]
    unsafe {
        std::arch::asm!(".weak __rseq_offset", "adrp {0}, :got:__rseq_offset",
            "ldr {0}, [{0}, :got_lo12:__rseq_offset]", "mrs {1}, tpidr_el0",
            out(reg) offset, out(reg) thread, options(nostack, preserves_flags, readonly));
    }
    // SAFETY: the symbol is a `const ptrdiff_t`.
    unsafe { offset.as_ref() }.map(|&offset| (thread + offset) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_of_files_is_found() {
        let found = |line| code(line);
        assert_eq!(found("1000-3000 r-xp 00000000 fe:00 42 /bin/program with spaces"), Some((0x1000, 0x3000)));
        assert_eq!(found("1000-3000 r--p 00000000 fe:00 42 /bin/program"), None);
        assert_eq!(found("1000-3000 r-xp 00000000 00:00 0 [vdso]"), None);
        assert_eq!(found("1000-3000 r-xp 00000000 00:00 0"), None);
    }

    #[cfg(all(target_arch = "x86_64", target_env = "gnu"))]
    #[test]
    fn a_thread_of_glibc_has_an_area() {
        assert_ne!(rseq_area(), None);
    }
}
