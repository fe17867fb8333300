//! Stores and loads of user memory.

use super::bytes::{content, length};
use super::expected::{Datum, Shown};
use super::expr;
use super::memo::Performed;
use super::names::Consts;
use super::number::in_register;
use super::op::Op;
use super::output::{Output, Outputs, Spot};
use super::performed::{Capture, MAX_CAPTURE, Operand, Patch, PlanStep};
use super::planner::Planner;
use super::pointer::name_of;
use super::repeat::wait;
use super::result::{PlanResult, refuse};
use crate::abi::Int;
use crate::case::{Diagnostic, Node, Repeat, Spanned, Step};

/// What a load does.
#[derive(Clone, Copy)]
pub(super) struct Load<'s> {
    pub(super) at: &'s Node,
    pub(super) len: &'s Node,
    pub(super) repeat: Option<&'s Spanned<Repeat>>,
}

impl Planner<'_> {
    pub(super) fn store(&mut self, step: &Step, actor: u16, at: &Node, bytes: &Node) -> PlanResult<()> {
        let stored = content(bytes, "bytes", &self.scope)?;
        let datum = stored.shown.unwrap_or_else(|| Datum::Bytes(stored.parts.clone()));
        let (addr, shown) = self.address(at)?;
        let number = |(offset, int, value): &(u64, Int, Operand)| Patch {
            addr: *offset,
            size: int.size,
            big: int.big,
            value: *value,
        };
        let patches = stored.numbers.iter().map(number).collect();
        let done = PlanStep { fills: stored.parts, patches, ..PlanStep::new(actor, Op::Store { at: addr }) };
        let line = self.line(&step.span, actor, Shown::Store { at: shown, bytes: datum });
        self.begin(step, Performed { name: "store", entry: None, repeated: false }, done, line, Outputs::default())
    }

    pub(super) fn load(&mut self, step: &Step, actor: u16, load: Load<'_>) -> PlanResult<()> {
        let Load { at, len, repeat } = load;
        let bytes = length(len, "len", &self.scope)?;
        if bytes.known().is_some_and(|n| n as u64 > MAX_CAPTURE) {
            return refuse(Diagnostic::at(&len.span, "a load of more than 4 MiB", "too long"));
        }
        let (addr, shown) = self.address(at)?;
        let found = Output::Bytes { at: Spot::of(0), room: false };
        let outputs = Outputs { named: vec![("bytes", found)], captures: vec![Capture { addr, len: bytes }] };
        let wait = repeat.map(|repeat| wait(repeat, &self.scope, &outputs, None)).transpose()?;
        let done = PlanStep { captures: outputs.captures.clone(), ..PlanStep::new(actor, Op::Load { wait }) };
        let line = self.line(&step.span, actor, Shown::Load { at: shown, len: bytes });
        self.begin(step, Performed { name: "load", entry: None, repeated: false }, done, line, outputs)
    }

    pub(super) fn check(&mut self, step: &Step, node: &Node) -> PlanResult<()> {
        let sum = expr::parse(node, "check", Consts::All, &self.scope)?;
        in_register(&sum, &node.span)?;
        let index = self.steps.len();
        let shown = Shown::Check(node.plain().unwrap_or_default().to_owned());
        self.push(PlanStep::new(0, Op::Value(sum.operand())), self.line(&step.span, 0, shown));
        self.expectations(step, &Outputs::default(), None, false, index);
        Ok(())
    }

    /// Where an access is, and how that is shown.
    fn address(&self, at: &Node) -> PlanResult<(Operand, Datum)> {
        let sum = expr::parse(at, "at", Consts::All, &self.scope)?;
        in_register(&sum, &at.span)?;
        Ok((sum.operand(), datum(&sum)))
    }
}

fn datum(sum: &expr::Expr) -> Datum {
    Datum::Pointer(sum.operand(), name_of(sum))
}
