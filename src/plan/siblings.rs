//! What an argument (or a field) may ask of the others beside it.

use super::bytes::room;
use super::number::{number, raw, shape};
use super::performed::Operand;
use super::result::{PlanResult, refuse};
use super::vars::Scope;
use crate::abi::{Int, Kind, Struct};
use crate::case::{Diagnostic, Node, Spanned};

/// The shapes of a call's arguments or of a structure's fields, and what the case gives for them.
#[derive(Clone, Debug)]
pub(super) struct Siblings<'c> {
    /// Names and shapes, in order.
    pub(super) kinds: Vec<(&'static str, &'static Kind)>,
    /// What is given.
    pub(super) given: &'c [(Spanned<String>, Node)],
}

impl<'c> Siblings<'c> {
    /// The fields of a structure, and what comes after them.
    pub(super) fn of(layout: &'static Struct, given: &'c [(Spanned<String>, Node)]) -> Self {
        Siblings { kinds: layout.all_fields().map(|f| (f.name, &f.kind)).collect(), given }
    }

    /// What is given for a name.
    pub(super) fn node(&self, name: &str) -> Option<&'c Node> {
        self.given.iter().find(|(key, _)| key.value == name).map(|(_, node)| node)
    }

    fn kind(&self, name: &str) -> Option<&'static Kind> {
        self.kinds.iter().find(|(other, _)| *other == name).map(|(_, kind)| *kind)
    }

    /// The number given for a name, if one is.
    fn value(&self, name: &str, scope: &Scope) -> PlanResult<Option<Operand>> {
        match (self.kind(name), self.node(name)) {
            (Some(kind), Some(node)) if shape(kind).is_some() => number(kind, node, name, scope).map(Some),
            _ => Ok(None),
        }
    }

    /// The shape, once a shape that depends on a sibling is decided.
    pub(super) fn resolve(&self, kind: &'static Kind, scope: &Scope) -> PlanResult<&'static Kind> {
        let Kind::By(sibling, shapes, others) = kind else { return Ok(kind) };
        // The sibling may itself depend on another: an option's value on its name, the name on the level.
        let by = match self.kind(sibling) {
            Some(kind) => self.resolve(kind, scope)?,
            None => return Ok(others),
        };
        let (Kind::Enum(int, set) | Kind::Flags(int, set)) = by else { return Ok(others) };
        // Left out, it is 0.
        let given = self.node(sibling).map(|node| number(by, node, sibling, scope)).transpose()?;
        let Some(value) = given.unwrap_or_default().known() else { return Ok(others) };
        let kind = shapes.iter().find(|(name, _)| set.value(name).is_some_and(|v| same(v, value, *int)));
        self.resolve(kind.map_or(*others, |(_, kind)| kind), scope)
    }

    /// As [`Self::resolve`], for this value: where the sibling decides for none of the shapes, a constant that only one of
    /// them knows decides for that one (`si_code` after `F_SETSIG`, of a signal that has no codes of its own).
    pub(super) fn resolve_for(&self, kind: &'static Kind, node: &Node, scope: &Scope) -> PlanResult<&'static Kind> {
        let resolved = self.resolve(kind, scope)?;
        let (Kind::By(_, shapes, others), Kind::Enum(_, set), Some(name)) = (kind, resolved, node.plain()) else {
            return Ok(resolved);
        };
        if !std::ptr::eq(resolved, *others) {
            return Ok(resolved);
        }
        let knows = |kind: &&Kind| matches!(kind, Kind::Enum(_, set) if set.value(name).is_some());
        let other = if set.value(name).is_none() { shapes.iter().map(|(_, kind)| kind).find(knows) } else { None };
        Ok(other.unwrap_or(resolved))
    }

    /// The length given for a buffer or an array, if one is.
    pub(super) fn count(&self, name: &str, scope: &Scope) -> PlanResult<Option<Operand>> {
        match self.length_of(name) {
            Some((len, Kind::Len(..))) => self.value(len, scope),
            _ => Ok(None),
        }
    }

    /// The sibling that is the length of this one, or points to it: its name and shape.
    pub(super) fn length_of(&self, name: &str) -> Option<(&'static str, &'static Kind)> {
        self.kinds.iter().find_map(|(len, kind)| match kind {
            Kind::Len(_, of) | Kind::Ptr(_, Kind::Len(_, of)) if *of == name => Some((*len, *kind)),
            _ => None,
        })
    }

    /// Refuses a room of this extent that is smaller than the length that the kernel is told.
    pub(super) fn has_room(&self, name: &str, extent: Option<Operand>, scope: &Scope) -> PlanResult<()> {
        let given = self.node(name).filter(|node| room(node).is_some());
        let (Some(given), Some((len, kind))) = (given, self.length_of(name)) else { return Ok(()) };
        let Some(told) = self.node(len) else { return Ok(()) };
        // A pointer that stands for itself does not tell the length.
        let pointer =
            matches!(kind, Kind::Ptr(..)) && told.plain().is_none_or(|text| text == "NULL" || text.contains('$'));
        let (Kind::Len(int, _) | Kind::Ptr(_, Kind::Len(int, _))) = kind else { return Ok(()) };
        if pointer { Ok(()) } else { enough(told, *int, len, extent, given, scope) }
    }
}

/// Refuses a length beyond a room, where both are known while planning. As `{raw: N}` it is meant.
pub(super) fn enough(
    told: &Node,
    int: Int,
    what: &str,
    extent: Option<Operand>,
    given: &Node,
    scope: &Scope,
) -> PlanResult<()> {
    let kind = Kind::Int(int);
    let (None, Some(extent)) = (raw(told, scope)?, extent.and_then(|extent| extent.known())) else { return Ok(()) };
    // The kernel writes nothing for a negative length.
    let Some(length) = number(&kind, told, what, scope)?.known().filter(|n| !int.signed || *n >= 0) else {
        return Ok(());
    };
    if length as u64 <= extent as u64 {
        return Ok(());
    }
    let length = told.plain().map_or_else(|| (length as u64).to_string(), str::to_owned);
    let title = format!("{what} {length} is more than the room of {extent}");
    refuse(
        Diagnostic::at(&told.span, title, "the kernel may write beyond it")
            .related(&given.span, "the room")
            .help(format!("write `{{raw: {length}}}` if meant")),
    )
}

/// Whether a constant and a register agree in the bits of the type.
fn same(constant: u64, value: i64, int: Int) -> bool {
    let unused = 64 - u32::from(int.size) * 8;
    (constant ^ value as u64) << unused == 0
}
