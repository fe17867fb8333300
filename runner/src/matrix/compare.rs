//! Where targets behave differently, whatever was promised.

use std::collections::BTreeSet;

use syscase::report::{Behaviour, CaseEvent};

use super::ran::Ran;

/// A case that targets perform differently.
#[derive(Debug)]
pub(crate) struct Difference<'a> {
    pub(crate) id: &'a str,
    pub(crate) summary: &'a str,
    /// Each behaviour: who shows it, and what it looks like on the first of them. The most common first.
    pub(crate) behaviours: Vec<(Vec<&'a str>, &'a CaseEvent)>,
}

/// The cases that some targets perform otherwise than others. A target that skips one has no say in it.
pub(crate) fn differences(rans: &[Ran]) -> Vec<Difference<'_>> {
    let ids: BTreeSet<&str> = rans.iter().flat_map(|ran| ran.cases.keys()).map(String::as_str).collect();
    ids.into_iter().filter_map(|id| difference(id, rans)).collect()
}

fn difference<'a>(id: &'a str, rans: &'a [Ran]) -> Option<Difference<'a>> {
    let mut behaviours: Vec<(Behaviour, Vec<&str>, &CaseEvent)> = Vec::new();
    for ran in rans {
        let Some(case) = ran.performed(id) else { continue };
        let behaviour = Behaviour::from(case);
        match behaviours.iter_mut().find(|(other, ..)| *other == behaviour) {
            Some((_, names, _)) => names.push(&ran.name),
            None => behaviours.push((behaviour, vec![&ran.name], case)),
        }
    }
    behaviours.sort_by_key(|(_, names, _)| std::cmp::Reverse(names.len()));
    let summary = &behaviours.get(1)?.2.summary;
    let behaviours = behaviours.into_iter().map(|(_, names, case)| (names, case)).collect();
    Some(Difference { id, summary, behaviours })
}
