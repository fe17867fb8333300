//! What a sum cannot say: a variable of the planner's own, computed from others.

use std::fmt;

use postcard_schema::Schema;
use serde::{Deserialize, Serialize};

use super::performed::{Operand, UNBOUND, Var};

/// How a variable is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, rkyv::Archive, rkyv::Serialize, Schema)]
#[cfg_attr(test, derive(rkyv::Deserialize))]
pub struct Formula {
    /// The variable.
    pub var: Var,
    /// What is done.
    pub operation: Operation,
    /// To this.
    pub left: Operand,
    /// And to this.
    pub right: Operand,
}

/// What is done to two numbers of 64 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, rkyv::Archive, rkyv::Serialize, Schema)]
#[cfg_attr(test, derive(rkyv::Deserialize))]
pub enum Operation {
    /// `+`.
    Plus,
    /// `*`.
    Times,
    /// `&`.
    And,
    /// `|`.
    Or,
    /// `<<`.
    ShiftLeft,
    /// `>>`, of bits without a sign.
    ShiftRight,
    /// The length of the left one as text of the base that the right one is.
    Digits,
}

impl Operation {
    /// The result; nothing comes of what is not bound.
    pub fn apply(self, left: i64, right: i64) -> i64 {
        if left == UNBOUND || right == UNBOUND {
            return UNBOUND;
        }
        let bits = u32::try_from(right).unwrap_or(u32::MAX);
        match self {
            Operation::Plus => left.wrapping_add(right),
            Operation::Times => left.wrapping_mul(right),
            Operation::And => left & right,
            Operation::Or => left | right,
            Operation::ShiftLeft => (left as u64).checked_shl(bits).unwrap_or(0) as i64,
            Operation::ShiftRight => (left as u64).checked_shr(bits).unwrap_or(0) as i64,
            Operation::Digits => Numeral::of(left, right as u8).bytes().len() as i64,
        }
    }
}

impl Formula {
    /// The value with these variables.
    pub fn value(&self, vars: &[i64]) -> i64 {
        self.operation.apply(self.left.value(vars), self.right.value(vars))
    }
}

/// Most digits of a number in any base, its sign included.
pub(crate) const MOST_DIGITS: usize = 22;

/// The usual base.
pub const DECIMAL: u8 = 10;

/// A number as text.
#[derive(Clone, Copy, Debug)]
pub struct Numeral {
    text: [u8; MOST_DIGITS],
    from: usize,
}

impl Numeral {
    /// That of this number in this base, of 8, 10 and 16. Only decimal numbers have a sign.
    pub fn of(number: i64, base: u8) -> Self {
        let signed = number < 0 && !matches!(base, 8 | 16);
        let base = if matches!(base, 8 | 16) { base.into() } else { u64::from(DECIMAL) };
        let mut numeral = Numeral { text: [0; MOST_DIGITS], from: MOST_DIGITS };
        let mut rest = if signed { number.unsigned_abs() } else { number as u64 };
        loop {
            numeral.push(b"0123456789abcdef"[(rest % base) as usize]);
            rest /= base;
            if rest == 0 {
                break;
            }
        }
        if signed {
            numeral.push(b'-');
        }
        numeral
    }

    fn push(&mut self, byte: u8) {
        self.from -= 1;
        self.text[self.from] = byte;
    }

    /// Its characters.
    pub fn bytes(&self) -> &[u8] {
        &self.text[self.from..]
    }
}

impl fmt::Display for Numeral {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.bytes().iter().try_for_each(|byte| fmt::Write::write_char(f, char::from(*byte)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_text() {
        for number in [0, 7, -1, 1000, i64::MAX, i64::MIN] {
            assert_eq!(Numeral::of(number, DECIMAL).bytes(), number.to_string().as_bytes());
            assert_eq!(Numeral::of(number, 16).bytes(), format!("{number:x}").as_bytes());
            assert_eq!(Numeral::of(number, 8).bytes(), format!("{number:o}").as_bytes());
        }
    }

    #[test]
    fn shifts_have_no_sign_and_lose_what_is_shifted_out() {
        assert_eq!(Operation::ShiftRight.apply(-1, 60), 15);
        assert_eq!(Operation::ShiftLeft.apply(1, 64), 0);
        assert_eq!(Operation::ShiftLeft.apply(1, 63), i64::MIN);
    }

    #[test]
    fn nothing_comes_of_what_is_not_bound() {
        assert_eq!(Operation::Or.apply(UNBOUND, 1), UNBOUND);
    }
}
