//! Puts data into memory for one step.

use super::bytes::{Content, memory_form};
use super::layout::Layout;
use super::output::Spot;
use super::performed::{CANARY, Capture, Fill, MAX_CAPTURE, Operand, Patch, Segment};
use super::result::{PlanResult, refuse};
use super::vars::Scope;
use crate::abi::Int;
use crate::case::{Diagnostic, Span};

/// The memory of a step, as it is being planned.
#[derive(Debug)]
pub(super) struct Memory<'p> {
    /// The names that may be used.
    pub(super) scope: &'p Scope,
    /// Addresses.
    pub(super) layout: &'p mut Layout,
    /// See [`super::performed::PlanStep`].
    pub(super) fills: Vec<Segment>,
    /// See [`super::performed::PlanStep`].
    pub(super) patches: Vec<Patch>,
    /// At full length.
    pub(super) captures: Vec<Capture>,
}

impl<'p> Memory<'p> {
    /// Memory of a step.
    pub(super) fn new(scope: &'p Scope, layout: &'p mut Layout) -> Self {
        Memory { scope, layout, fills: vec![], patches: vec![], captures: vec![] }
    }

    /// Places bytes, with a NUL after them if `text`, and says where.
    pub(super) fn place(&mut self, content: &Content, text: bool, span: &Span) -> PlanResult<u64> {
        let addr = match content.most() {
            Some(most) => self.layout.alloc(most + u64::from(text), span)?,
            None => self.layout.reserve(span)?,
        };
        for part in &content.parts {
            let part = Segment { addr: addr + part.addr, ..part.clone() };
            match part.len.known() {
                Some(_) => self.layout.image.push(part),
                None => self.fills.push(part),
            }
        }
        for (offset, int, value) in &content.numbers {
            self.patches.push(Patch { addr: addr + offset, size: int.size, big: int.big, value: *value });
        }
        Ok(addr)
    }

    /// Makes room that holds the canary before the call.
    pub(super) fn room(&mut self, len: Operand, span: &Span) -> PlanResult<Spot> {
        let addr = match len.known() {
            Some(len) if len as u64 > MAX_CAPTURE => {
                return refuse(
                    Diagnostic::at(
                        span,
                        format!("a room of {len} bytes"),
                        format!("at most {} MiB", MAX_CAPTURE >> 20),
                    )
                    .help("use a region of `memory` for a large buffer"),
                );
            }
            Some(len) => self.layout.alloc(len as u64, span)?,
            None => self.layout.reserve(span)?,
        };
        if len != Operand::constant(0) {
            self.fills.push(Segment { addr, fill: Fill::Byte(CANARY), len });
        }
        Ok(self.capture(addr, len))
    }

    /// Captures memory at a known address.
    pub(super) fn capture(&mut self, addr: u64, len: Operand) -> Spot {
        let spot = self.capture_at(Operand::constant(addr as i64), len);
        Spot { addr: Some(addr), ..spot }
    }

    /// Captures memory.
    pub(super) fn capture_at(&mut self, addr: Operand, len: Operand) -> Spot {
        self.captures.push(Capture { addr, len });
        Spot { capture: self.captures.len() - 1, offset: 0, addr: addr.known().map(|a| a as u64) }
    }

    /// How much of what lies at an address is captured, if so many bytes are read.
    pub(super) fn reach(&self, addr: Operand, count: Option<Operand>) -> Option<Operand> {
        match addr.known() {
            // Memory of the case's own: never more than is mapped.
            Some(addr) => {
                let left = self.layout.left(addr as u64)?;
                let count = count.and_then(|c| c.known()).map_or(left, |c| left.min(c as u64));
                Some(Operand::constant(count.min(MAX_CAPTURE) as i64))
            }
            None => count.filter(|c| c.known().is_none_or(|c| (0..=MAX_CAPTURE as i64).contains(&c))),
        }
    }
}

/// A value in memory as it is being filled: known bytes, and numbers that are variables.
#[derive(Debug)]
pub(super) struct Area {
    /// Its address.
    pub(super) addr: u64,
    /// Its known bytes.
    pub(super) bytes: Vec<u8>,
    /// Numbers that are variables, by their offsets.
    pub(super) numbers: Vec<(u64, Int, Operand)>,
    /// Where it is captured; not at all if the kernel only reads it.
    pub(super) at: Option<Spot>,
}

impl Area {
    /// So many bytes that are 0.
    pub(super) fn new(addr: u64, size: usize, at: Option<Spot>) -> Self {
        Area { addr, bytes: vec![0; size], numbers: vec![], at }
    }

    /// Stores a number.
    pub(super) fn store(&mut self, offset: usize, int: Int, value: Operand) {
        match value.known() {
            Some(value) => {
                let form = memory_form(value, int);
                self.bytes[offset..offset + form.len()].copy_from_slice(&form);
            }
            None => self.numbers.push((offset as u64, int, value)),
        }
    }

    /// Sets some bits of the number that lies there.
    pub(super) fn store_bits(&mut self, offset: usize, int: Int, first: u8, value: u64) {
        let bytes = memory_form((value << first).cast_signed(), int);
        for (byte, more) in self.bytes[offset..].iter_mut().zip(bytes) {
            *byte |= more;
        }
    }

    /// Done: the bytes are part of the image. Zeros are there already.
    pub(super) fn finish(self, memory: &mut Memory) {
        for (offset, int, value) in self.numbers {
            memory.patches.push(Patch { addr: self.addr + offset, size: int.size, big: int.big, value });
        }
        if self.bytes.iter().any(|b| *b != 0) {
            let len = Operand::constant(self.bytes.len() as i64);
            memory.layout.image.push(Segment { addr: self.addr, fill: Fill::Bytes(self.bytes), len });
        }
    }
}
