//! Calls that sleep under another's number where a program translates them: an emulator makes of an older call the
//! newer one that does the same and more.

use super::table::number;

/// A call, and the one that it is made as. An architecture that lacks either has no such pair.
const MADE_AS: &[(Option<u32>, Option<u32>)] = &[
    (number("accept"), number("accept4")),
    (number("epoll_wait"), number("epoll_pwait")),
    (number("open"), number("openat")),
    (number("pause"), number("rt_sigsuspend")),
    (number("poll"), number("ppoll")),
    (number("select"), number("pselect6")),
    (number("semop"), number("semtimedop")),
];

/// Whether a call of that number may be seen under the other one.
pub fn may_show_as(nr: u32, shown: u32) -> bool {
    MADE_AS.contains(&(Some(nr), Some(shown)))
}
