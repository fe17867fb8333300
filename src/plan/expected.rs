//! What must come of a plan, and how it is shown: for the judge and the reports. Execution does not see it.

use super::formula::Formula;
use super::line::LinePiece;
use super::op::Observation;
use super::performed::{Operand, Plan, Segment, Var};
use crate::abi::{Int, Kind, Syscall};
use crate::case::{Claim, Needs, Ranged, Rests, Span};

/// A plan with all that the judge and the reports need to know of the case.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The case's id, subject, summary and place.
    pub id: String,
    /// Subject.
    pub subject: String,
    /// Summary.
    pub summary: String,
    /// What its expectations rest on, if that is said.
    pub rests: Option<Rests>,
    /// Place of the case.
    pub span: Span,
    /// What to perform.
    pub plan: Plan,
    /// A line for each of `plan.steps`: how to show it, what must come of it.
    pub lines: Vec<Line>,
    /// Conditions (names checked).
    pub needs: Needs,
    /// Variables of the planner's own, in the order in which they are computed.
    pub formulas: Vec<Formula>,
    /// What must hold for the case not to be skipped: a plan of its own.
    pub probe: Option<Box<Planned>>,
    /// The claim.
    pub claim: Option<Claim>,
    /// Whether the case waits for a call to be seen blocked.
    pub blocking: bool,
    /// Steps that the case does not write out (ascending): they look at what the step before them left.
    pub implicit: Vec<usize>,
}

/// How a step is shown, and what is expected of it.
#[derive(Clone, Debug)]
pub struct Line {
    /// Place of the step.
    pub span: Span,
    /// Name of the actor, if not the main one.
    pub actor: Option<String>,
    /// The label, if it is started and not waited for.
    pub start: Option<String>,
    /// What it shows.
    pub shown: Shown,
    /// Expectations by kernel range; empty: the step is set-up and must not fail. A step that is started has none:
    /// those on the line of its `Finish` speak of its return, captures and signals.
    pub expect: Vec<Ranged<Expectation>>,
    /// What the document claims.
    pub claimed: Option<Expectation>,
}

/// The display form of a step.
#[derive(Clone, Debug)]
pub enum Shown {
    /// A call with its arguments in order.
    Call {
        /// Table entry.
        call: &'static Syscall,
        /// Arguments.
        args: Vec<Datum>,
    },
    /// Waiting to see a step asleep; index of the started step.
    Blocked(usize),
    /// Waiting for a step to be done; index of the started step.
    Finish(usize),
    /// A store of bytes.
    Store {
        /// Where.
        at: Datum,
        /// What.
        bytes: Datum,
    },
    /// A load; what it finds is capture 0.
    Load {
        /// Where.
        at: Datum,
        /// How many bytes.
        len: Operand,
    },
    /// Working out an expression; its text.
    Check(String),
    /// Looking up a number.
    Observed(Observation),
}

/// A value to show: like [`Kind`], but filled in.
#[derive(Clone, Debug)]
pub enum Datum {
    /// A number, shown as its kind says (`Int`, `Octal`, `Fd`, `Flags`, `Enum`, `Len`).
    Number(Operand, Kind),
    /// An address with its name, if it has one: `buf+16`, shown as `0x1000000010 /* page+16 */`; NULL for 0.
    Pointer(Operand, Option<String>),
    /// Bytes that the kernel reads, in parts.
    Bytes(Vec<Segment>),
    /// A string that the kernel reads (no trailing NUL).
    Str(Vec<u8>),
    /// An internet address, of 4 or 16 bytes.
    Inet(Vec<u8>),
    /// What the kernel wrote, found in this capture of the step at this offset: shown by kind after
    /// success, as the address after failure.
    Out {
        /// Address (shown after failure).
        addr: Operand,
        /// Index into the step's captures.
        capture: usize,
        /// Byte offset into the capture.
        offset: usize,
        /// Shape of what lies there; `Bytes` for a buffer.
        kind: Kind,
    },
    /// What the kernel reads and writes: after success as it is given, with what the kernel has written in the place of
    /// numbers and beside them.
    InOut {
        /// As it is given.
        given: Box<Datum>,
        /// Address (shown after failure); of what strace shows after failure, too, none.
        addr: Option<Operand>,
        /// Index into the step's captures.
        capture: usize,
        /// Byte offset into the capture.
        offset: usize,
        /// Shape of what lies there.
        kind: Kind,
    },
    /// `struct iovec[]`: base and length of each.
    Iovec(Vec<(Datum, Operand)>),
    /// `[a, b]`.
    Array(Vec<Datum>),
    /// `[a b]`: the members of a set, signals without their `SIG`.
    Set(Vec<Datum>),
    /// An instruction of classic BPF: its code, how far it jumps if true and if not, its number.
    Instruction([Operand; 4]),
    /// `{name=value, …}`.
    Struct(Vec<(&'static str, Datum)>),
}

/// What must come of a step, in numbers and bytes. Without `ret`, `errno` and `killed`, any return will do
/// (implicit steps that belong to another kernel range).
#[derive(Clone, Debug, Default)]
pub struct Expectation {
    /// Where the expectation stands.
    pub span: Option<Span>,
    /// The return value.
    pub ret: Option<ReturnIs>,
    /// The error number.
    pub errno: Option<i32>,
    /// What captures hold.
    pub out: Vec<OutIs>,
    /// Signals recorded, in order. `None`: no signal may have been recorded.
    pub signals: Option<Vec<u32>>,
    /// What signals carried, of which an expectation's `capture` is the index among them.
    pub carried: Vec<OutIs>,
    /// The actor is killed by this signal.
    pub killed: Option<u32>,
    /// How many calls of a repetition succeed.
    pub repeats: Option<Operand>,
    /// How long it takes, in nanoseconds; the variable that holds it.
    pub elapsed: Option<(Var, ReturnIs)>,
}

/// An expectation about a return value.
#[derive(Clone, Debug)]
pub enum ReturnIs {
    /// Exactly this. A claim may say -1, as manual pages do: some error.
    Exactly(Operand),
    /// Within these bounds, each inclusive.
    Within(Option<Operand>, Option<Operand>),
    /// Anything but this, and no error.
    Not(Operand),
}

/// An expectation about captured memory.
#[derive(Clone, Debug)]
pub struct OutIs {
    /// Where it stands.
    pub span: Span,
    /// Name to show: `buf`, `statbuf.st_size`, `iov[1]`.
    pub name: String,
    /// Index into the step's captures.
    pub capture: usize,
    /// Byte offset into the capture.
    pub offset: usize,
    /// Of a part of content that holds numbers, its offset in the whole, in bytes.
    pub part: Option<usize>,
    /// What lies there.
    pub is: ContentIs,
}

/// What captured memory must hold.
#[derive(Clone, Debug)]
pub enum ContentIs {
    /// These bytes (segments' addresses are offsets). With `rest_untouched`, everything after
    /// them up to the end of the capture still holds [`CANARY`](super::CANARY).
    Bytes {
        /// Content.
        parts: Vec<Segment>,
        /// Whether the rest of the room is checked too.
        rest_untouched: bool,
    },
    /// A number of this shape.
    Number {
        /// Width and sign.
        int: Int,
        /// For display.
        kind: Kind,
        /// Exactly, within, or not.
        is: ReturnIs,
        /// Only these bits are compared (all: `u64::MAX`).
        mask: u64,
    },
    /// Text that has a line of this pattern; and the pattern as the case writes it.
    Line(Vec<LinePiece>, String),
    /// An `fd_set` in which the bits of these descriptors are set and no others.
    FdSet(Vec<Operand>),
    /// These bytes, with which what holds them ends.
    Whole(Vec<Segment>),
    /// A string that ends with a NUL, or with what holds it.
    Text(Vec<u8>),
    /// Values that follow each other.
    Records(RecordsIs),
}

/// What values that follow each other must be.
#[derive(Clone, Debug)]
pub struct RecordsIs {
    /// What each of them is.
    pub element: &'static Kind,
    /// How they are found.
    pub order: Order,
    /// Those that are expected.
    pub each: Vec<RecordIs>,
    /// Where the last of them ends.
    pub end: RecordsEnd,
}

/// What one value must be: those of its parts that are spoken of.
#[derive(Clone, Debug)]
pub struct RecordIs {
    /// Where it stands.
    pub span: Span,
    /// The parts, each by its offset in its place.
    pub parts: Vec<(Within, OutIs)>,
}

/// Where a part of a value lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Within {
    /// From its beginning on.
    Fixed,
    /// In what comes after its fixed part: index into [`Record::rest`](crate::abi::Record::rest).
    Rest(usize),
}

/// How values are found in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// These, in this order, and no others.
    Exact,
    /// These and no others.
    InAnyOrder,
    /// These among others.
    Contains,
    /// These first, in this order.
    BeginsWith,
}

/// Where a list ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordsEnd {
    /// Where the call says: its return value counts so many bytes each.
    Returned(usize),
    /// Where the kernel has written no more.
    Untouched,
    /// Where what was captured ends.
    Captured,
}
