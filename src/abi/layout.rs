//! Where C puts the fields of a structure: each at the next multiple of its alignment.

use super::types::{Field, Kind};

/// See [`Field::when`].
type When = Option<(&'static str, &'static [&'static str])>;

/// A field: its name, its offset if that is not the next one, its shape, when it means something.
type Member = (&'static str, Option<usize>, Kind, When);

/// The fields with their offsets.
pub(super) const fn fields<const N: usize>(members: [Member; N]) -> [Field; N] {
    let mut fields = [const { Field { name: "", offset: 0, kind: Kind::Addr, when: None } }; N];
    let (mut i, mut end) = (0, 0);
    while i < N {
        let (name, place, kind, when) = members[i];
        let offset = match place {
            Some(place) => place,
            None => round_up(end, alignment(&kind)),
        };
        end = larger(end, offset + kind.size());
        fields[i] = Field { name, offset, kind, when };
        i += 1;
    }
    fields
}

/// The size of the structure that has these fields.
pub(super) const fn size(fields: &[Field]) -> usize {
    let mut end = 0;
    let mut i = 0;
    while i < fields.len() {
        end = larger(end, fields[i].offset + fields[i].kind.size());
        i += 1;
    }
    round_up(end, alignment_of(fields))
}

const fn alignment_of(fields: &[Field]) -> usize {
    let mut most = 1;
    let mut i = 0;
    while i < fields.len() {
        most = larger(most, alignment(&fields[i].kind));
        i += 1;
    }
    most
}

const fn alignment(kind: &Kind) -> usize {
    match kind {
        Kind::Fixed(element, _) => alignment(element),
        Kind::FixedBytes(_) => 1,
        Kind::Inet(_) => 4,
        Kind::Text | Kind::Tail | Kind::List(_) => 1,
        Kind::Struct(structure) => alignment_of(structure.fields),
        Kind::By(_, _, others) => alignment(others),
        Kind::SigSet | Kind::FdSet => 8,
        number_or_pointer => number_or_pointer.size(),
    }
}

const fn larger(a: usize, b: usize) -> usize {
    if a > b { a } else { b }
}

const fn round_up(offset: usize, alignment: usize) -> usize {
    offset.div_ceil(alignment) * alignment
}
