//! Which errors the cases show.

use std::collections::{BTreeMap, BTreeSet};

use crate::judge::expectation;
use crate::plan::{Planned, Shown};
use crate::target::Target;

/// The errors that steps of this case expect on this target: exactly that error, of that call.
pub fn expected_errnos(case: &Planned, target: &Target) -> BTreeSet<(&'static str, i32)> {
    let errno = |line: &crate::plan::Line| Some((call(case, &line.shown)?, expectation(line, target)?.errno?));
    case.lines.iter().filter_map(errno).collect()
}

fn call(case: &Planned, shown: &Shown) -> Option<&'static str> {
    match shown {
        Shown::Call { call, .. } => Some(call.name),
        // What a call comes to is said where it is waited for.
        Shown::Finish(started) => call(case, &case.lines.get(*started)?.shown),
        _ => None,
    }
}

/// Errors by call, each with the ids of the cases that show it.
#[derive(Clone, Debug, Default)]
pub struct ShownErrnos {
    pub(super) cases: BTreeMap<(&'static str, i32), Vec<String>>,
}

impl ShownErrnos {
    /// Adds a case that passed on this target.
    pub fn passed(&mut self, case: &Planned, target: &Target) {
        for pair in expected_errnos(case, target) {
            self.cases.entry(pair).or_default().push(case.id.clone());
        }
    }
}
