//! A plan: a case in numbers and bytes, ready to be performed; and beside it what the
//! judge needs. Execution is given [`Plan`] alone, which holds no expectation.

use std::hash::Hasher;

use fnv::FnvHasher;
use serde::{Deserialize, Serialize};

use crate::abi::Syscall;
use crate::case::{ActorKind, Claim, Disposition, Needs, Ranged, Span, Workdir};

pub(super) use super::op::{BindFrom, Op, PlanRepeat};

/// Index of a variable. The first [`FIXED_VARS`] are set before the first step.
pub type Var = u16;

/// Variables that every case has, in this order.
pub const FIXED_VARS: [&str; 5] = ["page_size", "pid", "ppid", "uid", "gid"];

/// Where the plan's memory begins: far from anything a kernel hands out by itself, on
/// every 64-bit architecture (39-bit address spaces included), so that pointers are known while planning.
pub const ARENA: u64 = 0x10_0000_0000;

/// An address range of this many bytes from [`ARENA`] on belongs to the plan: its image, then regions.
/// What is not mapped by the plan in there is never mapped.
pub const ARENA_SPAN: u64 = 0x10_0000_0000;

/// `$unmapped`: the last page of the span, never mapped.
pub const UNMAPPED: u64 = ARENA + ARENA_SPAN - 0x1_0000;

/// Most bytes of a buffer: of the image of all those of known size, and of each whose length is a variable.
pub const MAX_BUFFER: u64 = 32 << 20;

/// `$closed`: a descriptor number that no step's call returns, below the descriptor limit of every case.
pub const CLOSED_FD: i64 = 399;

/// The byte that output room holds before a call.
pub const CANARY: u8 = 0xA5;

/// A number known while planning, or computed from variables as the step begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, rkyv::Archive, rkyv::Serialize)]
#[cfg_attr(test, derive(rkyv::Deserialize))]
pub struct Operand {
    /// The constant part.
    pub base: i64,
    /// Up to two terms: coefficient (0: absent) and variable.
    pub terms: [(i32, Var); 2],
}

impl Operand {
    /// A number known while planning.
    pub const fn constant(base: i64) -> Self {
        Operand { base, terms: [(0, 0); 2] }
    }

    /// The value, if it needs no variable.
    pub fn known(&self) -> Option<i64> {
        self.terms.iter().all(|(c, _)| *c == 0).then_some(self.base)
    }

    /// The value with these variables.
    pub fn value(&self, vars: &[i64]) -> i64 {
        self.terms.iter().fold(self.base, |sum, &(c, v)| {
            if c == 0 { sum } else { sum.wrapping_add(i64::from(c).wrapping_mul(vars[usize::from(v)])) }
        })
    }
}

/// A case in numbers and bytes.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Plan {
    /// The case's id (for process names and errors).
    pub id: String,
    /// Actors; the first is the main one (its kind does not matter).
    pub actors: Vec<ActorKind>,
    /// Number of variables, [`FIXED_VARS`] included. All others are -1 until they are bound.
    pub vars: usize,
    /// Memory to map before the first step, in order; ranges do not overlap.
    pub regions: Vec<MapRegion>,
    /// Bytes stored there before the first step.
    pub image: Vec<Segment>,
    /// The circumstances.
    pub setup: Setup,
    /// What the actors do, in order.
    pub steps: Vec<PlanStep>,
    /// Deadline in microseconds, if not the run's.
    pub deadline: Option<u64>,
    /// Whether it cannot be performed where blocking cannot be observed.
    pub observes: bool,
    /// Whether it needs namespaces of its own to be harmless (`kill(-1, …)`, `sethostname`).
    pub needs_pid_namespace: bool,
}

impl Plan {
    /// Sixteen digits that two plans share only if they are the same.
    pub fn fingerprint(&self) -> String {
        format!("{:016x}", self.digest())
    }

    /// The number that the fingerprint shows.
    pub fn digest(&self) -> u64 {
        // The same on every machine and in every version of the compiler.
        let mut hash = FnvHasher::default();
        hash.write(&postcard::to_stdvec(self).unwrap_or_default());
        hash.finish()
    }
}

/// A mapping made before the first step (`MAP_FIXED_NOREPLACE`).
#[derive(Clone, Debug, Serialize, Deserialize, rkyv::Archive, rkyv::Serialize)]
#[cfg_attr(test, derive(rkyv::Deserialize))]
pub struct MapRegion {
    /// Address.
    pub addr: u64,
    /// Length in bytes.
    pub len: u64,
    /// `PROT_*`, in force once the image is stored.
    pub prot: u32,
    /// `MAP_*` without `MAP_FIXED_NOREPLACE`, which is added.
    pub flags: u32,
    /// Backing file, NUL-terminated path relative to the working directory, opened for
    /// reading and writing (for reading alone if that is refused) and closed afterwards.
    pub file: Option<Vec<u8>>,
    /// Offset into the file.
    pub offset: u64,
}

/// Bytes in the memory image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, rkyv::Archive, rkyv::Serialize)]
#[cfg_attr(test, derive(rkyv::Deserialize))]
pub struct Segment {
    /// Address.
    pub addr: u64,
    /// Content.
    pub fill: Fill,
    /// Length in bytes.
    pub len: Operand,
}

/// How bytes are made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, rkyv::Archive, rkyv::Serialize)]
#[cfg_attr(test, derive(rkyv::Deserialize))]
pub enum Fill {
    /// These bytes.
    Bytes(Vec<u8>),
    /// This byte over and over.
    Byte(u8),
    /// Byte `i` is `(seed + i) % 251`: 251 is prime, so data shifted by a page is noticed.
    Pattern(u8),
}

impl Fill {
    /// Byte `i`; 0 behind the end of [`Fill::Bytes`].
    pub fn at(&self, i: usize) -> u8 {
        match self {
            Fill::Bytes(bytes) => bytes.get(i).copied().unwrap_or(0),
            Fill::Byte(byte) => *byte,
            Fill::Pattern(seed) => ((usize::from(*seed) + i) % 251) as u8,
        }
    }
}

/// The circumstances, brought about in the order of these fields.
#[derive(Clone, Debug, Default, Serialize, Deserialize, rkyv::Archive, rkyv::Serialize)]
#[cfg_attr(test, derive(rkyv::Deserialize))]
pub struct Setup {
    /// The file system of the working directory (none: tmpfs).
    pub workdir: Option<Workdir>,
    /// `CLONE_NEW*` flags.
    pub unshare: u64,
    /// Mounts.
    pub mounts: Vec<PlanMount>,
    /// Directories, FIFOs (NUL-terminated paths, relative).
    pub dirs: Vec<Vec<u8>>,
    /// FIFOs.
    pub fifos: Vec<Vec<u8>>,
    /// Files.
    pub files: Vec<PlanFile>,
    /// Resource, soft and hard limit.
    pub rlimits: Vec<(u32, u64, u64)>,
    /// umask; default 022.
    pub umask: u32,
    /// Dispositions by signal number.
    pub signals: Vec<(u32, Disposition)>,
    /// Group to become.
    pub gid: Option<u32>,
    /// User to become.
    pub uid: Option<u32>,
    /// Capabilities to keep (a mask); none: all.
    pub caps: Option<u64>,
    /// The case says that it needs `CAP_SYS_PTRACE`. Others are without it, since with it the process that performs
    /// them, and through it the cases after them, could be reached.
    pub traces: bool,
}

/// A mount inside the working directory.
#[derive(Clone, Debug, Serialize, Deserialize, rkyv::Archive, rkyv::Serialize)]
#[cfg_attr(test, derive(rkyv::Deserialize))]
pub struct PlanMount {
    /// NUL-terminated path.
    pub at: Vec<u8>,
    /// NUL-terminated type.
    pub fstype: Vec<u8>,
    /// NUL-terminated data.
    pub options: Vec<u8>,
    /// Remounted read-only after the files are written.
    pub read_only: bool,
}

/// A file written before the first step.
#[derive(Clone, Debug, Serialize, Deserialize, rkyv::Archive, rkyv::Serialize)]
#[cfg_attr(test, derive(rkyv::Deserialize))]
pub struct PlanFile {
    /// NUL-terminated path.
    pub path: Vec<u8>,
    /// Content; segments' addresses are offsets into the file.
    pub content: Vec<Segment>,
    /// Permission bits.
    pub mode: u32,
}

/// One step.
#[derive(Clone, Debug, Serialize, Deserialize, rkyv::Archive, rkyv::Serialize)]
#[cfg_attr(test, derive(rkyv::Deserialize))]
pub struct PlanStep {
    /// Index into [`Plan::actors`]. `Blocked` and `Finish` are the main actor's, which waits: 0.
    pub actor: u16,
    /// What to do.
    pub op: Op,
    /// Stored into memory before the call, in order, by the actor: buffers whose length
    /// is a variable, and the canary that a room holds.
    pub fills: Vec<Segment>,
    /// Numbers stored into memory before the call (structure fields that are variables).
    pub patches: Vec<Patch>,
    /// Memory copied into the trace after the call, whatever it returned.
    pub captures: Vec<Capture>,
    /// Variables set after the call, if it did not fail. Of a started call, they and the captures are
    /// done by its actor when the call returns; the `Finish` step has none of its own.
    pub binds: Vec<Bind>,
}

/// A number stored into memory.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, rkyv::Archive, rkyv::Serialize)]
#[cfg_attr(test, derive(rkyv::Deserialize))]
pub struct Patch {
    /// Address.
    pub addr: u64,
    /// Width in bytes: 1, 2, 4 or 8. 0 sets bit `value` (0 to 1023) of the `fd_set` at `addr` and leaves
    /// the others as they are.
    pub size: u8,
    /// The number.
    pub value: Operand,
}

/// Memory copied into the trace.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, rkyv::Archive, rkyv::Serialize)]
#[cfg_attr(test, derive(rkyv::Deserialize))]
pub struct Capture {
    /// Address.
    pub addr: Operand,
    /// Length in bytes, at most [`MAX_CAPTURE`].
    pub len: Operand,
}

/// Longest capture, in bytes.
pub const MAX_CAPTURE: u64 = 4 << 20;

/// Most bytes that all captures of a case hold together.
pub const MAX_TRACE_DATA: u64 = 8 << 20;

/// A variable set from a result.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, rkyv::Archive, rkyv::Serialize)]
#[cfg_attr(test, derive(rkyv::Deserialize))]
pub struct Bind {
    /// Which.
    pub var: Var,
    /// From where.
    pub from: BindFrom,
}

/// A plan with all that the judge and the reports need to know of the case.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The case's id, subject, summary and place.
    pub id: String,
    /// Subject.
    pub subject: String,
    /// Summary.
    pub summary: String,
    /// Place of the case.
    pub span: Span,
    /// What to perform.
    pub plan: Plan,
    /// A line for each of `plan.steps`: how to show it, what must come of it.
    pub lines: Vec<Line>,
    /// Conditions (names checked).
    pub needs: Needs,
    /// What must hold for the case not to be skipped: a plan of its own.
    pub probe: Option<Box<Planned>>,
    /// The claim.
    pub claim: Option<Claim>,
    /// Whether the case waits for a call to be seen blocked.
    pub blocking: bool,
    /// Steps that the case does not write out (ascending): they look at what the step before them left.
    pub implicit: Vec<usize>,
}

/// How a step is shown, and what is promised of it.
#[derive(Clone, Debug)]
pub struct Line {
    /// Place of the step.
    pub span: Span,
    /// Name of the actor, if not the main one.
    pub actor: Option<String>,
    /// What it shows.
    pub shown: Shown,
    /// Promises by kernel range; empty: the step is set-up and must not fail. A started call has none: those
    /// on the line of its `Finish` speak of the started step's return, captures and signals.
    pub expect: Vec<Ranged<Promise>>,
    /// What the document claims.
    pub claimed: Option<Promise>,
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
        /// The label, if started.
        start: Option<String>,
    },
    /// Waiting to see a call asleep; index of the started step.
    Blocked(usize),
    /// Waiting for a call to return; index of the started step.
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
    /// Counting the open descriptors.
    CountFds,
}

/// A value to show: like [`crate::abi::Kind`], but filled in.
#[derive(Clone, Debug)]
pub enum Datum {
    /// A number, shown as its kind says (`Int`, `Octal`, `Fd`, `Flags`, `Enum`, `Len`).
    Number(Operand, crate::abi::Kind),
    /// An address with its name, if it has one: `buf+16`, shown as `0x1000000010 /* page+16 */`; NULL for 0.
    Pointer(Operand, Option<String>),
    /// Bytes that the kernel reads, in parts.
    Bytes(Vec<Segment>),
    /// A string that the kernel reads (no trailing NUL).
    Str(Vec<u8>),
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
        kind: crate::abi::Kind,
    },
    /// `struct iovec[]`: base and length of each.
    Iovec(Vec<(Datum, Operand)>),
    /// `[a, b]`.
    Array(Vec<Datum>),
    /// `[a b]`: the members of a set, signals without their `SIG`.
    Set(Vec<Datum>),
    /// `{name=value, …}`.
    Struct(Vec<(&'static str, Datum)>),
}

/// What must come of a step, in numbers and bytes. Without `ret`, `errno` and `killed`, any return will do
/// (implicit steps that belong to another kernel range).
#[derive(Clone, Debug, Default)]
pub struct Promise {
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
    /// The actor is killed by this signal.
    pub killed: Option<u32>,
    /// How many calls of a repetition succeed.
    pub repeats: Option<Operand>,
}

/// A promise about a return value.
#[derive(Clone, Debug)]
pub enum ReturnIs {
    /// Exactly this. A claim may say -1, as manual pages do: some error.
    Exactly(Operand),
    /// Within these bounds, each inclusive.
    Within(Option<Operand>, Option<Operand>),
    /// Anything but this, and no error.
    Not(Operand),
}

/// A promise about captured memory.
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
    /// These bytes (segments' addresses are offsets). With `rest_untouched`, everything behind
    /// them up to the end of the capture still holds [`CANARY`].
    Bytes {
        /// Content.
        parts: Vec<Segment>,
        /// Whether the rest of the room is checked too.
        rest_untouched: bool,
    },
    /// A number of this shape.
    Number {
        /// Width and sign.
        int: crate::abi::Int,
        /// For display.
        kind: crate::abi::Kind,
        /// Exactly, within, or not.
        is: ReturnIs,
        /// Only these bits are compared (all: `u64::MAX`).
        mask: u64,
    },
    /// An `fd_set` in which the bits of these descriptors are set and no others.
    FdSet(Vec<Operand>),
}
