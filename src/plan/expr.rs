//! Numbers and sums: `4 * $page_size`, `$capacity - $sent`, `O_NONBLOCK`.

use super::names::{self, Consts};
use super::outcome::{Outcome, refuse};
use super::performed::{Operand, Var};
use super::vars::{Scope, Symbol, is_name_char};
use crate::case::{Diagnostic, Node, Span, Value};

/// A sum: what is known of it, its variables, and the address that it begins with.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Expr {
    /// The constant part, without the address.
    pub(super) base: i128,
    /// Variables and their factors.
    pub(super) terms: Vec<(i32, Var)>,
    /// A region's or `$unmapped`'s name and address.
    pub(super) anchor: Option<(String, u64)>,
}

impl Expr {
    /// The number, if it needs no variable.
    pub(super) fn known(&self) -> Option<i128> {
        self.terms.is_empty().then(|| self.base + i128::from(self.anchor.as_ref().map_or(0, |a| a.1)))
    }

    /// The sum for a register of 64 bits.
    pub(super) fn operand(&self) -> Operand {
        let anchor = self.anchor.as_ref().map_or(0, |a| a.1 as i64);
        let mut terms = [(0, 0); 2];
        for (slot, term) in terms.iter_mut().zip(&self.terms) {
            *slot = *term;
        }
        Operand { base: (self.base as i64).wrapping_add(anchor), terms }
    }

    fn add(mut self, other: Expr, sign: i32, at: &Span) -> Outcome<Self> {
        if other.anchor.is_some() && (sign < 0 || self.anchor.is_some()) {
            return refuse(Diagnostic::at(at, "addresses can neither be added nor subtracted", "in this sum"));
        }
        self.anchor = self.anchor.or(other.anchor);
        self.base += i128::from(sign) * other.base;
        for (factor, var) in other.terms {
            let old = self.terms.iter().position(|t| t.1 == var).map_or(0, |i| self.terms.swap_remove(i).0);
            let sum = factor.checked_mul(sign).and_then(|f| f.checked_add(old)).ok_or_else(|| too_large(at))?;
            self.terms.push((sum, var));
        }
        self.terms.retain(|t| t.0 != 0);
        if self.terms.len() > 2 {
            return refuse(Diagnostic::at(at, "a sum of more than two references", "too many for one value"));
        }
        Ok(self)
    }

    fn times(self, other: Expr, at: &Span) -> Outcome<Self> {
        let (factor, mut sum) = if self.terms.is_empty() { (self, other) } else { (other, self) };
        if factor.anchor.is_some() || sum.anchor.is_some() || !factor.terms.is_empty() {
            return refuse(Diagnostic::at(at, "one factor of a product must be a number", "in this product"));
        }
        sum.base =
            sum.base.checked_mul(factor.base).filter(|b| b.unsigned_abs() <= 1 << 64).ok_or_else(|| too_large(at))?;
        if !sum.terms.is_empty() {
            let factor = i32::try_from(factor.base).map_err(|_| too_large(at))?;
            for term in &mut sum.terms {
                term.0 = term.0.checked_mul(factor).ok_or_else(|| too_large(at))?;
            }
            sum.terms.retain(|t| t.0 != 0);
        }
        Ok(sum)
    }
}

fn too_large(at: &Span) -> Box<Diagnostic> {
    Box::new(Diagnostic::at(at, "a factor is too large", "factors of variables have 31 bits"))
}

/// Reads a scalar as a sum. `what` names the thing that it is for.
pub(super) fn parse(node: &Node, what: &str, consts: Consts, scope: &Scope) -> Outcome<Expr> {
    let text = match &node.value {
        Value::Scalar { text, quoted: false } => text.as_str(),
        Value::Scalar { .. } => {
            return refuse(
                Diagnostic::at(&node.span, format!("`{what}` is a number"), "this is text, for its quotes")
                    .help("write it without quotes"),
            );
        }
        Value::List(_) => {
            return refuse(Diagnostic::at(&node.span, format!("`{what}` is a single number"), "this is a list"));
        }
        Value::Map(_) => {
            return refuse(
                Diagnostic::at(&node.span, format!("`{what}` is a number"), "this is a mapping")
                    .help("to give exact register contents write `{raw: N}`"),
            );
        }
    };
    parse_text(text, &node.span, what, consts, scope)
}

/// Reads a text as a sum.
pub(super) fn parse_text(text: &str, span: &Span, what: &str, consts: Consts, scope: &Scope) -> Outcome<Expr> {
    let mut parser = Parser { text, at: 0, span, what, consts, scope };
    let sum = parser.sum()?;
    match parser.peek() {
        None => Ok(sum),
        Some('|') => refuse(
            Diagnostic::at(&parser.rest(), "flags are OR-ed by listing them", "no operator of this notation")
                .help(format!("write `[{}]`", text.split('|').map(str::trim).collect::<Vec<_>>().join(", "))),
        ),
        Some(_) => refuse(parser.unexpected()),
    }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    span: &'a Span,
    what: &'a str,
    consts: Consts,
    scope: &'a Scope,
}

impl Parser<'_> {
    fn peek(&mut self) -> Option<char> {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
        self.text[self.at..].chars().next()
    }

    fn eat(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.at += wanted.len_utf8();
        }
        found
    }

    /// The place of a part of the text, where the source shows the text as it is.
    fn place(&self, from: usize, to: usize) -> Span {
        let mut span = self.span.clone();
        if self.span.end.saturating_sub(self.span.start) == self.text.len() && !self.text.contains('\n') {
            span.start += from;
            span.end = self.span.start + to;
            span.column += self.text[..from].chars().count() as u32;
        }
        span
    }

    fn rest(&self) -> Span {
        self.place(self.at, self.text.len())
    }

    fn unexpected(&mut self) -> Diagnostic {
        let title = format!("`{}` is not a value of `{}`", self.text, self.what);
        match self.peek() {
            None => Diagnostic::at(self.span, title, "something is missing at the end"),
            Some(_) => Diagnostic::at(&self.rest(), title, "expected a number, a name or a `$reference`"),
        }
    }

    fn sum(&mut self) -> Outcome<Expr> {
        let mut sum = if self.eat('-') {
            let place = self.rest();
            Expr::default().add(self.product()?, -1, &place)?
        } else {
            self.product()?
        };
        loop {
            let sign = if self.eat('+') {
                1
            } else if self.eat('-') {
                -1
            } else {
                return Ok(sum);
            };
            let place = self.span.clone();
            sum = sum.add(self.product()?, sign, &place)?;
        }
    }

    fn product(&mut self) -> Outcome<Expr> {
        let mut product = self.atom()?;
        while self.eat('*') {
            let place = self.span.clone();
            product = product.times(self.atom()?, &place)?;
        }
        Ok(product)
    }

    fn word(&mut self) -> &str {
        let rest = &self.text[self.at..];
        let len = rest.find(|c| !is_name_char(c)).unwrap_or(rest.len());
        self.at += len;
        &rest[..len]
    }

    fn atom(&mut self) -> Outcome<Expr> {
        let first = self.peek();
        let from = self.at;
        match first {
            Some('$') => {
                self.at += 1;
                let name = self.word().to_owned();
                let place = self.place(from, self.at);
                Ok(match self.scope.get(&name, &place)? {
                    Symbol::Number(n) => Expr { base: n.into(), ..Expr::default() },
                    Symbol::Var(var) => Expr { terms: vec![(1, var)], ..Expr::default() },
                    Symbol::Address(addr) => Expr { anchor: Some((name, addr)), ..Expr::default() },
                })
            }
            Some(c) if c.is_ascii_digit() => {
                let word = self.word().to_owned();
                let place = self.place(from, self.at);
                match number(&word) {
                    Some(base) => Ok(Expr { base, ..Expr::default() }),
                    None => refuse(
                        Diagnostic::at(&place, format!("`{word}` is not a number"), "cannot be read")
                            .help("decimal, `0x` and hexadecimal, `0o` and octal digits; at most 64 bits"),
                    ),
                }
            }
            Some(c) if is_name_char(c) => {
                let word = self.word().to_owned();
                let place = self.place(from, self.at);
                let base = names::constant(&word, &place, self.what, self.consts)?;
                Ok(Expr { base: base.into(), ..Expr::default() })
            }
            _ => refuse(self.unexpected()),
        }
    }
}

/// Reads digits: `65536`, `0x1_0000`, `0o644`.
fn number(word: &str) -> Option<i128> {
    let digits = word.replace('_', "");
    let (digits, radix) = if let Some(hex) = digits.strip_prefix("0x") {
        (hex, 16)
    } else if let Some(octal) = digits.strip_prefix("0o") {
        (octal, 8)
    } else if digits.len() > 1 && digits.starts_with('0') {
        // C reads 0644 as octal and YAML 1.2 as decimal: neither reader may be misled.
        return None;
    } else {
        (digits.as_str(), 10)
    };
    u64::from_str_radix(digits, radix).ok().map(i128::from)
}

/// Writes an operand in the notation that it was read from.
pub(super) fn render(operand: &Operand, scope: &Scope) -> String {
    let mut text = operand.base.to_string();
    for (factor, var) in operand.terms.iter().filter(|t| t.0 != 0) {
        let sign = if *factor < 0 { '-' } else { '+' };
        text.push_str(&format!(" {sign} {} * ${}", factor.unsigned_abs(), scope.name(*var)));
    }
    text
}
