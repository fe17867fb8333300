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
    /// A step a line; `-` before what the document has, `+` before what happened instead.
    pub lines: Vec<String>,
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
            let shown = printable(&step.shown);
            match step.claimed.as_ref().or(step.expected.as_ref()) {
                Some(other) => lines.extend([format!("- {}", printable(other)), format!("+ {shown}")]),
                None => lines.push(format!("  {shown}")),
            }
        }
        Evidence { on, refuted: case.claim.as_ref().is_some_and(|claim| claim.found == "refuted"), lines }
    }
}
