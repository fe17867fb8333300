//! What a line is to show: what happened, or what should have.

use crate::abi::{Dir, Kind};
use crate::exec::State;
use crate::judge::content;
use crate::judge::difference::{Difference, What};
use crate::judge::names;
use crate::judge::outcome::Outcome;
use crate::plan::{ContentIs, Expectation, Operand, OutIs, PlanRepeat, ReturnIs};

use super::siginfo;

/// How a call ends, as far as a line shows it.
#[derive(Clone, Debug, Default)]
pub(in crate::judge) enum Ending {
    Returned(i64),
    /// Any of several return values, in words.
    Expected(String),
    Error(i32),
    Faulted,
    Killed(u32),
    #[default]
    Unfinished,
}

/// What a line is to show.
#[derive(Clone, Debug, Default)]
pub(in crate::judge) struct View {
    pub(super) ending: Ending,
    pub(super) captures: Vec<Option<Vec<u8>>>,
    pub(super) signals: Vec<u32>,
    /// What came with each of them.
    pub(super) carried: Vec<Option<Vec<u8>>>,
    /// Signal, by its index, and offset of all that is expected of what they carry.
    pub(super) asked: Vec<(usize, usize)>,
    pub(super) repeats: Option<u64>,
    /// Capture and offset of all that is expected.
    pub(super) spoken_of: Vec<(usize, usize)>,
    /// Capture and offset of buffers that are expected to hold lists of structures, and what these are.
    decoded: Vec<(usize, usize, Kind)>,
}

impl View {
    /// Nothing but how it ended.
    pub(super) fn ended(ending: &Ending) -> Self {
        View { ending: ending.clone(), ..View::default() }
    }

    /// What happened.
    pub(in crate::judge) fn actual(outcome: &Outcome<'_>, expectation: Option<&Expectation>) -> Self {
        let ending = match (outcome.state, outcome.killed, outcome.errno()) {
            (_, Some(signal), _) => Ending::Killed(signal),
            (State::Done, _, Some(errno)) => Ending::Error(errno),
            (State::Done, _, None) => Ending::Returned(outcome.ret),
            (State::Faulted, ..) => Ending::Faulted,
            (State::Begun | State::NotReached, ..) => Ending::Unfinished,
        };
        View {
            ending,
            captures: outcome.captures.to_vec(),
            signals: outcome.signals.clone(),
            carried: outcome.carried.clone(),
            asked: expectation.map_or_else(Vec::new, |p| p.carried.iter().map(|o| (o.capture, o.offset)).collect()),
            repeats: (!matches!(outcome.repeat, PlanRepeat::Once | PlanRepeat::Comes(_))).then_some(outcome.repeats),
            spoken_of: expectation.map_or_else(Vec::new, |p| p.out.iter().map(|o| (o.capture, o.offset)).collect()),
            decoded: expectation.map_or_else(Vec::new, |p| p.out.iter().filter_map(decoded).collect()),
        }
    }

    /// What should have happened: what did, with the broken parts of the expectation put in place.
    pub(in crate::judge) fn expected(
        outcome: &Outcome<'_>,
        expectation: &Expectation,
        differences: &[Difference],
        vars: &[i64],
    ) -> Self {
        let broken = |what: What| differences.iter().any(|d| d.what == what);
        let mut view = View::actual(outcome, Some(expectation));
        if broken(What::Result) {
            view.ending = ending(expectation, vars);
            if outcome.state != State::Done || outcome.errno().is_some() {
                // What is there now says nothing of what should be.
                view.captures.iter_mut().for_each(|capture| *capture = None);
                expectation.out.iter().for_each(|out| put(&mut view.captures, out, vars));
            }
            view.expect_signals(expectation);
        }
        for (i, out) in expectation.out.iter().enumerate() {
            if broken(What::Out(i)) {
                put(&mut view.captures, out, vars);
            }
        }
        if broken(What::Signals) {
            view.expect_signals(expectation);
        }
        for (i, out) in expectation.carried.iter().enumerate() {
            if broken(What::Carried(i)) {
                put(&mut view.carried, out, vars);
            }
        }
        if broken(What::Repeats) {
            view.repeats = expectation.repeats.map(|n| u64::try_from(n.value(vars)).unwrap_or(0));
        }
        view
    }

    /// What a buffer is shown as, if not as bytes.
    pub(super) fn decoded_as(&self, capture: usize, offset: usize) -> Option<&Kind> {
        self.decoded.iter().find(|(c, o, _)| (*c, *o) == (capture, offset)).map(|(.., kind)| kind)
    }

    /// Shows the signals that should have come, of which nothing is known but what they are.
    fn expect_signals(&mut self, expectation: &Expectation) {
        let expected = expectation.signals.as_deref().unwrap_or_default();
        if self.signals != expected {
            self.signals = expected.to_vec();
            self.carried.clear();
        }
    }
}

/// Puts expected memory in the place of what was captured.
fn put(captures: &mut [Option<Vec<u8>>], out: &OutIs, vars: &[i64]) {
    let Some(place) = captures.get_mut(out.capture) else { return };
    let capture = place.get_or_insert_default();
    let bytes = match &out.is {
        ContentIs::Bytes { parts, rest_untouched } => {
            if *rest_untouched {
                capture.truncate(out.offset);
            }
            content::assemble(parts, vars, usize::try_from(crate::plan::MAX_CAPTURE).unwrap_or(usize::MAX))
        }
        ContentIs::Number { int, is: ReturnIs::Exactly(n), mask: u64::MAX, .. } => content::write(*int, n.value(vars)),
        ContentIs::Number { .. }
        | ContentIs::Line(..)
        | ContentIs::Whole(_)
        | ContentIs::Text(_)
        | ContentIs::Records(_) => return,
        ContentIs::FdSet(fds) => content::fd_set(fds, vars),
    };
    let end = out.offset + bytes.len();
    if capture.len() < end {
        capture.resize(end, 0);
    }
    capture[out.offset..end].copy_from_slice(&bytes);
}

fn decoded(out: &OutIs) -> Option<(usize, usize, Kind)> {
    match &out.is {
        ContentIs::Records(is) => Some((out.capture, out.offset, Kind::Records(Dir::Out, is.element))),
        _ => None,
    }
}

fn ending(expectation: &Expectation, vars: &[i64]) -> Ending {
    match (expectation.killed, expectation.errno, &expectation.ret) {
        (Some(signal), ..) => Ending::Killed(signal),
        (_, Some(errno), _) => Ending::Error(errno),
        (_, _, Some(ReturnIs::Exactly(n))) => Ending::Returned(n.value(vars)),
        (_, _, Some(is)) => Ending::Expected(expected(is, vars, |n| n.to_string())),
        (_, _, None) => Ending::Expected("no error".to_owned()),
    }
}

/// An expectation about a number in words: `5`, `at least 1`, `1 to 9`, `not 0`.
pub(in crate::judge) fn expected(is: &ReturnIs, vars: &[i64], number: impl Fn(i64) -> String) -> String {
    let number = |n: &Operand| number(n.value(vars));
    match is {
        ReturnIs::Exactly(n) => number(n),
        ReturnIs::Not(n) => format!("not {}", number(n)),
        ReturnIs::Within(Some(min), Some(max)) => format!("{} to {}", number(min), number(max)),
        ReturnIs::Within(Some(min), None) => format!("at least {}", number(min)),
        ReturnIs::Within(None, Some(max)) => format!("at most {}", number(max)),
        ReturnIs::Within(None, None) => "anything".to_owned(),
    }
}

/// A time in nanoseconds, with the largest unit that needs no fraction: `20 ms`.
pub(in crate::judge) fn time(nanos: i64) -> String {
    let units = [(1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "us"), (1, "ns")];
    let unit = units.into_iter().find(|(unit, _)| nanos % unit == 0);
    let (unit, name) = unit.unwrap_or((1, "ns"));
    format!("{} {name}", nanos / unit)
}

/// Each signal, with what it carried.
pub(super) fn delivered(view: &View) -> String {
    let each = view.signals.iter().enumerate().map(|(index, &signal)| {
        let carried = view.carried.get(index).and_then(Option::as_deref);
        let spoken_of = view.asked.iter().filter(|(of, _)| *of == index).map(|(_, offset)| *offset);
        siginfo::delivered(&names::signal(signal), carried, &spoken_of.collect::<Vec<_>>())
    });
    each.collect()
}
