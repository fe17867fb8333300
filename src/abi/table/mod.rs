//! The system calls.
//!
//! # Adding a call
//!
//! A call is one entry of the file of its area, in the order of the registers, with the manual
//! page's names:
//!
//! ```text
//! call!(vmsplice(fd: FD, iov: IOV_INOUT, nr_segs: size("iov"), flags: flags(U32, &SPLICE))),
//! ```
//!
//! - The number follows from the name; on an architecture without the call it is `None`.
//! - `name: KIND` is a required argument, `name: KIND => optional` one that may be left out.
//! - `-> Fd`, `-> Addr` or `-> Never` behind the arguments says what is returned, if not a plain number.
//! - `call!(twice fork())` is a call that returns in two processes or threads.
//! - Shapes have their short names in `shape.rs`. Constants that are new go into a set in `sets/`,
//!   structures into `layout.rs`.

use syscalls::Sysno;

/// The number of a call here, by its name in the kernel's headers.
pub(super) const fn number(name: &str) -> Option<u32> {
    // The crate knows this one by another of its names on newer architectures.
    if same(name, "newfstatat") && cfg!(target_arch = "aarch64") {
        return number("fstatat");
    }
    let mut nr = 0;
    while nr <= Sysno::last().id() as usize {
        if let Some(call) = Sysno::new(nr)
            && same(call.name(), name)
        {
            return Some(nr as u32);
        }
        nr += 1;
    }
    None
}

/// `a == b`, which a constant cannot say yet.
const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}

macro_rules! call {
    (twice $name:ident($($args:tt)*)) => { call!(@entry true, Int, $name, $($args)*) };
    ($name:ident($($args:tt)*)) => { call!(@entry false, Int, $name, $($args)*) };
    ($name:ident($($args:tt)*) -> $ret:ident) => { call!(@entry false, $ret, $name, $($args)*) };
    (@entry $twice:literal, $ret:ident, $name:ident,
        $($arg:ident: $kind:expr $(=> $optional:ident)?),* $(,)?) => {
        $crate::abi::Syscall {
            name: stringify!($name),
            nr: const { $crate::abi::table::number(stringify!($name)) },
            args: &[$($crate::abi::Arg {
                name: stringify!($arg),
                kind: $kind,
                optional: call!(@ $($optional)?),
            }),*],
            ret: $crate::abi::Ret::$ret,
            twice: $twice,
        }
    };
    (@) => { false };
    (@ optional) => { true };
}

mod admin;
mod fd;
mod fs;
mod io;
mod ipc;
mod mem;
mod net;
mod poll;
mod process;
mod signal;
mod time;

use crate::abi::Syscall;

/// Every call, file by file.
pub(super) static FILES: [&[Syscall]; 11] = [
    io::CALLS,
    fd::CALLS,
    fs::CALLS,
    mem::CALLS,
    net::CALLS,
    poll::CALLS,
    process::CALLS,
    ipc::CALLS,
    signal::CALLS,
    time::CALLS,
    admin::CALLS,
];
