//! What a step does, how often, and what is kept of its result.
#![expect(missing_docs, reason = "of the resolvers that rkyv derives, whose fields have no attributes")]

use postcard_schema::Schema;
use serde::{Deserialize, Serialize};

use super::line::LinePiece;
use super::performed::Operand;

/// What a step does.
#[derive(Clone, Debug, Serialize, Deserialize, rkyv::Archive, rkyv::Serialize, Schema)]
#[cfg_attr(test, derive(rkyv::Deserialize))]
pub enum Op {
    /// A system call.
    Call {
        /// Its number.
        nr: u32,
        /// Register contents.
        args: [Operand; 6],
        /// Repetition.
        repeat: PlanRepeat,
        /// Returns twice.
        twice: bool,
        /// The actor as which it returns the other time; none: that ends at once. Index into the plan's actors.
        // No field is left out: the format that plans go to guests in has no names.
        child: Option<u16>,
    },
    /// Wait until that step sleeps in the kernel: in its call, or in a page fault.
    Blocked {
        /// Index of the started step.
        step: u16,
    },
    /// Wait until that step is done.
    Finish {
        /// Index of the started step.
        step: u16,
    },
    /// Store: the step's `fills` and `patches` are done through user memory, and may fault. Their addresses count
    /// from this one.
    Store {
        /// Where.
        at: Operand,
    },
    /// Load: the step's `captures` are done through user memory, and may fault.
    Load {
        /// Not before something is found there.
        wait: Option<Wait>,
    },
    /// Work out a number, the return value, from variables.
    Value(Operand),
    /// Look up a number, the return value, with no call of the case's.
    Observe(Observation),
}

impl Op {
    /// The numbers that it takes.
    pub(super) fn operands(&self) -> Vec<Operand> {
        match self {
            Op::Call { args, repeat, .. } => {
                let repeated = match repeat {
                    PlanRepeat::Times(times) => vec![*times],
                    PlanRepeat::Comes(wait) => wait.operands(),
                    _ => vec![],
                };
                args.iter().copied().chain(repeated).collect()
            }
            Op::Store { at: number } | Op::Value(number) => vec![*number],
            Op::Load { wait } => wait.iter().flat_map(Wait::operands).collect(),
            Op::Blocked { .. } | Op::Finish { .. } | Op::Observe(_) => vec![],
        }
    }
}

/// A number that the actor looks up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, rkyv::Archive, rkyv::Serialize, Schema)]
#[cfg_attr(test, derive(rkyv::Deserialize))]
pub enum Observation {
    /// How many descriptors are open.
    OpenDescriptors,
}

impl Observation {
    /// All of them.
    #[cfg(test)]
    pub(super) const ALL: [Observation; 1] = [Observation::OpenDescriptors];
}

/// Repetition of a call; one that fails ends it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, rkyv::Archive, rkyv::Serialize, Schema)]
#[cfg_attr(test, derive(rkyv::Deserialize))]
pub enum PlanRepeat {
    /// Once.
    Once,
    /// So many times.
    Times(Operand),
    /// Until this errno, at most so many times.
    Until {
        /// Errno.
        errno: i32,
        /// Bound.
        max: u64,
    },
    /// Until it comes to something, whatever it returns before that.
    Comes(Wait),
    /// Register `buf` grows and register `count` shrinks by each return, until `count` is 0 or a call returns 0;
    /// the return value is the sum (or the error of the first call).
    Advance {
        /// Register index of the buffer pointer.
        buf: u8,
        /// Register index of the count.
        count: u8,
    },
}

/// What is waited for by doing something again and again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, rkyv::Archive, rkyv::Serialize, Schema)]
#[cfg_attr(test, derive(rkyv::Deserialize))]
pub struct Wait {
    /// What must be so, all of it.
    pub conditions: Vec<Condition>,
    /// Bound.
    pub max: u64,
    /// Nanoseconds before the next time.
    pub pause: u64,
}

/// What must be so for a repetition to end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, rkyv::Archive, rkyv::Serialize, Schema)]
#[cfg_attr(test, derive(rkyv::Deserialize))]
pub enum Condition {
    /// What the call returns, which is no error.
    Return(NumberIs),
    /// A number in memory.
    Number {
        /// Where.
        addr: Operand,
        /// Width in bytes.
        size: u8,
        /// Sign-extended or not.
        signed: bool,
        /// In network order.
        big: bool,
        /// Only these bits count.
        mask: u64,
        /// What it is.
        is: NumberIs,
    },
    /// Bytes in memory, [`MOST_AWAITED`] at most.
    Bytes {
        /// Where.
        addr: Operand,
        /// Which.
        bytes: Vec<u8>,
    },
}

/// Most bytes that can be waited for.
pub const MOST_AWAITED: usize = 256;

/// What a number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, rkyv::Archive, rkyv::Serialize, Schema)]
#[cfg_attr(test, derive(rkyv::Deserialize))]
pub enum NumberIs {
    /// This.
    Equal(Operand),
    /// Within these bounds, each inclusive.
    Between(Operand, Operand),
    /// Anything else.
    Other(Operand),
}

impl Wait {
    fn operands(&self) -> Vec<Operand> {
        let number = |is: &NumberIs| match is {
            NumberIs::Equal(number) | NumberIs::Other(number) => vec![*number],
            NumberIs::Between(min, max) => vec![*min, *max],
        };
        let condition = |condition: &Condition| match condition {
            Condition::Return(is) => number(is),
            Condition::Number { addr, is, .. } => [vec![*addr], number(is)].concat(),
            Condition::Bytes { addr, .. } => vec![*addr],
        };
        self.conditions.iter().flat_map(condition).collect()
    }
}

/// Where a variable's value comes from.
#[derive(Clone, Debug, Serialize, Deserialize, rkyv::Archive, rkyv::Serialize, Schema)]
#[cfg_attr(test, derive(rkyv::Deserialize))]
pub enum BindFrom {
    /// The return value.
    Return,
    /// When the call began, in nanoseconds of `CLOCK_MONOTONIC`.
    Began,
    /// When it was done.
    Ended,
    /// How long it took.
    Elapsed,
    /// A number in a line of what the step captured.
    InLine {
        /// Index into the step's captures.
        capture: u16,
        /// The pattern of the line.
        line: Vec<LinePiece>,
        /// Which of the numbers that are named there.
        number: u8,
    },
    /// A number in what the step captured.
    Captured {
        /// Index into the step's captures.
        capture: u16,
        /// Offset into the capture, in bytes.
        offset: u32,
        /// Width in bytes.
        size: u8,
        /// Sign-extended or not.
        signed: bool,
        /// In network order.
        big: bool,
    },
}
