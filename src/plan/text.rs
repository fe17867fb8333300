//! `{text: "/proc/${pid}/ns/uts"}`: text that holds numbers.

use super::bytes::Content;
use super::expr::{self, Expr};
use super::formula::{MOST_DIGITS, Operation};
use super::performed::{Fill, Operand, Piece, Segment};
use super::result::{PlanResult, refuse};
use super::vars::Scope;
use crate::case::{Diagnostic, Node, TextPart, text_parts};

/// Most bytes of such text.
pub(super) fn most(pieces: &[Piece]) -> u64 {
    let most = |piece: &Piece| match piece {
        Piece::Bytes(bytes) => bytes.len(),
        Piece::Decimal(_) => MOST_DIGITS,
    };
    pieces.iter().map(most).sum::<usize>() as u64
}

/// Text in which `${…}` stands for a number, in decimal.
pub(super) fn content(node: &Node, what: &str, scope: &Scope) -> PlanResult<Content> {
    let mut text = Text::default();
    for part in parts(node)? {
        match part {
            TextPart::Plain(plain) => text.plain(plain),
            TextPart::Hole(expression) => {
                let number = expr::parse_hole(expression, &node.span, what, scope)?;
                match number.known() {
                    Some(number) => text.plain(&number.to_string()),
                    None => text.number(number.operand(), node, scope)?,
                }
            }
        }
    }
    Ok(text.content())
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

    fn number(&mut self, number: Operand, node: &Node, scope: &Scope) -> PlanResult<()> {
        let digits = scope.compute(Operation::Digits, number, Operand::default(), &node.span)?;
        self.len = std::mem::take(&mut self.len).add(digits, 1, &node.span, scope)?;
        self.pieces.push(Piece::Decimal(number));
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
