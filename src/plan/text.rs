//! `{text: "/proc/${pid}/ns/uts"}`: text that holds numbers, in decimal or in another base: `${mask:x}`.

use super::bytes::Content;
use super::expr::{self, Expr};
use super::formula::{DECIMAL, MOST_DIGITS, Numeral, Operation};
use super::performed::{Fill, Operand, Piece, Segment};
use super::result::{PlanResult, refuse};
use super::vars::Scope;
use crate::case::{Diagnostic, Node, TextPart, hole_parts, text_parts};

/// Most bytes of such text.
pub(super) fn most(pieces: &[Piece]) -> u64 {
    let most = |piece: &Piece| match piece {
        Piece::Bytes(bytes) => bytes.len(),
        Piece::Numeral(..) => MOST_DIGITS,
    };
    pieces.iter().map(most).sum::<usize>() as u64
}

/// Text in which `${…}` stands for a number, in decimal.
pub(super) fn content(node: &Node, what: &str, scope: &Scope) -> PlanResult<Content> {
    let mut text = Text::default();
    for part in parts(node)? {
        match part {
            TextPart::Plain(plain) => text.plain(plain),
            TextPart::Hole(hole) => {
                let (expression, base) = base(hole, node)?;
                let number = expr::parse_hole(expression, &node.span, what, scope)?;
                match number.known() {
                    Some(number) if base == DECIMAL => text.plain(&number.to_string()),
                    Some(number) => text.plain(&Numeral::of(number as i64, base).to_string()),
                    None => text.number(number.operand(), base, node, scope)?,
                }
            }
        }
    }
    Ok(text.content())
}

/// The expression in a hole, and the base in which its number is written.
pub(super) fn base<'h>(hole: &'h str, node: &Node) -> PlanResult<(&'h str, u8)> {
    let (expression, base) = hole_parts(hole);
    match base {
        None => Ok((expression, DECIMAL)),
        Some("x") => Ok((expression, 16)),
        Some("o") => Ok((expression, 8)),
        Some(other) => {
            let title = format!("`:{other}` is no base of a number");
            let label = "after a number that stands in text";
            refuse(
                Diagnostic::at(&node.span, title, label).help("write `:x` for hexadecimal digits, `:o` for octal ones"),
            )
        }
    }
}

/// The parts of what stands under `text`.
pub(super) fn parts(node: &Node) -> PlanResult<Vec<TextPart<'_>>> {
    let Some(text) = node.text() else {
        return refuse(Diagnostic::at(&node.span, "`text` is text", "this is none").help("write quotes: `\"…\"`"));
    };
    text_parts(text).or_else(|open| {
        let title = format!("`{open}` is not closed");
        refuse(Diagnostic::at(&node.span, title, "`${` begins an expression").help("close it with `}`"))
    })
}

#[derive(Default)]
struct Text {
    pieces: Vec<Piece>,
    len: Expr,
}

impl Text {
    fn plain(&mut self, text: &str) {
        self.len.base += text.len() as i128;
        match self.pieces.last_mut() {
            Some(Piece::Bytes(last)) => last.extend_from_slice(text.as_bytes()),
            _ => self.pieces.push(Piece::Bytes(text.as_bytes().to_vec())),
        }
    }

    fn number(&mut self, number: Operand, base: u8, node: &Node, scope: &Scope) -> PlanResult<()> {
        let digits = scope.compute(Operation::Digits, number, Operand::constant(base.into()), &node.span)?;
        self.len = std::mem::take(&mut self.len).add(digits, 1, &node.span, scope)?;
        self.pieces.push(Piece::Numeral(number, base));
        Ok(())
    }

    fn content(self) -> Content {
        let len = self.len.operand();
        match &self.pieces[..] {
            [] => Content::of(vec![]),
            [Piece::Bytes(bytes)] => Content::of(bytes.clone()),
            _ => Content {
                parts: vec![Segment { addr: 0, fill: Fill::Text(self.pieces), len }],
                len,
                ..Content::default()
            },
        }
    }
}
