//! What a trace says of a document's claim.

use crate::case::{Finding, KernelVersion};
use crate::exec::State;

use super::difference::{Voice, differences};
use super::ends::Problem;
use super::judgement::{ClaimJudgement, Verdict};
use super::outcome::Scene;
use super::ranges;

/// The finding; none without a claim, and where the trace did not get far enough to tell.
pub(super) fn judge(
    scene: &Scene<'_>,
    version: Option<KernelVersion>,
    problem: Option<&Problem>,
) -> Option<ClaimJudgement> {
    let claim = scene.planned.claim.as_ref()?;
    if problem.is_some_and(|p| p.verdict != Verdict::Fail) {
        return None;
    }
    let recorded = *ranges::choose(&claim.finding, version)?;
    let mut claimed =
        scene.planned.lines.iter().enumerate().filter_map(|(i, l)| Some((i, l.claimed.as_ref()?))).peekable();
    let holds = if claimed.peek().is_none() {
        problem.is_none()
    } else {
        let mut holds = true;
        for (index, expectation) in claimed {
            let outcome = scene.outcome(index);
            if outcome.state == State::NotReached {
                return None;
            }
            holds &= differences(expectation, &outcome, &scene.vars, Voice::Document).is_empty();
        }
        holds
    };
    let found = if holds { Finding::Holds } else { Finding::Refuted };
    Some(ClaimJudgement { id: claim.id.value.clone(), document: claim.document.value.clone(), recorded, found })
}

/// A finding other than the recorded one.
pub(super) fn differs(claim: &ClaimJudgement) -> Option<Problem> {
    let ClaimJudgement { id, recorded, found, .. } = claim;
    let reason = || format!("claim {id}: found {}, recorded {}", word(*found), word(*recorded));
    (found != recorded).then(|| Problem::fail(reason()))
}

/// `holds` or `refuted`.
fn word(finding: Finding) -> &'static str {
    match finding {
        Finding::Holds => "holds",
        Finding::Refuted => "refuted",
    }
}
