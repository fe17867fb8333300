//! What a judgement says.

use serde::{Deserialize, Serialize};

use crate::case::{Finding, Level, Rests, Span};
use crate::target::Target;

/// What became of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Everything went as expected.
    Pass,
    /// An expectation was broken.
    Fail,
    /// A set-up step broke: says nothing about the behaviour.
    Error,
    /// Not run, or not judged, for the reason given.
    Skip,
    /// A known deviation.
    Xfail,
    /// A known deviation that is gone: fails the run, so that the list of deviations shrinks.
    Xpass,
}

impl Verdict {
    /// Whether it makes a run fail.
    pub fn is_bad(self) -> bool {
        matches!(self, Verdict::Fail | Verdict::Error | Verdict::Xpass)
    }
}

/// The verdict on a case, with the evidence.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// The verdict.
    pub verdict: Verdict,
    /// Why, in few words and without anything that varies from run to run: `needs CAP_SYS_RESOURCE`,
    /// `write: expected EAGAIN, returned 1`. None for a pass.
    pub reason: Option<String>,
    /// The steps that were reached, without those that are implicit and went well.
    pub steps: Vec<StepJudgement>,
    /// What came of the claim, if the case judges one and got far enough.
    pub claim: Option<ClaimJudgement>,
}

/// What came of a step.
#[derive(Clone, Debug, PartialEq)]
pub struct StepJudgement {
    /// Index into the lines of the plan.
    pub line: usize,
    /// The call's name, or `store`, `load`, `blocked`, `finish`, `descriptors`.
    pub call: String,
    /// What happened, in strace's notation.
    pub shown: String,
    /// What should have happened, where that reads differently.
    pub expected: Option<String>,
    /// What is wrong, where the notation does not show it. A step that is wrong has a note or an `expected`.
    pub notes: Vec<String>,
    /// The place of what is wrong; of the step, if nothing is.
    pub span: Span,
    /// The return value (-1 for an error); none if the step did not return.
    pub ret: Option<i64>,
    /// The error, by name.
    pub errno: Option<String>,
    /// Signals recorded, by name.
    pub signals: Vec<String>,
    /// Seen asleep in the kernel.
    pub blocked: bool,
    /// What would have happened if the claim's document were right, where that is not what did.
    pub claimed: Option<String>,
    /// What tells that it is to go so from some version on, if what is expected depends on the version.
    pub evidence: Vec<String>,
}

impl StepJudgement {
    /// Whether something is wrong with it.
    pub fn differs(&self) -> bool {
        self.expected.is_some() || !self.notes.is_empty()
    }
}

/// What came of a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimJudgement {
    /// The claim's id.
    pub id: String,
    /// The document.
    pub document: String,
    /// What the case says of it, for this kernel.
    pub recorded: Finding,
    /// What the trace says of it.
    pub found: Finding,
}

impl Judgement {
    /// A case that was not run.
    pub fn skip(reason: impl Into<String>) -> Self {
        Judgement::without_steps(Verdict::Skip, reason)
    }

    pub(super) fn without_steps(verdict: Verdict, reason: impl Into<String>) -> Self {
        Judgement { verdict, reason: Some(reason.into()), steps: Vec::new(), claim: None }
    }

    /// The judgement on a case that the target is known to fail.
    /// A set-up that breaks because the target cannot do that either is part of it; a skip stays what it is.
    #[must_use]
    pub fn known_deviation(mut self, known: &KnownDeviation) -> Self {
        self.verdict = match self.verdict {
            Verdict::Fail | Verdict::Error => Verdict::Xfail,
            Verdict::Pass if !known.sometimes => Verdict::Xpass,
            other => return Judgement { verdict: other, ..self },
        };
        self.reason = Some(known.reason.clone());
        self
    }

    /// The judgement on a case that rests on this, on that target. What is an accident of Linux, another kernel need not
    /// do: that it does otherwise is no failure, nor is it what was expected. So the case is not judged, which is what a
    /// skip says, and the reason tells what was seen. A set-up that breaks stays an error.
    #[must_use]
    pub fn on(mut self, target: &Target, rests: Option<&Rests>) -> Self {
        let accident = rests.is_some_and(|rests| rests.level == Level::Accident);
        let Some(system) = target.system.as_deref().filter(|_| accident && !target.accidents) else { return self };
        if self.verdict == Verdict::Fail {
            let found = self.reason.unwrap_or_default();
            self.verdict = Verdict::Skip;
            self.reason = Some(format!("an accident of Linux, which {system} is not: {found}"));
        }
        self
    }
}

/// What is on record of a target's deviation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownDeviation {
    /// What it does instead, and why.
    pub reason: String,
    /// Whether it does so now and then only: a pass is then no sign that it is gone.
    pub sometimes: bool,
}
