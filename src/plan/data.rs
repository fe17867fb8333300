//! Data in place: fields of structures, elements of arrays, sets.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::bytes::Content;
use super::expected::Datum;
use super::expr;
use super::memory::{Area, Memory};
use super::names::{self, Consts};
use super::number::{C_INT, U64, fit, shape};
use super::output::{Output, WORD};
use super::performed::{Operand, Segment};
use super::record::is_rest;
use super::result::{PlanResult, refuse, suggest};
use super::siblings::Siblings;
use super::vars::Scope;
use crate::abi::{Int, Kind, Struct};
use crate::case::{Diagnostic, Node, Spanned, Value};

/// Of a `Patch`: the bit of a descriptor set is set.
const SET_BIT: Int = Int { size: 0, signed: false, big: false };

impl Memory<'_> {
    /// Stores a value of this kind at an offset of the area.
    pub(super) fn in_place(
        &mut self,
        kind: &'static Kind,
        node: &Node,
        area: &mut Area,
        offset: usize,
        what: &str,
    ) -> PlanResult<(Datum, Option<Output>)> {
        let output = area.at.map(|at| Output::of(kind, at.after(offset)));
        match kind {
            Kind::Fixed(element, n) => self.fixed(element, *n, node, area, offset, what),
            Kind::Struct(layout) => self.structure(layout, node, area, offset, what, false),
            Kind::FixedBytes(size) => {
                let content = self.content(node, what)?;
                match content.plain() {
                    Some(bytes) if bytes.len() <= *size => {
                        area.bytes[offset..offset + bytes.len()].copy_from_slice(bytes);
                        Ok((Datum::Bytes(content.parts), output))
                    }
                    Some(bytes) => refuse(Diagnostic::at(
                        &node.span,
                        format!("this is longer than `{what}`"),
                        format!("{} bytes; it has {size}", bytes.len()),
                    )),
                    None => self.run(&content, *size, node, area, offset, what).map(|datum| (datum, output)),
                }
            }
            Kind::SigSet => {
                let (mask, datum) = signal_set(node, what)?;
                area.store(offset, U64, Operand::constant(mask as i64));
                Ok((datum, output))
            }
            Kind::FdSet => Ok((self.descriptors(node, area, offset, what)?, output)),
            Kind::Inet(size) => {
                let bytes = self.inet(*size, node, what)?;
                area.bytes[offset..offset + bytes.len()].copy_from_slice(&bytes);
                Ok((Datum::Inet(bytes), output))
            }
            Kind::Bits(int, first, count) => {
                let value = bits(*count, node, what, self.scope)?;
                area.store_bits(offset, *int, *first, value);
                Ok((Datum::Number(Operand::constant(value.cast_signed()), WORD), output))
            }
            _ => {
                let alone = Siblings { kinds: vec![], given: &[] };
                let word = self.word(kind, node, what, &alone)?;
                let int = shape(kind).map_or(U64, |(int, _)| int);
                area.store(offset, int, word.operand);
                Ok((word.datum, word.output.or(output)))
            }
        }
    }

    /// An address in network order.
    pub(super) fn inet(&mut self, size: usize, node: &Node, what: &str) -> PlanResult<Vec<u8>> {
        let (family, example) = if size == 4 { ("an IPv4", "127.0.0.1") } else { ("an IPv6", "::1") };
        if let Value::Scalar { text, .. } = &node.value {
            let address = match size {
                4 => text.parse().ok().map(|address: Ipv4Addr| address.octets().to_vec()),
                _ => text.parse().ok().map(|address: Ipv6Addr| address.octets().to_vec()),
            };
            let title = format!("`{what}` is {family} address");
            let wrong = || Diagnostic::at(&node.span, title, format!("not one such as `\"{example}\"`")).into();
            return address.ok_or_else(wrong);
        }
        let content = self.content(node, what)?;
        match content.plain() {
            Some(bytes) if bytes.len() == size => Ok(bytes.to_vec()),
            _ => refuse(
                Diagnostic::at(&node.span, format!("`{what}` is {family} address"), format!("not {size} bytes"))
                    .help(format!("write `\"{example}\"`")),
            ),
        }
    }

    /// Bytes in place that are not plain: runs of one byte, patterns.
    fn run(
        &mut self,
        content: &Content,
        size: usize,
        node: &Node,
        area: &mut Area,
        offset: usize,
        what: &str,
    ) -> PlanResult<Datum> {
        if content.most().is_none_or(|most| most > size as u64) {
            return refuse(Diagnostic::at(&node.span, format!("`{what}` has {size} bytes"), "these may be more"));
        }
        for part in &content.parts {
            let from = offset + part.addr as usize;
            match part.len.known() {
                Some(len) => {
                    let to = from + len as usize;
                    area.bytes[from..to].copy_from_slice(&part.fill.bytes(len as usize, &[]));
                }
                None => self.fills.push(Segment { addr: area.addr + from as u64, ..part.clone() }),
            }
        }
        for (at, int, value) in &content.numbers {
            area.store(offset + *at as usize, *int, *value);
        }
        Ok(Datum::Bytes(content.parts.clone()))
    }

    fn fixed(
        &mut self,
        element: &'static Kind,
        n: usize,
        node: &Node,
        area: &mut Area,
        offset: usize,
        what: &str,
    ) -> PlanResult<(Datum, Option<Output>)> {
        let Value::List(items) = &node.value else {
            return refuse(Diagnostic::at(&node.span, format!("`{what}` is a list of {n}"), "not a list"));
        };
        if items.len() > n {
            return refuse(Diagnostic::at(
                &node.span,
                format!("`{what}` is a list of {n}"),
                format!("these are {}", items.len()),
            ));
        }
        let mut shown = vec![];
        for (i, item) in items.iter().enumerate() {
            let at = offset + i * element.size();
            shown.push(self.in_place(element, item, area, at, &format!("{what}[{i}]"))?.0);
        }
        Ok((Datum::Array(shown), area.at.map(|at| Output::array(element, n, at.after(offset)))))
    }

    /// The fixed part of a structure; what comes after it is left to the caller if it is the `whole`.
    pub(super) fn structure(
        &mut self,
        layout: &'static Struct,
        node: &Node,
        area: &mut Area,
        offset: usize,
        what: &str,
        whole: bool,
    ) -> PlanResult<(Datum, Option<Output>)> {
        let Value::Map(given) = &node.value else {
            return refuse(
                Diagnostic::at(&node.span, format!("`{what}` is a structure"), "not a mapping").help(format!(
                    "struct {} has: {}",
                    layout.name,
                    field_names(layout).join(", ")
                )),
            );
        };
        for (key, _) in given {
            if is_rest(layout, key) {
                if whole {
                    continue;
                }
                let title = format!("`{}` comes after struct {}", key.value, layout.name);
                return refuse(Diagnostic::at(&key.span, title, "here is room for its fixed part alone"));
            }
            if !layout.fields.iter().any(|f| f.name == key.value) {
                let unknown = Diagnostic::at(
                    &key.span,
                    format!("struct {} has no `{}`", layout.name, key.value),
                    "unknown field",
                );
                return refuse(suggest(unknown, &key.value, field_names(layout)));
            }
        }
        apart(layout, given)?;
        let siblings = Siblings::of(layout, given);
        let mut extents: Vec<(&str, Operand)> = vec![];
        let mut nested: Vec<(&'static str, Output)> = vec![];
        let mut shown: Vec<(&'static str, Datum)> = vec![];
        for field in layout.fields {
            let Some(value) = siblings.node(field.name) else { continue };
            let kind = siblings.resolve_for(&field.kind, value, self.scope)?;
            let at = offset + field.offset;
            let path = format!("{what}.{}", field.name);
            let (datum, output) = if kind.is_pointer() {
                let word = self.word(kind, value, &path, &siblings)?;
                siblings.has_room(field.name, word.extent, self.scope)?;
                area.store(at, U64, word.operand);
                extents.extend(word.extent.map(|e| (field.name, e)));
                (word.datum, word.output)
            } else {
                self.in_place(kind, value, area, at, &path)?
            };
            shown.push((field.name, datum));
            nested.extend(output.map(|output| (field.name, output)));
        }
        for field in layout.fields {
            let (Kind::Len(int, of), None) = (&field.kind, siblings.node(field.name)) else { continue };
            let Some((_, extent)) = extents.iter().find(|(name, _)| name == of) else { continue };
            area.store(offset + field.offset, *int, *extent);
            shown.push((field.name, Datum::Number(*extent, field.kind)));
        }
        for (name, value) in layout.defaults.iter().filter(|(name, _)| siblings.node(name).is_none()) {
            let Some(field) = layout.fields.iter().find(|f| f.name == *name) else { continue };
            let value = Operand::constant(value.cast_signed());
            area.store(offset + field.offset, shape(&field.kind).map_or(U64, |(int, _)| int), value);
            shown.push((field.name, Datum::Number(value, field.kind)));
        }
        shown.sort_by_key(|(name, _)| layout.fields.iter().position(|f| f.name == *name));
        let mut fields = area.at.map_or(vec![], |at| Output::fields(layout, at.after(offset)));
        for (name, output) in nested {
            match fields.iter_mut().find(|(field, _)| *field == name) {
                Some(field) => field.1 = output,
                None => fields.push((name, output)),
            }
        }
        let output = (!fields.is_empty()).then_some(Output::Struct { layout, fields });
        let datum = if layout.name == INSTRUCTION { instruction(&shown) } else { Datum::Struct(shown) };
        Ok((datum, output))
    }

    /// A descriptor set: a bit for each. Those that are variables are set as the step begins.
    fn descriptors(&mut self, node: &Node, area: &mut Area, offset: usize, what: &str) -> PlanResult<Datum> {
        let mut shown = vec![];
        for fd in descriptor_list(node, what, self.scope)? {
            match fd.known() {
                Some(bit) => area.bytes[offset + bit as usize / 8] |= 1 << (bit % 8),
                None => area.numbers.push((offset as u64, SET_BIT, fd)),
            }
            shown.push(Datum::Number(fd, Kind::Fd));
        }
        Ok(Datum::Set(shown))
    }
}

/// The structure that an instruction of classic BPF is.
const INSTRUCTION: &str = "sock_filter";

/// An instruction, whose fields may be left out.
fn instruction(fields: &[(&'static str, Datum)]) -> Datum {
    let number = |name: &str| match fields.iter().find(|(field, _)| *field == name) {
        Some((_, Datum::Number(operand, _))) => *operand,
        _ => Operand::default(),
    };
    Datum::Instruction(["code", "jt", "jf", "k"].map(number))
}

/// Refuses members of one union beside each other: one would be stored over the other.
fn apart(layout: &'static Struct, given: &[(Spanned<String>, Node)]) -> PlanResult<()> {
    let place = |key: &Spanned<String>| {
        let field = layout.fields.iter().find(|f| f.name == key.value && !matches!(f.kind, Kind::Bits(..)))?;
        Some(field.offset..field.offset + field.kind.size())
    };
    for (nth, (second, _)) in given.iter().enumerate() {
        let Some(at) = place(second) else { continue };
        let overlaps = |(first, _): &&(Spanned<String>, Node)| {
            place(first).is_some_and(|other| other.start < at.end && at.start < other.end)
        };
        if let Some((first, _)) = given[..nth].iter().find(overlaps) {
            let offset = at.start.max(place(first).map_or(0, |other| other.start));
            let title = format!("`{}` and `{}` are one place of struct {}", first.value, second.value, layout.name);
            let label = format!("at offset {offset}, as `{}`", first.value);
            return refuse(
                Diagnostic::at(&second.span, title, label)
                    .related(&first.span, "the other is here")
                    .help("they are members of a union: give one of them"),
            );
        }
    }
    Ok(())
}

pub(super) fn field_names(layout: &'static Struct) -> Vec<&'static str> {
    layout.all_fields().map(|f| f.name).collect()
}

/// A number of so many bits.
pub(super) fn bits(count: u8, node: &Node, what: &str, scope: &Scope) -> PlanResult<u64> {
    let sum = expr::parse(node, what, Consts::General, scope)?;
    match sum.known().map(u64::try_from) {
        Some(Ok(value)) if value >> count == 0 => Ok(value),
        Some(_) => refuse(Diagnostic::at(
            &node.span,
            format!("`{what}` has {count} {}", if count == 1 { "bit" } else { "bits" }),
            "does not fit",
        )),
        None => refuse(Diagnostic::at(&node.span, format!("`{what}` is known while planning"), "no variables here")),
    }
}

/// A list of descriptors below 1024.
pub(super) fn descriptor_list(node: &Node, what: &str, scope: &Scope) -> PlanResult<Vec<Operand>> {
    let Value::List(items) = &node.value else {
        return refuse(Diagnostic::at(&node.span, format!("`{what}` is a list of descriptors"), "not a list"));
    };
    let mut fds = vec![];
    for item in items {
        let fd = fit(&expr::parse(item, what, Consts::General, scope)?, C_INT, what, &item.span)?;
        if fd.known().is_some_and(|fd| !(0..1024).contains(&fd)) {
            return refuse(Diagnostic::at(&item.span, "a descriptor set has 1024 bits", "outside"));
        }
        fds.push(fd);
    }
    Ok(fds)
}

/// A list of signal names as a mask.
pub(super) fn signal_set(node: &Node, what: &str) -> PlanResult<(u64, Datum)> {
    let Value::List(items) = &node.value else {
        return refuse(Diagnostic::at(&node.span, format!("`{what}` is a list of signals"), "not a list"));
    };
    let mut mask = 0;
    let mut shown = vec![];
    for item in items {
        let signal = names::signal_node(item)?;
        mask |= 1_u64 << (signal - 1);
        shown.push(names::signal_datum(signal));
    }
    Ok((mask, Datum::Set(shown)))
}
