//! The trace, read line by line.

use crate::abi::is_error;
use crate::case::ActorKind;
use crate::exec::{End, State, StepTrace, Trace};
use crate::plan::{Op, PlanRepeat, Planned, Shown, UNBOUND};

static NOT_REACHED: StepTrace = StepTrace {
    state: State::NotReached,
    ret: 0,
    repeats: 0,
    blocked: false,
    signals: Vec::new(),
    carried: Vec::new(),
    killed: None,
    captures: Vec::new(),
};

/// A trace beside the plan it is of. A trace may come from elsewhere and is never trusted for sizes.
pub(super) struct Scene<'a> {
    pub(super) planned: &'a Planned,
    pub(super) trace: &'a Trace,
    pub(super) vars: Vec<i64>,
}

/// What the trace says of a line; for a `finish`, of the call that it waited for. The signals of a `blocked` are
/// those that the main actor recorded while it waited.
#[derive(Clone, Debug)]
pub(super) struct Outcome<'a> {
    pub(super) state: State,
    pub(super) ret: i64,
    pub(super) repeats: u64,
    pub(super) repeat: PlanRepeat,
    pub(super) blocked: bool,
    /// The line waited for the call to sleep, and it did: how it ended is told elsewhere.
    pub(super) only_slept: bool,
    pub(super) signals: Vec<u32>,
    /// What came with each of them, as far as it is known.
    pub(super) carried: Vec<Option<Vec<u8>>>,
    pub(super) killed: Option<u32>,
    pub(super) captures: &'a [Option<Vec<u8>>],
    /// What was returned is no return of a call, and so never an error.
    pub(super) is_value: bool,
}

impl Outcome<'_> {
    /// The error that the call failed with.
    pub(super) fn errno(&self) -> Option<i32> {
        let failed = self.state == State::Done && !self.is_value && is_error(self.ret);
        failed.then(|| -(self.ret as i32))
    }

    /// The error that a repetition was to end with.
    pub(super) fn until(&self) -> Option<i32> {
        match self.repeat {
            PlanRepeat::Until { errno, .. } => Some(errno),
            _ => None,
        }
    }

    /// It was done again and again, and what was waited for never came.
    pub(super) fn never_came(&self) -> bool {
        let ended = matches!(self.state, State::Done | State::Faulted);
        ended && matches!(self.repeat, PlanRepeat::Comes(_)) && self.repeats == 0
    }
}

impl<'a> Scene<'a> {
    pub(super) fn new(planned: &'a Planned, trace: &'a Trace) -> Self {
        let mut vars = trace.vars.clone();
        // What a trace lacks was not bound.
        vars.resize(vars.len().max(planned.plan.vars as usize), UNBOUND);
        for formula in &planned.formulas {
            vars[usize::from(formula.var)] = formula.value(&vars);
        }
        Scene { planned, trace, vars }
    }

    pub(super) fn step(&self, index: usize) -> &'a StepTrace {
        self.trace.steps.get(index).unwrap_or(&NOT_REACHED)
    }

    /// The step whose call a line is about.
    pub(super) fn performing(&self, index: usize) -> usize {
        match self.planned.lines[index].shown {
            Shown::Finish(started) | Shown::Blocked(started) => started,
            _ => index,
        }
    }

    pub(super) fn outcome(&self, index: usize) -> Outcome<'a> {
        let own = self.step(index);
        let performing = self.performing(index);
        let step = self.step(performing);
        // What the trace holds of a call that sleeps now may have come to it afterwards: its `finish` tells. While
        // it is waited for, signals come to the main actor, which waits.
        let asleep = matches!(self.planned.lines[index].shown, Shown::Blocked(_));
        let sources = [(!asleep).then_some(step), (performing != index).then_some(own)];
        let (mut signals, mut carried) = (Vec::new(), Vec::new());
        for source in sources.into_iter().flatten() {
            signals.extend(&source.signals);
            carried.extend(source.carried.iter().take(source.signals.len()).cloned());
            carried.resize(signals.len(), None);
        }
        // What a finished call wrote may be captured by the call or by the wait for it.
        let captures = if own.captures.is_empty() { &step.captures } else { &own.captures };
        let op = self.planned.plan.steps.get(performing).map(|s| &s.op);
        let repeat = match op {
            Some(Op::Call { repeat, .. }) => repeat.clone(),
            Some(Op::Load { wait: Some(wait) }) => PlanRepeat::Comes(wait.clone()),
            _ => PlanRepeat::Once,
        };
        Outcome {
            state: step.state,
            ret: step.ret,
            repeats: step.repeats,
            repeat,
            blocked: step.blocked || own.blocked,
            only_slept: asleep && (step.blocked || own.blocked),
            signals,
            carried,
            killed: step.killed.or_else(|| self.killed_with_process(performing)),
            captures,
            is_value: matches!(op, Some(Op::Value(_))),
        }
    }

    /// The signal that ended the whole process while the step was running.
    fn killed_with_process(&self, index: usize) -> Option<u32> {
        let End::Killed(signal) = self.trace.end else { return None };
        let plan = &self.planned.plan;
        let actor = plan.steps.get(index).map_or(0, |s| usize::from(s.actor));
        let apart = actor > 0 && plan.actors.get(actor).is_some_and(|kind| *kind != ActorKind::Thread);
        (self.step(index).state == State::Begun && !apart).then_some(signal as u32)
    }
}
