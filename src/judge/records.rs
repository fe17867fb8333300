//! Values that follow each other in captured memory: where each of them lies, and whether they are what they must be.

use std::ops::Range;

use crate::abi::{Field, Kind, Record, Struct};
use crate::plan::{Order, RecordIs, RecordsEnd, RecordsIs, Within};

use super::content;

/// Values taken apart at most.
const MANY: usize = 1 << 16;

/// Where each value lies in these bytes, up to `end`: without what lies between it and the next.
pub(super) fn split(element: &Kind, bytes: &[u8], end: usize) -> Vec<Range<usize>> {
    let (mut all, mut at) = (Vec::new(), 0);
    while at < end.min(bytes.len()) && all.len() < MANY {
        // One that tells no length ends where all ends.
        let len = extent(element, &bytes[at..]).min(if tells(element) { usize::MAX } else { end - at });
        all.push(at..(at + len).min(bytes.len()));
        let align = if let Kind::Struct(Struct { record: Some(record), .. }) = element { record.align } else { 1 };
        at = (at + len.max(1)).next_multiple_of(align);
    }
    all
}

/// Whether a value's length does not depend on what comes after it.
pub(super) fn tells(element: &Kind) -> bool {
    !matches!(element, Kind::Struct(Struct { record: Some(Record { len: None, .. }), .. }))
}

/// How long the value at the beginning of these bytes is.
fn extent(element: &Kind, bytes: &[u8]) -> usize {
    let Kind::Struct(layout) = element else { return element.size() };
    match layout.record {
        None => layout.size,
        Some(record) => told(layout, record, bytes).unwrap_or(bytes.len()),
    }
}

/// The length that a record tells of itself.
fn told(layout: &Struct, record: &Record, bytes: &[u8]) -> Option<usize> {
    let field = layout.fields.iter().find(|field| Some(field.name) == record.len)?;
    let told = content::read(field.kind.int()?, bytes.get(field.offset..)?)?;
    usize::try_from(told).ok()?.checked_add(record.uncounted)
}

/// The part of a record that comes after the fixed one.
pub(super) fn rest<'b>(layout: &Struct, index: usize, bytes: &'b [u8]) -> &'b [u8] {
    let Some(record) = layout.record else { return &[] };
    let mut begin = record.rest.first().map_or(layout.size, |field| field.offset);
    for before in &record.rest[..index] {
        begin += part_extent(layout, before, bytes.get(begin..).unwrap_or_default(), bytes);
    }
    let all = bytes.get(begin..).unwrap_or_default();
    let last = index + 1 == record.rest.len();
    let len = if last { all.len() } else { part_extent(layout, &record.rest[index], all, bytes) };
    &all[..len.min(all.len())]
}

/// How long a part is that others follow.
fn part_extent(layout: &Struct, field: &Field, part: &[u8], record: &[u8]) -> usize {
    match resolve(&field.kind, layout, record) {
        Kind::Text => part.iter().position(|byte| *byte == 0).map_or(part.len(), |nul| nul + 1),
        Kind::Tail | Kind::List(_) => part.len(),
        kind => extent(kind, part),
    }
}

/// The shape of a field, where that depends on another one of the structure.
pub(super) fn resolve<'k>(kind: &'k Kind, layout: &Struct, bytes: &[u8]) -> &'k Kind {
    let Kind::By(sibling, shapes, others) = kind else { return kind };
    let is = |name: &&str| is_constant(layout, sibling, name, bytes);
    let chosen = shapes.iter().find(|(name, _)| is(name)).map_or(*others, |(_, kind)| kind);
    resolve(chosen, layout, bytes)
}

/// Whether a field holds this constant.
pub(super) fn is_constant(layout: &Struct, field: &str, name: &str, bytes: &[u8]) -> bool {
    let Some(field) = layout.fields.iter().find(|other| other.name == field) else { return false };
    let (Kind::Enum(int, set) | Kind::Flags(int, set)) = resolve(&field.kind, layout, bytes) else { return false };
    let found = bytes.get(field.offset..).and_then(|bytes| content::read(*int, bytes));
    let unused = 64 - 8 * u32::from(int.size);
    found.zip(set.value(name)).is_some_and(|(found, value)| (found as u64 ^ value) << unused == 0)
}

/// Bytes of a value that tells no length, which its call does not count either.
fn uncounted(element: &Kind) -> usize {
    match element {
        Kind::Struct(Struct { record: Some(record), .. }) if record.len.is_none() => record.uncounted,
        _ => 0,
    }
}

/// What is wrong with a list, if anything.
pub(super) fn mismatch(is: &RecordsIs, found: &[u8], ret: i64, vars: &[i64]) -> Option<String> {
    let end = match is.end {
        RecordsEnd::Returned(unit) => usize::try_from(ret).unwrap_or(0).saturating_mul(unit) + uncounted(is.element),
        RecordsEnd::Untouched => content::written(found),
        RecordsEnd::Captured => found.len(),
    };
    let values: Vec<&[u8]> = split(is.element, found, end).into_iter().map(|range| &found[range]).collect();
    match is.order {
        Order::Exact | Order::BeginsWith => in_order(is, &values, vars),
        Order::InAnyOrder | Order::Contains => anywhere(is, &values, vars),
    }
}

fn in_order(is: &RecordsIs, values: &[&[u8]], vars: &[i64]) -> Option<String> {
    let differs = |(i, wanted): (usize, &RecordIs)| {
        let value = values.get(i)?;
        Some(format!("[{i}]{}", mismatch_of_one(is.element, wanted, value, vars)?))
    };
    is.each.iter().enumerate().find_map(differs).or_else(|| {
        let (expected, found) = (is.each.len(), values.len());
        let enough = if is.order == Order::Exact { expected == found } else { expected <= found };
        (!enough).then(|| format!("expected {}, found {found}", count(expected)))
    })
}

fn count(values: usize) -> String {
    if values == 1 { "1 value".to_owned() } else { format!("{values} values") }
}

fn anywhere(is: &RecordsIs, values: &[&[u8]], vars: &[i64]) -> Option<String> {
    let fits: Vec<Vec<usize>> = is
        .each
        .iter()
        .map(|wanted| {
            (0..values.len()).filter(|i| mismatch_of_one(is.element, wanted, values[*i], vars).is_none()).collect()
        })
        .collect();
    let mut taken_by = vec![None; values.len()];
    for (i, choices) in fits.iter().enumerate() {
        if choices.is_empty() {
            let near = values.iter().map(|value| mismatch_of_one(is.element, &is.each[i], value, vars));
            let near = near
                .flatten()
                .next()
                .map_or(String::new(), |text| format!(" (of the first: {})", text.trim_start_matches(['.', ':', ' '])));
            return Some(format!("nothing among {} is what is expected as [{i}]{near}", count(values.len())));
        }
        if !place(i, &fits, &mut taken_by, &mut vec![false; values.len()]) {
            return Some(format!("too few among {} are what is expected as [{i}]", count(values.len())));
        }
    }
    let (expected, found) = (is.each.len(), values.len());
    (is.order == Order::InAnyOrder && expected != found).then(|| format!("expected {}, found {found}", count(expected)))
}

/// Finds a value for what is expected, moving others where they fit elsewhere, too.
fn place(wanted: usize, fits: &[Vec<usize>], taken_by: &mut [Option<usize>], tried: &mut [bool]) -> bool {
    for &value in &fits[wanted] {
        if std::mem::replace(&mut tried[value], true) {
            continue;
        }
        if taken_by[value].is_none_or(|other| place(other, fits, taken_by, tried)) {
            taken_by[value] = Some(wanted);
            return true;
        }
    }
    false
}

/// What is wrong with one value: `.name: expected "b", found "a"`.
fn mismatch_of_one(element: &Kind, is: &RecordIs, value: &[u8], vars: &[i64]) -> Option<String> {
    is.parts.iter().find_map(|(within, part)| {
        let bytes = match (within, element) {
            (Within::Rest(index), Kind::Struct(layout)) => rest(layout, *index, value),
            _ => value,
        };
        let dot = if part.name.is_empty() { "" } else { "." };
        let place = format!("{dot}{}", part.name);
        let Some(bytes) = bytes.get(part.offset..) else { return Some(format!("{place}: ends before that")) };
        let what = content::mismatch(part, bytes, 0, vars)?;
        let colon = if what.starts_with('[') { "" } else { ": " };
        Some(format!("{place}{colon}{what}"))
    })
}
