//! The judgement here on what was performed elsewhere.

use crate::exec::{End, Performed};
use crate::judge::{Judgement, KnownDeviation, judge, unmet, unmet_probe};
use crate::plan::Planned;
use crate::report::CaseEvent;
use crate::target::Target;

/// What was performed elsewhere, judged, with what is known of the target. It keeps the trace, so that it can
/// be judged again.
pub fn judged(case: &Planned, performed: Performed, target: &Target, deviation: Option<&KnownDeviation>) -> CaseEvent {
    let (judgement, micros) = judgement(case, &performed, target);
    let judgement = match deviation {
        Some(known) => judgement.known_deviation(known),
        None => judgement,
    };
    let judgement = judgement.on(target, case.rests.as_ref());
    CaseEvent { performed: Some(Box::new(performed)), ..CaseEvent::new(case, &judgement, micros) }
}

fn judgement(case: &Planned, performed: &Performed, target: &Target) -> (Judgement, u64) {
    let skip = |reason| (Judgement::skip(reason), 0);
    // If the target is gone, its needs were met well enough.
    let lost = performed.trace.as_ref().is_some_and(|trace| matches!(trace.end, End::TargetLost(_)));
    if let Some(reason) = unmet(case, target).filter(|_| !lost) {
        return skip(reason);
    }
    if performed.plan != case.plan.fingerprint() {
        return skip("performed from another version of the case".to_owned());
    }
    let probe = case.probe.as_ref().zip(performed.probe.as_ref());
    if let Some(reason) = probe.and_then(|(probe, trace)| unmet_probe(probe, trace, target)) {
        return skip(reason);
    }
    match &performed.trace {
        Some(trace) => (judge(case, trace, target), trace.micros),
        None => skip("not performed, for what its probe showed".to_owned()),
    }
}
