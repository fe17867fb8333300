//! What a suite's own cases must say beyond what a case must: on what they rest.

use super::decode::{Document, Expect, Step};
use super::diagnostic::Diagnostic;
use super::kernel::{KernelVersion, parse_ranges};
use super::model::{Case, Ranged};
use super::node::Spanned;

/// What a case does not say of what it rests on: its level, the place of its claim, and the evidence for each boundary of
/// its histories.
pub fn ungrounded(case: &Case) -> Vec<Diagnostic> {
    let level = case.rests.is_none().then(|| {
        Diagnostic::at(&case.span, "the case does not say what it rests on", "`rests` is missing, here and in the file")
            .help("add `rests: {documented: \"PAGE, SECTION\"}`, `rests: practice` or `rests: accident`")
    });
    let steps = case.steps.iter().chain(&case.finally).chain(&case.needs.probe);
    let claim = case.claim.as_ref().and_then(|claim| nowhere(&claim.id, claim.line, claim.term.as_deref()));
    level.into_iter().chain(claim).chain(steps.flat_map(Step::without_evidence)).collect()
}

/// The claims without a case that do not say where their documents state them.
pub fn without_place(documents: &[Document]) -> Vec<Diagnostic> {
    let claims = documents.iter().flat_map(|document| &document.claims);
    claims.filter_map(|claim| nowhere(&claim.id, claim.line, claim.term.as_deref())).collect()
}

fn nowhere(id: &Spanned<String>, line: Option<u32>, term: Option<&str>) -> Option<Diagnostic> {
    let missing = match (line, term) {
        (Some(_), Some(_)) => return None,
        (None, Some(_)) => "`line` is missing",
        (Some(_), None) => "`term` is missing",
        (None, None) => "`line` and `term` are missing",
    };
    let diag = Diagnostic::at(&id.span, "the claim does not say where the document states it", missing);
    Some(diag.help("add the line of the document, and the few words there that the claim turns on"))
}

impl Step {
    fn without_evidence(&self) -> impl Iterator<Item = Diagnostic> + '_ {
        self.expect.iter().filter(|entry| begins(entry) && entry.evidence.is_empty()).map(|entry| {
            let title = "the entry does not say what tells of its first version";
            Diagnostic::at(&entry.span, title, "`evidence` is missing")
                .help("add `evidence: ` with the commit or the release that made the change, or a link to a discussion")
        })
    }
}

/// Whether an entry begins with some version, so that there is a boundary before it.
fn begins(entry: &Ranged<Expect>) -> bool {
    let oldest = KernelVersion { major: 0, minor: 0, patch: 0 };
    parse_ranges(&entry.kernel).is_ok_and(|ranges| !ranges.contains(oldest))
}
