//! Structures by name in bytes, what comes after their fixed part, and lists of them.

use super::bytes::{Content, is_bytes};
use super::expected::Datum;
use super::memory::{Area, Memory};
use super::number::{U64, fit_length, shape};
use super::performed::Operand;
use super::result::{PlanResult, refuse};
use super::siblings::Siblings;
use crate::abi::{Field, Kind, Struct};
use crate::case::{Diagnostic, Node, Spanned, Value};

/// Whether this names something that comes after the fixed part of a structure.
pub(super) fn is_rest(layout: &Struct, key: &Spanned<String>) -> bool {
    layout.rest().iter().any(|field| field.name == key.value)
}

impl Memory<'_> {
    /// `{NAME: {…}}`, or `{NAME: [{…}, …]}` for several, one after the other.
    pub(super) fn structures(&mut self, layout: &'static Struct, node: &Node, what: &str) -> PlanResult<Content> {
        match &node.value {
            Value::List(items) => {
                let one = |memory: &mut Self, item: &Node, what: &str| memory.record(layout, item, what);
                self.several(items, &format!("{what}.{}", layout.name), one)
            }
            _ => self.record(layout, node, &format!("{what}.{}", layout.name)),
        }
    }

    /// Values of one kind, one after the other.
    pub(super) fn values(&mut self, element: &'static Kind, items: &[Node], what: &str) -> PlanResult<Content> {
        self.several(items, what, |memory, item, what| memory.element_of(element, item, what))
    }

    fn element_of(&mut self, element: &'static Kind, item: &Node, what: &str) -> PlanResult<Content> {
        if let Kind::Struct(layout) = element {
            return self.record(layout, item, what);
        }
        let mut area = Area::new(0, element.size(), None);
        let (shown, _) = self.in_place(element, item, &mut area, 0, what)?;
        Ok(area.content(shown))
    }

    fn several(
        &mut self,
        items: &[Node],
        what: &str,
        one: impl Fn(&mut Self, &Node, &str) -> PlanResult<Content>,
    ) -> PlanResult<Content> {
        let (mut all, mut shown) = (Content::default(), vec![]);
        for (i, item) in items.iter().enumerate() {
            let mut next = one(self, item, &format!("{what}[{i}]"))?;
            shown.extend(next.shown.take());
            all.append(next, &item.span)?;
        }
        all.shown = Some(Datum::Array(shown));
        Ok(all)
    }

    /// A structure with what comes after its fixed part, up to where the next one would begin.
    fn record(&mut self, layout: &'static Struct, node: &Node, what: &str) -> PlanResult<Content> {
        let mut area = Area::new(0, layout.size, None);
        let (datum, _) = self.structure(layout, node, &mut area, 0, what, true)?;
        let (Some(record), Value::Map(given)) = (layout.record, &node.value) else { return Ok(area.content(datum)) };
        let siblings = Siblings::of(layout, given);
        // What follows may begin within the padding of the fixed part.
        let begin = record.rest.first().map_or(layout.size, |field| field.offset);
        let mut all = area.content(datum);
        let mut tail: Vec<(&'static str, Datum)> = vec![];
        if let Some(fixed) = record.rest.iter().any(|field| siblings.node(field.name).is_some()).then_some(begin) {
            all.truncate(fixed);
        }
        for field in record.rest {
            let Some(value) = siblings.node(field.name) else { continue };
            let more = self.tail(field, value, &format!("{what}.{}", field.name), &siblings)?;
            tail.push((field.name, more.shown.clone().unwrap_or(Datum::Bytes(more.parts.clone()))));
            let shown = all.shown.take();
            all.append(more, &value.span)?;
            all.shown = shown;
        }
        if let Some(Datum::Struct(fields)) = &mut all.shown {
            fields.extend(tail);
        }
        if let Some(field) = record.len.filter(|name| siblings.node(name).is_none())
            && let Some(field) = layout.fields.iter().find(|f| f.name == field)
        {
            let int = shape(&field.kind).map_or(U64, |(int, _)| int);
            let length = Operand { base: all.len.base - record.uncounted as i64, ..all.len };
            fit_length(length, int, what, &node.span)?;
            all.set(field.offset as u64, int, length);
            if let Some(Datum::Struct(fields)) = &mut all.shown {
                let place = |name: &str| layout.all_fields().position(|f| f.name == name);
                fields.push((field.name, Datum::Number(length, field.kind)));
                fields.sort_by_key(|(name, _)| place(name));
            }
        }
        if let Some(len) = all.len.known() {
            let padding = (len as usize).next_multiple_of(record.align) - len as usize;
            let shown = all.shown.take();
            all.append(Content::of(vec![0; padding]), &node.span)?;
            all.shown = shown;
        }
        Ok(all)
    }

    fn tail(&mut self, field: &'static Field, node: &Node, what: &str, siblings: &Siblings) -> PlanResult<Content> {
        let kind = siblings.resolve(&field.kind, self.scope)?;
        match (kind, &node.value) {
            (Kind::Struct(layout), _) if !is_bytes(node) => self.record(layout, node, what),
            (Kind::List(element), Value::List(items)) => self.values(element, items, what),
            (Kind::List(_), Value::Map(_)) if !is_bytes(node) => {
                refuse(Diagnostic::at(&node.span, format!("`{what}` is a list"), "not a list"))
            }
            (Kind::Text, Value::Scalar { text, .. }) => {
                let shown = Datum::Str(text.clone().into_bytes());
                Ok(Content { shown: Some(shown), ..Content::of([text.as_bytes(), b"\0"].concat()) })
            }
            (Kind::Text | Kind::Tail | Kind::List(_) | Kind::Struct(_), _) => self.content(node, what),
            (other, _) => self.element_of(other, node, what),
        }
    }
}

impl Area {
    /// What it holds, as bytes that begin anywhere.
    fn content(self, shown: Datum) -> Content {
        Content { numbers: self.numbers, shown: Some(shown), ..Content::of(self.bytes) }
    }
}
