//! Vectors of buffers and arrays of values.

use super::arg::{Word, out};
use super::bytes::{self, length};
use super::expected::Datum;
use super::memory::{Area, Memory};
use super::number::{U64, number};
use super::output::{Output, Spot, WORD};
use super::performed::Operand;
use super::result::{PlanResult, refuse};
use super::siblings::enough;
use crate::abi::{Dir, Kind};
use crate::case::{Diagnostic, Node, Value};

impl Memory<'_> {
    pub(super) fn iovec(&mut self, dir: Dir, node: &Node, what: &str) -> PlanResult<Word> {
        let Value::List(items) = &node.value else {
            return refuse(
                Diagnostic::at(&node.span, format!("`{what}` is a list of buffers"), "not a list")
                    .help(if dir == Dir::Out { "write `[{room: N}, …]`" } else { "write `[\"text\", …]`" }),
            );
        };
        let addr = self.layout.alloc(16 * items.len() as u64, &node.span)?;
        let mut area = Area::new(addr, 16 * items.len(), None);
        let (mut shown, mut outputs) = (vec![], vec![]);
        for (i, item) in items.iter().enumerate() {
            let what = format!("{what}[{i}]");
            let (word, len) = self.element(dir, item, &what)?;
            area.store(16 * i, U64, word.operand);
            area.store(16 * i + 8, U64, len);
            shown.push((word.datum, len));
            outputs.push(word.output);
        }
        area.finish(self);
        let outputs: Option<Vec<Output>> = outputs.into_iter().collect();
        let extent = Operand::constant(items.len() as i64);
        Ok(Word::at(addr, Datum::Iovec(shown), outputs.map(Output::List), extent))
    }

    /// An element of a vector, and its length.
    pub(super) fn element(&mut self, dir: Dir, item: &Node, what: &str) -> PlanResult<(Word, Operand)> {
        let Some((base, len)) = base_and_len(item)? else {
            let word = self.buffer(dir, item, what)?;
            let len = word.extent.unwrap_or_default();
            return Ok((word, len));
        };
        let count = number(&WORD, len, &format!("{what}.len"), self.scope)?;
        let kind: &'static Kind = match dir {
            Dir::In => &Kind::Bytes(Dir::In),
            Dir::Out => &Kind::Bytes(Dir::Out),
            Dir::InOut => &Kind::Bytes(Dir::InOut),
        };
        let what = format!("{what}.base");
        match self.pointer(kind, base, &what)? {
            Some(pointer) => Ok((self.pointed(kind, pointer, Some(count))?, count)),
            None => {
                let word = self.buffer(dir, base, &what)?;
                if bytes::room(base).is_some() {
                    enough(len, U64, "len", word.extent, base, self.scope)?;
                }
                Ok((word, count))
            }
        }
    }

    pub(super) fn array(&mut self, dir: Dir, element: &'static Kind, node: &Node, what: &str) -> PlanResult<Word> {
        let size = element.size();
        if let Some(elements) = bytes::room(node).filter(|_| dir != Dir::In) {
            let n = length(elements, what, self.scope)?;
            let Some(known) = n.known() else {
                return refuse(Diagnostic::at(
                    &elements.span,
                    "the number of elements is known while planning",
                    "no variables here",
                ));
            };
            let at = self.room(Operand::constant(known.saturating_mul(size as i64)), &elements.span)?;
            let addr = at.addr.unwrap_or_default();
            let shown = out(Operand::constant(addr as i64), at, Kind::Array(dir, element));
            return Ok(Word::at(addr, shown, Some(Output::array(element, known as usize, at)), n));
        }
        if dir == Dir::Out {
            return refuse(
                Diagnostic::at(&node.span, format!("`{what}` is written by the kernel"), "content has no meaning here")
                    .help("write `{room: N}` for N elements"),
            );
        }
        let Value::List(items) = &node.value else {
            return refuse(Diagnostic::at(&node.span, format!("`{what}` is a list"), "not a list"));
        };
        // One element more, all zero: what ends an array of pointers.
        let len = size * items.len();
        let addr = self.layout.alloc((len + size) as u64, &node.span)?;
        let at = (dir != Dir::In).then(|| self.capture(addr, Operand::constant(len as i64)));
        let mut area = Area::new(addr, len, at);
        let (mut shown, mut outputs) = (vec![], vec![]);
        for (i, item) in items.iter().enumerate() {
            let (datum, output) = self.in_place(element, item, &mut area, i * size, &format!("{what}[{i}]"))?;
            shown.push(datum);
            outputs.extend(output);
        }
        area.finish(self);
        let given = Datum::Array(shown);
        let datum = match at {
            Some(Spot { capture, offset, .. }) => {
                Datum::InOut { given: Box::new(given), addr: None, capture, offset, kind: Kind::Array(dir, element) }
            }
            None => given,
        };
        let output = at.map(|_| Output::List(outputs));
        Ok(Word::at(addr, datum, output, Operand::constant(items.len() as i64)))
    }
}

fn base_and_len(item: &Node) -> PlanResult<Option<(&Node, &Node)>> {
    let Value::Map(entries) = &item.value else { return Ok(None) };
    let get = |name: &str| entries.iter().find(|(key, _)| key.value == name).map(|(_, node)| node);
    match (get("base"), get("len")) {
        (Some(base), Some(len)) if entries.len() == 2 => Ok(Some((base, len))),
        (Some(_), _) => refuse(
            Diagnostic::at(&item.span, "an element of a vector has `base` and `len`", "not just these two")
                .help("write `{base: POINTER, len: N}`"),
        ),
        _ => Ok(None),
    }
}
