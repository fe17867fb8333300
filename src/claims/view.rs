//! A chapter as people read it: what is wrong first.

use crate::report::{ClaimFinding, ClaimReport, PartReport};
use crate::target::Target;

use super::book::{Book, Chapter, Evidence};

/// A document.
pub(super) struct ChapterView<'a> {
    pub(super) chapter: &'a Chapter,
    /// Its claims by what came of them, what is wrong first; nothing is empty.
    pub(super) groups: Vec<Group<'a>>,
}

/// The claims of a document that came to the same.
pub(super) struct Group<'a> {
    pub(super) finding: ClaimFinding,
    pub(super) claims: Vec<ClaimView<'a>>,
}

/// A claim.
pub(super) struct ClaimView<'a> {
    pub(super) claim: &'a ClaimReport,
    pub(super) parts: Vec<PartView<'a>>,
}

/// A part of a claim.
pub(super) struct PartView<'a> {
    pub(super) part: &'a PartReport,
    /// What came of it: `is refuted`.
    pub(super) came: &'static str,
    pub(super) traces: Vec<TraceView<'a>>,
}

/// What a case showed.
pub(super) struct TraceView<'a> {
    pub(super) case: &'a str,
    pub(super) evidence: &'a Evidence,
}

impl<'a> ChapterView<'a> {
    pub(super) fn new(book: &'a Book, chapter: &'a Chapter) -> Self {
        let group = |finding| {
            let claims = chapter.with(finding).into_iter();
            Group { finding, claims: claims.map(|claim| ClaimView { claim, parts: parts(book, claim) }).collect() }
        };
        let groups = ClaimFinding::ALL.map(group).into_iter().filter(|group| !group.claims.is_empty()).collect();
        ChapterView { chapter, groups }
    }

    /// `Of 53 claims, 10 are refuted, 5 hold in part, 30 hold, 8 are untested.`
    pub(super) fn counts(&self) -> String {
        let several = |n: usize, one: &str, more: &str| format!("{n} {}", if n == 1 { one } else { more });
        let counted =
            self.groups.iter().map(|Group { finding, claims }| several(claims.len(), finding.verb(), finding.plural()));
        let all = [format!("Of {}", several(self.chapter.claims.len(), "claim", "claims"))];
        format!("{}.", all.into_iter().chain(counted).collect::<Vec<_>>().join(", "))
    }

    /// What of the document is wrong, or wrong somewhere, in the order of its lines: the erratum itself.
    pub(super) fn wrong(&self) -> Vec<&PartView<'a>> {
        let claims = self.groups.iter().flat_map(|group| &group.claims);
        let mut wrong: Vec<_> =
            claims.flat_map(|claim| &claim.parts).filter(|part| part.part.instead.is_some()).collect();
        wrong.sort_by_key(|part| part.part.line);
        wrong
    }
}

impl Group<'_> {
    /// The heading of their details.
    pub(super) fn title(&self) -> &'static str {
        match self.finding {
            ClaimFinding::Refuted => "Wrong",
            ClaimFinding::Partly => "True in part",
            ClaimFinding::HoldsAsTested => "True as far as it is tested",
            ClaimFinding::Holds => "True",
            ClaimFinding::Untested => "Untested",
        }
    }

    /// Its class on a page.
    pub(super) fn class(&self) -> &'static str {
        match self.finding {
            ClaimFinding::Refuted => "refuted",
            ClaimFinding::Partly => "partly",
            ClaimFinding::HoldsAsTested | ClaimFinding::Holds => "holds",
            ClaimFinding::Untested => "untested",
        }
    }
}

impl ClaimView<'_> {
    /// Whether it has parts that need to be told apart.
    pub(super) fn divided(&self) -> bool {
        self.parts.len() > 1
    }
}

fn parts<'a>(book: &'a Book, claim: &'a ClaimReport) -> Vec<PartView<'a>> {
    let view = |part: &'a PartReport| {
        let came = if part.is_refuted_by_reading() { "is refuted by reading" } else { part.finding.verb() };
        PartView { part, came, traces: traces(book, part) }
    };
    claim.parts.iter().map(view).collect()
}

/// One case that refutes the part, and one that does not: rows of a kind show no more.
fn traces<'a>(book: &'a Book, part: &'a PartReport) -> Vec<TraceView<'a>> {
    let mut shown: Vec<TraceView<'a>> = Vec::new();
    for case in &part.cases {
        let Some(evidence) = book.evidence(case) else { continue };
        if !shown.iter().any(|other| other.evidence.refuted == evidence.refuted) {
            shown.push(TraceView { case, evidence });
        }
    }
    // What is wrong first.
    shown.sort_by_key(|trace| !trace.evidence.refuted);
    shown
}

/// `Linux 6.18.44 x86_64 (native)`.
pub(super) fn kernel(target: &Target) -> String {
    let judged = target.judge_as.as_ref().map_or_else(String::new, |version| format!(", judged as {version}"));
    format!("Linux {} {} ({}{judged})", target.kernel, target.arch, target.name)
}

/// What is said of the kernels that were asked.
pub(super) fn kernels(book: &Book) -> String {
    book.targets.iter().map(kernel).collect::<Vec<_>>().join(", ")
}
