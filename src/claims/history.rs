//! From which version to which a claim holds, in words.

use crate::case::KernelVersion;
use crate::report::ClaimFinding;
use crate::target::Target;

use super::collect::{Found, Run};

/// A kernel among several.
#[derive(Clone, Debug)]
pub(super) struct MeasuredKernel {
    pub(super) target: String,
    pub(super) kernel: String,
    /// In Linux's line of versions; none if the kernel stands beside it.
    version: Option<KernelVersion>,
    /// What it is called in a sentence.
    pub(super) label: String,
}

/// What came of a claim at a kernel.
pub(super) struct At<'a> {
    pub(super) kernel: &'a MeasuredKernel,
    pub(super) found: &'a Found,
}

/// Linux kernels by version, then all others by name.
pub(super) fn order(target: &Target) -> (bool, Option<KernelVersion>, String) {
    let version = version(target);
    (version.is_none(), version, target.name.clone())
}

/// Whether a kernel stands in Linux's line of versions.
pub(super) fn is_linux(kernel: &MeasuredKernel) -> bool {
    kernel.version.is_some()
}

/// A kernel that is judged as another version than it reports is not Linux: its number means nothing.
fn version(target: &Target) -> Option<KernelVersion> {
    if target.judge_as.is_some() { None } else { KernelVersion::parse(&target.kernel) }
}

/// The kernels of these runs, each with a label of its own as far as there is one.
pub(super) fn kernels(runs: &[Run]) -> Vec<MeasuredKernel> {
    let kernel = |run: &Run| {
        let target = &run.target;
        let version = version(target);
        let shares = runs.iter().filter(|other| self::version(&other.target) == version).count() > 1;
        let label = match version {
            Some(version) if !shares => version.to_string(),
            Some(version) => format!("{version} ({})", target.name),
            None => target.name.clone(),
        };
        MeasuredKernel { target: target.name.clone(), kernel: target.kernel.clone(), version, label }
    };
    runs.iter().map(kernel).collect()
}

/// Consecutive kernels with the same finding.
struct Stretch<'a> {
    finding: ClaimFinding,
    first: &'a str,
    last: &'a str,
}

/// `holds up to 6.1; is refuted from 6.12 on; is untested on 5.10 (needs CAP_SYS_ADMIN)`;
/// none where nothing is known.
pub(super) fn in_words(all: &[At<'_>]) -> Option<String> {
    if all.iter().all(|at| at.found.finding == ClaimFinding::Untested) {
        return None;
    }
    let mut stretches: Vec<Stretch<'_>> = Vec::new();
    for at in all.iter().filter(|at| at.kernel.version.is_some() && at.found.finding != ClaimFinding::Untested) {
        match stretches.last_mut().filter(|last| last.finding == at.found.finding) {
            Some(last) => last.last = &at.kernel.label,
            None => {
                let MeasuredKernel { label, .. } = at.kernel;
                stretches.push(Stretch { finding: at.found.finding, first: label, last: label });
            }
        }
    }
    let last = stretches.len().saturating_sub(1);
    let mut words: Vec<String> = stretches.iter().enumerate().map(|(i, s)| s.in_words(i == 0, i == last)).collect();
    for at in all.iter().filter(|at| at.kernel.version.is_none() && at.found.finding != ClaimFinding::Untested) {
        words.push(format!("{} on {}", at.found.finding.verb(), at.kernel.label));
    }
    words.extend(untested(all));
    Some(words.join("; "))
}

impl Stretch<'_> {
    fn in_words(&self, begins: bool, ends: bool) -> String {
        let Stretch { finding, first, last } = self;
        let verb = finding.verb();
        match (begins, ends) {
            (true, true) | (false, false) if first == last => format!("{verb} on {first}"),
            (true, true) | (false, false) => format!("{verb} from {first} to {last}"),
            (true, false) => format!("{verb} up to {last}"),
            (false, true) => format!("{verb} from {first} on"),
        }
    }
}

/// The kernels that could not tell, by reason.
fn untested(all: &[At<'_>]) -> Vec<String> {
    let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
    for at in all.iter().filter(|at| at.found.finding == ClaimFinding::Untested) {
        let reason = at.found.reason.as_deref().unwrap_or_default();
        match reasons.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, labels)) => labels.push(&at.kernel.label),
            None => reasons.push((reason, vec![&at.kernel.label])),
        }
    }
    reasons.into_iter().map(|(reason, labels)| format!("is untested on {} ({reason})", labels.join(", "))).collect()
}
