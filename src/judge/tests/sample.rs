//! What the tests are made of.

use std::sync::Arc;

use crate::abi::{self, Dir, Int, Kind};
use crate::case::{ActorKind, Needs, Ranged, Source, Span, Spanned};
use crate::exec::{End, State, StepTrace, Trace};
use crate::judge::{Judgement, judge};
use crate::plan::{
    ContentIs, Datum, Expectation, Fill, Line, Observation, Op, Operand, OutIs, Plan, PlanRepeat, PlanStep, Planned,
    ReturnIs, Segment, Shown,
};
use crate::target::Target;

pub(crate) const INT: Int = Int { size: 4, signed: true, big: false };
pub(crate) const SIZE: Int = Int { size: 8, signed: false, big: false };
/// An address that buffers of the samples lie at.
pub(crate) const BUF: i64 = 0x10_0000_0000;

pub(crate) fn span(line: u32) -> Span {
    let source = Arc::new(Source { path: "cases/write/pipe.yaml".into(), text: String::new() });
    Span { source, start: 0, end: 0, line, column: 9 }
}

pub(crate) fn spanned<T>(value: T) -> Spanned<T> {
    Spanned { value, span: span(1) }
}

pub(crate) fn target() -> Target {
    Target {
        name: "native".into(),
        kernel: "6.18.44-test".into(),
        arch: "x86_64".into(),
        page_size: 4096,
        filesystem: "tmpfs".into(),
        isolation: "namespaces".into(),
        proc: true,
        user_namespace: false,
        ..Target::default()
    }
}

/// A step with its line.
#[derive(Clone)]
pub(crate) struct Step {
    pub(crate) line: Line,
    pub(crate) plan: PlanStep,
}

fn step(shown: Shown, op: Op) -> Step {
    let line = Line { span: span(0), actor: None, start: None, shown, expect: Vec::new(), claimed: None };
    Step { line, plan: PlanStep::new(0, op) }
}

pub(crate) fn call(name: &str, args: Vec<Datum>) -> Step {
    let call = abi::syscall(name).unwrap();
    let op = Op::Call {
        nr: call.nr.unwrap(),
        args: [Operand::default(); 6],
        repeat: PlanRepeat::Once,
        twice: false,
        child: None,
    };
    step(Shown::Call { call, args }, op)
}

pub(crate) fn blocked(started: usize) -> Step {
    step(Shown::Blocked(started), Op::Blocked { step: started as u16 })
}

pub(crate) fn finish(started: usize) -> Step {
    step(Shown::Finish(started), Op::Finish { step: started as u16 })
}

pub(crate) fn store(at: Datum, bytes: Datum) -> Step {
    step(Shown::Store { at, bytes }, Op::Store { at: Operand::default() })
}

pub(crate) fn load(at: Datum, len: i64) -> Step {
    step(Shown::Load { at, len: Operand::constant(len) }, Op::Load { wait: None })
}

pub(crate) fn count_fds() -> Step {
    step(Shown::Observed(Observation::OpenDescriptors), Op::Observe(Observation::OpenDescriptors))
}

impl Step {
    pub(crate) fn expect(mut self, expectation: Expectation) -> Self {
        self.line.expect.push(Ranged { kernel: Vec::new(), evidence: Vec::new(), span: span(0), value: expectation });
        self
    }

    pub(crate) fn expect_on(mut self, kernel: &str, expectation: Expectation) -> Self {
        self.line.expect.push(Ranged {
            kernel: vec![spanned(kernel.to_owned())],
            evidence: Vec::new(),
            span: span(0),
            value: expectation,
        });
        self
    }

    pub(crate) fn claimed(mut self, expectation: Expectation) -> Self {
        self.line.claimed = Some(expectation);
        self
    }

    /// Performed by the second actor.
    pub(crate) fn on_peer(mut self) -> Self {
        self.line.actor = Some("peer".into());
        self.plan.actor = 1;
        self
    }

    pub(crate) fn started(mut self) -> Self {
        self.line.start = Some("label".into());
        self.plan.start = true;
        self.on_peer()
    }

    pub(crate) fn repeated(mut self, how: PlanRepeat) -> Self {
        if let Op::Call { repeat, .. } = &mut self.plan.op {
            *repeat = how;
        }
        self
    }
}

pub(crate) fn planned(steps: Vec<Step>) -> Planned {
    let (mut lines, steps): (Vec<_>, Vec<_>) = steps.into_iter().map(|s| (s.line, s.plan)).unzip();
    for (line, number) in lines.iter_mut().zip(10..) {
        line.span = span(number);
    }
    let id = "write/pipe/sample".to_owned();
    let actors = vec![ActorKind::Thread, ActorKind::Thread];
    Planned {
        id: id.clone(),
        subject: "write(2)".into(),
        summary: "A sample does what it does.".into(),
        rests: None,
        span: span(3),
        plan: Plan { id, actors, steps, ..Plan::default() },
        lines,
        needs: Needs::default(),
        probe: None,
        claim: None,
        blocking: false,
        implicit: vec![],
        formulas: vec![],
    }
}

pub(crate) fn done(ret: i64) -> StepTrace {
    StepTrace { state: State::Done, ret, ..StepTrace::default() }
}

pub(crate) fn wrote(ret: i64, captures: &[&[u8]]) -> StepTrace {
    StepTrace { captures: captures.iter().map(|c| Some(c.to_vec())).collect(), ..done(ret) }
}

pub(crate) fn begun() -> StepTrace {
    StepTrace { state: State::Begun, ..StepTrace::default() }
}

pub(crate) fn trace(steps: Vec<StepTrace>, end: End) -> Trace {
    Trace { steps, end, micros: 5_000_000, ..Trace::default() }
}

pub(crate) fn judged(steps: Vec<Step>, came: Vec<StepTrace>, end: End) -> Judgement {
    judge(&planned(steps), &trace(came, end), &target())
}

pub(crate) fn returns(value: i64) -> Expectation {
    Expectation { ret: Some(ReturnIs::Exactly(Operand::constant(value))), ..Expectation::default() }
}

pub(crate) fn fails(errno: i32) -> Expectation {
    Expectation { errno: Some(errno), ..Expectation::default() }
}

pub(crate) fn fd(number: i64) -> Datum {
    Datum::Number(Operand::constant(number), Kind::Fd)
}

pub(crate) fn size(number: i64) -> Datum {
    Datum::Number(Operand::constant(number), Kind::Int(SIZE))
}

pub(crate) fn segment(fill: Fill, len: i64) -> Segment {
    Segment { addr: 0, fill, len: Operand::constant(len) }
}

pub(crate) fn text(text: &str) -> Datum {
    Datum::Bytes(vec![segment(Fill::Bytes(text.into()), text.len() as i64)])
}

pub(crate) fn out(kind: Kind) -> Datum {
    Datum::Out { addr: Operand::constant(BUF), capture: 0, offset: 0, kind }
}

pub(crate) fn buffer() -> Datum {
    out(Kind::Bytes(Dir::Out))
}

/// An expectation about a buffer's content, with nothing written after it.
pub(crate) fn holds(name: &str, fill: Fill, len: i64) -> OutIs {
    let is = ContentIs::Bytes { parts: vec![segment(fill, len)], rest_untouched: true };
    OutIs { span: span(40), name: name.into(), capture: 0, offset: 0, part: None, is }
}

/// A read of five bytes into room for eight.
pub(crate) fn read() -> Step {
    call("read", vec![fd(3), buffer(), size(5)])
}

/// A write of one byte to a pipe.
pub(crate) fn write() -> Step {
    call("write", vec![fd(4), text("x"), size(1)])
}

/// What is shown: wrong steps as expected and actual.
pub(crate) fn lines(judgement: &Judgement) -> String {
    let mut text = format!("{:?}: {}\n", judgement.verdict, judgement.reason.as_deref().unwrap_or("-"));
    for step in &judgement.steps {
        if let Some(expected) = &step.expected {
            text.push_str(&format!("- {expected}\n+ {}\n", step.shown));
        } else {
            text.push_str(&format!("  {}\n", step.shown));
        }
        step.notes.iter().for_each(|note| text.push_str(&format!("  * {}\n", note.replace('\n', "\n    "))));
    }
    text
}
