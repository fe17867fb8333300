//! Programs that this one starts must not outlive it.

use std::os::unix::process::CommandExt;
use std::process::Command;

use super::sys::call;

/// Makes the command lead a process group, so that Ctrl-C is this program's to hear and the whole group can be
/// killed; and lets it die with the thread that starts it.
pub fn tie(command: &mut Command) -> &mut Command {
    command.process_group(0);
    let die_too = || {
        call!(prctl, libc::PR_SET_PDEATHSIG, libc::SIGKILL, 0, 0, 0);
        Ok(())
    };
    // SAFETY: the closure makes one system call, which is safe behind a fork.
    unsafe { command.pre_exec(die_too) }
}
