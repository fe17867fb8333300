//! Where targets behave differently, whatever was promised.

use std::collections::BTreeSet;

use syscase::report::{CaseEvent, StepEvent};

use super::ran::Ran;

/// Numbers from here on are addresses, which differ from run to run.
const ADDRESS: i64 = 1 << 32;

/// Calls that return what differs from run to run: process ids.
const IDS: [&str; 12] = [
    "clone", "clone3", "fork", "getpgid", "getpgrp", "getpid", "getppid", "getsid", "gettid", "setsid", "vfork",
    "wait4",
];

/// A case that targets perform differently.
#[derive(Debug)]
pub(crate) struct Difference<'a> {
    pub(crate) id: &'a str,
    pub(crate) summary: &'a str,
    /// Each behaviour: who shows it, and what it looks like on the first of them. The most common first.
    pub(crate) behaviours: Vec<(Vec<&'a str>, &'a CaseEvent)>,
}

/// What counts of a step.
#[derive(Debug, PartialEq, Eq)]
struct Outcome<'a> {
    call: &'a str,
    ret: Option<i64>,
    errno: Option<&'a str>,
    signals: &'a [String],
    blocked: bool,
}

impl<'a> From<&'a StepEvent> for Outcome<'a> {
    fn from(step: &'a StepEvent) -> Self {
        let varies = |ret: &i64| *ret >= ADDRESS || IDS.contains(&step.call.as_str()) && *ret > 0;
        Outcome {
            call: &step.call,
            ret: step.ret.map(|ret| if varies(&ret) { i64::MAX } else { ret }),
            errno: step.errno.as_deref(),
            signals: &step.signals,
            blocked: step.blocked,
        }
    }
}

/// The cases that some targets perform otherwise than others. A target that skips one has no say in it.
pub(crate) fn differences(rans: &[Ran]) -> Vec<Difference<'_>> {
    let ids: BTreeSet<&str> = rans.iter().flat_map(|ran| ran.cases.keys()).map(String::as_str).collect();
    ids.into_iter().filter_map(|id| difference(id, rans)).collect()
}

fn difference<'a>(id: &'a str, rans: &'a [Ran]) -> Option<Difference<'a>> {
    let mut behaviours: Vec<(Vec<&str>, &CaseEvent)> = Vec::new();
    for ran in rans {
        let Some(case) = ran.performed(id) else { continue };
        match behaviours.iter_mut().find(|(_, other)| same(case, other)) {
            Some((names, _)) => names.push(&ran.name),
            None => behaviours.push((vec![&ran.name], case)),
        }
    }
    behaviours.sort_by_key(|(names, _)| std::cmp::Reverse(names.len()));
    let summary = &behaviours.get(1)?.1.summary;
    Some(Difference { id, summary, behaviours })
}

fn same(one: &CaseEvent, other: &CaseEvent) -> bool {
    // Contents vary from run to run, unless something was promised of them: that shows in what is wrong.
    let wrong = |step: &StepEvent| step.expected.is_some() || !step.notes.is_empty();
    let alike = |(a, b): (&StepEvent, &StepEvent)| {
        Outcome::from(a) == Outcome::from(b) && (a.shown == b.shown || wrong(a) == wrong(b))
    };
    one.trace.len() == other.trace.len() && one.trace.iter().zip(&other.trace).all(alike)
}
