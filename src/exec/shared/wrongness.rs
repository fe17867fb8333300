//! What a kernel does wrong in every call of a kind, as what is done before, instead of, and after the right call.
#![expect(missing_docs, reason = "of the resolvers that rkyv derives, whose fields have no attributes")]

/// A kernel that is wrong in every call of a kind, whoever makes it.
#[derive(Clone, Copy, Debug)]
pub struct EveryCall<'a> {
    /// The number of the calls.
    pub nr: u32,
    /// Steps that are right all the same: what a case sees with.
    pub but: &'a [usize],
    /// What is wrong.
    pub wrongness: &'a Wrongness,
}

/// What is wrong. To all that follows, the call did what a kernel would have done that is wrong in this way.
#[derive(Clone, Debug, Default, PartialEq, Eq, rkyv::Archive, rkyv::Serialize)]
pub struct Wrongness {
    /// Calls of which all this is true; the others are right.
    pub when: Vec<Test>,
    /// Done before the call.
    pub before: Vec<Before>,
    /// Done instead of the call.
    pub instead: Option<Instead>,
    /// Which outcomes are followed by more.
    pub on: On,
    /// What they are followed by.
    pub after: Vec<After>,
}

/// What is true of a call before it is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, rkyv::Archive, rkyv::Serialize)]
pub enum Test {
    /// These bits of a number are, or are not, these.
    Number { place: Place, mask: u64, value: u64, is: bool },
    /// The descriptor in a register is, or is not, of a file of this type (`S_IFMT`).
    Type { arg: u8, mode: u32, is: bool },
    /// It is, or is not, ready for this (`POLLIN`).
    Ready { arg: u8, events: i16, is: bool },
    /// It has, or has not, these flags (`F_GETFL`).
    Flags { arg: u8, bits: u32, is: bool },
}

/// A number that a call takes or gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, rkyv::Archive, rkyv::Serialize)]
pub enum Place {
    /// In a register.
    Arg(u8),
    /// What the call returned.
    Ret,
    /// In memory.
    Memory(Memory),
}

/// A number in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, rkyv::Archive, rkyv::Serialize)]
pub struct Memory {
    /// The register that points there.
    pub arg: u8,
    /// It points to a structure, and the pointer that is meant has this offset in that.
    pub through: Option<u16>,
    /// So much further, beside the offset.
    pub plus: Value,
    /// Offset in bytes.
    pub offset: i32,
    /// Bytes: 1, 2, 4 or 8.
    pub size: u8,
}

/// A number that something is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, rkyv::Archive, rkyv::Serialize)]
pub enum Value {
    /// This one.
    Is(i64),
    /// What a register held, before it was changed.
    Arg(u8),
    /// What the call returned.
    Ret,
    /// What was kept before the call.
    Kept,
    /// The address of some room.
    Room,
    /// The `int` at an offset from where a register points.
    Int { arg: u8, offset: u16 },
}

/// What becomes of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, rkyv::Archive, rkyv::Serialize)]
pub enum Edit {
    /// Other bits are 0.
    And(u64),
    /// These bits are 1.
    Or(u64),
    /// These bits are the other way round.
    Xor(u64),
    /// It is this.
    Set(Value),
    /// It is no more than this.
    AtMost(u64),
    /// It is more by so much.
    Add(i64),
    /// It is another one if it is this one.
    Swap { from: u64, to: u64 },
}

/// What is done before the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, rkyv::Archive, rkyv::Serialize)]
pub enum Before {
    /// The call takes another number; in memory, what was there is there again after the call.
    Change { place: Place, edit: Edit },
    /// A number is kept.
    Keep(Place),
    /// The offset of the descriptor in a register is kept.
    KeepOffset(u8),
    /// Another call is made, and what it returns is kept.
    Call { nr: u32, args: [Value; 6] },
}

/// What is done instead of the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, rkyv::Archive, rkyv::Serialize)]
pub enum Instead {
    /// Nothing; it returns this.
    Answer(Value),
    /// Another call is made.
    Call { nr: u32, args: [Value; 6] },
    /// It sleeps for ever.
    Sleep,
}

/// Outcomes of a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, rkyv::Archive, rkyv::Serialize)]
pub enum On {
    /// No error.
    #[default]
    Success,
    /// More than 0.
    Positive,
    /// This error.
    Error(i32),
}

/// What is done after the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, rkyv::Archive, rkyv::Serialize)]
pub enum After {
    /// A number is another one.
    Change { place: Place, edit: Edit },
    /// The descriptor in a register has the offset that it had.
    OffsetKept(u8),
    /// Its offset is further by what was returned.
    OffsetMoved(u8),
    /// Of so many bytes as were returned, the last one of each page is lost.
    PageEnds { arg: u8 },
    /// In each of the records that were returned, of which this many bytes at that place tell the length, bytes are 0.
    Records { arg: u8, len_at: u16, len_size: u8, len: u16, field: u16, size: u8 },
    /// Another call is made.
    Call { nr: u32, args: [Value; 6] },
    /// The descriptor that it returned is, or is not, closed when another program is executed.
    CloseOnExec(bool),
    /// It returns another descriptor for the same file, beyond this one.
    OtherNumber,
    /// The call is made again, and that is its outcome.
    Again,
}
