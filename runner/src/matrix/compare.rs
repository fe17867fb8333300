//! Where targets behave differently, whatever was expected.

use std::collections::BTreeSet;

use syscase::report::{Behaviour, CaseEvent, StepEvent};

use super::ran::Ran;

/// A case that targets perform differently.
#[derive(Debug)]
pub(crate) struct Difference<'a> {
    pub(crate) id: &'a str,
    pub(crate) summary: &'a str,
    /// Each behaviour: who shows it. The most common first.
    pub(crate) behaviours: Vec<Shared<'a>>,
}

/// A behaviour, with the targets that share it and what came of the case on each: what one target was to do, another
/// was not.
#[derive(Debug)]
pub(crate) struct Shared<'a>(pub(crate) Vec<(&'a str, &'a CaseEvent)>);

impl<'a> Shared<'a> {
    /// What it looks like, on the first of them.
    pub(crate) fn trace(&self) -> &'a [StepEvent] {
        self.0.first().map_or(&[], |(_, case)| &case.trace)
    }

    /// The targets by what `told` says of the case on each, in the order of the first of them.
    pub(crate) fn by(&self, told: impl Fn(&CaseEvent) -> String) -> Vec<(String, Vec<&'a str>)> {
        let mut groups: Vec<(String, Vec<&str>)> = Vec::new();
        for (name, case) in &self.0 {
            let told = told(case);
            match groups.iter_mut().find(|(other, _)| *other == told) {
                Some((_, names)) => names.push(name),
                None => groups.push((told, vec![name])),
            }
        }
        groups
    }
}

/// The cases that some targets perform otherwise than others. A target that skips one has no say in it.
pub(crate) fn differences(rans: &[Ran]) -> Vec<Difference<'_>> {
    let ids: BTreeSet<&str> = rans.iter().flat_map(|ran| ran.cases.keys()).map(String::as_str).collect();
    ids.into_iter().filter_map(|id| difference(id, rans)).collect()
}

fn difference<'a>(id: &'a str, rans: &'a [Ran]) -> Option<Difference<'a>> {
    let mut behaviours: Vec<(Behaviour, Shared<'_>)> = Vec::new();
    for ran in rans {
        let Some(case) = ran.performed(id) else { continue };
        let behaviour = Behaviour::from(case);
        match behaviours.iter_mut().find(|(other, _)| *other == behaviour) {
            Some((_, Shared(targets))) => targets.push((&ran.name, case)),
            None => behaviours.push((behaviour, Shared(vec![(&ran.name, case)]))),
        }
    }
    behaviours.sort_by_key(|(_, Shared(targets))| std::cmp::Reverse(targets.len()));
    let (_, Shared(second)) = behaviours.get(1)?;
    let summary = &second.first()?.1.summary;
    let behaviours = behaviours.into_iter().map(|(_, shared)| shared).collect();
    Some(Difference { id, summary, behaviours })
}
