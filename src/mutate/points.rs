//! Which calls of a case are under test.

use crate::plan::{Planned, Shown};

/// The steps whose calls are answered wrong. Those are the calls that the case's subject names and that the case
/// expects something of; if there are none, the calls of that name; if there are none, all that something is
/// expected of; and if there are none of these either, all.
pub(super) fn points(case: &Planned) -> Vec<usize> {
    let subject = case.subject.split('(').next().unwrap_or_default();
    let name = |step: usize| match &case.lines[step].shown {
        Shown::Call { call, .. } => Some(call.name),
        _ => None,
    };
    let calls: Vec<_> = (0..case.lines.len()).filter(|&i| name(i).is_some() && !case.implicit.contains(&i)).collect();
    let named = |&step: &usize| name(step) == Some(subject);
    let tested = |&step: &usize| is_tested(case, step);
    let choose = |chosen: &dyn Fn(&usize) -> bool| calls.iter().copied().filter(chosen).collect::<Vec<_>>();
    [choose(&|s| named(s) && tested(s)), choose(&named), choose(&tested)]
        .into_iter()
        .find(|steps| !steps.is_empty())
        .unwrap_or(calls)
}

/// The lines that speak of a step's call: its own, and those that wait for it.
pub(super) fn lines_of(case: &Planned, step: usize) -> impl Iterator<Item = &crate::plan::Line> {
    let speaks = move |(i, line): (usize, &crate::plan::Line)| match line.shown {
        Shown::Finish(of) | Shown::Blocked(of) => of == step,
        _ => i == step,
    };
    case.lines.iter().enumerate().filter(move |&(i, line)| speaks((i, line))).map(|(_, line)| line)
}

fn is_tested(case: &Planned, step: usize) -> bool {
    let looked_at = case.implicit.contains(&(step + 1));
    looked_at || lines_of(case, step).any(|l| !l.expect.is_empty() || matches!(l.shown, Shown::Blocked(_)))
}
