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

/// Whether the call may reach processes that are not the case's.
pub(super) fn reaches_others(call: &str, args: &[Operand; 6]) -> bool {
    /// No process id is larger.
    const PID_MAX: u64 = 1 << 22;
    let signal = match call {
        "kill" | "tkill" | "rt_sigqueueinfo" => args[1],
        "tgkill" | "rt_tgsigqueueinfo" => args[2],
        _ => return false,
    };
    if signal.known() == Some(0) {
        return false;
    }
    match args[0].known() {
        Some(pid) => (1..=PID_MAX).contains(&pid.unsigned_abs()),
        // A variable is a process of the case's; one beside it may be anybody's.
        None => args[0].base != 0,
    }
}
