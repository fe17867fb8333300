//! Numbers that the case's process looks up before a step and after it.

use super::all;
use crate::case::{Expect, Ranged, Span, Spanned, Step};
use crate::plan::expected::{Expectation, ReturnIs, Shown};
use crate::plan::op::{BindFrom, Observation, Op};
use crate::plan::performed::{Bind, Operand, PlanStep, Var};
use crate::plan::planner::Planner;
use crate::plan::result::PlanResult;

/// A number that is looked up.
#[derive(Debug)]
pub struct Number {
    /// What it is.
    pub what: Observation,
    /// Its name in reasons of verdicts.
    pub name: &'static str,
    /// What a trace shows.
    pub shown: &'static str,
    /// How much more of it an expectation wants after the step.
    pub(super) more: fn(&Expect) -> Option<&Spanned<i64>>,
}

impl Number {
    /// Adds a step that looks it up; the variable that holds it.
    pub(super) fn before(&self, planner: &mut Planner, step: &Step, actor: u16) -> PlanResult<Var> {
        let var = planner.scope.bind(&planner.scope.hidden(&step.span))?;
        self.look(planner, &step.span, actor, vec![Bind { var, from: BindFrom::Return, on_error: false }]);
        Ok(var)
    }

    /// Adds a step that looks it up again and compares.
    pub(super) fn after(&self, planner: &mut Planner, step: &Step, actor: u16, before: Var) {
        let expectation = |expect: &Expect| {
            let more = (self.more)(expect);
            let is = |n: &Spanned<i64>| ReturnIs::Exactly(Operand { base: n.value, terms: [(1, before), (0, 0)] });
            Expectation { span: more.map(|n| n.span.clone()), ret: more.map(is), ..Expectation::default() }
        };
        let ranged = |range: &Ranged<Expect>| range.with(expectation(&range.value));
        let span = all(step).find_map(self.more).map_or(&step.span, |n| &n.span);
        self.look(planner, span, actor, vec![]);
        if let Some(line) = planner.lines.last_mut() {
            line.expect = step.expect.iter().map(ranged).collect();
            line.claimed = step.claimed.as_ref().filter(|claimed| (self.more)(claimed).is_some()).map(expectation);
        }
    }

    fn look(&self, planner: &mut Planner, span: &Span, actor: u16, binds: Vec<Bind>) {
        let line = planner.line(span, actor, Shown::Observed(self.what));
        planner.push(PlanStep { binds, ..PlanStep::new(actor, Op::Observe(self.what)) }, line);
    }
}
