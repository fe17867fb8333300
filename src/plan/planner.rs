//! A case, in order: names, memory, circumstances, steps.

use super::expected::{Line, Planned};
use super::layout::Layout;
use super::memo::Memo;
use super::performed::{Plan, PlanStep};
use super::result::PlanResult;
use super::setup;
use super::vars::Scope;
use crate::abi;
use crate::case::{Action, ActorKind, Case, Diagnostic, Needs, Step, did_you_mean};

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
        let probe = Case { id, needs: Needs::default(), claim: None, steps, finally: vec![], signals, ..case.clone() };
        plan_one(&probe, page_size)
    });
    let planned = plan_one(case, page_size).and_then(|planned| in_place(case).and(decides(case)).map(|()| planned));
    match (planned, probe) {
        (Ok(planned), None) => Ok(planned),
        (Ok(planned), Some(Ok(probe))) => Ok(Planned { probe: Some(Box::new(probe)), ..planned }),
        (Ok(_), Some(Err(problems))) => Err(problems),
        (Err(problems), _) => Err(problems),
    }
}

/// The folder of cases about documents, which are about many calls.
const CLAIMS: &str = "claims";

/// Refuses folders none of which is named after what its files are about.
fn in_place(case: &Case) -> Result<(), Vec<Diagnostic>> {
    let page = case.subject.split('(').next().unwrap_or_default();
    let known = |folder: &String| folder == CLAIMS || folder == page || abi::syscall(folder).is_some();
    let Some(folder) = case.folders.last().filter(|_| !case.folders.iter().any(known)) else { return Ok(()) };
    let title = format!("the folder `{}` is no system call", case.folders.join("/"));
    let label = "a folder is named after a call, after what the `subject` of its files names, or `claims`";
    let calls = abi::syscalls().map(|call| call.name);
    let help = match did_you_mean(folder, calls.chain([CLAIMS])) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("move the file to `{page}/`"),
    };
    Err(vec![Diagnostic::file(&case.span.source.path, title, label).help(help)])
}

/// Refuses a case that no behaviour of the kernel could fail.
fn decides(case: &Case) -> Result<(), Vec<Diagnostic>> {
    // To sleep is an expectation, too.
    let judged = |step: &Step| !step.expect.is_empty() || matches!(step.action, Action::Blocked(_));
    if case.steps.iter().any(judged) {
        return Ok(());
    }
    let label = "none of its steps has `expect` or `expect_when`";
    let nothing = Diagnostic::at(&case.span, "the case expects nothing", label);
    Err(vec![
        nothing.help("say what comes of the step that it is about: `expect: {return: 0}`, `expect: {errno: EBADF}`"),
    ])
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
        implicit: vec![],
        problems: vec![],
    };
    for (name, region) in &case.memory {
        let mapped = setup::region(name, region, page_size, &mut planner.scope, &mut planner.layout);
        planner.keep(mapped);
    }
    planner.announce();
    planner.keep(setup::needs(case));
    if let Some(setup) = planner.keep(setup::setup(case, &planner.scope)) {
        planner.plan.setup = setup;
    }
    for step in &case.steps {
        planner.step(step);
    }
    if !case.finally.is_empty() {
        planner.plan.finally = Some(planner.steps.len() as u32);
        planner.memo.everybody_is_back();
    }
    for step in &case.finally {
        planner.step(step);
    }
    planner.done()
}

impl Planner<'_> {
    fn keep<T>(&mut self, outcome: PlanResult<T>) -> Option<T> {
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
        let formulas = self.scope.formulas();
        let (regions, image) = self.layout.finish();
        let actors = case.actors.iter().map(|(_, kind)| kind.value);
        let mut plan = Plan {
            id: case.id.clone(),
            actors: std::iter::once(ActorKind::Process).chain(actors).collect(),
            vars: self.scope.vars() as u32,
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
            rests: case.rests.clone(),
            span: case.span.clone(),
            blocking: plan.observes,
            implicit: self.implicit,
            formulas,
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
