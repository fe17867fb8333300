//! What counts of a trace when targets are compared, whatever was promised.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::event::{CaseEvent, StepEvent};

/// Numbers from here on are addresses, which differ from run to run.
const ADDRESS: i64 = 1 << 32;

/// Calls that return what differs from run to run: process ids.
const IDS: [&str; 12] = [
    "clone", "clone3", "fork", "getpgid", "getpgrp", "getpid", "getppid", "getsid", "gettid", "setsid", "vfork",
    "wait4",
];

/// Calls that return a number of bytes.
const TRANSFERS: [&str; 20] = [
    "copy_file_range",
    "pread64",
    "preadv",
    "preadv2",
    "pwrite64",
    "pwritev",
    "pwritev2",
    "read",
    "readv",
    "recvfrom",
    "recvmsg",
    "sendfile",
    "sendmsg",
    "sendto",
    "splice",
    "tee",
    "vmsplice",
    "write",
    "writev",
    "getrandom",
];

/// What a target did in a case, step by step. Two are equal if the target behaved the same.
#[derive(Debug, PartialEq)]
pub struct Behaviour {
    pub(super) steps: Vec<Outcome>,
}

/// What counts of a step.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) call: Box<str>,
    ret: Returned,
    errno: Option<Box<str>>,
    signals: Vec<Box<str>>,
    blocked: bool,
    /// Contents are not as promised.
    pub(super) wrong: bool,
    /// A hash of the step as it is shown.
    shown: u64,
}

impl PartialEq for Outcome {
    /// Contents vary from run to run, so they count only where something was promised of them: where one target keeps
    /// the promise, another does not, and what they show is not the same either.
    fn eq(&self, other: &Self) -> bool {
        self.call == other.call
            && self.ret == other.ret
            && self.errno == other.errno
            && self.signals == other.signals
            && self.blocked == other.blocked
            && (self.wrong == other.wrong || self.shown == other.shown)
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Returned {
    Nothing,
    Number(i64),
    /// An address or an id: another number in every run.
    Varying,
}

impl From<&CaseEvent> for Behaviour {
    fn from(case: &CaseEvent) -> Self {
        Behaviour { steps: case.trace.iter().map(Outcome::from).collect() }
    }
}

impl From<&StepEvent> for Outcome {
    fn from(step: &StepEvent) -> Self {
        let ret = match step.ret {
            None => Returned::Nothing,
            Some(n) if n >= ADDRESS || IDS.contains(&step.call.as_str()) && n > 0 => Returned::Varying,
            Some(n) => Returned::Number(n),
        };
        let mut shown = DefaultHasher::new();
        step.shown.hash(&mut shown);
        Outcome {
            call: step.call.as_str().into(),
            ret,
            errno: step.errno.as_deref().map(Into::into),
            signals: step.signals.iter().map(|signal| signal.as_str().into()).collect(),
            blocked: step.blocked,
            wrong: wrong_contents(step),
            shown: shown.finish(),
        }
    }
}

/// Whether more is wrong than what was returned, which is the target's behaviour whatever was promised.
fn wrong_contents(step: &StepEvent) -> bool {
    let returned = |line: &str| line.rsplit_once(" = ").map(|(_, end)| end.to_owned());
    match &step.expected {
        Some(expected) => returned(expected) == returned(&step.shown),
        None => !step.notes.is_empty(),
    }
}

impl Outcome {
    /// In few words: `EINVAL`, `64 bytes`, `0 with SIGPIPE`, `blocks`.
    pub(super) fn words(&self) -> String {
        let mut words = match (&self.errno, &self.ret) {
            // A call that was waited for has slept before.
            _ if self.blocked && *self.call != *"finish" => "blocks".to_owned(),
            (Some(errno), _) => errno.to_string(),
            (None, Returned::Nothing) => "no return".to_owned(),
            (None, Returned::Varying) => "success".to_owned(),
            (None, Returned::Number(1)) if TRANSFERS.contains(&&*self.call) => "1 byte".to_owned(),
            (None, Returned::Number(n)) if TRANSFERS.contains(&&*self.call) => format!("{n} bytes"),
            (None, Returned::Number(n)) => n.to_string(),
        };
        if !self.signals.is_empty() {
            words += " with ";
            words += &self.signals.join(" and ");
        }
        words
    }
}
