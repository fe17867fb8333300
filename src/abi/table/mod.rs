//! The kernel interface, a file a subsystem: its calls, constants and structures.
//!
//! # Adding a call
//!
//! A call is one entry of its subsystem's file, in the order of the registers, with the manual
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
//!   any other stands `call!` with its `effect`. An operation that nobody has looked at counts as the worst
//!   (`Effect::ANYTHING`).
//! - After that, or after a `;`, come the facts that few calls have, by the fields of `Syscall`: `twice: true` for a
//!   call that returns in two processes or threads, `page: Some("umount")`, `hints`.
//! - Shapes have their short names in `shape.rs`. Constants and structures that are new go into the same file; their
//!   values, sizes and offsets are those of the kernel's headers (`linux_raw_sys`). A value is written out only where
//!   those headers, as packaged, lack the name.
//!
//! # Adding a subsystem
//!
//! A file with a `subsystem!` and its name in the list below. The order of files and entries says nothing, but that
//! diagnostics call the first set that knows a constant its owner.

use syscalls::Sysno;

use super::{Effect, Kind, Ret, Set, Struct, Syscall};

#[macro_use]
mod macros;

/// All that the table knows of a subsystem.
pub(super) struct Subsystem {
    /// Its calls.
    pub(super) calls: &'static [Syscall],
    /// Calls that no case can make by name, for the filter that keeps machine code from them.
    pub(super) unnamed: &'static [Syscall],
    /// Its sets of constants.
    pub(super) constants: &'static [&'static Set],
    /// Its structures.
    pub(super) structures: &'static [&'static Kind],
}

macro_rules! subsystems {
    ($($name:ident)*) => {
        $(pub(super) mod $name;)*

        /// Every subsystem.
        pub(super) static SUBSYSTEMS: &[&Subsystem] = &[$(&$name::SUBSYSTEM),*];
    };
}

// Modules that a macro names are out of sight to `cargo fmt`: `rustfmt src/abi/table/*.rs`.
subsystems! {
    fs
    fuse
    fd
    io
    uring
    ioctl
    ioctl_args
    mm
    mount
    net
    sockopt
    notify
    poll
    process
    sched
    ptrace
    prctl
    security
    ipc
    keys
    signal
    time
    admin
    quota
    perf
    bpf
    obsolete
    common
}

/// What every file of the table needs.
mod prelude {
    pub(super) use super::number;
    pub(super) use crate::abi::shape::*;
    pub(super) use crate::abi::{Choice, Dir, Effect, Field, Hint, Kind, Record, Ret, Shared};
}

/// Calls that the crate lacks. From 424 on, a number is the same on every architecture.
pub(super) const NEWER: &[(&str, u32)] = &[("listns", 470), ("rseq_slice_yield", 471), ("fchroot", 472)];

/// The number of a call here, by its name in the kernel's headers.
const fn number(name: &str) -> Option<u32> {
    // The crate knows this one by another of its names on newer architectures.
    if same(name, "newfstatat") && cfg!(target_arch = "aarch64") {
        return number("fstatat");
    }
    let mut i = 0;
    while i < NEWER.len() {
        if same(NEWER[i].0, name) {
            return Some(NEWER[i].1);
        }
        i += 1;
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

/// A structure without what few have.
const BARE: Struct = Struct { name: "", size: 0, fields: &[], defaults: &[], record: None };

/// An entry without the facts that few calls have.
const PLAIN: Syscall = Syscall {
    name: "",
    nr: None,
    args: &[],
    ret: Ret::Zero,
    ret_by: &[],
    effect: Effect::Own,
    twice: false,
    replaces: false,
    closes: false,
    x32: None,
    page: None,
    also: &[],
    sleeps_as: None,
    hints: &[],
};
