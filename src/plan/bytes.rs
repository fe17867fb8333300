//! The notation of bytes: `"text"`, `{hex: …}`, `{fill: …, len: …}`, `{pattern: …, len: …}`, `{u32: …}`, `{concat: […]}`, and
//! structures by name.

use super::expected::Datum;
use super::expr;
use super::layout::Layout;
use super::memory::Memory;
use super::names::Consts;
use super::number::fit;
use super::performed::{Fill, Operand, Segment};
use super::result::{PlanResult, refuse, suggest};
use super::vars::Scope;
use crate::abi::{Int, Struct};
use crate::case::{Diagnostic, Node, Span, Spanned, Value};

/// Longest content of known length.
const MAX_LEN: i64 = 1 << 30;

/// Every notation of bytes.
pub(crate) const NOTATIONS: [&str; 11] =
    ["text", "hex", "fill", "pattern", "concat", "u8", "u16", "u32", "u64", "i32", "i64"];

/// Bytes: addresses are offsets from their beginning.
#[derive(Clone, Debug, Default)]
pub(super) struct Content {
    /// What is known while planning, or filled as the step begins. Only the last may have a variable length.
    pub(super) parts: Vec<Segment>,
    /// Numbers that are variables, in the gaps between the parts.
    pub(super) numbers: Vec<(u64, Int, Operand)>,
    /// Length in bytes.
    pub(super) len: Operand,
    /// How it is shown, if not as bytes.
    pub(super) shown: Option<Datum>,
}

impl Content {
    /// These bytes.
    pub(super) fn of(bytes: Vec<u8>) -> Self {
        let len = Operand::constant(bytes.len() as i64);
        let parts = if bytes.is_empty() { vec![] } else { vec![Segment { addr: 0, fill: Fill::Bytes(bytes), len }] };
        Content { parts, len, ..Content::default() }
    }

    pub(super) fn append(&mut self, other: Content, span: &Span) -> PlanResult<()> {
        let Some(offset) = self.len.known() else {
            return refuse(Diagnostic::at(
                span,
                "only the last part may have a length that is a variable",
                "begins at an offset that is not known while planning",
            ));
        };
        let offset = offset as u64;
        self.shown = None;
        for mut part in other.parts {
            part.addr += offset;
            self.push(part);
        }
        self.numbers.extend(other.numbers.into_iter().map(|(at, int, value)| (at + offset, int, value)));
        self.len = Operand { base: other.len.base + offset as i64, ..other.len };
        match self.len.known() {
            Some(len) if len > MAX_LEN => refuse(Diagnostic::at(span, "more than 1 GiB of bytes", "too long")),
            _ => Ok(()),
        }
    }

    /// Most bytes that it may have, if that is known while planning.
    pub(super) fn most(&self) -> Option<u64> {
        let last = || match self.parts.last() {
            Some(Segment { addr, fill: Fill::Text(pieces), .. }) => Some(addr + super::text::most(pieces)),
            _ => None,
        };
        self.len.known().map(|len| len as u64).or_else(last)
    }

    /// Adds a part, joined with the one before it if both are plain bytes.
    fn push(&mut self, part: Segment) {
        if let (Some(Segment { addr, fill: Fill::Bytes(last), len }), Fill::Bytes(more)) =
            (self.parts.last_mut(), &part.fill)
            && *addr + last.len() as u64 == part.addr
        {
            last.extend_from_slice(more);
            *len = Operand::constant(last.len() as i64);
            return;
        }
        self.parts.push(part);
    }

    /// Cuts off what is known to be 0 after so many bytes.
    pub(super) fn truncate(&mut self, len: usize) {
        if let [Segment { fill: Fill::Bytes(bytes), len: whole, .. }] = &mut self.parts[..] {
            bytes.truncate(len);
            *whole = Operand::constant(bytes.len() as i64);
            self.len = *whole;
        }
    }

    /// Puts a number in the place of bytes that are known.
    pub(super) fn set(&mut self, offset: u64, int: Int, value: Operand) {
        let at = offset as usize;
        match (value.known(), &mut self.parts[..]) {
            (Some(value), [Segment { fill: Fill::Bytes(bytes), .. }, ..]) => {
                let form = memory_form(value, int);
                bytes[at..at + form.len()].copy_from_slice(&form);
            }
            _ => self.numbers.push((offset, int, value)),
        }
    }

    /// The bytes, where all are known.
    pub(super) fn plain(&self) -> Option<&[u8]> {
        match (&self.parts[..], self.numbers.is_empty()) {
            ([], true) => Some(&[]),
            ([Segment { fill: Fill::Bytes(bytes), .. }], true) => Some(bytes),
            _ => None,
        }
    }
}

/// `{room: N}`: its size.
pub(super) fn room(node: &Node) -> Option<&Node> {
    match &node.value {
        Value::Map(entries) => match &entries[..] {
            [(key, value)] if key.value == "room" => Some(value),
            _ => None,
        },
        _ => None,
    }
}

/// A length in bytes or elements: not negative.
pub(super) fn length(node: &Node, what: &str, scope: &Scope) -> PlanResult<Operand> {
    let sum = expr::parse(node, what, Consts::General, scope)?;
    match sum.known() {
        Some(len) if !(0..=i128::from(MAX_LEN)).contains(&len) => {
            refuse(Diagnostic::at(&node.span, format!("{len} is not a length"), "0 to 1 GiB"))
        }
        _ => Ok(sum.operand()),
    }
}

/// Whether a value is in the notation of bytes.
pub(super) fn is_bytes(node: &Node) -> bool {
    match &node.value {
        Value::Scalar { quoted, .. } => *quoted,
        Value::Map(entries) => entries.iter().any(|(key, _)| NOTATIONS.contains(&key.value.as_str())),
        Value::List(_) => false,
    }
}

/// Reads the notation of bytes where no data can be placed that these point to.
pub(super) fn content(node: &Node, what: &str, scope: &Scope) -> PlanResult<Content> {
    let mut layout = Layout::closed();
    Memory::new(scope, &mut layout).content(node, what)
}

/// `{NAME: …}`: the structure of this name.
pub(super) fn named_structure(node: &Node) -> Option<(&'static Struct, &Node)> {
    match &node.value {
        Value::Map(entries) => match &entries[..] {
            [(key, value)] => Some((crate::abi::structure(key)?, value)),
            _ => None,
        },
        _ => None,
    }
}

impl Memory<'_> {
    /// Reads the notation of bytes.
    pub(super) fn content(&mut self, node: &Node, what: &str) -> PlanResult<Content> {
        let entries = match &node.value {
            Value::Scalar { text, quoted: true } => return Ok(Content::of(text.clone().into_bytes())),
            Value::Scalar { text, .. } => {
                return refuse(
                    Diagnostic::at(&node.span, format!("`{what}` is bytes"), "this is no notation of bytes")
                        .help(format!("for text write quotes: `\"{text}\"`")),
                );
            }
            Value::List(_) => {
                return refuse(
                    Diagnostic::at(&node.span, format!("`{what}` is bytes"), "this is a list")
                        .help("to join parts write `{concat: [BYTES, …]}`"),
                );
            }
            Value::Map(entries) => entries,
        };
        if let Some((layout, value)) = named_structure(node) {
            return self.structures(layout, value, what);
        }
        let Some((key, value)) = entries.iter().find(|(key, _)| NOTATIONS.contains(&key.value.as_str())) else {
            return refuse(unknown(node, entries, what));
        };
        let run = matches!(key.value.as_str(), "fill" | "pattern");
        let mut len = None;
        for (other, node) in entries.iter().filter(|(other, _)| other != key) {
            if !run || other.value != "len" {
                let title = format!("`{}` does not go with `{}`", other.value, key.value);
                return refuse(Diagnostic::at(&other.span, title, "not expected here"));
            }
            len = Some(length(node, "len", self.scope)?);
        }
        match key.value.as_str() {
            "text" => super::text::content(value, what, self.scope),
            "hex" => Ok(Content::of(hex(value)?)),
            "concat" => self.concat(value),
            "fill" | "pattern" => {
                let Some(len) = len else {
                    return refuse(Diagnostic::at(
                        &node.span,
                        format!("`{}` needs `len`", key.value),
                        "how many bytes?",
                    ));
                };
                let byte = byte(value, &key.value, self.scope)?;
                let fill = if key.value == "fill" { Fill::Byte(byte) } else { Fill::Pattern(byte) };
                let parts = if len == Operand::constant(0) { vec![] } else { vec![Segment { addr: 0, fill, len }] };
                Ok(Content { parts, len, ..Content::default() })
            }
            name => numbers(name, value, self.scope),
        }
    }

    fn concat(&mut self, node: &Node) -> PlanResult<Content> {
        let mut all = Content::default();
        for item in joined(node)? {
            all.append(self.content(item, "concat")?, &item.span)?;
        }
        Ok(all)
    }
}

/// The parts of `{concat: […]}`.
pub(super) fn joined(node: &Node) -> PlanResult<&[Node]> {
    match &node.value {
        Value::List(items) => Ok(items),
        _ => refuse(Diagnostic::at(&node.span, "`concat` is a list of bytes", "not a list")),
    }
}

fn unknown(node: &Node, entries: &[(Spanned<String>, Node)], what: &str) -> Diagnostic {
    if room(node).is_some() {
        return Diagnostic::at(&node.span, format!("`{what}` is read by the kernel"), "a room has no content")
            .help("write the content: `\"text\"`, `{fill: 0, len: N}`");
    }
    match entries.first() {
        None => Diagnostic::at(&node.span, format!("`{what}` is bytes"), "an empty mapping"),
        Some((key, _)) => suggest(
            Diagnostic::at(&key.span, format!("`{}` is no notation of bytes", key.value), format!("for `{what}`")),
            &key.value,
            NOTATIONS.into_iter().chain(crate::abi::structures().map(|layout| layout.name)),
        ),
    }
}

fn byte(node: &Node, what: &str, scope: &Scope) -> PlanResult<u8> {
    let sum = expr::parse(node, what, Consts::General, scope)?;
    match sum.known().map(u8::try_from) {
        Some(Ok(byte)) => Ok(byte),
        Some(Err(_)) => refuse(Diagnostic::at(&node.span, format!("`{what}` is one byte"), "0 to 255")),
        None => refuse(Diagnostic::at(&node.span, format!("`{what}` is known while planning"), "no variables here")),
    }
}

fn hex(node: &Node) -> PlanResult<Vec<u8>> {
    let bad = |what: &str| refuse(Diagnostic::at(&node.span, "`hex` is pairs of hexadecimal digits", what.to_owned()));
    let Value::Scalar { text, .. } = &node.value else { return bad("not a scalar") };
    let digits: Option<Vec<u8>> =
        text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_digit(16).map(|d| d as u8)).collect();
    match digits {
        None => bad("another character"),
        Some(digits) if digits.len() % 2 == 1 => bad("an odd number of digits"),
        Some(digits) => Ok(digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect()),
    }
}

fn numbers(name: &str, node: &Node, scope: &Scope) -> PlanResult<Content> {
    let int = int_of(name);
    let items = match &node.value {
        Value::List(items) => items.as_slice(),
        _ => std::slice::from_ref(node),
    };
    let mut all = Content::default();
    for item in items {
        let value = fit(&expr::parse(item, name, Consts::All, scope)?, int, name, &item.span)?;
        let one = match value.known() {
            Some(value) => Content::of(memory_form(value, int)),
            None => {
                let len = Operand::constant(int.size.into());
                Content { numbers: vec![(0, int, value)], len, ..Content::default() }
            }
        };
        all.append(one, &item.span)?;
    }
    Ok(all)
}

/// Width and sign of `u32` and its kin.
pub(super) fn int_of(name: &str) -> Int {
    let size = match &name[1..] {
        "8" => 1,
        "16" => 2,
        "32" => 4,
        _ => 8,
    };
    Int { size, signed: name.starts_with('i'), big: false }
}

/// A number as it lies in memory.
pub(super) fn memory_form(value: i64, int: Int) -> Vec<u8> {
    let size = usize::from(int.size);
    match int.big || cfg!(target_endian = "big") {
        true => value.to_be_bytes()[8 - size..].to_vec(),
        false => value.to_le_bytes()[..size].to_vec(),
    }
}
