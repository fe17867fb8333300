//! Calls whose effects outlast a case in what all cases of a worker share: its namespaces. Behind such a case comes
//! a new worker.

use syscalls::Sysno;

use crate::plan::{Op, Plan};

/// They change mounts and names, or leave objects that no process holds. A program may do all of that.
const LASTING: [Sysno; 14] = [
    Sysno::execve,
    Sysno::execveat,
    Sysno::mount,
    Sysno::umount2,
    Sysno::move_mount,
    Sysno::pivot_root,
    Sysno::sethostname,
    Sysno::setdomainname,
    Sysno::shmget,
    Sysno::semget,
    Sysno::msgget,
    Sysno::mq_open,
    Sysno::add_key,
    Sysno::ptrace,
];

/// Whether something of the plan's may be there for the next one.
pub(super) fn outlasts(plan: &Plan) -> bool {
    let lasting = |nr: u32| LASTING.iter().any(|call| *call as u32 == nr);
    plan.steps.iter().any(|step| matches!(step.op, Op::Call { nr, .. } if lasting(nr)))
}
