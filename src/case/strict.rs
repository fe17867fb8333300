//! What a suite's own cases must say beyond what a case must: on what they rest.

use super::decode::{Expect, Step};
use super::diagnostic::Diagnostic;
use super::kernel::{KernelVersion, parse_ranges};
use super::model::{Case, Ranged};

/// What a case does not say of what it rests on: its level, and the evidence for each boundary of its histories.
pub fn ungrounded(case: &Case) -> Vec<Diagnostic> {
    let level = case.rests.is_none().then(|| {
        Diagnostic::at(&case.span, "the case does not say what it rests on", "`rests` is missing, here and in the file")
            .help("add `rests: {documented: \"PAGE, SECTION\"}`, `rests: practice` or `rests: accident`")
    });
    let steps = case.steps.iter().chain(&case.finally).chain(&case.needs.probe);
    level.into_iter().chain(steps.flat_map(Step::without_evidence)).collect()
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
