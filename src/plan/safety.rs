//! What a call may do to others.

use super::types::Operand;

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
