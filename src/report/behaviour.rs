//! What counts of a trace when targets are compared, whatever was expected.

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::abi::{self, Ret};

use super::event::{CaseEvent, StepEvent};

/// Numbers from here on are addresses, which differ from run to run.
const ADDRESS: i64 = 1 << 32;

/// What a target did in a case, step by step. Two are equal if the target behaved the same.
#[derive(Debug, PartialEq)]
pub struct Behaviour {
    pub(super) steps: Vec<StepBehaviour>,
}

/// What counts of a step.
#[derive(Debug)]
pub(super) struct StepBehaviour {
    pub(super) call: Box<str>,
    ret: Returned,
    errno: Option<Box<str>>,
    signals: Vec<Box<str>>,
    blocked: bool,
    /// Contents are not as expected.
    pub(super) wrong: bool,
    /// A hash of the step as it is shown.
    shown: u64,
}

impl PartialEq for StepBehaviour {
    /// Contents vary from run to run, so they count only where something was expected of them: where one target keeps
    /// the expectation, another does not, and what they show is not the same either.
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
    Bytes(i64),
    /// An address or an id: another number in every run.
    Varying,
}

impl From<&CaseEvent> for Behaviour {
    fn from(case: &CaseEvent) -> Self {
        Behaviour { steps: case.trace.iter().map(StepBehaviour::from).collect() }
    }
}

impl From<&StepEvent> for StepBehaviour {
    fn from(step: &StepEvent) -> Self {
        let what = what(step);
        let ret = match step.ret {
            None => Returned::Nothing,
            Some(n) if n >= ADDRESS || n > 0 && what.varies() => Returned::Varying,
            Some(n) if what == Ret::Bytes => Returned::Bytes(n),
            Some(n) => Returned::Number(n),
        };
        let mut shown = DefaultHasher::new();
        step.shown.hash(&mut shown);
        StepBehaviour {
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

/// What the step's call returns, as the table says of it and of its operation.
fn what(step: &StepEvent) -> Ret {
    // A call that was waited for is named in the text alone: `<... wait4 resumed>) = 7`.
    let words = || step.shown.split(|c: char| c != '_' && !c.is_ascii_alphanumeric());
    let resumed = || step.shown.split_once("<... ")?.1.split_once(" resumed>").map(|(name, _)| name);
    let name = if step.call == "finish" { resumed().unwrap_or_default() } else { &step.call };
    abi::syscall(name).map_or(Ret::Int, |call| call.ret_with(|constant| words().any(|word| word == constant)))
}

/// Whether more is wrong than what was returned, which is the target's behaviour whatever was expected.
fn wrong_contents(step: &StepEvent) -> bool {
    let returned = |line: &str| line.rsplit_once(" = ").map(|(_, end)| end.to_owned());
    match &step.expected {
        Some(expected) => returned(expected) == returned(&step.shown),
        None => !step.notes.is_empty(),
    }
}

impl StepBehaviour {
    /// In few words: `EINVAL`, `64 bytes`, `0 with SIGPIPE`, `blocks`.
    pub(super) fn words(&self) -> String {
        let mut words = match (&self.errno, &self.ret) {
            // A call that was waited for has slept before.
            _ if self.blocked && *self.call != *"finish" => "blocks".to_owned(),
            (Some(errno), _) => errno.to_string(),
            (None, Returned::Nothing) => "no return".to_owned(),
            (None, Returned::Varying) => "success".to_owned(),
            (None, Returned::Bytes(1)) => "1 byte".to_owned(),
            (None, Returned::Bytes(n)) => format!("{n} bytes"),
            (None, Returned::Number(n)) => n.to_string(),
        };
        if !self.signals.is_empty() {
            words += " with ";
            words += &self.signals.join(" and ");
        }
        words
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn step(call: &str, shown: &str, ret: i64) -> StepBehaviour {
        let shown = format!("{shown} = {ret}");
        StepBehaviour::from(&StepEvent { call: call.to_owned(), shown, ret: Some(ret), ..StepEvent::default() })
    }

    #[rstest]
    #[case::thread("gettid", "gettid()")]
    #[case::thread_whose_address_is_set("set_tid_address", "set_tid_address(NULL)")]
    #[case::owner("fcntl", "fcntl(3, F_GETOWN)")]
    #[case::child("wait4", "wait4(-1, NULL, 0, NULL)")]
    #[case::child_that_was_waited_for("finish", "[child] <... wait4 resumed>NULL, 0, NULL)")]
    #[case::object("msgget", "msgget(0, 0)")]
    fn ids_are_compared_by_what_they_are(#[case] call: &str, #[case] shown: &str) {
        assert_eq!(step(call, shown, 44), step(call, shown, 10));
        assert_eq!(step(call, shown, 44).words(), "success");
        assert_ne!(step(call, shown, 44), step(call, shown, 0));
    }

    #[rstest]
    #[case::flags("fcntl", "fcntl(3, F_GETFL)", "44")]
    #[case::bytes("read", "read(3, \"\", 50)", "44 bytes")]
    #[case::bytes_at_last("finish", "<... read resumed>\"\", 50)", "44 bytes")]
    #[case::user("getuid", "getuid()", "44")]
    fn other_numbers_count(#[case] call: &str, #[case] shown: &str, #[case] words: &str) {
        assert_ne!(step(call, shown, 44), step(call, shown, 10));
        assert_eq!(step(call, shown, 44).words(), words);
    }
}
