//! Arguments.

use crate::abi::{Field, Kind, Struct};
use crate::judge::{content, records};
use crate::plan::{Datum, Operand};

use super::bpf;
use super::text::{STRING_LIMIT, quote};
use super::value;
use super::view::{Ending, View};

/// What arguments are shown with.
pub(super) struct Shower<'a> {
    pub(super) view: &'a View,
    pub(super) vars: &'a [i64],
}

impl Shower<'_> {
    pub(super) fn show(&self, datum: &Datum) -> String {
        match datum {
            Datum::Number(operand, kind) => value::number(kind, operand.value(self.vars)),
            Datum::Pointer(operand, name) => self.pointer(operand, name.as_deref()),
            Datum::Bytes(parts) => {
                let (head, more) = content::head(parts, self.vars, STRING_LIMIT);
                quote(&head, more)
            }
            Datum::Str(text) => quote(text, false),
            Datum::Inet(address) => value::inet(address),
            Datum::Out { addr, capture, offset, kind } => match self.written(*capture, *offset) {
                Some(bytes) => {
                    let kind = self.view.decoded_as(*capture, *offset).unwrap_or(kind);
                    value::pointee(kind, bytes, &self.spoken_of(*capture, *offset))
                }
                None => self.pointer(addr, None),
            },
            Datum::InOut { given, addr, capture, offset, kind } => match (self.written(*capture, *offset), addr) {
                (Some(bytes), _) => self.after(given, kind, bytes, &self.spoken_of(*capture, *offset)),
                (None, Some(addr)) => self.pointer(addr, None),
                (None, None) => self.show(given),
            },
            Datum::Iovec(elements) => {
                let element = |(base, len): &(Datum, Operand)| {
                    format!("{{iov_base={}, iov_len={}}}", self.show(base), len.value(self.vars).cast_unsigned())
                };
                list(elements.iter().map(element))
            }
            Datum::Array(elements) => list(elements.iter().map(|d| self.show(d))),
            Datum::Set(members) => {
                let members = members.iter().map(|d| self.show(d).trim_start_matches("SIG").to_owned());
                format!("[{}]", members.collect::<Vec<_>>().join(" "))
            }
            Datum::Instruction([code, jt, jf, k]) => {
                let [code, jt, jf, k] = [code, jt, jf, k].map(|operand| operand.value(self.vars).cast_unsigned());
                bpf::instruction(code, jt, jf, k & u64::from(u32::MAX))
            }
            Datum::Struct(fields) => {
                let fields = fields.iter().map(|(name, d)| format!("{name}={}", self.show(d)));
                format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
            }
        }
    }

    /// What was given, with what the kernel has made of it.
    fn after(&self, given: &Datum, kind: &Kind, bytes: &[u8], spoken_of: &[usize]) -> String {
        match (given, kind) {
            (Datum::Array(elements), Kind::Array(_, element) | Kind::Fixed(element, _)) => {
                let size = element.size();
                let each = elements.iter().enumerate().map(|(i, given)| {
                    let at = i * size;
                    let within = spoken_of.iter().filter_map(|o| o.checked_sub(at).filter(|o| *o < size));
                    self.after(given, element, bytes.get(at..).unwrap_or_default(), &within.collect::<Vec<_>>())
                });
                list(each)
            }
            (Datum::Struct(given), Kind::Struct(shape)) => match self.fields_after(given, shape, bytes, spoken_of) {
                fields if fields.is_empty() => value::value(kind, bytes, spoken_of),
                fields => format!("{{{}}}", fields.join(", ")),
            },
            // What is pointed to, and addresses by their names.
            _ if kind.is_pointer() || matches!(given, Datum::Pointer(..)) => self.show(given),
            _ => value::value(kind, bytes, spoken_of),
        }
    }

    /// The fields that were given, and those in which something else is now.
    fn fields_after(
        &self,
        given: &[(&'static str, Datum)],
        shape: &Struct,
        bytes: &[u8],
        spoken_of: &[usize],
    ) -> Vec<String> {
        let told = |field: &Field| given.iter().find(|(name, _)| *name == field.name).map(|(_, datum)| datum);
        let shares =
            |field: &Field| shape.fields.iter().any(|other| other.offset == field.offset && told(other).is_some());
        let (mut shown, mut left_out) = (Vec::new(), false);
        for field in shape.fields {
            let at = bytes.get(field.offset..).unwrap_or_default();
            let kind = records::resolve(&field.kind, shape, bytes);
            let within = |o: &usize| o.checked_sub(field.offset).filter(|o| *o < kind.size());
            let within: Vec<_> = spoken_of.iter().filter_map(within).collect();
            let text = match told(field) {
                Some(datum) => self.after(datum, kind, at, &within),
                None if shares(field) => continue,
                None if within.is_empty() && at.iter().take(kind.size()).all(|byte| *byte == 0) => continue,
                None if within.is_empty() && shown.len() >= value::MANY => {
                    left_out = true;
                    continue;
                }
                None => value::value(kind, at, &within),
            };
            shown.push(format!("{}={text}", field.name));
        }
        if left_out {
            shown.push("...".to_owned());
        }
        shown
    }

    fn pointer(&self, operand: &Operand, name: Option<&str>) -> String {
        let address = value::pointer(operand.value(self.vars) as u64);
        match name {
            Some(name) => format!("{address} /* {name} */"),
            None => address,
        }
    }

    /// What lies in a capture; none where the call did not succeed and so wrote nothing worth showing.
    fn written(&self, capture: usize, offset: usize) -> Option<&[u8]> {
        match self.view.ending {
            Ending::Returned(_) | Ending::Expected(_) => self.captured(capture, offset),
            _ => None,
        }
    }

    pub(super) fn captured(&self, capture: usize, offset: usize) -> Option<&[u8]> {
        self.view.captures.get(capture)?.as_deref()?.get(offset..)
    }

    /// What a load found.
    pub(super) fn loaded(&self) -> String {
        match (self.captured(0, 0), self.view.decoded_as(0, 0)) {
            (None, _) => "?".to_owned(),
            (Some(bytes), Some(kind)) => value::pointee(kind, bytes, &[]),
            (Some(bytes), None) => quote(bytes, false),
        }
    }

    fn spoken_of(&self, capture: usize, offset: usize) -> Vec<usize> {
        let here = self.view.spoken_of.iter().filter(|(c, _)| *c == capture);
        here.filter_map(|(_, o)| o.checked_sub(offset)).collect()
    }
}

/// Whether the kernel writes to what this argument points to.
pub(super) fn is_written(datum: &Datum) -> bool {
    match datum {
        Datum::Out { .. } => true,
        Datum::InOut { given, addr, .. } => addr.is_some() || is_written(given),
        Datum::Iovec(elements) => elements.iter().any(|(base, _)| is_written(base)),
        Datum::Array(elements) | Datum::Set(elements) => elements.iter().any(is_written),
        Datum::Struct(fields) => fields.iter().any(|(_, d)| is_written(d)),
        Datum::Number(..)
        | Datum::Pointer(..)
        | Datum::Bytes(_)
        | Datum::Str(_)
        | Datum::Inet(_)
        | Datum::Instruction(_) => false,
    }
}

fn list(elements: impl Iterator<Item = String>) -> String {
    format!("[{}]", elements.collect::<Vec<_>>().join(", "))
}
