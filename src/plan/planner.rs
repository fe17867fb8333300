//! A case, in order: names, memory, circumstances, steps.

use std::collections::HashMap;

use super::bind;
use super::layout::Layout;
use super::outcome::Outcome;
use super::setup;
use super::step::Memo;
use super::types::{Line, Plan, PlanStep, Planned, Var};
use super::vars::Scope;
use crate::case::{ActorKind, Case, Diagnostic, Needs, Step};

/// What is known of a case while it is being planned.
#[derive(Debug)]
pub(super) struct Planner<'c> {
    pub(super) case: &'c Case,
    pub(super) scope: Scope,
    pub(super) layout: Layout,
    pub(super) plan: Plan,
    pub(super) steps: Vec<PlanStep>,
    pub(super) lines: Vec<Line>,
    pub(super) memo: Memo,
    /// The number of descriptors before a call, by its step.
    pub(super) before: HashMap<usize, Var>,
    pub(super) implicit: Vec<usize>,
    pub(super) problems: Vec<Diagnostic>,
}

/// The page size that `$page_size` stands for while planning: that of this machine. Plans for a kernel
/// with other pages are made by a runner on that kernel.
pub fn page_size() -> u64 {
    let size = nix::unistd::sysconf(nix::unistd::SysconfVar::PAGE_SIZE);
    size.ok().flatten().map_or(4096, |size| size as u64)
}

/// Plans a case, or says all that is wrong with it.
pub fn plan(case: &Case) -> Result<Planned, Vec<Diagnostic>> {
    let page_size = page_size();
    let probe = (!case.needs.probe.is_empty()).then(|| {
        let steps = case.needs.probe.clone();
        let id = format!("{} (probe)", case.id);
        let signals = case.signals.clone();
        let probe = Case { id, needs: Needs::default(), claim: None, steps, signals, ..case.clone() };
        plan_one(&probe, page_size)
    });
    let planned = plan_one(case, page_size);
    match (planned, probe) {
        (Ok(planned), None) => Ok(planned),
        (Ok(planned), Some(Ok(probe))) => Ok(Planned { probe: Some(Box::new(probe)), ..planned }),
        (Ok(_), Some(Err(problems))) => Err(problems),
        (Err(problems), _) => Err(problems),
    }
}

fn plan_one(case: &Case, page_size: u64) -> Result<Planned, Vec<Diagnostic>> {
    let mut planner = Planner {
        case,
        scope: Scope::new(page_size),
        layout: Layout::new(),
        plan: Plan::default(),
        steps: vec![],
        lines: vec![],
        memo: Memo::default(),
        before: HashMap::new(),
        implicit: vec![],
        problems: vec![],
    };
    for (name, region) in &case.memory {
        let mapped = setup::region(name, region, page_size, &mut planner.scope, &mut planner.layout);
        planner.keep(mapped);
    }
    for name in case.steps.iter().flat_map(|s| &s.bind).flat_map(|(_, pattern)| bind::names(pattern)) {
        planner.scope.announce(&name);
    }
    planner.keep(setup::needs(case));
    if let Some(setup) = planner.keep(setup::setup(case, &planner.scope)) {
        planner.plan.setup = setup;
    }
    for step in &case.steps {
        planner.step(step);
    }
    planner.done()
}

impl Planner<'_> {
    fn keep<T>(&mut self, outcome: Outcome<T>) -> Option<T> {
        outcome.map_err(|problem| self.problems.push(*problem)).ok()
    }

    /// Plans a step that the case does not write out.
    pub(super) fn implicit(&mut self, step: Step) {
        let first = self.steps.len();
        self.step(&step);
        self.implicit.extend(first..self.steps.len());
    }

    fn done(mut self) -> Result<Planned, Vec<Diagnostic>> {
        if !self.problems.is_empty() {
            return Err(self.problems);
        }
        // There may be ten thousand of them.
        self.steps.shrink_to_fit();
        self.lines.shrink_to_fit();
        let case = self.case;
        let (regions, image) = self.layout.finish();
        let actors = case.actors.iter().map(|(_, kind)| kind.value);
        let mut plan = Plan {
            id: case.id.clone(),
            actors: std::iter::once(ActorKind::Process).chain(actors).collect(),
            vars: self.scope.vars(),
            regions,
            image,
            steps: self.steps,
            deadline: case.deadline.as_ref().map(|seconds| (seconds.value * 1e6) as u64),
            ..self.plan
        };
        plan.needs_pid_namespace = plan.reaches_others();
        Ok(Planned {
            id: case.id.clone(),
            subject: case.subject.clone(),
            summary: case.summary.clone(),
            span: case.span.clone(),
            blocking: plan.observes,
            implicit: self.implicit,
            plan,
            lines: self.lines,
            needs: case.needs.clone(),
            probe: None,
            claim: case.claim.clone(),
        })
    }
}

/// Plans many cases, and collects all that is wrong. To plan what is being loaded, see [`crate::case::load_with`].
pub fn plan_all(cases: &[Case]) -> Result<Vec<Planned>, Vec<Diagnostic>> {
    let (planned, problems): (Vec<_>, Vec<_>) = cases.iter().map(plan).partition(Result::is_ok);
    let problems: Vec<_> = problems.into_iter().filter_map(Result::err).flatten().collect();
    if problems.is_empty() { Ok(planned.into_iter().flatten().collect()) } else { Err(problems) }
}
