//! Which calls of a case are under test.

use crate::plan::{Line, Planned, Shown};

/// The steps whose calls are answered wrong. Those are the calls that the case is about and expects something of; if
/// there are none, the calls that it is about; if there are none, all that something is expected of; and if there
/// are none of these either, all. What a case is about, its subject and its folder name.
pub(super) fn points(case: &Planned) -> Vec<usize> {
    let name = |step: usize| match &case.lines[step].shown {
        Shown::Call { call, .. } => Some(call.name),
        _ => None,
    };
    let calls: Vec<_> = (0..case.lines.len())
        .filter(|&i| name(i).is_some() && !case.implicit.contains(&i) && !case.plan.is_finally(i))
        .collect();
    let named = |&step: &usize| name(step).is_some_and(|name| is_about(case, name));
    let tested = |&step: &usize| is_tested(case, step);
    let choose = |chosen: &dyn Fn(&usize) -> bool| calls.iter().copied().filter(chosen).collect::<Vec<_>>();
    let choices = [choose(&|s| named(s) && tested(s)), choose(&named), choose(&tested)];
    choices.into_iter().find(|steps| !steps.is_empty()).unwrap_or(calls)
}

/// Whether a case is about the mappings that were made for it before its first step.
pub(super) fn is_about_mappings(case: &Planned) -> bool {
    let maps = |line: &Line| matches!(&line.shown, Shown::Call { call, .. } if call.name == "mmap");
    is_about(case, "mmap") && !case.lines.iter().any(maps)
}

/// Whether the subject or the folder of a case names a call.
fn is_about(case: &Planned, call: &str) -> bool {
    case.subject.split('(').next() == Some(call) || case.id.split('/').next() == Some(call)
}

/// The lines that speak of a step's call: its own, and those that wait for it.
pub(super) fn lines_of(case: &Planned, step: usize) -> impl Iterator<Item = &Line> {
    let speaks = move |(i, line): (usize, &Line)| match line.shown {
        Shown::Finish(of) | Shown::Blocked(of) => of == step,
        _ => i == step,
    };
    case.lines.iter().enumerate().filter(move |&(i, line)| speaks((i, line))).map(|(_, line)| line)
}

fn is_tested(case: &Planned, step: usize) -> bool {
    let looked_at = case.implicit.contains(&(step + 1));
    looked_at || lines_of(case, step).any(|l| !l.expect.is_empty() || matches!(l.shown, Shown::Blocked(_)))
}
