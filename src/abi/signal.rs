//! Signals by name and number.

use super::SIGNAL;

/// Lowest and highest real-time signal, as the kernel counts them.
const REAL_TIME: std::ops::RangeInclusive<u32> = 32..=64;

/// The number of a signal. Real-time signals are counted from the kernel's own `SIGRTMIN` (32):
/// `SIGRTMIN+3`, `SIGRTMAX-1`, `SIGRT_3`.
pub fn signal(name: &str) -> Option<u32> {
    if let Some(value) = SIGNAL.value(name) {
        return value.try_into().ok();
    }
    let nr = if let Some(above) = name.strip_prefix("SIGRTMIN+") {
        REAL_TIME.start().checked_add(above.trim().parse().ok()?)
    } else if let Some(below) = name.strip_prefix("SIGRTMAX-") {
        REAL_TIME.end().checked_sub(below.trim().parse().ok()?)
    } else {
        None
    };
    nr.filter(|nr| REAL_TIME.contains(nr))
}

/// The name of a signal number, or the number.
pub fn signal_name(signal: u32) -> String {
    SIGNAL.name_of(signal.into()).map_or_else(|| signal.to_string(), str::to_owned)
}

/// Every name, second ones included.
pub fn signal_names() -> impl Iterator<Item = &'static str> {
    SIGNAL.names()
}
