//! Arguments: what a register, or a pointer in a structure, holds.

use super::bytes::{self, content, is_bytes, length};
use super::expr::{self, Expr};
use super::memory::{Area, Memory};
use super::names::{self, Consts};
use super::number::{C_INT, flags, in_register, number, raw, shape};
use super::outcome::{Outcome, refuse};
use super::output::{Output, Spot, WORD, size_of};
use super::siblings::Siblings;
use super::types::{Datum, MAX_CAPTURE, Operand, Segment};
use crate::abi::{Dir, Kind};
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

    fn at(addr: u64, datum: Datum, output: Option<Output>, extent: Operand) -> Self {
        Word { operand: Operand::constant(addr as i64), datum, output, extent: Some(extent) }
    }
}

/// Two pointers to themselves, or a variable that holds one.
struct Pointer {
    operand: Operand,
    name: Option<String>,
}

impl Memory<'_> {
    /// What a register holds for an argument. `what` names it.
    pub(super) fn word(&mut self, kind: &'static Kind, node: &Node, what: &str, siblings: &Siblings) -> Outcome<Word> {
        let kind = siblings.resolve(kind, self.scope)?;
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
            Kind::Ptr(dir, inner) => self.value(*dir, siblings.resolve(inner, self.scope)?, node, what),
            Kind::Array(dir, element) => self.array(*dir, element, node, what),
            Kind::Any(dir) => self.untyped(*dir, node, what),
            // In place only; as an argument, a pointer to it.
            _ => self.value(Dir::In, kind, node, what),
        }
    }

    fn numeric(&self, kind: &'static Kind, node: &Node, what: &str) -> Outcome<Word> {
        // Addresses that C declares as `unsigned long`.
        if let (Kind::Int(int), Some("NULL")) = (kind, plain(node))
            && int.size == 8
        {
            return Ok(Word::zero(&Kind::Path));
        }
        let operand = number(kind, node, what, self.scope)?;
        Ok(Word { operand, datum: Datum::Number(operand, *kind), output: None, extent: None })
    }

    /// The notations that stand for a pointer itself.
    fn pointer(&self, kind: &Kind, node: &Node, what: &str) -> Outcome<Option<Pointer>> {
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
                let untyped = matches!(kind, Kind::Any(_));
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

    /// A pointer that the case gives; memory of the case's own behind it is captured if the call may write there.
    fn pointed(&mut self, kind: &'static Kind, pointer: Pointer, count: Option<Operand>) -> Outcome<Word> {
        let Pointer { operand, name } = pointer;
        let (dir, size) = match kind {
            Kind::Bytes(dir) | Kind::Any(dir) => (*dir, count),
            Kind::Ptr(dir, inner) => (*dir, Some(Operand::constant(size_of(inner) as i64))),
            Kind::Array(dir, element) => (
                *dir,
                count.map(|n| Operand { base: n.base * size_of(element) as i64, ..n }).filter(|n| n.known().is_some()),
            ),
            _ => (Dir::In, None),
        };
        let left = operand.known().and_then(|a| self.layout.left(a as u64));
        let extent = match kind {
            _ if operand == Operand::constant(0) => Some(operand),
            Kind::Bytes(_) | Kind::Any(_) => left.map(|l| Operand::constant(l as i64)),
            Kind::Array(_, element) => left.map(|l| Operand::constant((l / size_of(element) as u64) as i64)),
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
            Kind::Ptr(_, inner) if whole(size_of(inner)) => Output::of(inner, at),
            Kind::Array(_, element) => Output::array(element, len.base as usize / size_of(element), at),
            _ => Output::Bytes { at, room: false },
        };
        let datum = match kind {
            Kind::Ptr(Dir::Out, inner) => out(operand, at, **inner),
            Kind::Bytes(Dir::Out) => out(operand, at, *kind),
            _ => shown,
        };
        Ok(Word { operand, datum, output: Some(output), extent })
    }

    fn path(&mut self, node: &Node, what: &str) -> Outcome<Word> {
        let content = match &node.value {
            Value::Scalar { text, .. } => bytes::Content::of(text.clone().into_bytes()),
            _ => content(node, what, self.scope)?,
        };
        let addr = self.place(&content, true, &node.span)?;
        let datum = match content.plain() {
            Some(text) => Datum::Str(text.to_vec()),
            None => Datum::Bytes(content.parts.clone()),
        };
        Ok(Word::at(addr, datum, None, content.len))
    }

    fn buffer(&mut self, dir: Dir, node: &Node, what: &str) -> Outcome<Word> {
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
        let content = content(node, what, self.scope)?;
        let addr = self.place(&content, false, &node.span)?;
        let output = (dir == Dir::InOut).then(|| Output::Bytes { at: self.capture(addr, content.len), room: false });
        Ok(Word::at(addr, Datum::Bytes(shown_parts(&content)), output, content.len))
    }

    fn room_of(&mut self, size: &Node, what: &str) -> Outcome<Word> {
        let len = length(size, what, self.scope)?;
        let at = self.room(len, &size.span)?;
        let addr = at.addr.unwrap_or_default();
        let datum = out(Operand::constant(addr as i64), at, Kind::Bytes(Dir::Out));
        Ok(Word::at(addr, datum, Some(Output::Bytes { at, room: true }), len))
    }

    fn iovec(&mut self, dir: Dir, node: &Node, what: &str) -> Outcome<Word> {
        let Value::List(items) = &node.value else {
            return refuse(
                Diagnostic::at(&node.span, format!("`{what}` is a list of buffers"), "not a list")
                    .help(if dir == Dir::Out { "write `[{room: N}, …]`" } else { "write `[\"text\", …]`" }),
            );
        };
        let addr = self.layout.alloc(16 * items.len() as u64, &node.span)?;
        let mut area = Area { addr, bytes: vec![0; 16 * items.len()], at: None };
        let (mut shown, mut outputs) = (vec![], vec![]);
        for (i, item) in items.iter().enumerate() {
            let what = format!("{what}[{i}]");
            let (word, len) = self.element(dir, item, &what)?;
            area.store(self, 16 * i, crate::abi::Int { size: 8, signed: false }, word.operand);
            area.store(self, 16 * i + 8, crate::abi::Int { size: 8, signed: false }, len);
            shown.push((word.datum, len));
            outputs.push(word.output);
        }
        area.finish(self);
        let outputs: Option<Vec<Output>> = outputs.into_iter().collect();
        let extent = Operand::constant(items.len() as i64);
        Ok(Word::at(addr, Datum::Iovec(shown), outputs.map(Output::List), extent))
    }

    /// An element of a vector, and its length.
    fn element(&mut self, dir: Dir, item: &Node, what: &str) -> Outcome<(Word, Operand)> {
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
            None => Ok((self.buffer(dir, base, &what)?, count)),
        }
    }

    /// A pointer to one value.
    fn value(&mut self, dir: Dir, kind: &'static Kind, node: &Node, what: &str) -> Outcome<Word> {
        if let Some(size) = bytes::room(node).filter(|_| dir != Dir::In) {
            let mut word = self.room_of(size, what)?;
            if let Some(Output::Bytes { at, .. }) = word.output
                && word.extent.and_then(|e| e.known()).is_some_and(|len| len as usize >= size_of(kind))
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
        let size = size_of(kind);
        let extent = Operand::constant(size as i64);
        let addr = self.layout.alloc(size as u64, &node.span)?;
        let at = (dir == Dir::InOut).then(|| self.capture(addr, extent));
        let mut area = Area { addr, bytes: vec![0; size], at };
        let (inside, output) = self.in_place(kind, node, &mut area, 0, what)?;
        area.finish(self);
        let operand = Operand::constant(addr as i64);
        let datum = match (at, shape(kind)) {
            (Some(at), _) => out(operand, at, *kind),
            (None, Some(_)) => Datum::Array(vec![inside]),
            (None, None) => inside,
        };
        Ok(Word::at(addr, datum, output, extent))
    }

    /// Room for one value that the kernel writes.
    pub(super) fn room_for(&mut self, kind: &'static Kind, span: &Span) -> Outcome<Word> {
        let len = Operand::constant(size_of(kind) as i64);
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
    ) -> Outcome<Word> {
        let size = size_of(kind);
        let len = Operand::constant(size as i64);
        let addr = self.layout.alloc(size as u64, span)?;
        let at = (dir != Dir::In).then(|| self.capture(addr, len));
        let mut area = Area { addr, bytes: vec![0; size], at };
        let int = shape(kind).map_or(C_INT, |(int, _)| int);
        area.store(self, 0, int, number);
        area.finish(self);
        let datum = match at {
            Some(at) => out(Operand::constant(addr as i64), at, *kind),
            None => Datum::Array(vec![Datum::Number(number, *kind)]),
        };
        Ok(Word::at(addr, datum, at.map(|at| Output::of(kind, at)), len))
    }

    fn array(&mut self, dir: Dir, element: &'static Kind, node: &Node, what: &str) -> Outcome<Word> {
        let size = size_of(element);
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
        let Value::List(items) = &node.value else {
            let problem = Diagnostic::at(&node.span, format!("`{what}` is a list"), "not a list");
            return refuse(if dir == Dir::Out { problem.help("write `{room: N}` for N elements") } else { problem });
        };
        // One element more, all zero: what ends an array of pointers.
        let len = size * items.len();
        let addr = self.layout.alloc((len + size) as u64, &node.span)?;
        let at = (dir != Dir::In).then(|| self.capture(addr, Operand::constant(len as i64)));
        let mut area = Area { addr, bytes: vec![0; len], at };
        let (mut shown, mut outputs) = (vec![], vec![]);
        for (i, item) in items.iter().enumerate() {
            let (datum, output) = self.in_place(element, item, &mut area, i * size, &format!("{what}[{i}]"))?;
            shown.push(datum);
            outputs.extend(output);
        }
        area.finish(self);
        let output = at.map(|_| Output::List(outputs));
        Ok(Word::at(addr, Datum::Array(shown), output, Operand::constant(items.len() as i64)))
    }

    /// Anything: the notation of the value decides.
    fn untyped(&mut self, dir: Dir, node: &Node, what: &str) -> Outcome<Word> {
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
            return self.value(if dir == Dir::Out { Dir::InOut } else { dir }, kind, fields, what);
        }
        let sum = flags(node, what, Consts::All, self.scope)?;
        in_register(&sum, &node.span)?;
        let operand = sum.operand();
        static LONG: Kind = Kind::Int(crate::abi::Int { size: 8, signed: true });
        Ok(Word { operand, datum: Datum::Number(operand, LONG), output: None, extent: None })
    }
}

/// The argument's or field's own name, at the end of a path such as `msg.msg_iov`.
fn last(what: &str) -> &str {
    what.rsplit('.').next().unwrap_or(what)
}

fn plain(node: &Node) -> Option<&str> {
    match &node.value {
        Value::Scalar { text, quoted: false } => Some(text),
        _ => None,
    }
}

fn out(addr: Operand, at: Spot, kind: Kind) -> Datum {
    Datum::Out { addr, capture: at.capture, offset: at.offset, kind }
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

fn number_for_pointer(what: &str, node: &Node) -> Diagnostic {
    Diagnostic::at(&node.span, format!("`{what}` is a pointer"), "a number does not say what it points to")
        .help("write the data, `NULL`, `$unmapped`, a region, or `{raw: N}` for this very address")
}

/// For display, a number that is a variable shows as what it is in memory before: zeros.
fn shown_parts(content: &bytes::Content) -> Vec<Segment> {
    content.parts.clone()
}

fn base_and_len(item: &Node) -> Outcome<Option<(&Node, &Node)>> {
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

/// The most that is captured fits a `usize`.
const _: () = assert!(MAX_CAPTURE < u32::MAX as u64);
