//! Steps in order: calls, stores, loads, and waiting for calls.
//!
//! Loading has made sure that actors are declared and free, that labels are started once and
//! finished once, and that each kind of step has no keys but its own.

use super::access::Load;
use super::bind;
use super::call::registers;
use super::expect::Subject;
use super::expected::{Expectation, Line, Shown};
use super::memo::{Performed, Started};
use super::memory::Memory;
use super::names;
use super::observe::{self, Before};
use super::op::{BindFrom, Op, PlanRepeat};
use super::output::Outputs;
use super::performed::{Bind, MAX_TRACE_DATA, PlanStep};
use super::planner::Planner;
use super::repeat::repeat;
use super::result::{PlanResult, refuse};
use crate::abi::{Ret, Syscall};
use crate::case::{Action, ActorKind, Call, Diagnostic, Expect, Ranged, Span, Spanned, Step};

/// Most steps, implicit ones included.
const MAX_STEPS: usize = 4096;

impl<'c> Planner<'c> {
    /// Makes known the names that steps bind.
    pub(super) fn announce(&mut self) {
        let case = self.case;
        let steps = case.steps.iter().chain(&case.finally);
        for name in steps.flat_map(|step| &step.bind).flat_map(|(_, pattern)| bind::names(pattern)) {
            self.scope.announce(&name);
        }
    }

    /// Plans a step of the case.
    pub(super) fn step(&mut self, step: &Step) {
        if let Err(problem) = self.try_step(step) {
            self.problems.push(*problem);
            self.bind_all(step);
        }
    }

    /// Binds the names of a step that is wrong: uses of them are not wrong for that.
    fn bind_all(&mut self, step: &Step) {
        for name in step.bind.iter().flat_map(|(_, pattern)| bind::names(pattern)) {
            let _ = self.scope.bind(&name);
        }
    }

    fn try_step(&mut self, step: &Step) -> PlanResult<()> {
        let actor = self.actor(step);
        if self.steps.len() >= MAX_STEPS {
            return refuse(Diagnostic::at(&step.span, format!("more than {MAX_STEPS} steps"), "one too many"));
        }
        match &step.action {
            Action::Call(call) => self.call(step, call, actor),
            Action::Blocked(label) => self.blocked(step, label),
            Action::Finish(label) => self.finish(step, label),
            Action::Store { at, bytes } => self.store(step, actor, at, bytes),
            Action::Load { at, len, repeat } => self.load(step, actor, Load { at, len, repeat: repeat.as_ref() }),
            Action::Check(expression) => self.check(step, expression),
        }
    }

    fn actor(&self, step: &Step) -> u16 {
        step.on.as_ref().map_or(0, |name| self.actor_of(name))
    }

    /// The actor of that name; loading has made sure that there is one.
    fn actor_of(&self, name: &str) -> u16 {
        self.case.actors.iter().position(|(known, _)| known.value == name).map_or(0, |i| i as u16 + 1)
    }

    pub(super) fn actor_name(&self, actor: u16) -> Option<String> {
        let i = usize::from(actor).checked_sub(1)?;
        Some(self.case.actors[i].0.value.clone())
    }

    /// The `finish` of what was started under a label.
    fn finish_of(&self, label: &str) -> Option<&'c Step> {
        self.case.steps.iter().find(|s| matches!(&s.action, Action::Finish(other) if other.value == label))
    }

    fn call(&mut self, step: &Step, call: &Call, actor: u16) -> PlanResult<()> {
        let entry = names::called(call)?;
        let nr = self.number(entry, call)?;
        let child = call.child.as_ref().map(|child| self.child(entry, call, child, actor)).transpose()?;
        // What the call's return must be stands on its `finish`, if it has one.
        let speaks = match &step.start {
            None => Some(step),
            Some(label) => self.finish_of(label),
        };
        let before = speaks.map(|speaks| observe::before(self, speaks, actor)).transpose()?;
        let asked = |name: &str| speaks.is_some_and(|step| speaks_of(step, name));

        let mut memory = Memory::new(&self.scope, &mut self.layout);
        let registers = registers(entry, call, &asked, &mut memory, &mut self.problems);
        let Memory { fills, patches, captures, .. } = memory;
        let Some(mut registers) = registers else {
            // Said already.
            self.bind_all(step);
            return Ok(());
        };
        let args = registers.operands();
        let named = entry.args.iter().zip(&mut registers.words);
        let named = named.filter_map(|(arg, word)| Some((arg.name, word.output.take()?))).collect();
        let outputs = Outputs { named, captures };
        let repeat = repeat(entry, call, &self.scope, &outputs)?;
        let repeated = repeat != PlanRepeat::Once;
        let op = Op::Call { nr, args, repeat, twice: entry.twice, child };
        let done = PlanStep { fills, patches, captures: outputs.cut(), ..PlanStep::new(actor, op) };
        let line = self.line(&step.span, actor, Shown::Call { call: entry, args: registers.data() });
        if let Some(before) = before {
            self.memo.before.insert(self.steps.len(), before);
        }
        self.begin(step, Performed { name: entry.name, entry: Some(entry), repeated }, done, line, outputs)
    }

    /// Adds a step that performs something, and what comes of it, unless it is only started.
    pub(super) fn begin(
        &mut self,
        step: &Step,
        performed: Performed,
        mut done: PlanStep,
        mut line: Line,
        outputs: Outputs,
    ) -> PlanResult<()> {
        let (index, actor) = (self.steps.len(), done.actor);
        done.start = step.start.is_some();
        line.start = step.start.as_ref().map(|label| label.value.clone());
        self.push(done, line);
        self.memo.outputs.insert(index, outputs);
        self.memo.performed.insert(index, performed);
        match &step.start {
            Some(label) => {
                self.memo.started.insert(label.value.clone(), (index, actor));
                Ok(())
            }
            None => self.results(step, actor, index, index),
        }
    }

    /// The actor that a call makes, which has to be one that returns twice.
    fn child(&self, entry: &Syscall, call: &Call, child: &Spanned<String>, maker: u16) -> PlanResult<u16> {
        if !entry.twice {
            return refuse(
                Diagnostic::at(&child.span, format!("`{}` makes no process and no thread", entry.name), "of this call")
                    .related(&call.name.span, "the call")
                    .help("`fork`, `vfork`, `clone` and `clone3` do"),
            );
        }
        if entry.name == "vfork" && maker == 0 {
            return refuse(
                Diagnostic::at(&call.name.span, "the main actor would sleep until its child ends", "by vfork")
                    .help("let another actor make the child, with `on` and `start`"),
            );
        }
        Ok(self.actor_of(child))
    }

    /// The call's number; where the architecture lacks it, the case must say so.
    fn number(&self, entry: &'static Syscall, call: &Call) -> PlanResult<u32> {
        let arch = std::env::consts::ARCH;
        let needs = &self.case.needs.arch;
        match entry.nr {
            Some(nr) => Ok(nr),
            // Skipped here; no kernel has this number.
            None if !needs.is_empty() && needs.iter().all(|known| known.value != arch) => Ok(u32::MAX),
            None => refuse(
                Diagnostic::at(&call.name.span, format!("{arch} has no system call `{}`", entry.name), "not here")
                    .help("say where it exists: `needs: {arch: [x86_64]}`"),
            ),
        }
    }

    fn started(&self, label: &Spanned<String>) -> PlanResult<Started> {
        match self.memo.started.get(&label.value) {
            Some(started) => Ok(*started),
            // Its own mistakes are told already.
            None => refuse(Diagnostic::at(&label.span, format!("`{}` is not started", label.value), "no such call")),
        }
    }

    fn blocked(&mut self, step: &Step, label: &Spanned<String>) -> PlanResult<()> {
        let (started, actor) = self.started(label)?;
        self.plan.observes = true;
        let index = self.steps.len();
        self.wait(step, actor, Op::Blocked { step: started as u16 }, Shown::Blocked(started));
        self.expectations(step, &Outputs::default(), None, false, index);
        Ok(())
    }

    fn finish(&mut self, step: &Step, label: &Spanned<String>) -> PlanResult<()> {
        let (started, actor) = self.started(label)?;
        let index = self.steps.len();
        self.wait(step, actor, Op::Finish { step: started as u16 }, Shown::Finish(started));
        self.results(step, actor, started, index)
    }

    fn wait(&mut self, step: &Step, actor: u16, op: Op, shown: Shown) {
        self.push(PlanStep::new(0, op), self.line(&step.span, actor, shown));
    }

    /// Names and expectations of what was performed in step `call` and is judged in step `judged`.
    fn results(&mut self, step: &Step, actor: u16, call: usize, judged: usize) -> PlanResult<()> {
        let Performed { name, entry, repeated } = self.memo.performed[&call];
        let outputs = self.memo.outputs[&call].clone();
        let binds = bind::binds(step, name, entry.is_some(), &outputs, &mut self.scope)?;
        for Bind { from, .. } in &binds {
            if let BindFrom::Captured { capture, .. } | BindFrom::InLine { capture, .. } = from {
                let capture = usize::from(*capture);
                self.steps[call].captures[capture] = outputs.captures[capture];
            }
        }
        self.steps[call].binds.extend(binds);
        self.time(step, call, judged)?;
        self.expectations(step, &outputs, entry.map(|entry| entry.name), repeated, judged);
        self.keep_whole(call, judged, &outputs, &step.span);
        self.note_killed(step, actor);
        if let Some(entry) = entry {
            self.note_gone(step, actor, entry);
        }
        self.look_after(step, actor, &self.memo.before.get(&call).cloned().unwrap_or_default())
    }

    /// An actor that ends itself, or has become another program, performs nothing afterwards.
    fn note_gone(&mut self, step: &Step, actor: u16, entry: &Syscall) {
        let fails = step.expect.iter().any(|expect| expect.value.errno.is_some());
        if (entry.replaces || entry.ret == Ret::Never) && !fails && actor != 0 {
            self.memo.dead.insert(actor);
        }
    }

    pub(super) fn expectations(
        &mut self,
        step: &Step,
        outputs: &Outputs,
        call: Option<&str>,
        repeated: bool,
        judged: usize,
    ) {
        let elapsed = self.memo.elapsed.get(&judged).copied();
        let subject = Subject { scope: &self.scope, outputs, call, claimed: false, repeated, elapsed };
        let problems = &mut self.problems;
        let mut ranged = |expect: &Ranged<Expect>| expect.with(subject.expectation(&expect.value, problems));
        let expect: Vec<Ranged<Expectation>> = step.expect.iter().map(&mut ranged).collect();
        let claim = Subject { claimed: true, ..subject };
        let claimed = step.claimed.as_ref().map(|claimed| claim.expectation(claimed, problems));
        self.lines[judged].expect = expect;
        self.lines[judged].claimed = claimed;
    }

    /// Has the time of a step taken, if what is judged in the other one speaks of it.
    pub(super) fn time(&mut self, step: &Step, performed: usize, judged: usize) -> PlanResult<()> {
        let expected = step.expect.iter().map(|expect| &expect.value).chain(&step.claimed);
        let Some(asked) = expected.filter_map(|expect| expect.elapsed.as_ref()).next() else { return Ok(()) };
        let var = self.scope.bind(&self.scope.hidden(&asked.span))?;
        self.steps[performed].binds.push(Bind { var, from: BindFrom::Elapsed, on_error: true });
        self.memo.elapsed.insert(judged, var);
        Ok(())
    }

    /// Captures that an expectation refers to are kept at full length.
    pub(super) fn keep_whole(&mut self, call: usize, judged: usize, outputs: &Outputs, span: &Span) {
        let line = &self.lines[judged];
        for expectation in line.expect.iter().map(|e| &e.value).chain(&line.claimed) {
            for out in &expectation.out {
                self.steps[call].captures[out.capture] = outputs.captures[out.capture];
            }
        }
        let known = self.steps[call].captures.iter().filter_map(|c| c.len.known());
        self.memo.captured += known.sum::<i64>() as u64;
        if self.memo.captured > MAX_TRACE_DATA {
            self.memo.captured = 0;
            self.problems.push(Diagnostic::at(
                span,
                format!("the case compares more than {} MiB", MAX_TRACE_DATA >> 20),
                "too much from here on",
            ));
        }
    }

    pub(super) fn note_killed(&mut self, step: &Step, actor: u16) {
        if step.expect.iter().all(|e| e.value.killed.is_none()) {
            return;
        }
        self.memo.dead.insert(actor);
        let process = |i: usize| self.case.actors[i].1.value != ActorKind::Thread;
        // A signal that kills a thread kills its process: the main actor with it.
        if !usize::from(actor).checked_sub(1).is_some_and(process) {
            self.memo.dead.insert(0);
        }
    }

    /// Adds the steps that look at what this one left behind, done by its actor or who is left.
    pub(super) fn look_after(&mut self, step: &Step, actor: u16, before: &Before) -> PlanResult<()> {
        let left = [actor, 0].into_iter().find(|actor| !self.memo.dead.contains(actor));
        match (left, observe::place(step)) {
            (Some(actor), _) => observe::after(self, step, actor, before),
            (None, Some(place)) => {
                return refuse(Diagnostic::at(place, "nobody is left to look at this", "the actors are dead"));
            }
            (None, None) => {}
        }
        Ok(())
    }

    /// How a step is shown, of which nothing is expected yet.
    pub(super) fn line(&self, span: &Span, actor: u16, shown: Shown) -> Line {
        Line { span: span.clone(), actor: self.actor_name(actor), start: None, shown, expect: vec![], claimed: None }
    }

    /// Adds a step and its line.
    pub(super) fn push(&mut self, mut step: PlanStep, line: Line) {
        step.computes = self.scope.needed(step.operands().flat_map(|operand| operand.vars()));
        self.steps.push(step);
        self.lines.push(line);
    }
}

/// Whether `bind` or an expectation names this output.
fn speaks_of(step: &Step, name: &str) -> bool {
    let expected = step.expect.iter().map(|e| &e.value).chain(&step.claimed);
    step.bind.iter().any(|(bound, _)| bound.value == name)
        || expected.flat_map(|e| &e.out).any(|(out, _)| out.value == name)
}
