//! The cases that make a call, in the order in which they are likely to notice a bug of it.

use std::collections::HashMap;
use std::hash::Hasher;
use std::io;

use fnv::FnvHasher;

use crate::abi::Syscall;
use crate::exec::{End, EveryCall, On, Place, Test, Worker};
use crate::judge::{Verdict, judge};
use crate::plan::{Op, Operand, Plan, Planned};
use crate::target::Target;

use super::bug::Bug;
use crate::mutate::points::lines_of;

/// Time that a case has on a wrong kernel, in microseconds, beside many times what it takes on the right one.
const PATIENCE: u64 = 300_000;
/// Rows of a case that are performed where the call is no more than set-up.
const ROWS: usize = 8;

/// The cases that pass on the kernel as it is.
pub struct Suite<'a> {
    /// With the microseconds that each takes.
    cases: Vec<(&'a Planned, u64)>,
    /// Which of them make a call of this number.
    by_call: HashMap<u32, Vec<usize>>,
    seed: u64,
}

impl<'a> Suite<'a> {
    /// Of these cases, with the microseconds that each takes on the kernel as it is. The seed says which of cases that are
    /// alike comes first.
    pub fn new(cases: Vec<(&'a Planned, u64)>, seed: u64) -> Self {
        let mut by_call: HashMap<u32, Vec<usize>> = HashMap::new();
        for (index, (case, _)) in cases.iter().enumerate() {
            let mut numbers: Vec<u32> = calls(case).map(|(nr, ..)| nr).collect();
            numbers.sort_unstable();
            numbers.dedup();
            numbers.into_iter().for_each(|nr| by_call.entry(nr).or_default().push(index));
        }
        Suite { cases, by_call, seed }
    }

    /// The cases whose calls the bug may be in: first those that are about the call, then those that expect something of
    /// it, and short ones before long ones. Of the rows of a case to which it is set-up alone, some are as good as all.
    pub fn of(&self, bug: &Bug) -> Vec<(&'a Planned, u64)> {
        let Some(nr) = bug.call.nr else { return Vec::new() };
        let of_call = self.by_call.get(&nr).map_or(&[][..], Vec::as_slice);
        let mut found: Vec<_> = of_call.iter().map(|&index| self.cases[index]).collect();
        found.retain(|(case, _)| calls(case).any(|(of, step, plan)| of == nr && may_be_in(bug, case, step, plan)));
        found.sort_by_cached_key(|(case, micros)| {
            let rank = (!is_about(case, bug.call), !is_expected(case, nr));
            (rank, (*micros).max(1).ilog2(), self.lot(bug, case))
        });
        let mut rows: HashMap<&str, usize> = HashMap::new();
        found.retain(|(case, _)| {
            let row = rows.entry(case.id.split('[').next().unwrap_or_default()).or_default();
            *row += 1;
            *row <= ROWS || is_about(case, bug.call) || is_expected(case, nr)
        });
        found
    }

    /// Whether a case makes the call at all.
    pub fn makes(&self, call: &Syscall) -> bool {
        call.nr.is_some_and(|nr| self.by_call.contains_key(&nr))
    }

    fn lot(&self, bug: &Bug, case: &Planned) -> u64 {
        let mut hash = FnvHasher::with_key(self.seed);
        [&bug.id, &case.id].into_iter().for_each(|id| hash.write(id.as_bytes()));
        hash.finish()
    }
}

/// The calls of a case with their steps, but for those that it sees with, and those that put things back.
fn calls(case: &Planned) -> impl Iterator<Item = (u32, usize, &Op)> {
    case.plan.steps.iter().enumerate().filter_map(|(index, step)| match &step.op {
        op @ Op::Call { nr, .. } if !case.implicit.contains(&index) && !case.plan.is_finally(index) => {
            Some((*nr, index, op))
        }
        _ => None,
    })
}

/// Whether the bug may be in a call, as far as its arguments are known before, and its outcome is expected.
fn may_be_in(bug: &Bug, case: &Planned, step: usize, call: &Op) -> bool {
    let Op::Call { args, .. } = call else { return false };
    let fails = |errno| lines_of(case, step).flat_map(|line| &line.expect).any(|e| e.value.errno == Some(errno));
    if let On::Error(errno) = bug.wrongness.on
        && !fails(errno)
    {
        return false;
    }
    bug.wrongness.when.iter().all(|test| match test {
        Test::Number { place: Place::Arg(arg), mask, value, is } => {
            let known = args.get(usize::from(*arg)).and_then(Operand::known);
            known.is_none_or(|known| (known as u64 & mask == *value) == *is)
        }
        _ => true,
    })
}

/// Whether a case expects something of such a call.
fn is_expected(case: &Planned, nr: u32) -> bool {
    calls(case).any(|(of, step, _)| of == nr && lines_of(case, step).any(|line| !line.expect.is_empty()))
}

/// Whether the subject or the folder of a case names the call.
fn is_about(case: &Planned, call: &Syscall) -> bool {
    case.subject.split('(').next() == Some(call.name) || case.id.split('/').next() == Some(call.name)
}

/// What came of a case on a kernel with a bug.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// The bug made a difference to what the kernel did or answered, in a call that succeeded.
    pub fired: bool,
    /// By what the case noticed it.
    pub noticed: Option<String>,
}

/// Performs a case that takes so many microseconds on a kernel with a bug.
///
/// # Errors
/// When a lost worker cannot be replaced.
pub fn look(bug: &Bug, case: &Planned, micros: u64, worker: &mut Worker, target: &Target) -> io::Result<Look> {
    let Some(nr) = bug.call.nr else { return Ok(Look::default()) };
    let plan = Plan { deadline: Some(PATIENCE + 10 * micros), ..case.plan.clone() };
    let every = EveryCall { nr, but: &case.implicit, wrongness: &bug.wrongness };
    let (trace, after) = worker.perform_wrong(&plan, &every)?;
    let fired = after.in_effect;
    if !after.touched || trace.end == End::Interrupted {
        return Ok(Look { fired, noticed: None });
    }
    let judgement = judge(case, &trace, target);
    let noticed = (judgement.verdict != Verdict::Pass).then(|| judgement.reason.unwrap_or_default());
    Ok(Look { fired, noticed })
}
