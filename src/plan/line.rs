//! Lines of text, and the numbers in them: `"VmLck: ${locked} kB"`.

use postcard_schema::Schema;
use serde::{Deserialize, Serialize};

use super::expr;
use super::formula::DECIMAL;
use super::performed::Operand;
use super::result::{PlanResult, refuse};
use super::text;
use super::vars::{Scope, is_name_char};
use crate::case::{Diagnostic, Node, Spanned, TextPart};

/// The key under which numbers in a line are named.
pub(super) const LINE: &str = "line";

/// Most pieces of a pattern.
const MAX_PIECES: usize = 32;

/// Most numbers that one pattern names.
pub const MAX_NUMBERS: usize = 8;

/// A piece of the pattern of a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, rkyv::Archive, rkyv::Serialize, Schema)]
#[cfg_attr(test, derive(rkyv::Deserialize))]
pub enum LinePiece {
    /// These bytes.
    Bytes(Vec<u8>),
    /// Spaces and tabs, at least one.
    Blanks,
    /// Anything, or nothing.
    Anything,
    /// This number, in digits of this base.
    Is(Operand, u8),
    /// A number in digits of this base, which is named.
    Named(u8),
}

/// The same, as it is matched.
#[derive(Clone, Copy, Debug)]
pub enum Match<'p> {
    /// These bytes.
    Bytes(&'p [u8]),
    /// Spaces and tabs, at least one.
    Blanks,
    /// Anything, or nothing.
    Anything,
    /// This number, or any; in digits of this base.
    Number(Option<i64>, u8),
}

impl LinePiece {
    /// As it is matched, with these variables.
    pub fn with(&self, vars: &[i64]) -> Match<'_> {
        match self {
            LinePiece::Bytes(bytes) => Match::Bytes(bytes),
            LinePiece::Blanks => Match::Blanks,
            LinePiece::Anything => Match::Anything,
            LinePiece::Is(number, base) => Match::Number(Some(number.value(vars)), *base),
            LinePiece::Named(base) => Match::Number(None, *base),
        }
    }
}

/// The numbers that were found where any may stand, in order.
pub type Numbers = [i64; MAX_NUMBERS];

/// The numbers in the first line of a text that the pattern is of. Allocates nothing.
pub fn find_line<'p>(text: &[u8], piece: &impl Fn(usize) -> Option<Match<'p>>) -> Option<Numbers> {
    text.split(|byte| *byte == b'\n').find_map(|line| {
        let mut numbers = [0; MAX_NUMBERS];
        matches(line, piece, 0, &mut numbers, 0).then_some(numbers)
    })
}

/// Whether the pattern from piece `at` on is the whole rest of a line.
fn matches<'p>(
    rest: &[u8],
    piece: &impl Fn(usize) -> Option<Match<'p>>,
    at: usize,
    numbers: &mut Numbers,
    found: usize,
) -> bool {
    match piece(at) {
        None => rest.is_empty(),
        Some(Match::Bytes(bytes)) => {
            rest.strip_prefix(bytes).is_some_and(|rest| matches(rest, piece, at + 1, numbers, found))
        }
        Some(Match::Blanks) => {
            let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
            blanks > 0 && matches(&rest[blanks..], piece, at + 1, numbers, found)
        }
        Some(Match::Anything) => (0..=rest.len()).any(|n| matches(&rest[n..], piece, at + 1, numbers, found)),
        Some(Match::Number(wanted, base)) => {
            let Some((number, len)) = number(rest, base) else { return false };
            if wanted.is_some_and(|wanted| wanted != number) {
                return false;
            }
            let named = usize::from(wanted.is_none());
            if let (1, Some(place)) = (named, numbers.get_mut(found)) {
                *place = number;
            }
            matches(&rest[len..], piece, at + 1, numbers, found + named)
        }
    }
}

/// The number that a text begins with, and its length. One beyond 64 bits is none.
fn number(text: &[u8], base: u8) -> Option<(i64, usize)> {
    let sign = usize::from(base == DECIMAL && text.first() == Some(&b'-'));
    let value = |byte: &u8| char::from(*byte).to_digit(base.into());
    let digits = text[sign..].iter().take_while(|byte| value(byte).is_some()).count();
    let mut number: u64 = 0;
    for digit in text[sign..sign + digits].iter().filter_map(value) {
        number = number.checked_mul(base.into())?.checked_add(digit.into())?;
    }
    let number = if sign == 1 { (number as i64).wrapping_neg() } else { number as i64 };
    (digits > 0).then_some((number, sign + digits))
}

/// The pattern of a line that is expected.
pub(super) fn expected(node: &Node, scope: &Scope) -> PlanResult<Vec<LinePiece>> {
    pattern(node, &mut |hole| {
        let (expression, base) = text::base(hole, node)?;
        let number = expr::parse_hole(expression, &node.span, "lines", scope)?;
        Ok(LinePiece::Is(number.operand(), base))
    })
}

/// The pattern of a line in which numbers are named, and the names in order.
pub(super) fn named(node: &Node) -> PlanResult<(Vec<LinePiece>, Vec<Spanned<String>>)> {
    let mut names = vec![];
    let pieces = pattern(node, &mut |hole| {
        let (name, base) = text::base(hole, node)?;
        if name.is_empty() || !name.chars().all(is_name_char) {
            let title = format!("`{name}` is no name");
            return refuse(Diagnostic::at(&node.span, title, "of a number in a line"));
        }
        names.push(Spanned { value: name.to_owned(), span: node.span.clone() });
        Ok(LinePiece::Named(base))
    })?;
    if names.is_empty() || names.len() > MAX_NUMBERS {
        return refuse(
            Diagnostic::at(&node.span, format!("a line names 1 to {MAX_NUMBERS} numbers"), "not so many")
                .help("write the line with names in it: `\"VmLck: ${locked} kB\"`"),
        );
    }
    Ok((pieces, names))
}

/// Blanks stand for any blanks, `*` for anything, and holes for what is made of them.
fn pattern(node: &Node, hole: &mut dyn FnMut(&str) -> PlanResult<LinePiece>) -> PlanResult<Vec<LinePiece>> {
    let mut pieces = vec![];
    for part in text::parts(node)? {
        match part {
            TextPart::Hole(name) => pieces.push(hole(name)?),
            TextPart::Plain(plain) if plain.contains('\n') => {
                return refuse(Diagnostic::at(&node.span, "a line has no end of line in it", "only one line"));
            }
            TextPart::Plain(plain) => plain.chars().for_each(|c| add(&mut pieces, c)),
        }
    }
    match pieces.len() {
        1..=MAX_PIECES => Ok(pieces),
        0 => refuse(Diagnostic::at(&node.span, "an empty pattern", "which line?")),
        _ => refuse(Diagnostic::at(&node.span, format!("a pattern of more than {MAX_PIECES} pieces"), "too long")),
    }
}

fn add(pieces: &mut Vec<LinePiece>, c: char) {
    let piece = match c {
        ' ' | '\t' => LinePiece::Blanks,
        '*' => LinePiece::Anything,
        c => {
            let mut utf8 = [0; 4];
            LinePiece::Bytes(c.encode_utf8(&mut utf8).as_bytes().to_vec())
        }
    };
    match (pieces.last_mut(), piece) {
        (Some(LinePiece::Bytes(last)), LinePiece::Bytes(more)) => last.extend(more),
        (Some(last), piece) if *last == piece => {}
        (_, piece) => pieces.push(piece),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::whole("VmLck:\t       8 kB", true)]
    #[case::other_number("VmLck:\t       16 kB", false)]
    #[case::more_behind("VmLck:\t       8 kB.", false)]
    #[case::no_blank("VmLck:8 kB", false)]
    fn a_line_is_matched_as_a_whole(#[case] line: &str, #[case] matches: bool) {
        let eight = LinePiece::Is(Operand::constant(8), DECIMAL);
        let pieces = [LinePiece::Bytes(b"VmLck:".into()), LinePiece::Blanks, eight, LinePiece::Blanks];
        let pieces = [&pieces[..], &[LinePiece::Bytes(b"kB".into())]].concat();
        let text = format!("Name: x\n{line}\nVmPin: 8 kB\n");
        let found = find_line(text.as_bytes(), &|i| pieces.get(i).map(|piece| piece.with(&[])));
        assert_eq!(found.is_some(), matches);
    }

    #[test]
    fn numbers_are_found_in_order() {
        let pieces = [
            LinePiece::Anything,
            LinePiece::Bytes(b"=".into()),
            LinePiece::Named(DECIMAL),
            LinePiece::Bytes(b"/".into()),
            LinePiece::Named(DECIMAL),
        ];
        let found = find_line(b"a=b=1\nx=y=-3/44", &|i| pieces.get(i).map(|piece| piece.with(&[]))).unwrap();
        assert_eq!(found[..2], [-3, 44]);
    }

    #[rstest]
    #[case::hexadecimal("000000000000ff00", 16, Some(0xff00))]
    #[case::all_bits("ffffffffffffffff", 16, Some(-1))]
    #[case::octal("0100002", 8, Some(0o100_002))]
    #[case::no_octal_digit("8", 8, None)]
    #[case::no_sign("-1", 16, None)]
    #[case::too_large("10000000000000000", 16, None)]
    fn numbers_are_read_in_their_base(#[case] text: &str, #[case] base: u8, #[case] expected: Option<i64>) {
        assert_eq!(number(text.as_bytes(), base).map(|(number, _)| number), expected);
    }
}
