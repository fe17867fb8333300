//! What a sum cannot say: a variable of the planner's own, computed from others.

use serde::{Deserialize, Serialize};

use super::performed::{Operand, UNBOUND, Var};

/// How a variable is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, rkyv::Archive, rkyv::Serialize)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, rkyv::Archive, rkyv::Serialize)]
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
    /// The length of the left one as decimal text.
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
            Operation::Digits => Decimal::of(left).bytes().len() as i64,
        }
    }
}

impl Formula {
    /// The value with these variables.
    pub fn value(&self, vars: &[i64]) -> i64 {
        self.operation.apply(self.left.value(vars), self.right.value(vars))
    }
}

/// Most digits of a number, its sign included.
pub(crate) const MOST_DIGITS: usize = 20;

/// A number as decimal text.
#[derive(Clone, Copy, Debug)]
pub struct Decimal {
    text: [u8; MOST_DIGITS],
    from: usize,
}

impl Decimal {
    /// That of this number.
    pub fn of(number: i64) -> Self {
        let mut decimal = Decimal { text: [0; MOST_DIGITS], from: MOST_DIGITS };
        let mut rest = number.unsigned_abs();
        loop {
            decimal.push(b'0' + (rest % 10) as u8);
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        if number < 0 {
            decimal.push(b'-');
        }
        decimal
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_text() {
        for number in [0, 7, -1, 1000, i64::MAX, i64::MIN] {
            assert_eq!(Decimal::of(number).bytes(), number.to_string().as_bytes());
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
