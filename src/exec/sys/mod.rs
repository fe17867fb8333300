//! System calls without libc: nothing here allocates, locks, or touches thread-local storage,
//! so that it may be used in a forked child and on a bare thread. Errors are `-errno`.
//!
//! A call has a safe function, by the kernel's name for it, where numbers alone are passed, or memory that a reference
//! vouches for. All others are made where they are needed, by [`syscall!`], with the reason why they may be.

mod files;
mod identity;
mod memory;
mod network;
mod process;
mod signals;
mod time;

use std::io;

pub(in crate::exec) use files::*;
pub(in crate::exec) use identity::*;
pub(in crate::exec) use memory::*;
pub(in crate::exec) use network::*;
pub(in crate::exec) use process::*;
pub(in crate::exec) use signals::*;
pub(in crate::exec) use time::*;

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

/// A system call that returns twice. What is new goes on in `entry` with `top`, which is where its stack ends:
/// whatever it shares, it uses nothing of the caller's stack.
///
/// # Safety
/// The kernel does whatever the arguments say. `top` is a multiple of 16, and the end of a stack that nobody else uses.
pub(in crate::exec) unsafe fn raw_onto(nr: u32, a: [u64; 6], top: *mut u8, entry: extern "C" fn(*mut u8) -> !) -> i64 {
    let ret: i64;
    // SAFETY: the caller's; whatever returns 0 goes to `entry`. Clobbers as the system call ABI says.
    #[cfg(target_arch = "x86_64")]
    unsafe {
        std::arch::asm!("syscall", "test rax, rax", "jnz 3f", "mov rsp, r12", "mov rdi, r12", "xor ebp, ebp",
            "call r13", "ud2", "3:", inlateout("rax") u64::from(nr) => ret, inlateout("rdi") a[0] => _,
            in("rsi") a[1], in("rdx") a[2], in("r10") a[3], in("r8") a[4], in("r9") a[5], in("r12") top,
            in("r13") entry, lateout("rcx") _, lateout("r11") _);
    }
    // SAFETY: as above.
    #[cfg(target_arch = "aarch64")]
    unsafe {
        std::arch::asm!("svc 0", "cbnz x0, 3f", "mov sp, x21", "mov x0, x21", "mov x29, 0", "blr x22", "brk 1", "3:",
            in("x8") u64::from(nr), inlateout("x0") a[0] => ret, in("x1") a[1], in("x2") a[2], in("x3") a[3],
            in("x4") a[4], in("x5") a[5], in("x21") top, in("x22") entry, lateout("x30") _);
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

/// A system call known by name. Unsafe: the kernel does whatever the arguments say, of which addresses are those of
/// pointers that may be used for that; what the kernel writes to is no constant.
macro_rules! syscall {
    ($name:ident $(, $arg:expr)* $(,)?) => {{
        let args: &[u64] = &[$($arg as u64),*];
        let mut registers = [0; 6];
        registers[..args.len()].copy_from_slice(args);
        $crate::exec::sys::raw(::syscalls::Sysno::$name as u32, registers)
    }};
}
pub(in crate::exec) use syscall;

/// Safe functions for calls that take numbers alone.
macro_rules! of_numbers {
    ($($(#[$doc:meta])* fn $name:ident($($arg:ident: $type:ty),*);)*) => {$(
        $(#[$doc])*
        #[inline(always)]
        pub(in crate::exec) fn $name($($arg: $type),*) -> i64 {
            // SAFETY: no argument is an address.
            unsafe { $crate::exec::sys::syscall!($name $(, $arg)*) }
        }
    )*};
}
use of_numbers;

/// What a call returned, as the standard library says it.
pub(in crate::exec) fn result(ret: i64) -> io::Result<i64> {
    if ret < 0 { Err(io::Error::from_raw_os_error(-ret as i32)) } else { Ok(ret) }
}
