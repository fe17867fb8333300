//! What a call may have written, and where: outputs can be bound and expected.

use super::number::{U64, shape};
use super::performed::{Capture, Operand};
use crate::abi::{Int, Kind, Struct};

/// `unsigned long`.
pub(super) static WORD: Kind = Kind::Int(U64);

/// A place in a step's captures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    /// Index into the step's captures.
    pub(super) capture: usize,
    /// Offset into the capture.
    pub(super) offset: usize,
    /// Its address, if known while planning.
    pub(super) addr: Option<u64>,
}

impl Spot {
    /// The beginning of a capture; its address does not matter.
    pub(super) const fn of(capture: usize) -> Self {
        Spot { capture, offset: 0, addr: None }
    }

    /// So many bytes further on.
    pub(super) fn after(self, bytes: usize) -> Self {
        Spot { offset: self.offset + bytes, addr: self.addr.map(|a| a + bytes as u64), ..self }
    }
}

/// Something that the call may write.
#[derive(Clone, Debug)]
pub(super) enum Output {
    /// Bytes; of a room, those after the expected ones must be untouched.
    Bytes {
        /// Where.
        at: Spot,
        /// Whether it is a room.
        room: bool,
    },
    /// Values that follow each other.
    Records {
        /// Where.
        at: Spot,
        /// Whether it is a room.
        room: bool,
        /// What they are.
        element: &'static Kind,
    },
    /// An internet address.
    Inet {
        /// Where.
        at: Spot,
        /// Its size.
        size: usize,
    },
    /// Some bits of a number.
    Bits {
        /// Where the number is.
        at: Spot,
        /// Its shape.
        int: Int,
        /// The lowest of the bits.
        first: u8,
        /// How many there are.
        count: u8,
    },
    /// Bytes in place, NUL-padded.
    Text {
        /// Where.
        at: Spot,
        /// Its size.
        size: usize,
    },
    /// A number.
    Number {
        /// Where.
        at: Spot,
        /// Its shape.
        kind: &'static Kind,
    },
    /// A signal set.
    SigSet(Spot),
    /// A descriptor set.
    FdSet(Spot),
    /// A structure.
    Struct {
        /// Its type.
        layout: &'static Struct,
        /// Its fields.
        fields: Vec<(&'static str, Output)>,
    },
    /// Elements of a vector.
    List(Vec<Output>),
    /// Elements of an array.
    Array {
        /// Where.
        at: Spot,
        /// What they are.
        element: &'static Kind,
        /// Each of them.
        each: Vec<Output>,
    },
}

impl Output {
    /// What a value of this kind at this place is.
    pub(super) fn of(kind: &'static Kind, at: Spot) -> Self {
        match kind {
            Kind::Fixed(element, n) => Self::array(element, *n, at),
            Kind::FixedBytes(size) => Output::Text { at, size: *size },
            Kind::Struct(layout) => Output::Struct { layout, fields: Self::fields(layout, at) },
            Kind::Inet(size) => Output::Inet { at, size: *size },
            Kind::Bits(int, first, count) => Output::Bits { at, int: *int, first: *first, count: *count },
            Kind::SigSet => Output::SigSet(at),
            Kind::FdSet => Output::FdSet(at),
            Kind::By(_, _, others) => Output::of(others, at),
            kind if shape(kind).is_some() => Output::Number { at, kind },
            _ => Output::Number { at, kind: &WORD },
        }
    }

    /// The fields of a structure at this place.
    pub(super) fn fields(layout: &'static Struct, at: Spot) -> Vec<(&'static str, Output)> {
        layout.fields.iter().map(|f| (f.name, Output::of(&f.kind, at.after(f.offset)))).collect()
    }

    /// So many values of this kind, one after the other.
    pub(super) fn array(element: &'static Kind, n: usize, at: Spot) -> Self {
        let each = (0..n).map(|i| Output::of(element, at.after(i * element.size()))).collect();
        Output::Array { at, element, each }
    }

    /// What it is, in words.
    pub(super) fn notation(&self) -> &'static str {
        match self {
            Output::Bytes { .. } | Output::Text { .. } => "bytes",
            Output::Inet { .. } => "an address",
            Output::Number { .. } | Output::Bits { .. } => "a number",
            Output::SigSet(_) => "a list of signals",
            Output::FdSet(_) => "a list of descriptors",
            Output::Struct { .. } => "a mapping by field names",
            Output::List(_) | Output::Array { .. } | Output::Records { .. } => "a list",
        }
    }
}

/// The outputs of a performed or started call, and its captures at full length: those that nothing
/// refers to are cut, since they are for display alone.
#[derive(Clone, Debug, Default)]
pub(super) struct Outputs {
    /// By argument name.
    pub(super) named: Vec<(&'static str, Output)>,
    /// Captures at full length.
    pub(super) captures: Vec<Capture>,
}

/// How much of a capture is kept for display.
const SHOWN: i64 = 1024;

impl Outputs {
    /// The captures for the plan.
    pub(super) fn cut(&self) -> Vec<Capture> {
        let short =
            |len: Operand| Operand { base: if len.known().is_some() { len.base.min(SHOWN) } else { len.base }, ..len };
        self.captures.iter().map(|c| Capture { len: short(c.len), ..*c }).collect()
    }
}
