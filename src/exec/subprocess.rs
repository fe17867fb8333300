//! Programs that this one starts: what they must not do.

use std::os::unix::process::CommandExt;
use std::process::Command;

use crate::exec::bpf::{self, answer, equal, load};
use crate::exec::sys::{self, Prctl, prctl};

/// Makes the command lead a process group, so that Ctrl-C is this program's to hear and the whole group can be
/// killed; and lets it die with the thread that starts it.
pub fn die_with_parent(command: &mut Command) -> &mut Command {
    command.process_group(0);
    let die_too = || {
        prctl(Prctl::SetPdeathsig, libc::SIGKILL.into());
        Ok(())
    };
    // SAFETY: the closure makes one system call, which is safe after a fork.
    unsafe { command.pre_exec(die_too) }
}

/// Refuses ptrace's register sets (`PTRACE_GETREGSET`, `PTRACE_SETREGSET`) to the command: user-mode Linux 6.1
/// then falls back to the calls of older kernels. Its buffer for the sets has room for AVX only, and what it
/// restores from there fails with `EFAULT` on a processor that has more
/// (`arch/x86/um/os-Linux/registers.c`).
pub fn refuse_register_sets(command: &mut Command) -> &mut Command {
    const NR: u32 = 0;
    const REQUEST: u32 = 16;
    const PTRACE_GETREGSET: u32 = 0x4204;
    const PTRACE_SETREGSET: u32 = 0x4205;
    let program = [
        load(NR),
        equal(syscalls::Sysno::ptrace as u32, 0, 4),
        load(REQUEST),
        equal(PTRACE_GETREGSET, 1, 0),
        equal(PTRACE_SETREGSET, 0, 1),
        answer(libc::SECCOMP_RET_ERRNO | libc::ENODEV as u32),
        answer(libc::SECCOMP_RET_ALLOW),
    ];
    let install = move || sys::result(bpf::install(&program)).map(drop);
    // SAFETY: the closure makes two system calls and allocates nothing, which is safe after a fork.
    unsafe { command.pre_exec(install) }
}
