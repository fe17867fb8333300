//! Signals by name and number.

use std::sync::LazyLock;

use super::lookup::structure;
use super::shape::{I32, flags};
use super::table::signal::{SIGALTSTACK, SIGNAL};
use super::types::{Field, Kind, Struct};

/// Bytes of a siginfo that mean something: those after it are padding.
pub const SIGINFO_BYTES: usize = 48;

/// Bytes that are kept of each signal that a handler records: its siginfo, then [`HANDLED`].
pub const CARRIED_BYTES: usize = 72;

/// What a handler ran with. Offsets are those into what is kept of a signal.
pub static HANDLED: [Field; 3] = [
    // What the thread blocked.
    Field { name: "mask", offset: SIGINFO_BYTES, kind: Kind::SigSet, when: None },
    // Its stack pointer.
    Field { name: "sp", offset: SIGINFO_BYTES + 8, kind: Kind::Addr, when: None },
    // What sigaltstack(2) says of its stack.
    Field { name: "ss_flags", offset: SIGINFO_BYTES + 16, kind: flags(I32, &SIGALTSTACK), when: None },
];

/// `struct siginfo`.
pub fn siginfo() -> &'static Struct {
    static SIGINFO: LazyLock<&Struct> = LazyLock::new(|| structure("siginfo").expect("it is in the table"));
    &SIGINFO
}

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
