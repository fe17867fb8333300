//! Exit codes, and how errors are told.

use std::fmt::Display;
use std::process::ExitCode;

/// What the program ends with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// All as promised.
    Success,
    /// A case failed.
    Failed,
    /// A case file or the command line is wrong; nothing was run.
    Wrong,
    /// The run could not be done, or nothing ran.
    NotDone,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        ExitCode::from(match status {
            Status::Success => 0,
            Status::Failed => 1,
            Status::Wrong => 2,
            Status::NotDone => 3,
        })
    }
}

/// Says what is wrong with what was asked.
pub(crate) fn wrong(message: impl Display) -> Status {
    eprintln!("error: {message}");
    Status::Wrong
}

/// Says why the run could not be done.
pub(crate) fn not_done(message: impl Display) -> Status {
    eprintln!("error: {message}");
    Status::NotDone
}
