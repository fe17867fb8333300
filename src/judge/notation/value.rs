//! Numbers and memory by their kind.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::abi::{self, Choice, DESCRIPTOR, FD_SET_BYTES, Field, Int, Kind, SIG_SET_BYTES, Struct, mode_text};
use crate::judge::{content, names, records};
use crate::plan::{ARENA, ARENA_SPAN};

use super::text::quote;
use super::{siginfo, status};

/// Fields of a structure and elements of an array shown, unless an expectation speaks of others.
pub(super) const MANY: usize = 6;
/// Numbers that can only be addresses of the plan's memory.
const ARENA_ADDRESSES: std::ops::Range<i64> = ARENA as i64..(ARENA + ARENA_SPAN) as i64;
const POINTER: Int = Int { size: 8, signed: false, big: false };

/// A number as its kind shows it.
pub(in crate::judge) fn number(kind: &Kind, number: i64) -> String {
    let int = kind.int().unwrap_or(Int { size: 8, signed: true, big: false });
    let Some(narrow) = narrow(int, number) else { return format!("{number:#x}") };
    match kind {
        Kind::Fd => DESCRIPTOR.decode(narrow as u64),
        Kind::Addr => pointer(narrow as u64),
        Kind::Octal(_) => mode_text(narrow as u64),
        Kind::Flags(_, set) | Kind::Enum(_, set) => set.decode(narrow as u64),
        Kind::WaitStatus => status::shown(narrow as u32),
        _ if int.size == 8 && ARENA_ADDRESSES.contains(&narrow) => pointer(narrow as u64),
        _ if int.big => network(int, narrow),
        _ if int.signed => narrow.to_string(),
        _ => (narrow as u64).to_string(),
    }
}

/// What a register or a field of this shape takes of a number; none if it does not fit.
fn narrow(int: Int, number: i64) -> Option<i64> {
    if int.size >= 8 {
        return Some(number);
    }
    let bits = u32::from(int.size) * 8;
    let fits = number >> (bits - 1) == 0 || number >> (bits - 1) == -1 || number >> bits == 0;
    fits.then(|| content::read(int, &content::write(int, number))).flatten()
}

/// What an output argument points to. `spoken_of` tells the offsets that an expectation speaks of.
pub(super) fn pointee(kind: &Kind, bytes: &[u8], spoken_of: &[usize]) -> String {
    match kind {
        Kind::Bytes(_) | Kind::Any(_) => quote(untouched(bytes), false),
        Kind::Array(_, element) => array(element, bytes, spoken_of),
        // One that tells no length stands alone.
        Kind::Records(_, element) if !records::tells(element) => value(element, untouched(bytes), spoken_of),
        Kind::Records(_, element) => list(element, bytes, content::written(bytes)),
        Kind::OneOf(_, choice) => one_of(choice, bytes, spoken_of),
        Kind::Ptr(_, inner) => pointee(inner, bytes, spoken_of),
        Kind::By(_, _, otherwise) => pointee(otherwise, bytes, spoken_of),
        _ if kind.int().is_some() => format!("[{}]", value(kind, bytes, spoken_of)),
        _ => value(kind, bytes, spoken_of),
    }
}

/// Bytes without the untouched room after them.
fn untouched(bytes: &[u8]) -> &[u8] {
    &bytes[..content::written(bytes)]
}

/// A value in place.
pub(super) fn value(kind: &Kind, bytes: &[u8], spoken_of: &[usize]) -> String {
    if kind.size() > 0 && bytes.get(..kind.size()).is_some_and(content::is_untouched) {
        return "untouched".to_owned();
    }
    match kind {
        Kind::Fixed(element, _) => array(element, bytes.get(..kind.size()).unwrap_or(bytes), spoken_of),
        Kind::FixedBytes(len) => {
            let field = bytes.get(..*len).unwrap_or(bytes);
            quote(field.split(|&b| b == 0).next().unwrap_or_default(), false)
        }
        Kind::Struct(shape) => structure(shape, bytes, spoken_of),
        Kind::SigSet => set_bits(bytes, SIG_SET_BYTES, |bit| names::signal(bit as u32 + 1).replace("SIG", "")),
        Kind::FdSet => fd_set(bytes),
        Kind::Inet(size) => inet(bytes.get(..*size).unwrap_or_default()),
        Kind::Text => quote(bytes.split(|&b| b == 0).next().unwrap_or_default(), false),
        Kind::Tail => quote(bytes, false),
        Kind::List(element) => list(element, bytes, bytes.len()),
        Kind::Bits(int, first, count) => {
            let all = content::read(*int, bytes).unwrap_or(0) as u64;
            (all >> first & ((1 << count) - 1)).to_string()
        }
        Kind::By(_, _, otherwise) => value(otherwise, bytes, spoken_of),
        _ => match kind.int() {
            Some(int) => content::read(int, bytes).map_or("?".to_owned(), |n| number(kind, n)),
            None => pointer(content::read(POINTER, bytes).unwrap_or(0) as u64),
        },
    }
}

/// An address.
pub(super) fn pointer(address: u64) -> String {
    if address == 0 { "NULL".to_owned() } else { format!("{address:#x}") }
}

fn array(element: &Kind, bytes: &[u8], spoken_of: &[usize]) -> String {
    let size = element.size();
    let used = untouched(bytes).len().div_ceil(size);
    let shown = bytes.chunks_exact(size).take(used.min(MANY)).enumerate().map(|(i, chunk)| {
        let within = spoken_of.iter().filter(|o| (i * size..(i + 1) * size).contains(*o)).map(|o| o - i * size);
        value(element, chunk, &within.collect::<Vec<_>>())
    });
    let mut shown: Vec<_> = shown.collect();
    if used > MANY {
        shown.push("...".to_owned());
    }
    format!("[{}]", shown.join(", "))
}

/// A number in network order, as C writes it.
fn network(int: Int, number: i64) -> String {
    match int.size {
        2 => format!("htons({number})"),
        4 => format!("htonl({number})"),
        _ => number.to_string(),
    }
}

/// An internet address.
pub(super) fn inet(bytes: &[u8]) -> String {
    if let Ok(address) = <[u8; 4]>::try_from(bytes) {
        return format!("inet_addr(\"{}\")", Ipv4Addr::from(address));
    }
    match <[u8; 16]>::try_from(bytes) {
        Ok(address) => format!("inet_pton(\"{}\")", Ipv6Addr::from(address)),
        Err(_) => quote(bytes, false),
    }
}

/// Values that follow each other.
fn list(element: &Kind, bytes: &[u8], end: usize) -> String {
    let all = records::split(element, bytes, end);
    let mut shown: Vec<_> = all.iter().take(MANY).map(|range| value(element, &bytes[range.clone()], &[])).collect();
    if all.len() > MANY {
        shown.push("...".to_owned());
    }
    format!("[{}]", shown.join(", "))
}

/// A structure that its first number tells.
fn one_of(choice: &Choice, bytes: &[u8], spoken_of: &[usize]) -> String {
    let mut structures = choice.of.iter().filter_map(|kind| if let Kind::Struct(s) = kind { Some(*s) } else { None });
    let tagged = |layout: &&Struct| {
        let first = layout.fields.first().and_then(|field| field.kind.int());
        let found = first.and_then(|int| content::read(int, bytes)).map(|tag| tag as u64);
        found.is_some() && found == layout.tag()
    };
    match structures.clone().find(tagged).or(structures.next_back()) {
        _ if content::written(bytes) == 0 => quote(&[], false),
        Some(layout) => structure(layout, bytes, spoken_of),
        None => quote(untouched(bytes), false),
    }
}

fn structure(shape: &Struct, bytes: &[u8], spoken_of: &[usize]) -> String {
    // Of a union, the member that is meant, and those that an expectation speaks of.
    let told = |field: &Field| {
        field.when.is_none_or(|(by, names)| names.iter().any(|name| records::is_constant(shape, by, name, bytes)))
    };
    let shares = |field: &Field| shape.fields.iter().any(|other| other.offset == field.offset && told(other));
    let meant = |field: &&Field| told(field) || spoken_of.contains(&field.offset) && !shares(field);
    let signal = std::ptr::eq(shape, abi::siginfo());
    let fields: Vec<&Field> =
        if signal { siginfo::meant(bytes, spoken_of) } else { shape.fields.iter().filter(meant).collect() };
    let few = signal || fields.len() <= MANY;
    let of_interest = |field: &Field| few || spoken_of.contains(&field.offset);
    let any = fields.iter().any(|field| of_interest(field));
    let chosen: Vec<_> =
        fields.iter().enumerate().filter(|(i, f)| if any { of_interest(f) } else { *i < MANY }).collect();
    let mut shown: Vec<_> = chosen
        .iter()
        .map(|(_, field)| {
            let at = bytes.get(field.offset..).unwrap_or_default();
            let within: Vec<_> = spoken_of.iter().filter_map(|o| o.checked_sub(field.offset)).collect();
            format!("{}={}", field.name, value(records::resolve(&field.kind, shape, bytes), at, &within))
        })
        .collect();
    if chosen.len() < fields.len() {
        shown.push("...".to_owned());
    }
    for (index, field) in shape.rest().iter().enumerate() {
        let part = records::rest(shape, index, bytes);
        if !part.is_empty() {
            shown.push(format!("{}={}", field.name, value(records::resolve(&field.kind, shape, bytes), part, &[])));
        }
    }
    format!("{{{}}}", shown.join(", "))
}

/// `[3 5]`.
pub(in crate::judge) fn fd_set(bytes: &[u8]) -> String {
    set_bits(bytes, FD_SET_BYTES, |bit| bit.to_string())
}

/// The members of a bit set of so many bytes, whose bits are numbered through words of the machine.
fn set_bits(bytes: &[u8], len: usize, name: impl Fn(usize) -> String) -> String {
    const WORD: Int = Int { size: 8, signed: false, big: false };
    let bytes = bytes.get(..len).unwrap_or_default();
    let words = bytes.chunks(8).map(|chunk| content::read(WORD, chunk).unwrap_or(0) as u64);
    let bits =
        words.enumerate().flat_map(|(i, word)| (0..64).filter(move |b| word >> b & 1 == 1).map(move |b| i * 64 + b));
    format!("[{}]", bits.map(name).collect::<Vec<_>>().join(" "))
}
