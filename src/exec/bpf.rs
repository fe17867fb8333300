//! Small seccomp filters, put together where nothing may allocate: after a fork.

use crate::exec::sys::{Prctl, prctl, syscall};

/// Loads 32 bits of `struct seccomp_data`.
pub(in crate::exec) fn load(offset: u32) -> libc::sock_filter {
    statement(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0, 0, offset)
}

/// Skips so many instructions if what was loaded is this value, and so many if not.
pub(in crate::exec) fn equal(value: u32, yes: u8, no: u8) -> libc::sock_filter {
    statement(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K, yes, no, value)
}

/// Ends with this action.
pub(in crate::exec) fn answer(action: u32) -> libc::sock_filter {
    statement(libc::BPF_RET | libc::BPF_K, 0, 0, action)
}

fn statement(code: u32, jt: u8, jf: u8, k: u32) -> libc::sock_filter {
    libc::sock_filter { code: code as u16, jt, jf, k }
}

/// Gives up new privileges and installs a filter for the calling thread: 0 or `-errno`.
pub(in crate::exec) fn install(program: &[libc::sock_filter]) -> i64 {
    let program = libc::sock_fprog { len: program.len() as u16, filter: program.as_ptr().cast_mut() };
    prctl(Prctl::SetNoNewPrivs, 1);
    // SAFETY: reads the program, whose length is told.
    unsafe { syscall!(prctl, libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, std::ptr::from_ref(&program), 0, 0) }
}
