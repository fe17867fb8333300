//! The event stream: a target, its cases, a summary. As JSON, one object a line, its
//! field names are an interface that scripts depend on: add fields, never change one.

use serde::{Deserialize, Serialize};

use crate::case::{Level, Rests};
use crate::exec::Performed;
use crate::judge::Verdict;
use crate::target::Target;

use super::claim::ClaimReport;
use super::counts::Counts;

/// One event of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Event {
    /// The kernel under test; comes first.
    Target(Box<Target>),
    /// A case was judged.
    Case(Box<CaseEvent>),
    /// A document's claim was judged, by all its cases.
    Claim(Box<ClaimReport>),
    /// The run is over; comes last.
    Summary(Counts),
}

/// A case that was judged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CaseEvent {
    /// Its id.
    pub id: String,
    /// `write(2)`.
    pub subject: String,
    /// One sentence.
    pub summary: String,
    /// The file that it stands in.
    pub file: String,
    /// The line that it begins at.
    pub line: u32,
    /// The verdict.
    pub verdict: Verdict,
    /// Why it is not a pass.
    pub reason: Option<String>,
    /// What its expectations rest on, if that is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rests: Option<Rests>,
    /// How long it took, in microseconds.
    pub micros: u64,
    /// What happened.
    pub trace: Vec<StepEvent>,
    /// What came of the claim that it judges.
    pub claim: Option<ClaimEvent>,
    /// What was performed, so that it can be judged again, if it was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub performed: Option<Box<Performed>>,
}

/// What came of a step.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StepEvent {
    /// The call's name.
    pub call: String,
    /// The step in strace's notation.
    pub shown: String,
    /// The return value, -1 for an error; null if it did not return.
    #[serde(rename = "return")]
    pub ret: Option<i64>,
    /// The error's name, or null.
    pub errno: Option<String>,
    /// Names of the signals that were recorded.
    pub signals: Vec<String>,
    /// Seen asleep in the kernel.
    pub blocked: bool,
    /// What should have been shown, if it differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// What is wrong beside that.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// The place of the broken expectation: `cases/write/pipe.yaml:18:25`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// What the claim's document says that should have been shown, if it differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claimed: Option<String>,
    /// What tells that it is expected from this kernel's version on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<String>,
}

/// What came of a claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimEvent {
    /// The claim's id.
    pub id: String,
    /// The document.
    pub document: String,
    /// `holds` or `refuted`, as the case says.
    pub recorded: String,
    /// `holds` or `refuted`, as the trace says.
    pub found: String,
}

impl CaseEvent {
    /// The place to look at first: of the broken expectation, or of the case.
    pub(super) fn place(&self) -> String {
        let broken = self.trace.iter().find_map(|step| step.at.clone());
        broken.unwrap_or_else(|| format!("{}:{}", self.file, self.line))
    }

    /// Whether there is anything to compare: a case that was skipped may have been performed all the same, and not judged.
    pub fn was_performed(&self) -> bool {
        self.verdict != Verdict::Skip || !self.trace.is_empty()
    }

    /// On what its expectations rest, in words: what kind of ground, and what tells of those that changed.
    pub(super) fn grounds(&self) -> Vec<String> {
        let level = self.rests.as_ref().map(|rests| match (rests.level, &rests.source) {
            (Level::Documented, Some(source)) => format!("documented: {source}"),
            (Level::Documented, None) => "documented".to_owned(),
            (Level::Practice, _) => "rests on practice".to_owned(),
            (Level::Accident, _) => "rests on an accident of Linux".to_owned(),
        });
        let mut told: Vec<&str> = Vec::new();
        for evidence in self.trace.iter().flat_map(|step| &step.evidence) {
            if !told.contains(&evidence.as_str()) {
                told.push(evidence);
            }
        }
        let evidence = (!told.is_empty()).then(|| format!("evidence: {}", told.join(", ")));
        level.into_iter().chain(evidence).collect()
    }
}
