//! Where the stream begins: the one place of this room that knows the rooms before it.

use crate::case::Finding;
use crate::judge::{Judgement, StepJudgement};
use crate::plan::Planned;

use super::event::{CaseEvent, ClaimEvent, StepEvent};

impl CaseEvent {
    /// A case with its judgement.
    pub fn new(planned: &Planned, judgement: &Judgement, micros: u64) -> Self {
        CaseEvent {
            id: planned.id.clone(),
            subject: planned.subject.clone(),
            summary: planned.summary.clone(),
            file: planned.span.source.path.clone(),
            line: planned.span.line,
            verdict: judgement.verdict,
            reason: judgement.reason.clone(),
            rests: planned.rests.clone(),
            micros,
            trace: judgement.steps.iter().map(StepEvent::from).collect(),
            claim: judgement.claim.as_ref().map(|claim| ClaimEvent {
                id: claim.id.clone(),
                document: claim.document.clone(),
                recorded: word(claim.recorded),
                found: word(claim.found),
            }),
            performed: None,
        }
    }
}

impl From<&StepJudgement> for StepEvent {
    fn from(step: &StepJudgement) -> Self {
        StepEvent {
            call: step.call.clone(),
            shown: step.shown.clone(),
            ret: step.ret,
            errno: step.errno.clone(),
            signals: step.signals.clone(),
            blocked: step.blocked,
            expected: step.expected.clone(),
            notes: step.notes.clone(),
            claimed: step.claimed.clone(),
            evidence: step.evidence.clone(),
            at: step.differs().then(|| format!("{:?}", step.span)),
        }
    }
}

fn word(finding: Finding) -> String {
    match finding {
        Finding::Holds => "holds".to_owned(),
        Finding::Refuted => "refuted".to_owned(),
    }
}
