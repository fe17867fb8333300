//! Exit codes, and how errors are told.

use std::fmt::Display;
use std::io;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

/// Signals that ask the program to end.
pub(crate) const ENDING: [i32; 3] = [SIGINT, SIGTERM, SIGHUP];

/// Whether a run hears signals, and ends in order.
static HEARD: AtomicBool = AtomicBool::new(false);

/// What the program ends with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// All as expected.
    Success,
    /// A case failed.
    Failed,
    /// A case file or the command line is wrong; nothing was run.
    Invalid,
    /// The run could not be done, or nothing ran.
    NotDone,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        ExitCode::from(match status {
            Status::Success => 0,
            Status::Failed => 1,
            Status::Invalid => 2,
            Status::NotDone => 3,
        })
    }
}

/// Lets a signal end the program at once, with a word and the right exit code, until somebody [hears](hear) it.
/// The process that starts workers sees to what is left.
pub(crate) fn end_at_a_signal() {
    let end = || {
        if !HEARD.load(Ordering::Acquire) {
            let _ = nix::unistd::write(io::stderr(), b"error: interrupted\n");
            signal_hook::low_level::exit(3);
        }
    };
    for signal in ENDING {
        // SAFETY: it loads, writes and exits, which a signal handler may. Without it, the signal ends the program
        // all the same.
        let _ = unsafe { signal_hook::low_level::register(signal, end) };
    }
}

/// From now on somebody hears signals.
pub(crate) fn hear() {
    HEARD.store(true, Ordering::Release);
}

/// Says what is wrong with what was asked.
pub(crate) fn invalid(message: impl Display) -> Status {
    eprintln!("error: {message}");
    Status::Invalid
}

/// Says why the run could not be done.
pub(crate) fn not_done(message: impl Display) -> Status {
    eprintln!("error: {message}");
    Status::NotDone
}
