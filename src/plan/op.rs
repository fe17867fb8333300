//! What a step does, how often, and what is kept of its result.
#![expect(missing_docs, reason = "of the resolvers that rkyv derives, whose fields have no attributes")]

use serde::{Deserialize, Serialize};

use super::performed::Operand;

/// What a step does.
#[derive(Clone, Debug, Serialize, Deserialize, rkyv::Archive, rkyv::Serialize)]
#[cfg_attr(test, derive(rkyv::Deserialize))]
pub enum Op {
    /// A system call.
    Call {
        /// Its number.
        nr: u32,
        /// Register contents.
        args: [Operand; 6],
        /// Started and not waited for.
        start: bool,
        /// Repetition.
        repeat: PlanRepeat,
        /// Returns twice.
        twice: bool,
        /// The actor as which it returns the other time; none: that ends at once. Index into the plan's actors.
        child: Option<u16>,
    },
    /// Wait until the call of that step sleeps in the kernel.
    Blocked {
        /// Index of the started step.
        step: u16,
    },
    /// Wait until the call of that step is done.
    Finish {
        /// Index of the started step.
        step: u16,
    },
    /// Store: the step's `fills` are done, byte by byte through user memory, and may fault.
    Store,
    /// Load: the step's `captures` are done through user memory, and may fault.
    Load,
    /// Count the descriptors open now (the return value); the implicit step around `opens`.
    CountFds,
}

/// Repetition of a call; one that fails ends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, rkyv::Archive, rkyv::Serialize)]
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
    /// Register `buf` grows and register `count` shrinks by each return, until `count` is 0 or a call returns 0;
    /// the return value is the sum (or the error of the first call).
    Advance {
        /// Register index of the buffer pointer.
        buf: u8,
        /// Register index of the count.
        count: u8,
    },
}

/// Where a variable's value comes from.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, rkyv::Archive, rkyv::Serialize)]
#[cfg_attr(test, derive(rkyv::Deserialize))]
pub enum BindFrom {
    /// The return value.
    Return,
    /// A number in memory.
    Memory {
        /// Address.
        addr: u64,
        /// Width in bytes.
        size: u8,
        /// Sign-extended or not.
        signed: bool,
        /// In network order.
        big: bool,
    },
}
