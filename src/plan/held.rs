//! Expectations of bytes: structures by name among them, and lists of these.

use super::bytes::{Content, content, is_bytes, joined, named_structure};
use super::data::field_names;
use super::expect::{Subject, lines, out_is, pieces};
use super::expected::{ContentIs, Order, OutIs, RecordIs, RecordsEnd, RecordsIs, Within};
use super::output::{Output, Spot};
use super::record::is_rest;
use super::result::{PlanResult, refuse, suggest};
use super::siblings::Siblings;
use crate::abi::{Kind, Struct, structure_kind};
use crate::case::{Diagnostic, Node, Value};

/// How a list is compared, if not in its order and whole.
pub(crate) const ORDERS: [(&str, &str, Order); 3] = [
    ("in_any_order", "these and no others, in any order", Order::InAnyOrder),
    ("contains", "these among others, in any order", Order::Contains),
    ("begins_with", "these first, in this order", Order::BeginsWith),
];

/// Where something begins that is compared apart.
const HERE: Spot = Spot::of(0);

/// A list, and how it is compared; none if it is no list.
pub(super) fn ordered(node: &Node) -> Option<(Order, &[Node])> {
    match &node.value {
        Value::List(items) => Some((Order::Exact, items)),
        Value::Map(entries) => match &entries[..] {
            [(key, Node { value: Value::List(items), .. })] => {
                let (.., order) = ORDERS.iter().find(|(name, ..)| *name == key.value)?;
                Some((*order, items))
            }
            _ => None,
        },
        Value::Scalar { .. } => None,
    }
}

impl Subject<'_> {
    /// What a buffer holds: bytes, a structure, a list of structures, or such parts one after the other.
    pub(super) fn buffer(
        &self,
        at: Spot,
        room: bool,
        node: &Node,
        name: &str,
        end: RecordsEnd,
    ) -> PlanResult<Vec<OutIs>> {
        if let Some(list) = lines(node) {
            return self.lines(at, list, name);
        }
        if let Some((layout, value)) = named_structure(node) {
            self.longer(at, layout.size as u64, node, name)?;
            return self.structures(layout, at, value, name, end);
        }
        if let Value::Map(entries) = &node.value
            && let [(key, parts)] = &entries[..]
            && key.value == "concat"
            && joined(parts)?.iter().any(|part| named_structure(part).is_some())
        {
            return self.joined(at, room, joined(parts)?, name, end);
        }
        let wanted = content(node, name, self.scope)?;
        self.longer(at, wanted.len.known().unwrap_or(0) as u64, node, name)?;
        Ok(pieces(wanted, at, room, node, name))
    }

    /// Parts one after the other, the last of which may be a list.
    fn joined(&self, at: Spot, room: bool, parts: &[Node], name: &str, end: RecordsEnd) -> PlanResult<Vec<OutIs>> {
        let (mut all, mut offset) = (vec![], 0);
        for (i, part) in parts.iter().enumerate() {
            let last = i + 1 == parts.len();
            let place = at.after(offset);
            if let Some((layout, value)) = named_structure(part) {
                self.longer(place, layout.size as u64, part, name)?;
                all.extend(self.structures(layout, place, value, name, end)?);
                if !last && (layout.record.is_some() || ordered(value).is_some()) {
                    let title = "only the last part may have a length of its own";
                    return refuse(Diagnostic::at(&part.span, title, "where the next one begins is not known"));
                }
                offset += layout.size;
                continue;
            }
            let wanted = content(part, name, self.scope)?;
            let Some(len) = wanted.len.known() else {
                return refuse(Diagnostic::at(
                    &part.span,
                    "only the last part may have a length that is a variable",
                    "beside structures, none may",
                ));
            };
            self.longer(place, len as u64, part, name)?;
            all.extend(pieces(wanted, place, room && last, part, name));
            offset += len as usize;
        }
        Ok(all)
    }

    /// Refuses what is longer than the buffer.
    fn longer(&self, at: Spot, len: u64, node: &Node, name: &str) -> PlanResult<()> {
        let held = self.outputs.captures.get(at.capture).and_then(|c| c.len.known());
        match held.map(|held| held as u64).filter(|held| at.offset as u64 + len > *held) {
            Some(held) => refuse(Diagnostic::at(
                &node.span,
                format!("this is longer than `{name}`"),
                format!("{} bytes; it has {held}", at.offset as u64 + len),
            )),
            None => Ok(()),
        }
    }

    fn structures(
        &self,
        layout: &'static Struct,
        at: Spot,
        node: &Node,
        name: &str,
        end: RecordsEnd,
    ) -> PlanResult<Vec<OutIs>> {
        let element = structure_kind(layout);
        match (ordered(node), &node.value) {
            (Some((order, items)), _) => Ok(vec![self.records(element, at, (order, items), node, name, end)?]),
            (None, Value::Map(fields)) if fields.iter().any(|(key, _)| is_rest(layout, key)) => {
                let one = (Order::BeginsWith, std::slice::from_ref(node));
                Ok(vec![self.records(element, at, one, node, name, end)?])
            }
            (None, Value::Map(fields)) => self.structure(layout, &Output::fields(layout, at), fields, name),
            _ => refuse(Diagnostic::at(&node.span, "a structure is a mapping", "not a mapping")),
        }
    }

    /// A list of values that follow each other.
    pub(super) fn records(
        &self,
        element: &'static Kind,
        at: Spot,
        (order, items): (Order, &[Node]),
        node: &Node,
        name: &str,
        end: RecordsEnd,
    ) -> PlanResult<OutIs> {
        let each: PlanResult<Vec<RecordIs>> = items.iter().map(|item| self.record(element, item)).collect();
        let is = RecordsIs { element, order, each: each?, end };
        Ok(out_is(at, node, name, ContentIs::Records(is)))
    }

    fn record(&self, element: &'static Kind, item: &Node) -> PlanResult<RecordIs> {
        let span = item.span.clone();
        let Kind::Struct(layout) = element else {
            let fixed = self.holds(&Output::of(element, HERE), item, "")?;
            return Ok(RecordIs { span, parts: fixed.into_iter().map(|out| (Within::Fixed, out)).collect() });
        };
        let Value::Map(given) = &item.value else {
            return refuse(
                Diagnostic::at(&item.span, format!("a struct {} is a mapping", layout.name), "not a mapping")
                    .help(format!("it has: {}", field_names(layout).join(", "))),
            );
        };
        let (rest, fixed): (Vec<_>, Vec<_>) = given.iter().cloned().partition(|(key, _)| is_rest(layout, key));
        for (key, _) in &fixed {
            if !layout.fields.iter().any(|field| field.name == key.value) {
                let title = format!("struct {} has no `{}`", layout.name, key.value);
                return refuse(suggest(Diagnostic::at(&key.span, title, "unknown field"), key, field_names(layout)));
            }
        }
        let fixed = self.structure(layout, &Output::fields(layout, HERE), &fixed, "")?;
        let mut parts: Vec<_> = fixed.into_iter().map(|out| (Within::Fixed, out)).collect();
        for (index, field) in layout.rest().iter().enumerate() {
            let Some((_, value)) = rest.iter().find(|(key, _)| key.value == field.name) else { continue };
            let kind = Siblings::of(layout, given).resolve(&field.kind, self.scope)?;
            let outs = self.tail(kind, value, field.name)?;
            parts.extend(outs.into_iter().map(|out| (Within::Rest(index), out)));
        }
        Ok(RecordIs { span, parts })
    }

    /// What ends a record.
    fn tail(&self, kind: &'static Kind, node: &Node, name: &'static str) -> PlanResult<Vec<OutIs>> {
        let whole = |is| Ok(vec![out_is(HERE, node, name, is)]);
        match (kind, &node.value, ordered(node)) {
            (Kind::Text, Value::Scalar { text, .. }, _) => whole(ContentIs::Text(text.clone().into_bytes())),
            (Kind::List(element), _, Some(list)) => {
                self.records(element, HERE, list, node, name, RecordsEnd::Captured).map(|out| vec![out])
            }
            (Kind::Struct(_), Value::Map(_), _) if !is_bytes(node) => {
                let one = (Order::Exact, std::slice::from_ref(node));
                self.records(kind, HERE, one, node, name, RecordsEnd::Captured).map(|out| vec![out])
            }
            (Kind::Text | Kind::Tail | Kind::List(_) | Kind::Struct(_), ..) => {
                if let Some((layout, value)) = named_structure(node) {
                    return self.structures(layout, HERE, value, name, RecordsEnd::Captured);
                }
                let wanted: Content = content(node, name, self.scope)?;
                match wanted.numbers.is_empty() {
                    true => whole(ContentIs::Whole(wanted.parts)),
                    false => {
                        let end = wanted.len.known().map(|len| HERE.after(len as usize));
                        let end = end.map(|end| out_is(end, node, name, ContentIs::Whole(vec![])));
                        Ok(pieces(wanted, HERE, false, node, name).into_iter().chain(end).collect())
                    }
                }
            }
            _ => self.holds(&Output::of(kind, HERE), node, name),
        }
    }
}
