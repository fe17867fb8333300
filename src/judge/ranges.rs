//! Which of several values applies to a kernel.

use crate::case::{KernelVersion, Ranged, parse_ranges};
use crate::plan::{Expectation, Line};
use crate::target::Target;

/// The version that a target is judged as; none if it cannot be read.
pub fn version(target: &Target) -> Option<KernelVersion> {
    let told = target.judge_as.as_deref().or(target.version.as_deref());
    KernelVersion::parse(told.unwrap_or(&target.kernel))
}

/// The value that applies to this version.
pub(super) fn choose<T>(ranged: &[Ranged<T>], version: Option<KernelVersion>) -> Option<&T> {
    entry(ranged, version).map(|entry| &entry.value)
}

/// The entry that applies to this version. Loading makes sure that there is one for every version.
pub(super) fn entry<T>(ranged: &[Ranged<T>], version: Option<KernelVersion>) -> Option<&Ranged<T>> {
    let applies = |entry: &&Ranged<T>| {
        entry.kernel.is_empty()
            || version.is_some_and(|v| parse_ranges(&entry.kernel).is_ok_and(|ranges| ranges.contains(v)))
    };
    ranged.iter().find(applies)
}

/// What is expected of a step on this target, if anything is.
pub fn expectation<'a>(line: &'a Line, target: &Target) -> Option<&'a Expectation> {
    choose(&line.expect, version(target))
}
