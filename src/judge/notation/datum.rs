//! Arguments.

use crate::judge::content;
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
