//! What came of a step against what was expected of it.

use crate::case::Span;
use crate::exec::State;
use crate::plan::{Expectation, OutIs, ReturnIs, UNBOUND};

use super::content;
use super::names;
use super::notation;
use super::outcome::Outcome;

/// One way in which an expectation is broken.
#[derive(Debug)]
pub(super) struct Difference {
    pub(super) what: What,
    /// In few words; for memory, with a window of bytes on further lines.
    pub(super) text: String,
    /// Where the broken part of the expectation stands, if it has a place of its own.
    pub(super) span: Option<Span>,
}

/// What a difference is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// How the call ended.
    Result,
    /// Captured memory; index into the expectation's `out`.
    Out(usize),
    /// The signals recorded.
    Signals,
    /// What a signal carried; index into the expectation's `carried`.
    Carried(usize),
    /// The number of calls.
    Repeats,
    /// How long it took.
    Elapsed,
}

/// Who expects it: in a document's words, a return of -1 is any error.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Voice {
    /// The case.
    Case,
    /// The document that a claim is about.
    Document,
}

/// All differences, in the order of a step: how it ended, memory, signals, repetition.
pub(super) fn differences(
    expectation: &Expectation,
    outcome: &Outcome<'_>,
    vars: &[i64],
    voice: Voice,
) -> Vec<Difference> {
    let mut found: Vec<_> = result(expectation, outcome, vars, voice).into_iter().collect();
    let ended = found.is_empty();
    // What an unexpected failure left unwritten says no more than the failure does.
    let done = outcome.state == State::Done && outcome.killed.is_none();
    let returned = done && outcome.errno().is_none();
    if expectation.killed.is_none() && (ended || returned) {
        found.extend(memory(expectation, outcome, vars));
    }
    // A document that says nothing of signals does not say that there are none.
    if voice == Voice::Case || expectation.signals.is_some() {
        found.extend(signals(expectation, outcome, vars));
    }
    if let Some(expected) = &expectation.repeats {
        let expected = expected.value(vars);
        if i64::try_from(outcome.repeats) != Ok(expected) {
            let text = format!("expected {expected} calls to succeed, {} did", outcome.repeats);
            found.push(Difference { what: What::Repeats, text, span: None });
        }
    }
    if outcome.never_came() {
        let text = "never came to what it is repeated until".to_owned();
        found.push(Difference { what: What::Repeats, text, span: None });
    }
    if done && ended {
        found.extend(elapsed(expectation, vars));
    }
    found
}

fn result(expectation: &Expectation, outcome: &Outcome<'_>, vars: &[i64], voice: Voice) -> Option<Difference> {
    if outcome.only_slept {
        return None;
    }
    let fault = (outcome.state == State::Faulted).then(|| outcome.signals.last().copied()).flatten();
    let killed = outcome.killed.or(fault);
    let holds = match (expectation.killed, killed) {
        (Some(expected), found) => found == Some(expected),
        // A fault may also be expected as the signal that it is.
        (None, Some(signal)) => outcome.killed.is_none() && expectation.signals.as_ref() == Some(&vec![signal]),
        (None, None) => outcome.state == State::Done && returned(expectation, outcome, vars, voice),
    };
    let text = || match outcome.errno() {
        Some(libc::ENOSYS) => format!("{}this kernel has no such call", expected_prefix(expectation, vars, voice)),
        _ => format!("{}{}", expected_prefix(expectation, vars, voice), how_it_ended(outcome)),
    };
    (!holds).then(|| Difference { what: What::Result, text: text(), span: None })
}

fn returned(expectation: &Expectation, outcome: &Outcome<'_>, vars: &[i64], voice: Voice) -> bool {
    let errno = outcome.errno();
    match (expectation.errno, &expectation.ret) {
        (Some(expected), _) => errno == Some(expected),
        (None, Some(is)) if any_error(is, vars, voice) => errno.is_some(),
        (None, Some(is)) => errno.is_none() && return_holds(is, outcome.ret, vars),
        (None, None) => true,
    }
}

/// Whether this expects no more than that the call fails.
fn any_error(is: &ReturnIs, vars: &[i64], voice: Voice) -> bool {
    voice == Voice::Document && matches!(is, ReturnIs::Exactly(n) if n.value(vars) == -1)
}

fn return_holds(is: &ReturnIs, ret: i64, vars: &[i64]) -> bool {
    match is {
        ReturnIs::Exactly(n) => ret == n.value(vars),
        ReturnIs::Not(n) => ret != n.value(vars),
        ReturnIs::Within(..) => content::within(ret.into(), is, |n| n.value(vars).into()),
    }
}

fn expected_prefix(expectation: &Expectation, vars: &[i64], voice: Voice) -> String {
    let expected = if let Some(signal) = expectation.killed {
        format!("death by {}", names::signal(signal))
    } else if let Some(errno) = expectation.errno {
        names::errno(errno)
    } else {
        match &expectation.ret {
            Some(is) if any_error(is, vars, voice) => "an error".to_owned(),
            Some(is) => format!("return {}", notation::expected(is, vars, |n| n.to_string())),
            None => return String::new(),
        }
    };
    format!("expected {expected}, ")
}

/// `returned 5`, `failed with EINTR`, `was killed by SIGBUS`.
pub(super) fn how_it_ended(outcome: &Outcome<'_>) -> String {
    if let Some(signal) = outcome.killed {
        return format!("was killed by {}", names::signal(signal));
    }
    match (outcome.state, outcome.errno()) {
        (State::Faulted, _) => format!("faulted with {}", names::signals(&outcome.signals)),
        (State::Done, Some(errno)) => format!("failed with {}", names::errno(errno)),
        (State::Done, None) => format!("returned {}", outcome.ret),
        (State::Begun | State::NotReached, _) => "did not return".to_owned(),
    }
}

fn memory(expectation: &Expectation, outcome: &Outcome<'_>, vars: &[i64]) -> Vec<Difference> {
    contents(&expectation.out, outcome.captures, outcome.ret, vars, What::Out)
}

/// What of these contents is not as expected; `what` says where, by index.
fn contents(
    expected: &[OutIs],
    captures: &[Option<Vec<u8>>],
    ret: i64,
    vars: &[i64],
    what: impl Fn(usize) -> What,
) -> Vec<Difference> {
    let wrong = |(index, out): (usize, &OutIs)| {
        let found = captures.get(out.capture).and_then(Option::as_deref);
        let wrong = match found.and_then(|bytes| bytes.get(out.offset..)) {
            Some(bytes) => content::mismatch(out, bytes, ret, vars)?,
            None => "could not be read".to_owned(),
        };
        let text = format!("{}: {wrong}", out.name);
        Some(Difference { what: what(index), text, span: Some(out.span.clone()) })
    };
    expected.iter().enumerate().filter_map(wrong).collect()
}

/// Whether it took less or more time than expected. How much is not told: it is another in each run.
fn elapsed(expectation: &Expectation, vars: &[i64]) -> Option<Difference> {
    let (var, is) = expectation.elapsed.as_ref()?;
    let took = vars.get(usize::from(*var)).copied().filter(|took| *took != UNBOUND)?;
    let expected = notation::expected(is, vars, notation::time);
    let soon = matches!(is, ReturnIs::Within(Some(min), _) if took < min.value(vars));
    let how = if soon { "was done sooner" } else { "took longer" };
    let text = || format!("elapsed: expected {expected}, {how}");
    (!return_holds(is, took, vars)).then(|| Difference { what: What::Elapsed, text: text(), span: None })
}

/// What of the signals recorded is not as expected: which they are, or what they carried.
pub(super) fn signals(expectation: &Expectation, outcome: &Outcome<'_>, vars: &[i64]) -> Vec<Difference> {
    let expected = expectation.signals.as_deref().unwrap_or_default();
    // The signal of a fault is how the step ended; it need not be listed as well.
    let found = match outcome.signals.as_slice() {
        [before @ .., _] if outcome.state == State::Faulted && expectation.signals.is_none() => before,
        all => all,
    };
    if expected == found {
        return contents(&expectation.carried, &outcome.carried, 0, vars, What::Carried);
    }
    let text = format!("signals: expected {}, found {}", names::signals(expected), names::signals(found));
    vec![Difference { what: What::Signals, text, span: None }]
}
