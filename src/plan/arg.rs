//! Arguments: what a register, or a pointer in a structure, holds.

use super::bytes::{self, Content, is_bytes, length, named_structure};
use super::expected::Datum;
use super::expr;
use super::memory::{Area, Memory};
use super::names::{self, Consts};
use super::number::{C_INT, flags, in_register, number, shape};
use super::output::{Output, Spot};
use super::performed::Operand;
use super::pointer::{name_of, number_for_pointer};
use super::record::is_rest;
use super::result::{PlanResult, refuse};
use super::siblings::Siblings;
use crate::abi::{Choice, Dir, Int, Kind};
use crate::case::{Diagnostic, Node, Span, Value};

/// A register's content.
#[derive(Clone, Debug)]
pub(super) struct Word {
    /// The number in the register.
    pub(super) operand: Operand,
    /// How it is shown.
    pub(super) datum: Datum,
    /// What the call may write through it.
    pub(super) output: Option<Output>,
    /// Bytes of the buffer or elements of the array, for a length that is derived.
    pub(super) extent: Option<Operand>,
}

impl Word {
    /// 0 or NULL: what is left out.
    pub(super) fn zero(kind: &Kind) -> Self {
        let zero = Operand::constant(0);
        let datum = match shape(kind) {
            Some(_) => Datum::Number(zero, *kind),
            None => Datum::Pointer(zero, None),
        };
        Word { operand: zero, datum, output: None, extent: Some(zero) }
    }

    /// Shows a number as strace shows what it knows nothing of.
    pub(super) fn in_hexadecimal(&mut self) {
        if let Datum::Number(operand, kind) = &mut self.datum
            && operand.known() != Some(0)
        {
            *kind = Kind::Addr;
        }
    }

    /// A pointer to something placed.
    pub(super) fn at(addr: u64, datum: Datum, output: Option<Output>, extent: Operand) -> Self {
        Word { operand: Operand::constant(addr as i64), datum, output, extent: Some(extent) }
    }
}

impl Memory<'_> {
    /// What a register holds for an argument. `what` names it.
    pub(super) fn word(
        &mut self,
        kind: &'static Kind,
        node: &Node,
        what: &str,
        siblings: &Siblings,
    ) -> PlanResult<Word> {
        let kind = siblings.resolve_for(kind, node, self.scope)?;
        if shape(kind).is_some() {
            return self.numeric(kind, node, what);
        }
        if let Some(pointer) = self.pointer(kind, node, what)? {
            return self.pointed(kind, pointer, siblings.count(last(what), self.scope)?);
        }
        match kind {
            Kind::Path => self.path(node, what),
            Kind::Bytes(dir) => self.buffer(*dir, node, what),
            Kind::Iovec(dir) => self.iovec(*dir, node, what),
            Kind::Ptr(dir, inner) => {
                let inner = siblings.resolve(inner, self.scope)?;
                // With a length beside it, that is what the kernel goes by.
                if *dir != Dir::In && siblings.length_of(last(what)).is_none() {
                    self.whole_room(inner, node, what)?;
                }
                self.value(*dir, inner, node, what)
            }
            Kind::Array(dir, element) => self.array(*dir, element, node, what),
            Kind::Any(dir) => self.untyped(*dir, node, what),
            Kind::OneOf(dir, choice) => self.one_of(*dir, choice, node, what),
            Kind::Records(dir, element) => self.records(*dir, element, node, what),
            // In place only; as an argument, a pointer to it.
            _ => self.value(Dir::In, kind, node, what),
        }
    }

    fn numeric(&self, kind: &'static Kind, node: &Node, what: &str) -> PlanResult<Word> {
        // Addresses that C declares as `unsigned long`.
        if let (Kind::Int(Int { size: 8, .. }) | Kind::Addr, Some("NULL")) = (kind, plain(node)) {
            return Ok(Word::zero(&Kind::Path));
        }
        let operand = number(kind, node, what, self.scope)?;
        let address = match plain(node) {
            Some(text) if text.contains('$') => name_of(&expr::parse(node, what, Consts::All, self.scope)?),
            _ => None,
        };
        let datum = match address {
            Some(name) => Datum::Pointer(operand, Some(name)),
            None => Datum::Number(operand, *kind),
        };
        Ok(Word { operand, datum, output: None, extent: None })
    }

    fn path(&mut self, node: &Node, what: &str) -> PlanResult<Word> {
        let content = match &node.value {
            Value::Scalar { text, .. } => bytes::Content::of(text.clone().into_bytes()),
            _ => self.content(node, what)?,
        };
        let addr = self.place(&content, true, &node.span)?;
        let datum = match content.plain() {
            Some(text) => Datum::Str(text.to_vec()),
            None => Datum::Bytes(content.parts.clone()),
        };
        Ok(Word::at(addr, datum, None, content.len))
    }

    pub(super) fn buffer(&mut self, dir: Dir, node: &Node, what: &str) -> PlanResult<Word> {
        if dir != Dir::In
            && let Some(size) = bytes::room(node)
        {
            return self.room_of(size, what);
        }
        if dir == Dir::Out {
            return refuse(
                Diagnostic::at(&node.span, format!("`{what}` is written by the kernel"), "content has no meaning here")
                    .help("write `{room: N}`, and the content under `expect: out:`"),
            );
        }
        if let Some(text) = plain(node)
            && text.starts_with(|c: char| c.is_ascii_digit() || c == '-')
        {
            return refuse(number_for_pointer(what, node));
        }
        let content = self.content(node, what)?;
        self.placed(dir, content, &node.span)
    }

    /// A pointer to these bytes.
    fn placed(&mut self, dir: Dir, content: Content, span: &Span) -> PlanResult<Word> {
        let addr = self.place(&content, false, span)?;
        let output = (dir == Dir::InOut).then(|| Output::Bytes { at: self.capture(addr, content.len), room: false });
        // What a variable holds is not among the parts.
        let datum = match (content.shown, content.numbers.is_empty()) {
            (Some(shown), _) => shown,
            (None, true) => Datum::Bytes(content.parts),
            (None, false) => Datum::Pointer(Operand::constant(addr as i64), None),
        };
        Ok(Word::at(addr, datum, output, content.len))
    }

    pub(super) fn room_of(&mut self, size: &Node, what: &str) -> PlanResult<Word> {
        let len = length(size, what, self.scope)?;
        let at = self.room(len, &size.span)?;
        let addr = at.addr.unwrap_or_default();
        let datum = out(Operand::constant(addr as i64), at, Kind::Bytes(Dir::Out));
        Ok(Word::at(addr, datum, Some(Output::Bytes { at, room: true }), len))
    }

    /// Refuses a room that is smaller than the one value that the kernel writes there.
    fn whole_room(&self, kind: &'static Kind, node: &Node, what: &str) -> PlanResult<()> {
        let Some(size) = bytes::room(node) else { return Ok(()) };
        let (whole, room) = (kind.size(), length(size, what, self.scope)?.known());
        match room.filter(|room| (*room as usize) < whole) {
            Some(room) => refuse(
                Diagnostic::at(
                    &node.span,
                    format!("`{what}` has {whole} bytes, more than the room of {room}"),
                    "the kernel may write beyond it",
                )
                .help("leave it out: the runner makes room; if meant, point to the end of a region of `memory`"),
            ),
            None => Ok(()),
        }
    }

    /// A pointer to one value.
    pub(super) fn value(&mut self, dir: Dir, kind: &'static Kind, node: &Node, what: &str) -> PlanResult<Word> {
        if let Some(size) = bytes::room(node).filter(|_| dir != Dir::In) {
            let mut word = self.room_of(size, what)?;
            if let Some(Output::Bytes { at, .. }) = word.output
                && word.extent.and_then(|e| e.known()).is_some_and(|len| len as usize >= kind.size())
            {
                word.output = Some(Output::of(kind, at));
                word.datum = out(word.operand, at, *kind);
            }
            return Ok(word);
        }
        if dir == Dir::Out {
            return refuse(
                Diagnostic::at(&node.span, format!("`{what}` is written by the kernel"), "content has no meaning here")
                    .help("leave it out: the runner makes room"),
            );
        }
        let size = kind.size();
        let extent = Operand::constant(size as i64);
        let addr = self.layout.alloc(size as u64, &node.span)?;
        let at = (dir == Dir::InOut).then(|| self.capture(addr, extent));
        let mut area = Area::new(addr, size, at);
        let (inside, output) = self.in_place(kind, node, &mut area, 0, what)?;
        area.finish(self);
        let operand = Operand::constant(addr as i64);
        let datum = match (at, shape(kind)) {
            (Some(Spot { capture, offset, .. }), _) if matches!(inside, Datum::Struct(_)) => {
                Datum::InOut { given: Box::new(inside), addr: Some(operand), capture, offset, kind: *kind }
            }
            (Some(at), _) => out(operand, at, *kind),
            (None, Some(_)) => Datum::Array(vec![inside]),
            (None, None) => inside,
        };
        Ok(Word::at(addr, datum, output, extent))
    }

    /// Room for one value that the kernel writes.
    pub(super) fn room_for(&mut self, kind: &'static Kind, span: &Span) -> PlanResult<Word> {
        let len = Operand::constant(kind.size() as i64);
        let at = self.room(len, span)?;
        let addr = at.addr.unwrap_or_default();
        let datum = out(Operand::constant(addr as i64), at, *kind);
        Ok(Word::at(addr, datum, Some(Output::of(kind, at)), len))
    }

    /// A pointer to one number that the kernel reads and writes, such as a length.
    pub(super) fn number_behind(
        &mut self,
        dir: Dir,
        kind: &'static Kind,
        number: Operand,
        span: &Span,
    ) -> PlanResult<Word> {
        let size = kind.size();
        let len = Operand::constant(size as i64);
        let addr = self.layout.alloc(size as u64, span)?;
        let at = (dir != Dir::In).then(|| self.capture(addr, len));
        let mut area = Area::new(addr, size, at);
        let int = shape(kind).map_or(C_INT, |(int, _)| int);
        area.store(0, int, number);
        area.finish(self);
        let datum = match at {
            Some(at) => out(Operand::constant(addr as i64), at, *kind),
            None => Datum::Array(vec![Datum::Number(number, *kind)]),
        };
        Ok(Word::at(addr, datum, at.map(|at| Output::of(kind, at)), len))
    }

    /// A pointer to a structure that is named, or to several.
    fn named(&mut self, dir: Dir, kind: &'static Kind, node: &Node, fields: &Node, what: &str) -> PlanResult<Word> {
        // One that is of its own length is placed as the bytes that it makes.
        match (kind, &fields.value) {
            (Kind::Struct(layout), Value::Map(given)) if !given.iter().any(|(key, _)| is_rest(layout, key)) => {
                self.value(dir, kind, fields, what)
            }
            _ => self.buffer(dir, node, what),
        }
    }

    /// One of several structures.
    fn one_of(&mut self, dir: Dir, choice: &'static Choice, node: &Node, what: &str) -> PlanResult<Word> {
        if let Some((layout, _)) = named_structure(node)
            && !choice.of.iter().any(|kind| matches!(kind, Kind::Struct(known) if known.name == layout.name))
        {
            let names =
                choice.of.iter().filter_map(|kind| if let Kind::Struct(s) = kind { Some(s.name) } else { None });
            let title = format!("struct {} is no {}", layout.name, choice.name);
            return refuse(
                Diagnostic::at(&node.span, title, format!("`{what}` is a {}", choice.name))
                    .help(format!("these are: {}", names.collect::<Vec<_>>().join(", "))),
            );
        }
        let mut word = self.untyped(dir, node, what)?;
        if let Datum::Out { kind: kind @ Kind::Bytes(_), .. } = &mut word.datum {
            *kind = Kind::OneOf(dir, choice);
        }
        Ok(word)
    }

    /// A buffer of values that follow each other.
    fn records(&mut self, dir: Dir, element: &'static Kind, node: &Node, what: &str) -> PlanResult<Word> {
        match &node.value {
            Value::List(items) if dir != Dir::Out => {
                let content = self.values(element, items, what)?;
                self.placed(dir, content, &node.span)
            }
            _ => {
                let mut word = self.buffer(dir, node, what)?;
                if let Some(Output::Bytes { at, room }) = word.output {
                    word.output = Some(Output::Records { at, room, element });
                }
                if let Datum::Out { kind, .. } = &mut word.datum {
                    *kind = Kind::Records(dir, element);
                }
                Ok(word)
            }
        }
    }

    /// Anything: the notation of the value decides.
    fn untyped(&mut self, dir: Dir, node: &Node, what: &str) -> PlanResult<Word> {
        if let Some(size) = bytes::room(node) {
            return self.room_of(size, what);
        }
        if is_bytes(node) {
            return self.buffer(if dir == Dir::Out { Dir::InOut } else { dir }, node, what);
        }
        if let Value::Map(entries) = &node.value {
            let [(name, fields)] = &entries[..] else {
                return refuse(
                    Diagnostic::at(&node.span, format!("`{what}` has no type"), "what is this?")
                        .help("name a structure: `{sockaddr_un: {…}}`; or write bytes, `{room: N}`, a number"),
                );
            };
            let kind = names::structure(name)?;
            return self.named(if dir == Dir::Out { Dir::InOut } else { dir }, kind, node, fields, what);
        }
        let sum = flags(node, what, Consts::All, self.scope)?;
        in_register(&sum, &node.span)?;
        let operand = sum.operand();
        static LONG: Kind = Kind::Int(Int { size: 8, signed: true, big: false });
        Ok(Word { operand, datum: Datum::Number(operand, LONG), output: None, extent: None })
    }
}

/// The text of a scalar without quotes.
pub(super) fn plain(node: &Node) -> Option<&str> {
    match &node.value {
        Value::Scalar { text, quoted: false } => Some(text),
        _ => None,
    }
}

/// What the kernel wrote, as it is shown.
pub(super) fn out(addr: Operand, at: Spot, kind: Kind) -> Datum {
    Datum::Out { addr, capture: at.capture, offset: at.offset, kind }
}

/// The argument's or field's own name, at the end of a path such as `msg.msg_iov`.
fn last(what: &str) -> &str {
    what.rsplit('.').next().unwrap_or(what)
}
