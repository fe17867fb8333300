//! Calls whose effects outlast a case in what all cases of a worker share: its namespaces. Behind such a case comes
//! a new worker.

use syscalls::Sysno;

use crate::plan::{Op, Operand, Plan};

const PRIO_PROCESS: i64 = libc::PRIO_PROCESS as i64;

/// They change mounts and names, or leave objects that no process holds. A program may do all of that.
const LASTING: [Sysno; 16] = [
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
    Sysno::request_key,
    Sysno::keyctl,
    Sysno::ptrace,
];

/// They set what a process hands down to those that it forks, and the worker forks every case.
const HANDED_DOWN: [Sysno; 4] =
    [Sysno::prlimit64, Sysno::setpriority, Sysno::sched_setaffinity, Sysno::sched_setscheduler];

/// Whether something of the plan's may be there for the next one.
pub(super) fn outlasts(plan: &Plan) -> bool {
    plan.setup.traces || plan.steps.iter().any(|step| matches!(&step.op, Op::Call { nr, args, .. } if lasts(*nr, args)))
}

fn lasts(nr: u32, args: &[Operand; 6]) -> bool {
    let is_one_of = |calls: &[Sysno]| calls.iter().any(|call| *call as u32 == nr);
    // Process 0 is the caller.
    let of_itself = match nr == Sysno::setpriority as u32 {
        true => args[0].known() == Some(PRIO_PROCESS) && args[1].known() == Some(0),
        false => args[0].known() == Some(0),
    };
    is_one_of(&LASTING) || is_one_of(&HANDED_DOWN) && !of_itself
}
