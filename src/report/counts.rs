//! How many cases came to which verdict.

use serde::{Deserialize, Serialize};

use crate::judge::Verdict;

/// Verdicts, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// As expected.
    pub pass: u64,
    /// An expectation was broken.
    pub fail: u64,
    /// A set-up step broke.
    pub error: u64,
    /// Not run.
    pub skip: u64,
    /// Known deviations.
    pub xfail: u64,
    /// Known deviations that are gone.
    pub xpass: u64,
    /// Wall time of the run in microseconds (0 for a part of a run).
    #[serde(default)]
    pub micros: u64,
    /// Whether the run ended before all cases were performed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub partial: bool,
}

impl Counts {
    /// Counts one more.
    pub fn add(&mut self, verdict: Verdict) {
        *match verdict {
            Verdict::Pass => &mut self.pass,
            Verdict::Fail => &mut self.fail,
            Verdict::Error => &mut self.error,
            Verdict::Skip => &mut self.skip,
            Verdict::Xfail => &mut self.xfail,
            Verdict::Xpass => &mut self.xpass,
        } += 1;
    }

    /// The names of the verdicts, in the order of [`Self::cells`].
    pub const NAMES: [&'static str; 6] = ["pass", "fail", "error", "skip", "xfail", "xpass"];

    /// The numbers as cells of a table.
    pub fn cells(&self) -> [String; 6] {
        let cell = |number: u64| if number == 0 { "·".to_owned() } else { number.to_string() };
        [self.pass, self.fail, self.error, self.skip, self.xfail, self.xpass].map(cell)
    }

    /// All cases.
    pub fn total(&self) -> u64 {
        sum([self.pass, self.fail, self.error, self.skip, self.xfail, self.xpass])
    }

    /// The exit status of a run with these verdicts.
    ///
    /// - 0: all as expected: passes, known deviations, and skips beside them;
    /// - 1: a case failed, its set-up broke, or a known deviation is gone;
    /// - 3: nothing ran: there was no case, or all were skipped. That is no success.
    pub fn exit_code(&self) -> u8 {
        if sum([self.fail, self.error, self.xpass]) > 0 {
            1
        } else if sum([self.pass, self.xfail]) == 0 {
            3
        } else {
            0
        }
    }
}

/// What a saved run says may be any number.
fn sum<const N: usize>(counts: [u64; N]) -> u64 {
    counts.into_iter().fold(0, u64::saturating_add)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_may_be_any() {
        let counts = Counts { pass: u64::MAX, fail: 1, error: u64::MAX, xfail: u64::MAX, ..Counts::default() };
        assert_eq!((counts.total(), counts.exit_code()), (u64::MAX, 1));
    }
}
