//! A kernel made wrong on purpose, in what it does for the call of one step.

/// What is wrong, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mutant {
    /// Index of the step whose call is not answered as it should be.
    pub step: usize,
    /// What the kernel does instead.
    pub mutation: Mutation,
    /// Whether a seccomp filter gives an [`Mutation::Answer`] of 0 or an error, where filters are to be had.
    /// Everything else, and every other answer, is the work of whoever performs the call.
    pub filter: bool,
}

/// What the kernel does instead of what it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mutation {
    /// Nothing; and it answers this (an error is `-errno`).
    Answer(i64),
    /// The right thing, but an error is this one instead.
    Errno(i32),
    /// The right thing, but it returns one less.
    Short,
    /// The right thing, but after success bits of memory are not what they should be.
    Flip {
        /// Address of the byte.
        addr: u64,
        /// Its bits.
        bits: u8,
        /// Even if the call left the byte as it was.
        unwritten: bool,
    },
    /// It does not return.
    Hang,
    /// The right thing without this signal to the caller.
    NoSignal(u32),
    /// The right thing, but descriptors that it opens are not open.
    Unopened,
    /// The right thing, but files of descriptors that it closes stay open.
    LeftOpen,
    /// The right thing, but the file offsets of these descriptors stay where they were (a mask of registers).
    OffsetKept(u8),
    /// What the call would do without these bits of a register.
    FlagIgnored {
        /// The register's index.
        arg: u8,
        /// The bits.
        bits: u64,
    },
}

/// What else is known after a plan was performed and examined.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Aftermath {
    /// The mutation made a difference to what the kernel did or answered.
    pub touched: bool,
    /// A fingerprint of what the case's process left: descriptors, files, memory, pending signals.
    /// None where it did not come to the end of its steps.
    pub remains: Option<u64>,
}

/// Codes of [`Mutation`], as the child reads them.
pub(super) mod code {
    pub(in crate::exec) const ANSWER: u64 = 0;
    pub(in crate::exec) const ERRNO: u64 = 1;
    pub(in crate::exec) const SHORT: u64 = 2;
    pub(in crate::exec) const FLIP: u64 = 3;
    pub(in crate::exec) const HANG: u64 = 4;
    pub(in crate::exec) const NO_SIGNAL: u64 = 5;
    pub(in crate::exec) const UNOPENED: u64 = 6;
    pub(in crate::exec) const LEFT_OPEN: u64 = 7;
    pub(in crate::exec) const OFFSET_KEPT: u64 = 8;
    pub(in crate::exec) const FLAG_IGNORED: u64 = 9;
}

impl Mutant {
    /// The code, its two operands, and whether a filter is to be used.
    pub(super) fn words(&self) -> [u64; 4] {
        let (code, first, second) = match self.mutation {
            Mutation::Answer(answer) => (code::ANSWER, answer as u64, 0),
            Mutation::Errno(errno) => (code::ERRNO, errno as u64, 0),
            Mutation::Short => (code::SHORT, 0, 0),
            Mutation::Flip { addr, bits, unwritten } => (code::FLIP, addr, u64::from(bits) | u64::from(unwritten) << 8),
            Mutation::Hang => (code::HANG, 0, 0),
            Mutation::NoSignal(signal) => (code::NO_SIGNAL, u64::from(signal), 0),
            Mutation::Unopened => (code::UNOPENED, 0, 0),
            Mutation::LeftOpen => (code::LEFT_OPEN, 0, 0),
            Mutation::OffsetKept(args) => (code::OFFSET_KEPT, u64::from(args), 0),
            Mutation::FlagIgnored { arg, bits } => (code::FLAG_IGNORED, u64::from(arg), bits),
        };
        [code, first, second, u64::from(self.filter)]
    }
}
