//! A plan: a case in numbers and bytes, ready to be performed. It is all that execution is given, and holds no
//! expectation.

use std::hash::Hasher;

use fnv::FnvHasher;
use postcard_schema::Schema;
use serde::{Deserialize, Serialize};

use super::formula::{Formula, Numeral};
use super::op::{BindFrom, Op};
use super::setup::Setup;
use crate::case::ActorKind;

/// Index of a variable. The first [`FIXED_VARS`] are set before the first step.
pub type Var = u16;

/// The value of a variable that no step has bound, as of one whose call failed. To a call it is no process and no group of
/// processes (-1 would be everybody), no descriptor, no address and no length.
pub const UNBOUND: i64 = i32::MIN as i64;

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
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, rkyv::Archive, rkyv::Serialize, Schema,
)]
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

    /// The variables that it needs.
    pub fn vars(&self) -> impl Iterator<Item = Var> + use<> {
        self.terms.into_iter().filter(|(coefficient, _)| *coefficient != 0).map(|(_, var)| var)
    }

    /// The value with these variables.
    pub fn value(&self, vars: &[i64]) -> i64 {
        self.terms.iter().fold(self.base, |sum, &(c, v)| {
            if c == 0 { sum } else { sum.wrapping_add(i64::from(c).wrapping_mul(vars[usize::from(v)])) }
        })
    }
}

/// A case in numbers and bytes.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Schema)]
pub struct Plan {
    /// The case's id (for process names and errors).
    pub id: String,
    /// Actors; the first is the main one (its kind does not matter).
    pub actors: Vec<ActorKind>,
    /// Number of variables, [`FIXED_VARS`] included. All others are [`UNBOUND`] until they are bound.
    pub vars: u32,
    /// Memory to map before the first step, in order; ranges do not overlap.
    pub regions: Vec<MapRegion>,
    /// Bytes stored there before the first step.
    pub image: Vec<Segment>,
    /// The circumstances.
    pub setup: Setup,
    /// What the actors do, in order.
    pub steps: Vec<PlanStep>,
    /// The first of those that are done at the end whatever happened, by the main actor: if that is dead, by another
    /// process.
    pub finally: Option<u32>,
    /// Deadline in microseconds, if not the run's.
    pub deadline: Option<u64>,
    /// Whether it cannot be performed where blocking cannot be observed.
    pub observes: bool,
    /// Whether it needs namespaces of its own to be harmless (`kill(-1, …)`, `sethostname`).
    pub needs_pid_namespace: bool,
}

impl Plan {
    /// Whether a step is done at the end whatever happened.
    pub fn is_finally(&self, step: usize) -> bool {
        self.finally.is_some_and(|first| step >= first as usize)
    }

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
#[derive(Clone, Debug, Serialize, Deserialize, rkyv::Archive, rkyv::Serialize, Schema)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, rkyv::Archive, rkyv::Serialize, Schema)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, rkyv::Archive, rkyv::Serialize, Schema)]
#[cfg_attr(test, derive(rkyv::Deserialize))]
pub enum Fill {
    /// These bytes.
    Bytes(Vec<u8>),
    /// This byte over and over.
    Byte(u8),
    /// Byte `i` is `(seed + i) % 251`: 251 is prime, so data shifted by a page is noticed.
    Pattern(u8),
    /// Text that holds numbers.
    Text(Vec<Piece>),
}

/// A piece of text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, rkyv::Archive, rkyv::Serialize, Schema)]
#[cfg_attr(test, derive(rkyv::Deserialize))]
pub enum Piece {
    /// These bytes.
    Bytes(Vec<u8>),
    /// A number in digits of this base.
    Numeral(Operand, u8),
}

impl Fill {
    /// The first bytes, so many; 0 after the end of [`Fill::Bytes`] and [`Fill::Text`].
    pub fn bytes(&self, len: usize, vars: &[i64]) -> Vec<u8> {
        let mut bytes = match self {
            Fill::Bytes(bytes) => bytes[..len.min(bytes.len())].to_vec(),
            Fill::Byte(byte) => vec![*byte; len],
            Fill::Pattern(seed) => (0..len).map(|i| ((usize::from(*seed) + i) % 251) as u8).collect(),
            Fill::Text(pieces) => pieces.iter().flat_map(|piece| piece.bytes(vars)).collect(),
        };
        bytes.resize(len, 0);
        bytes
    }
}

impl Piece {
    fn number(&self) -> Option<Operand> {
        match self {
            Piece::Bytes(_) => None,
            Piece::Numeral(number, _) => Some(*number),
        }
    }

    fn bytes(&self, vars: &[i64]) -> Vec<u8> {
        match self {
            Piece::Bytes(bytes) => bytes.clone(),
            Piece::Numeral(number, base) => Numeral::of(number.value(vars), *base).bytes().to_vec(),
        }
    }
}

/// One step.
#[derive(Clone, Debug, Serialize, Deserialize, rkyv::Archive, rkyv::Serialize, Schema)]
#[cfg_attr(test, derive(rkyv::Deserialize))]
pub struct PlanStep {
    /// Index into [`Plan::actors`]. `Blocked` and `Finish` are the main actor's, which waits: 0.
    pub actor: u16,
    /// Started and not waited for: a call, a store or a load.
    pub start: bool,
    /// What to do.
    pub op: Op,
    /// Variables that are computed as the step begins, in order.
    pub computes: Vec<Formula>,
    /// Stored into memory before the call, in order, by the actor: buffers whose length
    /// is a variable, and the canary that a room holds.
    pub fills: Vec<Segment>,
    /// Numbers stored into memory before the call (structure fields that are variables).
    pub patches: Vec<Patch>,
    /// Memory copied into the trace after the call, whatever it returned.
    pub captures: Vec<Capture>,
    /// Variables set after the call; if it failed, only those that say so. Of a step that is started, they and the captures
    /// are done by its actor when it is done; the `Finish` step has none of its own.
    pub binds: Vec<Bind>,
}

impl PlanStep {
    /// This, and nothing around it.
    pub fn new(actor: u16, op: Op) -> Self {
        PlanStep {
            actor,
            start: false,
            op,
            computes: vec![],
            fills: vec![],
            patches: vec![],
            captures: vec![],
            binds: vec![],
        }
    }

    /// The numbers that are worked out as the step begins, and after its call.
    pub(super) fn operands(&self) -> impl Iterator<Item = Operand> {
        let text = |fill: &Fill| match fill {
            Fill::Text(pieces) => pieces.iter().filter_map(Piece::number).collect(),
            _ => vec![],
        };
        let fills = self.fills.iter().flat_map(move |segment| text(&segment.fill).into_iter().chain([segment.len]));
        let captures = self.captures.iter().flat_map(|capture| [capture.addr, capture.len]);
        self.op.operands().into_iter().chain(fills).chain(captures).chain(self.patches.iter().map(|patch| patch.value))
    }
}

/// A number stored into memory.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, rkyv::Archive, rkyv::Serialize, Schema)]
#[cfg_attr(test, derive(rkyv::Deserialize))]
pub struct Patch {
    /// Address.
    pub addr: u64,
    /// Width in bytes: 1, 2, 4 or 8. 0 sets bit `value` (0 to 1023) of the `fd_set` at `addr` and leaves
    /// the others as they are.
    pub size: u8,
    /// In network order.
    pub big: bool,
    /// The number.
    pub value: Operand,
}

/// Memory copied into the trace.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, rkyv::Archive, rkyv::Serialize, Schema)]
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

/// A variable set from a result. From memory that was not captured, it is not set.
#[derive(Clone, Debug, Serialize, Deserialize, rkyv::Archive, rkyv::Serialize, Schema)]
#[cfg_attr(test, derive(rkyv::Deserialize))]
pub struct Bind {
    /// Which.
    pub var: Var,
    /// From where.
    pub from: BindFrom,
    /// Also if the call fails.
    pub on_error: bool,
}
