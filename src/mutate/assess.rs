//! A case on the right kernel, then on wrong ones.

use std::io;

use crate::exec::{Aftermath, StepTrace, Trace, Worker};
use crate::judge::{Judgement, Verdict, judge, unmet, unmet_probe};
use crate::plan::{Plan, Planned, Shown};
use crate::target::Target;

use super::candidate::{Candidate, Change};
use super::event::{Assessed, MutantStatus, MutationEvent, MutationKind, Rule};
use super::mutants::candidates;

/// Time that a case has on a wrong kernel, in microseconds, beside many times what it takes on the right one.
const PATIENCE: u64 = 300_000;
/// The same where the call never returns.
const HANG: u64 = 60_000;
/// The variable that is the id of the case's process, among the fixed ones.
const PID: usize = 1;
/// Calls that tell ids.
const IDS: [&str; 3] = ["getpid", "gettid", "getppid"];

/// Performs a case on the kernel as it is and on wrong ones. With `filter`, seccomp filters give plain answers.
///
/// # Errors
/// When a lost worker cannot be replaced.
pub fn assess(case: &Planned, worker: &mut Worker, target: &Target, filter: bool) -> io::Result<Assessed> {
    if let Some(reason) = unmet(case, target) {
        return Ok(Assessed::NotPassing(format!("skip: {reason}")));
    }
    if let Some(probe) = &case.probe
        && let Some(reason) = unmet_probe(probe, &worker.perform(&probe.plan)?, target)
    {
        return Ok(Assessed::NotPassing(format!("skip: {reason}")));
    }
    let right = Right::perform(case, worker, target)?;
    if right.judgement.verdict != Verdict::Pass {
        return Ok(Assessed::NotPassing(right.judgement.reason.unwrap_or_default()));
    }
    let mut events = Vec::new();
    for candidate in candidates(case, &right.trace, filter) {
        let micros = right.trace.micros;
        let patience = if candidate.kind == MutationKind::Hang { HANG + 4 * micros } else { PATIENCE + 10 * micros };
        let mut plan = Plan { deadline: Some(patience), ..case.plan.clone() };
        let (trace, after) = match &candidate.change {
            Change::Call(mutant) => worker.perform_examined(&plan, Some(mutant))?,
            Change::Region(index, region) => {
                match plan.regions.get_mut(*index) {
                    Some(right) => *right = region.clone(),
                    None => plan.regions.push(region.clone()),
                }
                let (trace, after) = worker.perform_examined(&plan, None)?;
                (trace, Aftermath { touched: true, ..after })
            }
        };
        let judgement = judge(case, &trace, target);
        events.push(right.event(case, &candidate, &trace, after, judgement));
    }
    Ok(Assessed::Mutants(events))
}

/// What happens on the kernel as it is.
struct Right {
    trace: Trace,
    judgement: Judgement,
    /// What it leaves, if that is the same every time.
    fingerprint: Option<u64>,
}

impl Right {
    fn perform(case: &Planned, worker: &mut Worker, target: &Target) -> io::Result<Self> {
        let (trace, after) = worker.perform_examined(&case.plan, None)?;
        let judgement = judge(case, &trace, target);
        let mut fingerprint = None;
        if judgement.verdict == Verdict::Pass {
            let (again, after_again) = worker.perform_examined(&case.plan, None)?;
            fingerprint = after.fingerprint.filter(|_| after == after_again && same(case, &trace, &again));
        }
        Ok(Right { trace, judgement, fingerprint })
    }

    fn event(
        &self,
        case: &Planned,
        candidate: &Candidate,
        trace: &Trace,
        after: Aftermath,
        judgement: Judgement,
    ) -> MutationEvent {
        let step = candidate.step;
        let (outcome, rule) = if judgement.verdict != Verdict::Pass {
            (MutantStatus::Noticed, None)
        } else if !after.touched {
            (MutantStatus::Equivalent, Some(Rule::Untouched))
        } else if self.fingerprint.is_some() && self.fingerprint == after.fingerprint && same(case, &self.trace, trace)
        {
            (MutantStatus::Equivalent, Some(Rule::Indistinguishable))
        } else if candidate.allowed {
            (MutantStatus::Equivalent, Some(Rule::Allowed))
        } else {
            (MutantStatus::Survived, None)
        };
        let shown = self.judgement.steps.iter().find(|s| s.line == step).map(|s| s.shown.clone());
        MutationEvent {
            id: case.id.clone(),
            subject: case.subject.clone(),
            step,
            at: format!("{:?}", case.lines[step].span),
            shown: shown.unwrap_or_default(),
            mutation: candidate.kind,
            detail: candidate.detail.clone(),
            outcome,
            rule,
            reason: judgement.reason,
        }
    }
}

/// Whether two runs went the same way. Process ids differ from run to run, but count on from that of the case.
fn same(case: &Planned, one: &Trace, other: &Trace) -> bool {
    let pid = |trace: &Trace| trace.vars.get(PID).copied().unwrap_or_default();
    let tells = |step: usize| matches!(&case.lines[step].shown, Shown::Call { call, .. } if IDS.contains(&call.name));
    let told = one.steps.iter().enumerate().filter(|(i, _)| tells(*i)).map(|(_, step)| step.ret);
    let ids: Vec<i64> = told.chain([pid(one)]).collect();
    let number = |a: i64, b: i64| a == b || ids.contains(&a) && a - pid(one) == b - pid(other);
    let step = |(a, b): (&StepTrace, &StepTrace)| number(a.ret, b.ret) && *a == StepTrace { ret: a.ret, ..b.clone() };
    let vars = one.vars.len() == other.vars.len() && one.vars.iter().zip(&other.vars).all(|(a, b)| number(*a, *b));
    let steps = one.steps.len() == other.steps.len() && one.steps.iter().zip(&other.steps).all(step);
    vars && steps && one.end == other.end
}
