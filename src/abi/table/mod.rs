//! The system calls.
//!
//! # Adding a call
//!
//! A call is one entry of the file of its area, in the order of the registers, with the manual
//! page's names:
//!
//! ```text
//! own!(vmsplice(fd: FD, iov: IOV_INOUT, nr_segs: size("iov"), flags: flags(U32, &SPLICE)) -> Bytes),
//! call!(sethostname(name: BYTES_IN, len: size("name")); effect: NAMES),
//! ```
//!
//! - The number follows from the name; on an architecture without the call it is `None`.
//! - `name: KIND` is a required argument, `name: KIND => optional` one that may be left out.
//! - `-> Bytes` after the arguments says what is returned (`Ret`), if not 0 and nothing else.
//! - What the call does beyond the process that makes it must be said: `own!` is a call that does nothing there, for
//!   any other stands `call!` with its `effect`. The effects of several calls have their names in `reach.rs`.
//! - After that, or after a `;`, come the facts that few calls have, by the fields of `Syscall`: `twice: true` for a
//!   call that returns in two processes or threads, `page: Some("umount")`, `hints`.
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

/// An entry without the facts that few calls have.
const PLAIN: Syscall = Syscall {
    name: "",
    nr: None,
    args: &[],
    ret: Ret::Zero,
    ret_by: &[],
    effect: Effect::Own,
    twice: false,
    closes: false,
    x32: None,
    page: None,
    also: &[],
    sleeps_as: None,
    hints: &[],
};

macro_rules! own {
    ($name:ident $args:tt $(-> $ret:ident)? $(; $($fact:ident: $value:expr),+ $(,)?)?) => {
        call!($name $args $(-> $ret)?; effect: $crate::abi::Effect::Own $($(, $fact: $value)+)?)
    };
}

macro_rules! call {
    ($name:ident($($arg:ident: $kind:expr $(=> $optional:ident)?),* $(,)?) $(-> $ret:ident)?;
        effect: $effect:expr $(, $fact:ident: $value:expr)* $(,)?) => {
        $crate::abi::Syscall {
            name: stringify!($name),
            nr: const { $crate::abi::table::number(stringify!($name)) },
            args: &[$($crate::abi::Arg {
                name: stringify!($arg),
                kind: $kind,
                optional: call!(@optional $($optional)?),
            }),*],
            ret: call!(@ret $($ret)?),
            effect: $effect,
            $($fact: $value,)*
            ..$crate::abi::table::PLAIN
        }
    };
    (@optional) => { false };
    (@optional optional) => { true };
    (@ret) => { $crate::abi::Ret::Zero };
    (@ret $ret:ident) => { $crate::abi::Ret::$ret };
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
mod reach;
mod signal;
mod time;

use crate::abi::{Effect, Ret, Syscall};

pub(super) use admin::UNNAMED;

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
