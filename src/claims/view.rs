//! A chapter as people read it: what is wrong first.

use crate::report::{ClaimFinding, ClaimReport, PartReport};
use crate::target::Target;

use super::book::{Book, Chapter, Evidence};

/// A document.
pub(super) struct ChapterView<'a> {
    pub(super) chapter: &'a Chapter,
    pub(super) refuted: Vec<ClaimView<'a>>,
    pub(super) partly: Vec<ClaimView<'a>>,
    pub(super) holds: Vec<ClaimView<'a>>,
    pub(super) untested: Vec<ClaimView<'a>>,
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
        let with = |finding| {
            let claims = chapter.with(finding).into_iter();
            claims.map(|claim| ClaimView { claim, parts: parts(book, claim) }).collect()
        };
        ChapterView {
            chapter,
            refuted: with(ClaimFinding::Refuted),
            partly: with(ClaimFinding::Partly),
            holds: with(ClaimFinding::Holds),
            untested: with(ClaimFinding::Untested),
        }
    }

    /// `Of 53 claims, 10 are refuted, 5 hold in part, 30 hold, 8 are untested.`
    pub(super) fn counts(&self) -> String {
        let several = |n: usize, one: &str, more: &str| format!("{n} {}", if n == 1 { one } else { more });
        let groups = [
            (self.refuted.len(), "is refuted", "are refuted"),
            (self.partly.len(), "holds in part", "hold in part"),
            (self.holds.len(), "holds", "hold"),
            (self.untested.len(), "is untested", "are untested"),
        ];
        let counted = groups.into_iter().filter(|(n, ..)| *n > 0).map(|(n, one, more)| several(n, one, more));
        let all = [format!("Of {}", several(self.chapter.claims.len(), "claim", "claims"))];
        format!("{}.", all.into_iter().chain(counted).collect::<Vec<_>>().join(", "))
    }
}

impl ClaimView<'_> {
    /// Whether it has parts that need to be told apart.
    pub(super) fn divided(&self) -> bool {
        self.parts.len() > 1
    }
}

fn parts<'a>(book: &'a Book, claim: &'a ClaimReport) -> Vec<PartView<'a>> {
    let came = |finding| match finding {
        ClaimFinding::Holds => "holds",
        ClaimFinding::Refuted => "is refuted",
        ClaimFinding::Partly => "holds in part",
        ClaimFinding::Untested => "is untested",
    };
    let view = |part: &'a PartReport| PartView { part, came: came(part.finding), traces: traces(book, part) };
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
