//! A bug of a kernel, and how one is written down.

use crate::abi::Syscall;
use crate::exec::{After, Before, Edit, Instead, Memory, On, Place, Test, Value, Wrongness};

/// A bug that a kernel has in every call of a kind.
#[derive(Clone, Debug)]
pub struct Bug {
    /// `pread64/moves-offset`: the call, and what is wrong in it.
    pub id: String,
    /// The call.
    pub call: &'static Syscall,
    /// What the kernel does: `moves the offset of fd`.
    pub does: String,
    /// How it does so.
    pub wrongness: Wrongness,
}

impl Wrongness {
    /// Only in calls of which this is true.
    pub(super) fn when(mut self, tests: impl IntoIterator<Item = Test>) -> Self {
        self.when.extend(tests);
        self
    }

    pub(super) fn before(mut self, before: impl IntoIterator<Item = Before>) -> Self {
        self.before.extend(before);
        self
    }

    pub(super) fn after(mut self, after: impl IntoIterator<Item = After>) -> Self {
        self.after.extend(after);
        self
    }

    /// What comes after, only where the call returns more than 0.
    pub(super) fn on_more_than_0(self) -> Self {
        Wrongness { on: On::Positive, ..self }
    }
}

/// Nothing is done, and this is returned.
pub(super) fn answer(value: Value) -> Wrongness {
    Wrongness { instead: Some(Instead::Answer(value)), ..Wrongness::default() }
}

/// The call takes another number.
pub(super) fn takes(place: Place, edit: Edit) -> Wrongness {
    Wrongness::default().before([Before::Change { place, edit }])
}

/// What it gives is another number.
pub(super) fn gives(place: Place, edit: Edit) -> Wrongness {
    Wrongness::default().after([After::Change { place, edit }])
}

/// Another call is made after it.
pub(super) fn then(nr: i64, args: &[Value]) -> Wrongness {
    Wrongness::default().after([After::Call { nr: nr as u32, args: registers(args) }])
}

pub(super) fn registers(args: &[Value]) -> [Value; 6] {
    std::array::from_fn(|i| args.get(i).copied().unwrap_or(Value::Is(0)))
}

pub(super) const fn at(arg: u8, offset: i32, size: u8) -> Place {
    Place::Memory(Memory { arg, through: None, plus: Value::Is(0), offset, size })
}

/// The bits of a register are this value.
pub(super) const fn has(arg: u8, mask: u64, value: u64) -> Test {
    Test::Number { place: Place::Arg(arg), mask, value, is: true }
}

/// The bits of a number are another value.
pub(super) const fn is_not(place: Place, mask: u64, value: u64) -> Test {
    Test::Number { place, mask, value, is: false }
}

/// A register is not 0.
pub(super) const fn given(arg: u8) -> Test {
    is_not(Place::Arg(arg), u64::MAX, 0)
}

pub(super) const fn zero() -> Edit {
    Edit::Set(Value::Is(0))
}
