//! What an expectation looks at beside the call of its step: descriptors, offsets, files, metadata. Each is a file, in which
//! all of it stands but its key, a field of [`Expect`], and, of a number that the case's process looks up, how it does that
//! (`exec::child::observe`).

mod files;
mod looks;
mod numbers;
mod offsets;
mod opens;
mod statx;

use super::op::Observation;
use super::performed::Var;
use super::planner::Planner;
use super::result::PlanResult;
use crate::case::{Expect, Span, Spanned, Step};
use looks::{Bound, In, Look, Looks};
pub use numbers::Number;

/// What calls of the same actor look at, in their order after the step.
const LOOKS: [&Look; 3] = [&offsets::LOOK, &files::LOOK, &statx::LOOK];

/// Numbers that are looked up before the step and after it.
const NUMBERS: [&Number; 1] = [&opens::NUMBER];

/// How a number that is looked up is shown.
pub fn observed(what: Observation) -> &'static Number {
    // Each is in the list: see the test below.
    NUMBERS.into_iter().find(|number| number.what == what).unwrap_or(&opens::NUMBER)
}

/// What the expectations of a step say.
fn all(step: &Step) -> impl Iterator<Item = &Expect> {
    step.expect.iter().map(|ranged| &ranged.value).chain(&step.claimed)
}

/// How results of this name are bound, if not from what the step's call returns and writes.
fn bound(name: &str) -> Option<Bound> {
    LOOKS.iter().filter_map(|look| look.bind).find_map(|(known, bind)| (known == name).then_some(bind))
}

/// Whether results of this name are bound by steps that look at them.
pub(super) fn is_bound(name: &str) -> bool {
    bound(name).is_some()
}

/// Where a step asks for something to be looked at after it.
pub(super) fn place(step: &Step) -> Option<&Span> {
    let looked = |expect| LOOKS.iter().find_map(|look| (look.asked)(expect));
    let counted = |expect| NUMBERS.iter().find_map(|number| (number.more)(expect)).map(|more| &more.span);
    let expected = all(step).find_map(|expect| looked(expect).or(counted(expect)));
    expected.or(step.bind.iter().find(|(name, _)| is_bound(name)).map(|(name, _)| &name.span))
}

/// What is looked up before a step: each number that it asks for, and the variable that holds it.
pub(super) type Before = Vec<(Observation, Var)>;

/// Adds the steps before a step.
pub(super) fn before(planner: &mut Planner, step: &Step, actor: u16) -> PlanResult<Before> {
    let asked = NUMBERS.into_iter().filter(|number| all(step).any(|expect| (number.more)(expect).is_some()));
    asked.map(|number| Ok((number.what, number.before(planner, step, actor)?))).collect()
}

/// Adds the steps after a step.
pub(super) fn after(planner: &mut Planner, step: &Step, actor: u16, before: &Before) {
    for (what, before) in before {
        observed(*what).after(planner, step, actor, *before);
    }
    let on = (actor > 0).then(|| planner.case.actors[usize::from(actor) - 1].0.clone());
    let mut look = |expect: &Expect, looks: &Looks<'_>| {
        LOOKS.iter().for_each(|look| (look.look)(planner, expect, looks));
    };
    for (i, ranged) in step.expect.iter().enumerate() {
        look(&ranged.value, &Looks { on: on.as_ref(), place: &|value| In::Range(&step.expect, i, value) });
    }
    if let Some(claimed) = &step.claimed {
        look(claimed, &Looks { on: on.as_ref(), place: &In::Claim });
    }
    for (name, items) in &step.bind {
        let Some(bind) = bound(name) else { continue };
        for (item, pattern) in items.as_map().unwrap_or_default() {
            bind(planner, item, (name, pattern), on.as_ref());
        }
    }
}

/// Which actor looks, if not the main one.
type On<'a> = Option<&'a Spanned<String>>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_is_shown_as_itself() {
        for what in Observation::ALL {
            assert_eq!(observed(what).what, what);
        }
    }
}
