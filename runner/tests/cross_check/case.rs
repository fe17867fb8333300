//! A case: all its steps, and the signals that its threads were given.

use std::fmt;

use syscase::abi;
use syscase::exec::{State, Trace};
use syscase::plan::{Planned, Reaction, Shown, observed};
use syscase::report::StepEvent;

use super::calls::Told;
use super::falsified;
use super::log::{Seen, Thread};
use super::notation;
use super::rules::Rules;

/// How strace was told to show arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum View {
    /// As what is in the registers.
    Registers,
    /// As what that means.
    Meaning,
}

/// What syscase says of a case.
pub(crate) struct Account<'a> {
    pub(crate) planned: &'a Planned,
    pub(crate) trace: &'a Trace,
    pub(crate) shown: &'a [StepEvent],
}

/// A step on which the two do not agree.
#[derive(Debug)]
pub(crate) struct Disagreement {
    case: String,
    what: String,
    strace: Vec<String>,
    syscase: String,
}

impl fmt::Display for Disagreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}", self.case, self.what)?;
        for line in self.strace.iter().take(4) {
            writeln!(f, "    strace: {}", line.chars().take(300).collect::<String>())?;
        }
        writeln!(f, "   syscase: {}", self.syscase)
    }
}

impl Account<'_> {
    /// Compares with what strace saw of the case's threads; how many steps were compared.
    pub(crate) fn compare(&self, threads: &[Thread], view: View, rules: &mut Rules) -> (usize, Vec<Disagreement>) {
        let mut wrong = Vec::new();
        let mut compared = 0;
        for (index, line) in self.lines().iter().enumerate() {
            let seen: Vec<&Seen> = threads.iter().filter_map(|thread| thread.steps.get(&index)).collect();
            let found = match (&seen[..], self.told(index)) {
                ([], None) => continue,
                ([seen], Some(told)) => {
                    compared += 1;
                    let step = Step { told, shown: line.as_deref().filter(|_| view == View::Meaning) };
                    step.agrees(seen, view, rules).and_then(|()| step.notices(seen, view))
                }
                ([], Some(_)) => Err("strace did not see it".to_owned()),
                _ => Err("strace saw what the trace does not tell of".to_owned()),
            };
            if let Err(what) = found {
                let what = format!("step {}: {what}", index + 1);
                wrong.push(self.disagree(what, &seen, line.clone()));
            }
        }
        for thread in threads {
            for (step, seen) in thread.steps.range(self.planned.plan.steps.len()..) {
                wrong.push(self.disagree(format!("step {}: the case has no such step", step + 1), &[seen], None));
            }
            wrong.extend(self.signals(thread).err());
        }
        if view == View::Meaning {
            wrong.extend(self.carried(threads).err());
        }
        (compared, wrong)
    }

    /// What the trace says of a step; none if it is no call, or was not reached.
    pub(crate) fn told(&self, index: usize) -> Option<Told<'_>> {
        let step = self.trace.steps.get(index).filter(|step| step.state != State::NotReached)?;
        Told::of(self.planned, index, step, &self.trace.vars)
    }

    /// The line that syscase shows of each step; of a started call both halves as one.
    pub(crate) fn lines(&self) -> Vec<Option<String>> {
        let mut lines: Vec<Option<String>> = vec![None; self.planned.lines.len()];
        let mut shown = self.shown.iter();
        let mut next = shown.next();
        for (index, line) in self.planned.lines.iter().enumerate() {
            let Some(event) = next else { break };
            // A count that is as it should be is not shown.
            if matches!(line.shown, Shown::Observed(what) if event.call != observed(what).name) {
                continue;
            }
            match line.shown {
                Shown::Finish(started) => {
                    if let Some(begin) = lines[started].take() {
                        lines[started] = Some(join(&begin, &event.shown));
                    }
                }
                Shown::Call { .. } => lines[index] = Some(event.shown.clone()),
                _ => {}
            }
            next = shown.next();
        }
        assert!(next.is_none(), "{}: lines without a step: {next:?}", self.planned.id);
        lines
    }

    /// Whether the case records a signal.
    fn handles(&self, name: &str) -> bool {
        let number = abi::signal(name);
        let signals = &self.planned.plan.setup.signals;
        signals.iter().any(|(signal, how)| Some(*signal) == number && matches!(how, Reaction::Record { .. }))
    }

    /// What is shown of the signals that were recorded, beside what they were given with, whichever thread it was and
    /// whenever: the threads of a case are not in one order.
    fn carried(&self, threads: &[Thread]) -> Result<(), Disagreement> {
        let given = threads.iter().flat_map(|thread| &thread.signals).filter(|signal| self.handles(name(signal)));
        let mut given: Vec<&str> = given.map(|signal| &**signal).collect();
        // Who only stores and loads makes no call by which strace's lines would be known.
        let calls = self.shown.iter().filter(|step| !matches!(&*step.call, "load" | "store"));
        let mut shown: Vec<&str> = calls.flat_map(|step| delivered(&step.shown)).collect();
        // What a handler ran with, strace does not know: it is shown after the rest. A signal that kills, no handler has.
        let same = |shown: &str, given: &str| shown.starts_with(given.trim_end_matches('}'));
        shown.retain(|shown| match given.iter().position(|given| same(shown, given)) {
            Some(at) => {
                given.remove(at);
                false
            }
            None => true,
        });
        if shown.is_empty() {
            return Ok(());
        }
        Err(Disagreement {
            case: self.planned.id.clone(),
            what: "what signals carried".to_owned(),
            strace: given.iter().map(|signal| (*signal).to_owned()).collect(),
            syscase: shown.join("; "),
        })
    }

    /// Signals that were recorded, beside those that the thread was given.
    fn signals(&self, thread: &Thread) -> Result<(), Disagreement> {
        let Some(step) = thread.steps.keys().next() else { return Ok(()) };
        let plan = &self.planned.plan;
        let actor = plan.steps[*step].actor;
        let mut given: Vec<&str> =
            thread.signals.iter().map(|signal| name(signal)).filter(|name| self.handles(name)).collect();
        // The signal that kills is none that is handled, though it was, as with SA_RESETHAND.
        if let Some(last) = given.last()
            && thread.steps.values().any(|seen| seen.killed.as_deref() == Some(*last))
        {
            given.pop();
        }
        let own = self.trace.steps.iter().zip(&plan.steps).filter(|(_, step)| step.actor == actor);
        let recorded: Vec<String> =
            own.flat_map(|(step, _)| step.signals.iter().map(|signal| abi::signal_name(*signal))).collect();
        // In no order: the handler of the last one to interrupt the others begins first.
        let (mut seen, mut noted) = (given.clone(), recorded.iter().map(|name| &**name).collect::<Vec<&str>>());
        seen.sort_unstable();
        noted.sort_unstable();
        if seen == noted {
            return Ok(());
        }
        let what = format!("signals of actor {actor}");
        Err(Disagreement {
            case: self.planned.id.clone(),
            what,
            strace: vec![format!("{given:?}")],
            syscase: format!("{recorded:?}"),
        })
    }

    fn disagree(&self, what: String, seen: &[&Seen], shown: Option<String>) -> Disagreement {
        Disagreement {
            case: self.planned.id.clone(),
            what,
            strace: seen.iter().flat_map(|seen| seen.lines.clone()).collect(),
            syscase: shown.unwrap_or_else(|| "(not shown)".to_owned()),
        }
    }
}

/// What is between ` --- ` and ` ---`: the signals of a line.
fn delivered(line: &str) -> Vec<&str> {
    const BEGIN: &str = " --- ";
    let (mut rest, mut found) = (line, Vec::new());
    while let Some(at) = rest.find(" --- SIG") {
        let signal = &rest[at + BEGIN.len()..];
        let end = signal.find(" ---").unwrap_or(signal.len());
        found.push(&signal[..end]);
        rest = &signal[end..];
    }
    found
}

/// The name of a signal of which strace tells this.
fn name(signal: &str) -> &str {
    signal.split(' ').next().unwrap_or(signal)
}

/// One step.
struct Step<'a> {
    told: Told<'a>,
    /// What syscase shows, if that is compared.
    shown: Option<&'a str>,
}

impl Step<'_> {
    fn agrees(&self, seen: &Seen, view: View, rules: &mut Rules) -> Result<(), String> {
        self.told.agrees(seen, view == View::Registers, rules)?;
        self.shown.map_or(Ok(()), |shown| notation::agrees(&self.told, shown, seen, rules))
    }

    /// Fails if something else that strace might have seen would agree just as well.
    fn notices(&self, seen: &Seen, view: View) -> Result<(), String> {
        let mut rules = Rules::default();
        let mut falsified = falsified::all(&self.told, seen, view);
        for (n, arg) in self.shown.map_or(Vec::new(), notation::arguments).iter().enumerate() {
            falsified.push((format!("argument {}", n + 1), falsified::nonsense(seen, n)));
            if arg.replace("\"\"", "").contains('"') {
                falsified.push((format!("a byte of argument {}", n + 1), falsified::other_byte(seen, n)));
            }
        }
        falsified.retain(|(_, falsified)| falsified != seen && self.agrees(falsified, view, &mut rules).is_ok());
        let missed: Vec<String> = falsified.into_iter().map(|(what, _)| what).collect();
        if missed.is_empty() { Ok(()) } else { Err(format!("not noticed if falsified: {}", missed.join(", "))) }
    }
}

/// `read(3, <unfinished ...>` and `<... read resumed>"x", 1) = 1` as one line.
fn join(begin: &str, end: &str) -> String {
    match (begin.strip_suffix("<unfinished ...>"), end.split_once(" resumed>")) {
        (Some(begin), Some((_, end))) => format!("{begin}{end}"),
        _ => begin.to_owned(),
    }
}
