//! All that is known of the documents: what every format reads.

use std::collections::HashMap;

use crate::report::{CaseEvent, ClaimFinding, ClaimReport, printable};
use crate::target::Target;

use super::collect::Run;
use super::history::{MeasuredKernel, is_linux};

/// Documents with what came of their claims.
#[derive(Clone, Debug)]
pub struct Book {
    /// One a document.
    pub chapters: Vec<Chapter>,
    /// The kernels that were asked: Linux by version, then others.
    pub targets: Vec<Target>,
    /// What a case showed, by its id.
    evidence: HashMap<String, Evidence>,
}

/// A document with what came of its claims.
#[derive(Clone, Debug)]
pub struct Chapter {
    /// The document's name.
    pub name: String,
    /// Its title.
    pub title: String,
    /// Its claims.
    pub claims: Vec<ClaimReport>,
}

/// A trace that shows what came of a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The kernel, where there are several.
    pub on: Option<String>,
    /// Whether it refutes the claim.
    pub refuted: bool,
    /// A step a line, or two where document and kernel differ.
    pub lines: Vec<EvidenceLine>,
}

/// A step as strace shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvidenceLine {
    /// Who says so.
    pub said: Said,
    /// The call and what comes of it.
    pub text: String,
}

/// Who says what comes of a step: words, since signs and colours are read the other way round by who knows them from patches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// Document and kernel, or the kernel where the document says nothing.
    ByBoth,
    /// The document alone.
    Claimed,
    /// The case, which was wrong.
    Expected,
    /// The kernel, differently.
    Happens,
}

impl Said {
    /// What stands before the step: nothing where nobody differs.
    pub fn word(self) -> &'static str {
        match self {
            Said::ByBoth => "",
            Said::Claimed => "claimed",
            Said::Expected => "expected",
            Said::Happens => "happens",
        }
    }
}

impl std::fmt::Display for EvidenceLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:8}  {}", self.said.word(), self.text)
    }
}

impl Book {
    pub(super) fn new(chapters: Vec<Chapter>, runs: &[Run], kernels: &[MeasuredKernel]) -> Self {
        let mut evidence: HashMap<String, Evidence> = HashMap::new();
        // Linux last: what it shows is preferred.
        let (linux, others): (Vec<_>, Vec<_>) = runs.iter().zip(kernels).partition(|(_, kernel)| is_linux(kernel));
        for (run, kernel) in others.into_iter().chain(linux) {
            for case in run.cases.iter().filter(|case| case.claim.is_some()) {
                let on = (runs.len() > 1).then(|| kernel.label.clone());
                let new = Evidence::new(case, on);
                // The newest kernel that refutes the claim shows most; else the newest.
                if evidence.get(&case.id).is_none_or(|old| new.refuted || !old.refuted) {
                    evidence.insert(case.id.clone(), new);
                }
            }
        }
        Book { chapters, targets: runs.iter().map(|run| run.target.clone()).collect(), evidence }
    }

    /// All claims.
    pub fn claims(&self) -> impl Iterator<Item = &ClaimReport> {
        self.chapters.iter().flat_map(|chapter| &chapter.claims)
    }

    /// What a case showed, if it came to a finding.
    pub fn evidence(&self, case: &str) -> Option<&Evidence> {
        self.evidence.get(case)
    }
}

impl Chapter {
    /// The claims with this finding.
    pub fn with(&self, finding: ClaimFinding) -> Vec<&ClaimReport> {
        self.claims.iter().filter(|claim| claim.finding == finding).collect()
    }
}

impl Evidence {
    fn new(case: &CaseEvent, on: Option<String>) -> Self {
        let mut lines = Vec::new();
        for step in &case.trace {
            let line = |said, text: &str| EvidenceLine { said, text: printable(text) };
            let other = match (&step.claimed, &step.expected) {
                (Some(claimed), _) => Some(line(Said::Claimed, claimed)),
                (None, Some(expected)) => Some(line(Said::Expected, expected)),
                (None, None) => None,
            };
            let said = if other.is_some() { Said::Happens } else { Said::ByBoth };
            lines.extend(other);
            lines.push(line(said, &step.shown));
        }
        Evidence { on, refuted: case.claim.as_ref().is_some_and(|claim| claim.found == "refuted"), lines }
    }
}
