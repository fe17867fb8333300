//! Stacks of a worker and its children, apart from each other: a page that both have is copied as soon as one of them
//! writes to it, at each fork.

use std::cell::UnsafeCell;
use std::hint::black_box;
use std::mem::MaybeUninit;

use crate::exec::sys::{page_size, syscall};

/// Bytes of a page, where stacks are kept apart.
const PAGE: u64 = 4096;
/// Of a child, in bytes.
const SIZE: u64 = 256 << 10;
/// How far below where it is a worker's stack may reach, in bytes.
const BELOW: u64 = 1 << 20;

/// Where children have their stack. It lies among other memory that they are given: a place of its own would take them a
/// page table more.
#[repr(align(4096))]
struct OfChildren(UnsafeCell<MaybeUninit<[u8; SIZE as usize]>>);

// SAFETY: nobody writes there but the one thread of a process that `fork_onto` has made.
unsafe impl Sync for OfChildren {}

static OF_CHILDREN: OfChildren = OfChildren(UnsafeCell::new(MaybeUninit::zeroed()));

/// Makes a call whose frames begin at the end of a page.
///
/// `call` itself is not to be inlined.
#[inline(never)]
pub(in crate::exec) fn at_end_of_page<T>(call: impl FnOnce() -> T) -> T {
    #[repr(align(4096))]
    struct Page {
        _bytes: MaybeUninit<[u8; PAGE as usize]>,
    }
    // Aligned as it is, so is the end of this frame.
    let mut page = Page { _bytes: MaybeUninit::uninit() };
    black_box(&mut page);
    call()
}

/// Keeps the rest of the stack out of children, from the end of the caller's page on, which is [where](at_end_of_page)
/// its frame begins.
pub(in crate::exec) fn keep_rest() {
    let here = 0u8;
    let end = (black_box(std::ptr::from_ref(&here)) as u64).next_multiple_of(PAGE);
    if page_size() == PAGE {
        // What is not mapped yet will be as what is.
        // SAFETY: for this process all stays; children have another stack.
        unsafe { syscall!(madvise, end - BELOW, BELOW, libc::MADV_DONTFORK) };
    }
}

/// Forks. The child begins with `entry` and these arguments, on a stack of its own.
///
/// # Safety
/// The caller is not such a child itself; `entry` touches nothing that the child has not.
pub(in crate::exec) unsafe fn fork_onto(entry: extern "C" fn(u64, u64, u64, u64) -> !, args: [u64; 4]) -> i64 {
    let stack = OF_CHILDREN.0.get() as u64 + SIZE;
    // Whole registers: of a narrower value, the rest may be anything.
    let (flags, none) = (libc::SIGCHLD as u64, 0u64);
    let ret: i64;
    // SAFETY: the caller's. Clobbers as the system call ABI says; the child comes back to nowhere.
    #[cfg(target_arch = "x86_64")]
    unsafe {
        std::arch::asm!("syscall", "test rax, rax", "jnz 2f", "xor ebp, ebp",
            "mov rdi, r12", "mov rsi, r13", "mov rdx, r14", "mov rcx, r15", "call r9", "ud2", "2:",
            inlateout("rax") libc::SYS_clone => ret, in("rdi") flags, in("rsi") stack, in("rdx") none, in("r10") none,
            in("r8") none, in("r9") entry, in("r12") args[0], in("r13") args[1], in("r14") args[2], in("r15") args[3],
            lateout("rcx") _, lateout("r11") _, options(nostack));
    }
    // SAFETY: as above.
    #[cfg(target_arch = "aarch64")]
    unsafe {
        std::arch::asm!("svc 0", "cbnz x0, 2f", "mov x29, xzr", "mov x30, xzr",
            "mov x0, x20", "mov x1, x21", "mov x2, x22", "mov x3, x23", "blr x24", "brk 1", "2:",
            in("x8") libc::SYS_clone, inlateout("x0") flags => ret, in("x1") stack, in("x2") none,
            in("x3") none, in("x4") none, in("x20") args[0], in("x21") args[1], in("x22") args[2], in("x23") args[3],
            in("x24") entry, options(nostack));
    }
    ret
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exec::sys;

    #[inline(never)]
    fn deeper(by: u32) -> u64 {
        let frame = black_box([0u8; 40]);
        let address = if by == 0 { at_end_of_page(local) } else { deeper(by - 1) };
        black_box(frame);
        address
    }

    #[inline(never)]
    fn local() -> u64 {
        let here = 0u8;
        black_box(std::ptr::from_ref(&here)) as u64
    }

    extern "C" fn check(first: u64, second: u64, third: u64, fourth: u64) -> ! {
        let stack = OF_CHILDREN.0.get() as u64;
        let is_there = (stack..stack + SIZE).contains(&local());
        sys::exit(i32::from(!is_there || [first, second, third, fourth] != [1, 2, 3, u64::MAX]))
    }

    #[test]
    fn a_frame_begins_at_the_end_of_a_page() {
        assert!((0..100).map(deeper).all(|here| here.next_multiple_of(PAGE) - here < PAGE / 4));
    }

    #[test]
    fn a_child_begins_on_its_own_stack_with_its_arguments() {
        // SAFETY: what it begins with touches its stack alone.
        let child = unsafe { fork_onto(check, [1, 2, 3, u64::MAX]) };
        assert_eq!(sys::wait4(child as i32, 0), (child, 0));
    }
}
