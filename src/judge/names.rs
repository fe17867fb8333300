//! Names of errors and signals.

use crate::abi;

/// `EAGAIN`.
pub(super) fn errno(number: i32) -> String {
    abi::errno_name(number).map_or_else(|| format!("errno {number}"), str::to_owned)
}

/// `SIGPIPE`.
pub(super) fn signal(number: u32) -> String {
    let name = abi::signal_name(number);
    if name.starts_with("SIG") { name } else { format!("signal {number}") }
}

/// `SIGPIPE, SIGTERM`, or `none`.
pub(super) fn signals(numbers: &[u32]) -> String {
    if numbers.is_empty() {
        return "none".to_owned();
    }
    numbers.iter().map(|&s| signal(s)).collect::<Vec<_>>().join(", ")
}
