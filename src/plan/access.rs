//! Stores and loads of user memory.

use super::bytes::{content, length};
use super::expected::{Datum, Line, Shown};
use super::expr;
use super::names::Consts;
use super::op::Op;
use super::outcome::{Outcome, refuse};
use super::output::Outputs;
use super::performed::{Capture, MAX_CAPTURE, Operand, Patch, PlanStep, Segment};
use super::planner::Planner;
use super::pointer::name_of;
use crate::abi::Int;
use crate::case::{Diagnostic, Node, Step};

impl Planner<'_> {
    pub(super) fn store(&mut self, step: &Step, actor: u16, at: &Node, bytes: &Node) -> Outcome<()> {
        let stored = content(bytes, "bytes", &self.scope)?;
        let datum = stored.shown.unwrap_or_else(|| Datum::Bytes(stored.parts.clone()));
        let (addr, shown) = self.address(at)?;
        let fills = stored.parts.iter().map(|p| Segment { addr: addr + p.addr, ..p.clone() }).collect();
        let number = |(offset, int, value): &(u64, Int, Operand)| Patch {
            addr: addr + offset,
            size: int.size,
            big: int.big,
            value: *value,
        };
        let patches = stored.numbers.iter().map(number).collect();
        let index = self.steps.len();
        self.push(
            PlanStep { actor, op: Op::Store, fills, patches, captures: vec![], binds: vec![] },
            Line {
                span: step.span.clone(),
                actor: self.actor_name(actor),
                shown: Shown::Store { at: shown, bytes: datum },
                expect: vec![],
                claimed: None,
            },
        );
        self.after_access(step, actor, index, None, &Outputs::default())
    }

    pub(super) fn load(&mut self, step: &Step, actor: u16, at: &Node, len: &Node) -> Outcome<()> {
        let bytes = length(len, "len", &self.scope)?;
        if bytes.known().is_some_and(|n| n as u64 > MAX_CAPTURE) {
            return refuse(Diagnostic::at(&len.span, "a load of more than 4 MiB", "too long"));
        }
        let sum = expr::parse(at, "at", Consts::All, &self.scope)?;
        let (addr, shown) = (sum.operand(), datum(&sum));
        let outputs = Outputs { named: vec![], captures: vec![Capture { addr, len: bytes }] };
        let index = self.steps.len();
        self.push(
            PlanStep {
                actor,
                op: Op::Load,
                fills: vec![],
                patches: vec![],
                captures: outputs.captures.clone(),
                binds: vec![],
            },
            Line {
                span: step.span.clone(),
                actor: self.actor_name(actor),
                shown: Shown::Load { at: shown, len: bytes },
                expect: vec![],
                claimed: None,
            },
        );
        self.after_access(step, actor, index, None, &outputs)
    }

    fn after_access(
        &mut self,
        step: &Step,
        actor: u16,
        index: usize,
        call: Option<&str>,
        outputs: &Outputs,
    ) -> Outcome<()> {
        self.promises(step, outputs, call, false, index);
        self.keep_whole(index, index, outputs, &step.span);
        self.note_killed(step, actor);
        self.look_after(step, actor, None)
    }

    /// An address known while planning.
    fn address(&self, at: &Node) -> Outcome<(u64, Datum)> {
        let sum = expr::parse(at, "at", Consts::All, &self.scope)?;
        match sum.known() {
            Some(addr) => Ok((addr as u64, datum(&sum))),
            None => refuse(Diagnostic::at(&at.span, "`at` is known while planning", "no variables here")),
        }
    }
}

fn datum(sum: &expr::Expr) -> Datum {
    Datum::Pointer(sum.operand(), name_of(sum))
}
