//! Captured memory against what it must hold.

use std::fmt::Write;

use crate::abi::{FD_SET_BYTES, Int, Kind};
use crate::plan::{CANARY, ContentIs, LinePiece, Match, Numeral, Operand, OutIs, ReturnIs, Segment, find_line};

use super::notation;
use super::records;

/// Bytes shown on either side of the first difference.
const WINDOW: usize = 16;
/// Contents up to this length are shown whole by the notation.
const SHORT: usize = notation::STRING_LIMIT;

/// The first bytes of these parts, `limit` at most, and whether there are more.
pub(super) fn head(parts: &[Segment], vars: &[i64], limit: usize) -> (Vec<u8>, bool) {
    let mut bytes = Vec::new();
    for part in parts {
        let len = length(part, vars);
        let room = limit - bytes.len();
        bytes.extend(part.fill.bytes(len.min(room), vars));
        if len > room {
            return (bytes, true);
        }
    }
    (bytes, false)
}

/// The bytes that these parts make, each at its offset, cut off after `limit`.
pub(super) fn assemble(parts: &[Segment], vars: &[i64], limit: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    for part in parts {
        let start = usize::try_from(part.addr).unwrap_or(usize::MAX).min(limit);
        let end = start.saturating_add(length(part, vars)).min(limit);
        if bytes.len() < end {
            bytes.resize(end, 0);
        }
        bytes[start..end].copy_from_slice(&part.fill.bytes(end - start, vars));
    }
    bytes
}

fn length(part: &Segment, vars: &[i64]) -> usize {
    usize::try_from(part.len.value(vars)).unwrap_or(0)
}

/// An `fd_set` of these descriptors; bits are numbered through words of the machine.
pub(super) fn fd_set(fds: &[Operand], vars: &[i64]) -> Vec<u8> {
    let mut words = [0u64; FD_SET_BYTES / 8];
    for fd in fds.iter().filter_map(|fd| usize::try_from(fd.value(vars)).ok()) {
        if let Some(word) = words.get_mut(fd / 64) {
            *word |= 1 << (fd % 64);
        }
    }
    words.iter().flat_map(|word| word.to_ne_bytes()).collect()
}

/// What is wrong with captured memory from the expected offset on, if anything. Bytes are counted from the beginning
/// of what is expected, of which this may be a part.
pub(super) fn mismatch(out: &OutIs, found: &[u8], ret: i64, vars: &[i64]) -> Option<String> {
    match &out.is {
        ContentIs::Bytes { parts, rest_untouched } => {
            // One byte more than there is will show that there should be more.
            let expected = assemble(parts, vars, found.len() + 1);
            bytes_mismatch(&expected, found, *rest_untouched, out.part.unwrap_or(0))
        }
        ContentIs::Number { int, kind, is, mask } => {
            let Some(number) = read(*int, found) else { return Some("was not captured".to_owned()) };
            if number_holds(*int, number, is, *mask, vars) {
                return None;
            }
            // Words say which bits they are about.
            let masked = if *mask == u64::MAX || matches!(kind, Kind::WaitStatus) {
                String::new()
            } else {
                format!(" under the mask {mask:#x}")
            };
            let expected = notation::expected(is, vars, |n| notation::number(kind, n));
            let place = out.part.map_or_else(String::new, |at| format!("differs at byte {at}: "));
            let found = match is_untouched(&found[..usize::from(int.size)]) {
                true => "it untouched".to_owned(),
                false => notation::number(kind, number),
            };
            Some(format!("{place}expected {expected}{masked}, found {found}"))
        }
        ContentIs::Line(pattern, shown) => {
            let text = &found[..written(found)];
            let line = find_line(text, &|i| pattern.get(i).map(|piece| piece.with(vars)));
            line.is_none().then(|| no_line(text, pattern, shown, vars))
        }
        ContentIs::FdSet(fds) => {
            let Some(found) = found.get(..FD_SET_BYTES) else { return Some("was not captured".to_owned()) };
            let expected = fd_set(fds, vars);
            let actual = || if is_untouched(found) { "it untouched".to_owned() } else { notation::fd_set(found) };
            let both = || (notation::fd_set(&expected), actual());
            (expected != found).then(both).map(|(expected, found)| format!("expected {expected}, found {found}"))
        }
        ContentIs::Whole(parts) => {
            let expected = assemble(parts, vars, found.len() + 1);
            bytes_mismatch(&expected, found, false, 0).or_else(|| {
                let more = found.len() > expected.len();
                more.then(|| format!("expected {} bytes, found {}", expected.len(), found.len()))
            })
        }
        ContentIs::Text(expected) => {
            let found = found.split(|byte| *byte == 0).next().unwrap_or_default();
            let both = || (notation::quoted(expected), notation::quoted(found));
            (expected != found).then(both).map(|(expected, found)| format!("expected {expected}, found {found}"))
        }
        ContentIs::Records(is) => records::mismatch(is, found, ret, vars),
    }
}

/// Says that a line is missing, and which line begins like it.
fn no_line(text: &[u8], pattern: &[LinePiece], shown: &str, vars: &[i64]) -> String {
    let start = |i: usize| (i == 0).then(|| pattern.first().map(|piece| piece.with(vars))).flatten();
    let like = |i: usize| start(i).or_else(|| (i == 1).then_some(Match::Anything));
    let near = text.split(|b| *b == b'\n').find(|line| find_line(line, &like).is_some());
    let near = near.filter(|_| matches!(pattern.first(), Some(LinePiece::Bytes(_))));
    let values = || {
        let numbers = pattern.iter().filter_map(|piece| match piece.with(vars) {
            Match::Number(Some(number), base) => Some(Numeral::of(number, base).to_string()),
            _ => None,
        });
        let numbers: Vec<_> = numbers.collect();
        if numbers.is_empty() { String::new() } else { format!(" with {}", numbers.join(", ")) }
    };
    let found = near.map_or_else(String::new, |line| format!(", found {:?}", String::from_utf8_lossy(line)));
    format!("has no line {shown:?}{}{found}", values())
}

/// What is wrong with bytes, `before` of which are judged apart.
fn bytes_mismatch(expected: &[u8], found: &[u8], rest_untouched: bool, before: usize) -> Option<String> {
    let at = (0..expected.len()).find(|&i| found.get(i) != Some(&expected[i]));
    if let Some(at) = at {
        let place = before + at;
        let Some(byte) = found.get(at) else {
            return Some(format!("ends at byte {place}, expected more"));
        };
        if is_untouched(&found[at..]) {
            return Some(format!("differs at byte {place}: expected {:#04x}, found it untouched", expected[at]));
        }
        let mut text = format!("differs at byte {place}: expected {:#04x}, found {byte:#04x}", expected[at]);
        if expected.len() > SHORT {
            // Both windows are cut to what there is, so that they can be compared line by line.
            let from = at.saturating_sub(WINDOW);
            let upto = at + WINDOW;
            let _ = write!(text, "\nexpected {}", window(expected, before, from, upto));
            let _ = write!(text, "\nfound    {}", window(found, before, from, upto.min(expected.len())));
        }
        return Some(text);
    }
    if !rest_untouched {
        return None;
    }
    let after = expected.len();
    let touched = found[after..].iter().position(|&b| b != CANARY)? + after;
    let (place, after) = (before + touched, before + after);
    Some(format!("byte {place} was written, after the {after} bytes expected: found {:#04x}", found[touched]))
}

/// Whether the kernel has left all of these bytes as they were. (One alone may be what it wrote.)
pub(super) fn is_untouched(bytes: &[u8]) -> bool {
    bytes.len() > 1 && bytes.iter().all(|&b| b == CANARY)
}

/// How many bytes there are up to the last that the kernel wrote. (One that it wrote as it was is not seen.)
pub(super) fn written(bytes: &[u8]) -> usize {
    bytes.iter().rposition(|&b| b != CANARY).map_or(0, |last| last + 1)
}

/// `9c30: 61 61 61 …`.
fn window(bytes: &[u8], before: usize, from: usize, upto: usize) -> String {
    let mut text = format!("{:04x}:", before + from);
    for byte in &bytes[from..upto.min(bytes.len())] {
        let _ = write!(text, " {byte:02x}");
    }
    text
}

/// The number at the start of these bytes, extended to 64 bits by its sign.
pub(super) fn read(int: Int, bytes: &[u8]) -> Option<i64> {
    let bytes = bytes.get(..usize::from(int.size))?;
    if int.big {
        let turned: Vec<u8> = bytes.iter().rev().copied().collect();
        return read(Int { big: false, ..int }, &turned);
    }
    let number = match *bytes {
        [a] => i64::from(a),
        [a, b] => i64::from(u16::from_ne_bytes([a, b])),
        [a, b, c, d] => i64::from(u32::from_ne_bytes([a, b, c, d])),
        [a, b, c, d, e, f, g, h] => i64::from_ne_bytes([a, b, c, d, e, f, g, h]),
        _ => return None,
    };
    Some(if int.signed { extend(int, number) } else { number })
}

/// The low bytes of a number as memory holds them.
pub(super) fn write(int: Int, number: i64) -> Vec<u8> {
    let size = usize::from(int.size).min(8);
    if int.big {
        return write(Int { big: false, ..int }, number).into_iter().rev().collect();
    }
    match size {
        1 => (number as u8).to_ne_bytes().to_vec(),
        2 => (number as u16).to_ne_bytes().to_vec(),
        4 => (number as u32).to_ne_bytes().to_vec(),
        _ => number.to_ne_bytes().to_vec(),
    }
}

fn extend(int: Int, number: i64) -> i64 {
    let unused = 64 - 8 * u32::from(int.size);
    (number << unused) >> unused
}

/// The value of a number of this shape, without wrapping: unsigned ones of 64 bits are positive.
fn value(int: Int, number: i64) -> i128 {
    if int.signed || int.size < 8 { i128::from(number) } else { i128::from(number as u64) }
}

fn number_holds(int: Int, number: i64, is: &ReturnIs, mask: u64, vars: &[i64]) -> bool {
    if mask != u64::MAX {
        let masked = number as u64 & mask;
        return match is {
            ReturnIs::Exactly(n) => masked == n.value(vars) as u64,
            ReturnIs::Not(n) => masked != n.value(vars) as u64,
            ReturnIs::Within(..) => within(i128::from(masked), is, |n| i128::from(n.value(vars))),
        };
    }
    let expected = |n: &Operand| {
        let n = n.value(vars);
        // A number may be written by its bits: 0xffffffff for an int of -1.
        let bits = i64::from(int.size) * 8;
        let fits = bits < 64 && int.signed && n >= 0 && n >> bits == 0;
        if fits { value(int, extend(int, n)) } else { value(int, n) }
    };
    match is {
        ReturnIs::Exactly(n) => value(int, number) == expected(n),
        ReturnIs::Not(n) => value(int, number) != expected(n),
        ReturnIs::Within(..) => within(value(int, number), is, expected),
    }
}

/// Whether a value lies within bounds (both inclusive).
pub(super) fn within(value: i128, is: &ReturnIs, bound: impl Fn(&Operand) -> i128) -> bool {
    let ReturnIs::Within(min, max) = is else { return false };
    min.as_ref().is_none_or(|min| value >= bound(min)) && max.as_ref().is_none_or(|max| value <= bound(max))
}
