//! A kernel made wrong on purpose, in what it does for the call of one step.

/// What is wrong, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mutant {
    /// Index of the step whose call is not answered as it should be.
    pub step: usize,
    /// What the kernel does instead.
    pub mutation: Mutation,
    /// Whether a seccomp filter gives an [`Mutation::Answer`] of 0 or an error, where filters are available.
    /// Everything else, and every other answer, is the work of whoever performs the call.
    pub filter: bool,
}

/// What the kernel does instead of what it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq, rkyv::Archive, rkyv::Serialize)]
pub enum Mutation {
    /// The right thing, but a bit of what its signals carry is not what it should be.
    Carried {
        /// Which byte, of those that are kept of a signal.
        offset: u8,
        /// Its bits.
        bits: u8,
    },
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
    /// It did so in a call that then succeeded; of a kernel that is wrong in every call of a kind.
    pub in_effect: bool,
    /// A fingerprint of what the case's process left: descriptors, files, memory, pending signals.
    /// None where it did not come to the end of its steps.
    pub fingerprint: Option<u64>,
}
