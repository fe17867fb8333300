//! What a call may do to others.

use crate::abi::{MachineWide, machine_wide};

use super::types::{Op, Operand, Plan, Planned};

impl Plan {
    /// A call of the plan that changes the whole machine, or, for strangers' cases, exposes it, as far as can be told
    /// before it is made.
    pub fn machine_wide(&self, strangers: bool) -> Option<&'static MachineWide> {
        let calls = self.steps.iter().filter_map(|step| match &step.op {
            Op::Call { nr, args, .. } => Some((*nr, args[0].known())),
            _ => None,
        });
        calls.filter_map(|(nr, first)| machine_wide(strangers).find(|call| call.is(nr, first))).next()
    }
}

impl Planned {
    /// Whether the case says that it needs a privilege: by name, or by circumstances that only root can bring about.
    pub fn is_privileged(&self) -> bool {
        let setup = &self.plan.setup;
        let user_namespace = setup.unshare & libc::CLONE_NEWUSER as u64 != 0;
        let around = !user_namespace && (setup.unshare != 0 || !setup.mounts.is_empty());
        !self.needs.caps.is_empty() || self.needs.uid.is_some() || around
    }
}

/// Whether the call may reach processes that are not the case's, or change what is not the case's: outside
/// the namespaces that the case has unshared (`CLONE_NEW*`).
pub(super) fn reaches_others(call: &str, args: &[Operand; 6], unshared: u64) -> bool {
    let shared = |namespace: i32| unshared & namespace as u64 == 0;
    let harmless = |signal: Operand| signal.known() == Some(0);
    match call {
        "kill" | "tkill" | "rt_sigqueueinfo" => !harmless(args[1]) && is_other(args[0]),
        "tgkill" | "rt_tgsigqueueinfo" => !harmless(args[2]) && is_other(args[0]),
        "ptrace" => is_other(args[1]),
        "process_vm_writev" | "pidfd_open" | "prlimit64" | "sched_setaffinity" | "sched_setscheduler" => {
            is_other(args[0])
        }
        // Groups of processes, and all of a user's.
        "setpriority" => args[0].known() != Some(libc::PRIO_PROCESS.into()) || is_other(args[1]),
        // What is in a user's keyrings outlives all processes.
        "add_key" | "request_key" | "keyctl" => {
            shared(libc::CLONE_NEWUSER) && args.iter().any(|arg| arg.known().is_some_and(is_users_keyring))
        }
        "mount" | "umount2" => shared(libc::CLONE_NEWNS),
        "sethostname" => shared(libc::CLONE_NEWUTS),
        "shmget" | "semget" | "msgget" | "mq_open" => shared(libc::CLONE_NEWIPC),
        _ => false,
    }
}

/// `@u` or `@us`.
fn is_users_keyring(keyring: i64) -> bool {
    matches!(keyring as i32, libc::KEY_SPEC_USER_KEYRING | libc::KEY_SPEC_USER_SESSION_KEYRING)
}

/// Whether a process id may be that of a process which is not the case's.
fn is_other(pid: Operand) -> bool {
    /// No process id is larger.
    const PID_MAX: u64 = 1 << 22;
    match pid.known() {
        Some(pid) => (1..=PID_MAX).contains(&pid.unsigned_abs()),
        // A variable is a process of the case's; one beside it may be anybody's.
        None => pid.base != 0,
    }
}
