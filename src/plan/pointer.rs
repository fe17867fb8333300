//! Pointers that the case gives themselves: `NULL`, `$region + 16`, `{raw: N}`.

use super::arg::{Word, out, plain};
use super::expected::Datum;
use super::expr::{self, Expr};
use super::memory::Memory;
use super::names::Consts;
use super::number::{in_register, raw, shape};
use super::output::Output;
use super::performed::Operand;
use super::result::{PlanResult, refuse};
use crate::abi::{Dir, Kind};
use crate::case::{Diagnostic, Node};

/// An address, and its name if it has one.
pub(super) struct Pointer {
    pub(super) operand: Operand,
    pub(super) name: Option<String>,
}

impl Memory<'_> {
    /// The notations that stand for a pointer itself.
    pub(super) fn pointer(&self, kind: &Kind, node: &Node, what: &str) -> PlanResult<Option<Pointer>> {
        if let Some(operand) = raw(node, self.scope)? {
            return Ok(Some(Pointer { operand, name: None }));
        }
        match plain(node) {
            Some("NULL") => Ok(Some(Pointer { operand: Operand::constant(0), name: None })),
            Some(text) if text.contains('$') => {
                let sum = expr::parse(node, what, Consts::All, self.scope)?;
                in_register(&sum, &node.span)?;
                // To one number, a variable is that number; to anything else, it holds the address.
                let to_number = matches!(kind, Kind::Ptr(_, inner) if shape(inner).is_some());
                let untyped = matches!(kind, Kind::Any(_) | Kind::OneOf(..));
                if sum.anchor.is_none() && (to_number || untyped) {
                    return Ok(None);
                }
                if sum.anchor.is_none() && sum.terms.is_empty() {
                    return refuse(number_for_pointer(what, node));
                }
                Ok(Some(Pointer { operand: sum.operand(), name: name_of(&sum) }))
            }
            _ => Ok(None),
        }
    }

    /// A pointer that the case gives; what it points to in the case's own memory is captured if the call may write there.
    pub(super) fn pointed(
        &mut self,
        kind: &'static Kind,
        pointer: Pointer,
        count: Option<Operand>,
    ) -> PlanResult<Word> {
        let Pointer { operand, name } = pointer;
        let (dir, size) = match kind {
            Kind::Bytes(dir) | Kind::Any(dir) | Kind::OneOf(dir, _) | Kind::Records(dir, _) => (*dir, count),
            Kind::Ptr(dir, inner) => (*dir, Some(Operand::constant(inner.size() as i64))),
            Kind::Array(dir, element) => (
                *dir,
                count
                    .map(|n| Operand { base: n.base.saturating_mul(element.size() as i64), ..n })
                    .filter(|n| n.known().is_some()),
            ),
            _ => (Dir::In, None),
        };
        let left = operand.known().and_then(|a| self.layout.left(a as u64));
        let extent = match kind {
            _ if operand == Operand::constant(0) => Some(operand),
            Kind::Bytes(_) | Kind::Any(_) | Kind::OneOf(..) | Kind::Records(..) => {
                left.map(|l| Operand::constant(l as i64))
            }
            Kind::Array(_, element) => left.map(|l| Operand::constant((l / element.size() as u64) as i64)),
            _ => None,
        };
        let shown = Datum::Pointer(operand, name);
        let output = match dir {
            Dir::In => None,
            Dir::Out | Dir::InOut => self.reach(operand, size).map(|len| (self.capture_at(operand, len), len)),
        };
        let Some((at, len)) = output else {
            return Ok(Word { operand, datum: shown, output: None, extent });
        };
        let whole = |size: usize| len.known().is_some_and(|len| len as usize >= size);
        let output = match kind {
            Kind::Ptr(_, inner) if whole(inner.size()) => Output::of(inner, at),
            Kind::Array(_, element) => Output::array(element, len.base as usize / element.size(), at),
            Kind::Records(_, element) => Output::Records { at, room: false, element },
            _ => Output::Bytes { at, room: false },
        };
        let datum = match kind {
            Kind::Ptr(Dir::Out, inner) => out(operand, at, **inner),
            Kind::Bytes(Dir::Out) | Kind::OneOf(Dir::Out, _) | Kind::Records(Dir::Out, _) => out(operand, at, *kind),
            _ => shown,
        };
        Ok(Word { operand, datum, output: Some(output), extent })
    }
}

/// `page+16`.
pub(super) fn name_of(sum: &Expr) -> Option<String> {
    let (name, _) = sum.anchor.as_ref()?;
    match sum.base {
        _ if !sum.terms.is_empty() => None,
        0 => Some(name.clone()),
        offset => Some(format!("{name}{offset:+}")),
    }
}

/// What to say of a number where a pointer is meant.
pub(super) fn number_for_pointer(what: &str, node: &Node) -> Diagnostic {
    Diagnostic::at(&node.span, format!("`{what}` is a pointer"), "a number does not say what it points to")
        .help("write the data, `NULL`, `$unmapped`, a region, or `{raw: N}` for this very address")
}
