//! What the end of a case's process means.

use crate::exec::End;
use crate::plan::{Planned, Shown, observed};

use super::judgement::{Judgement, Verdict};
use super::names;

/// What made the verdict something other than a pass.
#[derive(Clone, Debug)]
pub(super) struct Problem {
    pub(super) verdict: Verdict,
    pub(super) reason: String,
}

impl Problem {
    pub(super) fn fail(reason: impl Into<String>) -> Self {
        Problem { verdict: Verdict::Fail, reason: reason.into() }
    }

    pub(super) fn error(reason: impl Into<String>) -> Self {
        Problem { verdict: Verdict::Error, reason: reason.into() }
    }
}

/// The judgement on a case that ended without saying anything of the behaviour.
pub(super) fn nothing_said(end: &End) -> Option<Judgement> {
    match end {
        End::SetupFailed { what, errno, unavailable } => {
            let verdict = if *unavailable { Verdict::Skip } else { Verdict::Error };
            let reason = format!("cannot set up: {what}: {}", names::errno(*errno));
            Some(Judgement::without_steps(verdict, reason))
        }
        // Not a skip: those are decided by what the target is, and repeat themselves.
        End::Interrupted => Some(Judgement::without_steps(Verdict::Error, "interrupted")),
        // Whatever the steps seem to say, somebody else may have said it.
        End::Forged => Some(Judgement::without_steps(Verdict::Fail, "the trace was tampered with")),
        _ => None,
    }
}

/// What an end means that no step has explained. `doing` is the call that was not done, such as `read(2)`.
pub(super) fn unexplained(end: &End, planned: &Planned, doing: Option<&str>) -> Option<Problem> {
    let within = doing.map_or_else(String::new, |call| format!(" in {call}"));
    let reason = match end {
        End::Finished => return None,
        End::Exited(status) => format!("exited with status {status}{within}"),
        End::Killed(signal) => format!("killed by {}{within}", names::signal(*signal as u32)),
        End::Deadline => match doing {
            Some(call) => format!("{}: still in {call}", deadline(planned)),
            None => format!("{}: did not end", deadline(planned)),
        },
        End::Stopped(signal) => format!("stopped by {}{within}", names::signal(*signal as u32)),
        End::TooManyProcesses => format!("too many processes{within}"),
        End::Unkillable => format!("does not die of SIGKILL{within}"),
        End::WorkerLost => format!("ended the process that performs the cases{within}"),
        End::TargetLost(how) => format!("took the target down: {how}"),
        End::SetupFailed { .. } | End::Interrupted | End::Forged => return None,
    };
    Some(Problem::fail(reason))
}

/// `deadline of 5 s`; the run's own deadline is not known here.
pub(super) fn deadline(planned: &Planned) -> String {
    planned.plan.deadline.map_or("deadline".to_owned(), |micros| format!("deadline of {} s", micros as f64 / 1e6))
}

/// The call that a line is about: `read`.
pub(super) fn call_name(planned: &Planned, index: usize) -> &str {
    match planned.lines.get(index).map(|line| &line.shown) {
        Some(Shown::Call { call, .. }) => call.name,
        Some(Shown::Blocked(started)) if *started < index => call_name(planned, *started),
        Some(Shown::Finish(started)) if *started < index => call_name(planned, *started),
        Some(Shown::Store { .. }) => "store",
        Some(Shown::Load { .. }) => "load",
        Some(Shown::Check(_)) => "check",
        Some(Shown::Observed(what)) => observed(*what).name,
        _ => "step",
    }
}
