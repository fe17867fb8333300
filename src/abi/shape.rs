//! Short names for the shapes that the table is made of.

use super::types::{Dir, Field, Int, Kind, Set};

/// A C integer type: what its width and sign are.
pub(super) trait Integer {
    /// Width and sign.
    const INT: Int;
}

macro_rules! integers {
    ($($id:ident = $ty:ty, $signed:literal;)*) => { $(
        pub(super) const $id: Int = Int::of(size_of::<$ty>() as u8, $signed);
        impl Integer for $ty {
            const INT: Int = $id;
        }
    )* };
}

integers! {
    I8 = i8, true; I16 = i16, true; I32 = i32, true; I64 = i64, true;
    U8 = u8, false; U16 = u16, false; U32 = u32, false; U64 = u64, false;
}

/// Width and sign of the field that a closure picks; the closure is never called.
pub(super) const fn int_of<S, T: Integer>(_field: fn(S) -> T) -> Int {
    T::INT
}

pub(super) const FD: Kind = Kind::Fd;
pub(super) const INT: Kind = Kind::Int(I32);
pub(super) const UINT: Kind = Kind::Int(U32);
pub(super) const LONG: Kind = Kind::Int(I64);
pub(super) const ULONG: Kind = Kind::Int(U64);
pub(super) const SHORT: Kind = Kind::Int(U16);
pub(super) const BYTE: Kind = Kind::Int(U8);
/// `off_t`, `loff_t`.
pub(super) const OFF: Kind = LONG;
/// `size_t` that no other argument determines.
pub(super) const SIZE: Kind = ULONG;
/// An address as a number.
pub(super) const ADDR: Kind = Kind::Addr;
/// `mode_t`.
pub(super) const MODE_T: Kind = Kind::Octal(U32);
pub(super) const PATH: Kind = Kind::Path;
pub(super) const BYTES_IN: Kind = Kind::Bytes(Dir::In);
pub(super) const BYTES_OUT: Kind = Kind::Bytes(Dir::Out);
pub(super) const IOV_IN: Kind = Kind::Iovec(Dir::In);
pub(super) const IOV_OUT: Kind = Kind::Iovec(Dir::Out);
pub(super) const IOV_INOUT: Kind = Kind::Iovec(Dir::InOut);
pub(super) const ANY_IN: Kind = Kind::Any(Dir::In);
pub(super) const ANY_OUT: Kind = Kind::Any(Dir::Out);
pub(super) const ANY_INOUT: Kind = Kind::Any(Dir::InOut);

/// A port or another number of 16 bits, in network order.
pub(super) const BE16: Kind = Kind::Int(NETWORK_U16);
/// A number of 32 bits in network order.
pub(super) const BE32: Kind = Kind::Int(Int { big: true, ..U32 });
/// `__be16`.
pub(super) const NETWORK_U16: Int = Int { big: true, ..U16 };

/// What ends a record. It begins where the fixed part ends, if not said otherwise.
pub(super) const fn rest(name: &'static str, offset: usize, kind: Kind) -> Field {
    Field { name, offset, kind, when: None }
}

pub(super) const fn plain(int: Int) -> Kind {
    Kind::Int(int)
}

pub(super) const fn octal(int: Int) -> Kind {
    Kind::Octal(int)
}

pub(super) const fn flags(int: Int, set: &'static Set) -> Kind {
    Kind::Flags(int, set)
}

pub(super) const fn one_of(int: Int, set: &'static Set) -> Kind {
    Kind::Enum(int, set)
}

/// The length of what `sibling` points to.
pub(super) const fn len(int: Int, sibling: &'static str) -> Kind {
    Kind::Len(int, sibling)
}

/// `size_t`, the length of what `sibling` points to.
pub(super) const fn size(sibling: &'static str) -> Kind {
    len(U64, sibling)
}

/// Pointer to one value that the kernel reads.
pub(super) const fn input(kind: &'static Kind) -> Kind {
    Kind::Ptr(Dir::In, kind)
}

/// Pointer to one value that the kernel writes.
pub(super) const fn output(kind: &'static Kind) -> Kind {
    Kind::Ptr(Dir::Out, kind)
}

/// Pointer to one value that the kernel reads and writes.
pub(super) const fn inout(kind: &'static Kind) -> Kind {
    Kind::Ptr(Dir::InOut, kind)
}
