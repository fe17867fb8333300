//! Numbers and expressions: `4 * $page_size`, `$capacity - $sent`, `$flags & ~O_NONBLOCK`.
//!
//! Operators bind as in C: `~` and a leading `-`, then `*`, `+ -`, `<< >>`, `&`, `|`.

use super::formula::Operation;
use super::names::{self, Consts};
use super::number::in_register;
use super::performed::{Operand, Var};
use super::result::{PlanResult, refuse};
use super::vars::{Scope, Symbol, is_name_char};
use crate::case::{Diagnostic, Node, Span, Value};

/// Most references in one expression.
const MAX_REFERENCES: usize = 8;

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

    /// A number known while planning.
    pub(super) fn number(base: i128) -> Self {
        Expr { base, ..Expr::default() }
    }

    pub(super) fn add(mut self, other: Expr, sign: i32, at: &Span, scope: &Scope) -> PlanResult<Self> {
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
        while self.terms.len() > 2 {
            let two = Expr { terms: self.terms.drain(..2).collect(), ..Expr::default() };
            let sum = scope.compute(Operation::Plus, two.operand(), Operand::default(), at)?;
            self.terms.extend(sum.terms);
        }
        Ok(self)
    }

    fn times(self, other: Expr, at: &Span, scope: &Scope) -> PlanResult<Self> {
        if self.anchor.is_some() || other.anchor.is_some() {
            return refuse(Diagnostic::at(at, "an address cannot be multiplied", "in this product"));
        }
        let (factor, mut sum) = if self.terms.is_empty() { (self, other) } else { (other, self) };
        if !factor.terms.is_empty() {
            return scope.compute(Operation::Times, factor.operand(), sum.operand(), at);
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

    /// An operation on bits.
    pub(super) fn bits(self, operation: Operation, other: Expr, at: &Span, scope: &Scope) -> PlanResult<Self> {
        let shifts = matches!(operation, Operation::ShiftLeft | Operation::ShiftRight);
        if shifts && other.known().is_some_and(|by| !(0..64).contains(&by)) {
            return refuse(Diagnostic::at(at, "a shift by more than the bits there are", "0 to 63"));
        }
        for side in [&self, &other] {
            in_register(side, at)?;
        }
        let (Some(left), Some(right)) = (self.known(), other.known()) else {
            return scope.compute(operation, self.operand(), other.operand(), at);
        };
        let bits = operation.apply(left as i64, right as i64);
        // What is made of numbers without a sign has none.
        let signed = left < 0 && operation != Operation::ShiftRight || right < 0;
        Ok(Expr::number(if signed { bits.into() } else { (bits as u64).into() }))
    }
}

fn too_large(at: &Span) -> Box<Diagnostic> {
    Box::new(Diagnostic::at(at, "a factor is too large", "factors of variables have 31 bits"))
}

/// Reads a scalar as a sum. `what` names the thing that it is for.
pub(super) fn parse(node: &Node, what: &str, consts: Consts, scope: &Scope) -> PlanResult<Expr> {
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

/// Reads what stands in a hole of a text: names of variables need no `$` there.
pub(super) fn parse_hole(text: &str, span: &Span, what: &str, scope: &Scope) -> PlanResult<Expr> {
    let parser = Parser { text, at: 0, span, what, consts: Consts::All, scope, references: 0, is_hole: true };
    parser.whole()
}

/// Reads a text as an expression.
pub(super) fn parse_text(text: &str, span: &Span, what: &str, consts: Consts, scope: &Scope) -> PlanResult<Expr> {
    let constant = |part: &str| part.trim().starts_with(char::is_alphabetic);
    if text.contains('|') && text.split('|').all(constant) {
        let list = text.split('|').map(str::trim).collect::<Vec<_>>().join(", ");
        return refuse(
            Diagnostic::at(span, "flags are OR-ed by listing them", "constants joined by `|`")
                .help(format!("write `[{list}]`")),
        );
    }
    Parser { text, at: 0, span, what, consts, scope, references: 0, is_hole: false }.whole()
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    span: &'a Span,
    what: &'a str,
    consts: Consts,
    scope: &'a Scope,
    references: usize,
    is_hole: bool,
}

impl Parser<'_> {
    fn whole(mut self) -> PlanResult<Expr> {
        let sum = self.or()?;
        match self.peek() {
            None => Ok(sum),
            Some(_) => refuse(self.unexpected()),
        }
    }

    fn peek(&mut self) -> Option<char> {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
        self.text[self.at..].chars().next()
    }

    fn eat(&mut self, wanted: &str) -> bool {
        self.peek();
        let found = self.text[self.at..].starts_with(wanted);
        if found {
            self.at += wanted.len();
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

    fn or(&mut self) -> PlanResult<Expr> {
        let mut all = self.and()?;
        while self.eat("|") {
            all = all.bits(Operation::Or, self.and()?, self.span, self.scope)?;
        }
        Ok(all)
    }

    fn and(&mut self) -> PlanResult<Expr> {
        let mut all = self.shift()?;
        while self.eat("&") {
            all = all.bits(Operation::And, self.shift()?, self.span, self.scope)?;
        }
        Ok(all)
    }

    fn shift(&mut self) -> PlanResult<Expr> {
        let mut shifted = self.sum()?;
        loop {
            let operation = if self.eat("<<") {
                Operation::ShiftLeft
            } else if self.eat(">>") {
                Operation::ShiftRight
            } else {
                return Ok(shifted);
            };
            shifted = shifted.bits(operation, self.sum()?, self.span, self.scope)?;
        }
    }

    fn sum(&mut self) -> PlanResult<Expr> {
        let mut sum = if self.eat("-") {
            let place = self.rest();
            Expr::default().add(self.product()?, -1, &place, self.scope)?
        } else {
            self.product()?
        };
        loop {
            let sign = if self.eat("+") {
                1
            } else if self.eat("-") {
                -1
            } else {
                return Ok(sum);
            };
            sum = sum.add(self.product()?, sign, self.span, self.scope)?;
        }
    }

    fn product(&mut self) -> PlanResult<Expr> {
        let mut product = self.atom()?;
        while self.eat("*") {
            product = product.times(self.atom()?, self.span, self.scope)?;
        }
        Ok(product)
    }

    fn word(&mut self) -> &str {
        let rest = &self.text[self.at..];
        let len = rest.find(|c| !is_name_char(c)).unwrap_or(rest.len());
        self.at += len;
        &rest[..len]
    }

    fn reference(&mut self, name: String, from: usize) -> PlanResult<Expr> {
        self.references += 1;
        if self.references > MAX_REFERENCES {
            let title = format!("an expression of more than {MAX_REFERENCES} references");
            return refuse(Diagnostic::at(self.span, title, "too many for one value"));
        }
        let place = self.place(from, self.at);
        Ok(match self.scope.get(&name, &place)? {
            Symbol::Number(n) => Expr::number(n.into()),
            Symbol::Var(var) => Expr { terms: vec![(1, var)], ..Expr::default() },
            Symbol::Address(addr) => Expr { anchor: Some((name, addr)), ..Expr::default() },
        })
    }

    fn atom(&mut self) -> PlanResult<Expr> {
        let first = self.peek();
        let from = self.at;
        match first {
            Some('(') => {
                self.at += 1;
                let inner = self.or()?;
                if self.eat(")") { Ok(inner) } else { refuse(self.unexpected()) }
            }
            Some('~') => {
                self.at += 1;
                Expr::number(-1).add(self.atom()?, -1, self.span, self.scope)
            }
            Some('$') if !self.is_hole => {
                self.at += 1;
                let name = self.word().to_owned();
                self.reference(name, from)
            }
            Some(c) if c.is_ascii_digit() => {
                let word = self.word().to_owned();
                let place = self.place(from, self.at);
                match number(&word).or_else(|| nanoseconds(&word).filter(|_| matches!(self.consts, Consts::Time))) {
                    Some(base) => Ok(Expr::number(base)),
                    None => refuse(
                        Diagnostic::at(&place, format!("`{word}` is not a number"), "cannot be read")
                            .help("decimal, `0x` and hexadecimal, `0o` and octal digits; at most 64 bits"),
                    ),
                }
            }
            Some(c) if is_name_char(c) => {
                let word = self.word().to_owned();
                let place = self.place(from, self.at);
                if self.is_hole && (self.scope.has(&word) || word.starts_with(char::is_lowercase)) {
                    return self.reference(word, from);
                }
                Ok(Expr::number(names::constant(&word, &place, self.what, self.consts)?.into()))
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

/// Longest pause: a second.
const MAX_PAUSE: i128 = 1_000_000_000;

/// A time of a second at most, known while planning.
pub(super) fn pause(pause: &Node, what: &str, scope: &Scope) -> PlanResult<u64> {
    match parse(pause, what, Consts::Time, scope)?.known() {
        Some(time) if (0..=MAX_PAUSE).contains(&time) => Ok(time as u64),
        Some(_) => refuse(Diagnostic::at(&pause.span, format!("`{what}` of more than a second"), "0 to 1s")),
        None => refuse(Diagnostic::at(&pause.span, format!("`{what}` is known while planning"), "no variables here")),
    }
}

/// Reads a number with a unit of time: `20ms`.
fn nanoseconds(word: &str) -> Option<i128> {
    let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match &word[digits.len()..] {
        "ns" => 1,
        "us" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        _ => return None,
    };
    number(digits)?.checked_mul(unit)
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
