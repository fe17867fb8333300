//! Where things lie in memory.
//!
//! From [`ARENA`] on: the image (structures, strings, buffers of known size), the named regions, and
//! room for buffers whose length is a variable. Everything mapped starts at a multiple of 64 KiB, the
//! largest page size there is, and is followed by as much that is not mapped.

use super::performed::{ARENA, MAX_BUFFER, MapRegion, Segment, UNMAPPED};
use super::result::{PlanResult, refuse};
use crate::case::{Diagnostic, Span};

/// The largest page size.
pub(super) const GRAIN: u64 = 0x1_0000;

/// Where regions begin.
const REGIONS: u64 = ARENA + 2 * MAX_BUFFER;

/// A named region.
#[derive(Clone, Debug)]
pub(super) struct Placed {
    /// First address.
    pub(super) addr: u64,
    /// Length as the case says it.
    pub(super) len: u64,
}

/// The addresses given so far, and what lies there before the first step.
#[derive(Debug)]
pub(super) struct Layout {
    image_end: u64,
    next: u64,
    /// Named regions.
    pub(super) named: Vec<Placed>,
    /// Mappings of named regions and reserves.
    pub(super) maps: Vec<MapRegion>,
    /// Content before the first step.
    pub(super) image: Vec<Segment>,
    /// Nothing can be placed.
    closed: bool,
}

impl Layout {
    /// Nothing placed.
    pub(super) fn new() -> Self {
        Layout {
            image_end: ARENA,
            next: REGIONS,
            named: Vec::new(),
            maps: Vec::new(),
            image: Vec::new(),
            closed: false,
        }
    }

    /// Nothing placed, and no room for anything.
    pub(super) fn closed() -> Self {
        Layout { closed: true, ..Layout::new() }
    }

    /// Room for so many bytes in the image.
    pub(super) fn alloc(&mut self, len: u64, span: &Span) -> PlanResult<u64> {
        let addr = self.image_end;
        if self.closed {
            return refuse(
                Diagnostic::at(span, "nothing can be pointed to from here", "no memory of the case's own")
                    .help("give the address: a region of `memory`, or a number"),
            );
        }
        if len > MAX_BUFFER || addr - ARENA + len > MAX_BUFFER {
            return refuse(
                Diagnostic::at(
                    span,
                    format!("the case's buffers take more than {} MiB", MAX_BUFFER >> 20),
                    format!("{len} bytes more do not fit"),
                )
                .help("use a region of `memory` for a large buffer"),
            );
        }
        // An empty buffer has an address of its own, too.
        self.image_end = (addr + len.max(1)).next_multiple_of(16);
        Ok(addr)
    }

    /// Room for a buffer whose length is a variable.
    pub(super) fn reserve(&mut self, span: &Span) -> PlanResult<u64> {
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
        self.map(MAX_BUFFER, READ_WRITE, flags as u32, span)
    }

    /// A mapping of so many bytes.
    pub(super) fn map(&mut self, len: u64, prot: u32, flags: u32, span: &Span) -> PlanResult<u64> {
        let addr = self.next;
        let end = len
            .checked_next_multiple_of(GRAIN)
            .and_then(|len| addr.checked_add(len + GRAIN))
            .filter(|end| *end <= UNMAPPED);
        let Some(end) = end else {
            return refuse(Diagnostic::at(span, "the case's memory does not fit", "more than 63 GiB together"));
        };
        self.next = end;
        self.maps.push(MapRegion { addr, len, prot, flags, file: None, offset: 0 });
        Ok(addr)
    }

    /// Bytes from this address to the end of the named region that it lies in.
    pub(super) fn left(&self, addr: u64) -> Option<u64> {
        self.named.iter().find(|r| (r.addr..r.addr + r.len).contains(&addr)).map(|r| r.addr + r.len - addr)
    }

    /// All mappings in the order of addresses, and the content.
    pub(super) fn finish(self) -> (Vec<MapRegion>, Vec<Segment>) {
        let mut maps = Vec::with_capacity(self.maps.len() + 1);
        if self.image_end > ARENA {
            let len = (self.image_end - ARENA).next_multiple_of(GRAIN);
            let flags = (libc::MAP_PRIVATE | libc::MAP_ANONYMOUS) as u32;
            maps.push(MapRegion { addr: ARENA, len, prot: READ_WRITE, flags, file: None, offset: 0 });
        }
        maps.extend(self.maps);
        (maps, self.image)
    }
}

/// `PROT_READ | PROT_WRITE`.
pub(super) const READ_WRITE: u32 = (libc::PROT_READ | libc::PROT_WRITE) as u32;
