//! The way through a trace, step by step.

use crate::abi::Ret;
use crate::case::KernelVersion;
use crate::exec::{End, State, Trace};
use crate::plan::{Expectation, Planned, Shown};
use crate::target::Target;

use super::claim;
use super::difference::{Voice, What, differences, how_it_ended, signals};
use super::ends::{self, Problem};
use super::judgement::{Judgement, StepJudgement, Verdict};
use super::names;
use super::needs;
use super::notation::{self, View};
use super::outcome::{Outcome, Scene};
use super::ranges;

/// What a trace means for the case, on this target. The earliest thing that went wrong decides.
pub fn judge(planned: &Planned, trace: &Trace, target: &Target) -> Judgement {
    if let Some(judgement) = ends::nothing_said(&trace.end) {
        return judgement;
    }
    let scene = Scene::new(planned, trace);
    let walk = Walk {
        scene: &scene,
        version: ranges::version(target),
        filtered: target.seccomp != 0,
        bare: needs::is_bare(planned, target),
    };
    let mut steps = Vec::new();
    let mut problem = None;
    let mut explained = trace.end == End::Finished;
    let mut goes_on = true;
    for index in 0..planned.lines.len() {
        let reached = scene.step(index).state != State::NotReached || scene.outcome(index).killed.is_some();
        // What is done whatever happened is done after what was not.
        goes_on = reached && (goes_on || planned.plan.is_finally(index));
        if !goes_on {
            continue;
        }
        let mut came = walk.step(index);
        came.judgement.claimed = walk.claimed(index, &came.judgement.shown);
        explained |= came.explains_end;
        problem = problem.or(came.problem);
        let implicit = matches!(planned.lines[index].shown, Shown::Observed(_));
        if !implicit || came.judgement.differs() || came.judgement.claimed.is_some() {
            steps.push(came.judgement);
        }
    }
    if !explained {
        problem = problem.or_else(|| ends::unexplained(&trace.end, planned, None));
    }
    let problem = problem.or_else(|| walk.unreached());
    let claim = claim::judge(&scene, walk.version, problem.as_ref());
    let problem = problem.or_else(|| claim.as_ref().and_then(claim::differs));
    let (verdict, reason) = match problem {
        None => (Verdict::Pass, None),
        Some(problem) => (problem.verdict, Some(problem.reason)),
    };
    Judgement { verdict, reason, steps, claim }
}

/// Why a case is skipped whose probe did not go as it should; none if it did.
pub fn unmet_probe(probe: &Planned, trace: &Trace, target: &Target) -> Option<String> {
    let judgement = judge(probe, trace, target);
    let reason = judgement.reason.unwrap_or_default();
    (judgement.verdict != Verdict::Pass).then(|| format!("probe: {reason}"))
}

/// Whether a call did not fail; one that is repeated until an error, whether it failed with that.
fn went_well(outcome: &Outcome<'_>) -> bool {
    match (outcome.errno(), outcome.until()) {
        (failed, None) => failed.is_none() && !outcome.never_came(),
        (failed, until) => outcome.state != State::Done || failed == until,
    }
}

fn no_expectation() -> Problem {
    Problem::error("no expectation is for this kernel's version")
}

struct Walk<'a> {
    scene: &'a Scene<'a>,
    version: Option<KernelVersion>,
    /// A seccomp filter may answer in the kernel's place.
    filtered: bool,
    /// It is root's, and was performed without root's privileges because it names none.
    bare: bool,
}

/// What came of one step.
struct Came {
    judgement: StepJudgement,
    problem: Option<Problem>,
    /// The process ended as this step says that it would.
    explains_end: bool,
}

impl Walk<'_> {
    fn step(&self, index: usize) -> Came {
        let line = &self.scene.planned.lines[index];
        let outcome = self.scene.outcome(index);
        let entry = ranges::entry(&line.expect, self.version);
        let mut came = self.came(index, &outcome, entry.map(|entry| &entry.value));
        let evidence = entry.map_or([].as_slice(), |entry| &entry.evidence);
        came.judgement.evidence = evidence.iter().map(|told| told.value.clone()).collect();
        came
    }

    fn came(&self, index: usize, outcome: &Outcome<'_>, expectation: Option<&Expectation>) -> Came {
        let line = &self.scene.planned.lines[index];
        if let Some(label) = &line.start {
            return self.started(index, label, outcome);
        }
        match &line.shown {
            Shown::Blocked(started) => self.blocked(index, *started, outcome, expectation),
            _ if outcome.state == State::Begun && outcome.killed.is_none() => self.stuck(index, outcome),
            _ => match expectation {
                Some(expectation) => self.expected(index, outcome, expectation),
                None if line.expect.is_empty() => self.set_up(index, outcome),
                None => {
                    let judgement = self.shown(index, outcome, None);
                    Came { judgement, problem: Some(no_expectation()), explains_end: false }
                }
            },
        }
    }

    /// A step as it went.
    fn shown(&self, index: usize, outcome: &Outcome<'_>, expectation: Option<&Expectation>) -> StepJudgement {
        let Scene { planned, vars, .. } = self.scene;
        let done = outcome.state == State::Done && outcome.killed.is_none();
        let line = &planned.lines[index];
        let call = match line.shown {
            Shown::Blocked(_) => "blocked",
            Shown::Finish(_) => "finish",
            _ => ends::call_name(planned, index),
        };
        let ret = done.then(|| if outcome.errno().is_some() { -1 } else { outcome.ret });
        let returns = match line.shown {
            _ if line.start.is_some() => false,
            Shown::Blocked(_) => false,
            Shown::Call { call, .. } => call.ret != Ret::Never,
            _ => true,
        };
        StepJudgement {
            line: index,
            call: call.to_owned(),
            shown: notation::line(planned, index, &View::actual(outcome, expectation), vars),
            expected: None,
            notes: Vec::new(),
            span: line.span.clone(),
            ret: ret.filter(|_| returns),
            errno: outcome.errno().filter(|_| returns).map(names::errno),
            signals: outcome.signals.iter().map(|&s| names::signal(s)).collect(),
            blocked: outcome.blocked,
            claimed: None,
            evidence: Vec::new(),
        }
    }

    /// The step as the claim's document has it, if it went otherwise.
    fn claimed(&self, index: usize, shown: &str) -> Option<String> {
        let Scene { planned, vars, .. } = self.scene;
        let expectation = planned.lines[index].claimed.as_ref()?;
        let outcome = self.scene.outcome(index);
        let differences = differences(expectation, &outcome, vars, Voice::Document);
        let first = differences.first()?;
        let claimed = notation::line(planned, index, &View::expected(&outcome, expectation, &differences, vars), vars);
        // What the notation does not show is told in words.
        let text = || first.text.lines().next().unwrap_or_default();
        Some(if claimed == shown { format!("{claimed} /* {} */", text()) } else { claimed })
    }

    fn expected(&self, index: usize, outcome: &Outcome<'_>, expectation: &Expectation) -> Came {
        let Scene { planned, vars, .. } = self.scene;
        let differences = differences(expectation, outcome, vars, Voice::Case);
        let mut judgement = self.shown(index, outcome, Some(expectation));
        let explains_end = outcome.killed.is_some() && expectation.killed == outcome.killed;
        let Some(first) = differences.first() else { return Came { judgement, problem: None, explains_end } };

        let expected = notation::line(planned, index, &View::expected(outcome, expectation, &differences, vars), vars);
        judgement.expected = (expected != judgement.shown).then_some(expected);
        // The notation shows how a call ended; the rest it may cut short.
        let unseen = |what: What| what != What::Result || judgement.expected.is_none();
        judgement.notes = differences.iter().filter(|d| unseen(d.what)).map(|d| d.text.clone()).collect();
        if differences.iter().any(|d| d.what == What::Result) {
            judgement.notes.extend(self.who_refused(outcome));
        }
        if let Some(span) = first.span.as_ref().or(expectation.span.as_ref()) {
            judgement.span = span.clone();
        }
        let first_line = first.text.lines().next().unwrap_or_default();
        let reason = format!("{}: {first_line}", ends::call_name(planned, index));
        Came { judgement, problem: Some(Problem::fail(reason)), explains_end }
    }

    /// A step without an expectation must not fail; it may not record a signal either.
    fn set_up(&self, index: usize, outcome: &Outcome<'_>) -> Came {
        let planned = self.scene.planned;
        let call = ends::call_name(planned, index);
        let mut judgement = self.shown(index, outcome, None);
        let problem = if outcome.state == State::Done && outcome.killed.is_none() && went_well(outcome) {
            self.unexpected_signals(call, outcome, None, &mut judgement)
        } else {
            let (what, note) = match planned.plan.is_finally(index) {
                true if self.scene.trace.end == End::Finished => {
                    ("finally", "this step puts things back and must not fail")
                }
                true => ("finally", "another process did this, after the end of the case's"),
                false => ("set-up", "this step is set-up and must not fail"),
            };
            judgement.notes.push(note.to_owned());
            judgement.notes.extend(self.who_refused(outcome));
            let how = match outcome.errno() {
                Some(libc::ENOSYS) => "this kernel has no such call".to_owned(),
                None if outcome.never_came() => "never came to what it is repeated until".to_owned(),
                None if outcome.until().is_some() && outcome.killed.is_none() => "never failed".to_owned(),
                _ => how_it_ended(outcome),
            };
            Some(Problem::error(format!("{what}: {call}: {how}")))
        };
        Came { judgement, problem, explains_end: false }
    }

    /// What was started is judged where it is waited for. One that is not may sleep for ever, or return
    /// sooner or later, but not fail while the case goes on.
    fn started(&self, index: usize, label: &str, outcome: &Outcome<'_>) -> Came {
        let Scene { planned, trace, vars } = self.scene;
        let mut judgement = self.shown(index, outcome, None);
        let waited_for = self.is_finished(index);
        // Of one that was asleep, that is shown after that.
        if !waited_for && self.last_asleep(index).is_none() && outcome.state == State::Done {
            judgement.shown = notation::returned(planned, index, &View::actual(outcome, None), vars);
        }
        let problem = if waited_for {
            judgement.signals.clear();
            None
        } else if !went_well(outcome) && trace.end == End::Finished {
            let call = ends::call_name(planned, index);
            (judgement.ret, judgement.errno) = (Some(-1), outcome.errno().map(names::errno));
            judgement.notes.push(format!("no step finishes it: add `finish: {label}` with what comes of it"));
            Some(Problem::error(format!("{call}: {}, and no step finishes it", how_it_ended(outcome))))
        } else {
            self.unexpected_signals(ends::call_name(planned, index), outcome, None, &mut judgement)
        };
        Came { judgement, problem, explains_end: false }
    }

    fn blocked(&self, index: usize, started: usize, outcome: &Outcome<'_>, expectation: Option<&Expectation>) -> Came {
        let Scene { planned, trace, vars } = self.scene;
        let mut judgement = self.shown(index, outcome, None);
        let call = ends::call_name(planned, started);
        if outcome.blocked {
            let shown_here = !self.is_finished(started) && self.last_asleep(started) == Some(index);
            if shown_here && outcome.state == State::Done {
                judgement.shown.push(' ');
                judgement.shown += &notation::resumed(planned, started, &View::actual(outcome, None), vars);
            }
            let problem = match expectation {
                None if !planned.lines[index].expect.is_empty() => Some(no_expectation()),
                expectation => self.unexpected_signals(call, outcome, expectation, &mut judgement),
            };
            return Came { judgement, problem, explains_end: false };
        }
        let reason = if outcome.state == State::Begun {
            judgement.notes.push("was not seen asleep in the kernel".to_owned());
            match trace.end {
                End::Deadline => format!("{}: {call} never slept", ends::deadline(planned)),
                _ => format!("{call}: expected to block, was not seen asleep"),
            }
        } else {
            judgement.expected = Some(std::mem::take(&mut judgement.shown));
            let view = View::actual(outcome, None);
            judgement.shown = notation::returned(planned, started, &view, vars);
            format!("{call}: expected to block, {}", how_it_ended(outcome))
        };
        Came { judgement, problem: Some(Problem::fail(reason)), explains_end: false }
    }

    /// Whether a step waits for the started call to return.
    fn is_finished(&self, started: usize) -> bool {
        self.scene.planned.lines.iter().any(|line| matches!(line.shown, Shown::Finish(call) if call == started))
    }

    /// The last step that waits for the started call to sleep.
    fn last_asleep(&self, started: usize) -> Option<usize> {
        self.scene.planned.lines.iter().rposition(|line| matches!(line.shown, Shown::Blocked(call) if call == started))
    }

    /// A step that was still running when the case ended.
    fn stuck(&self, index: usize, outcome: &Outcome<'_>) -> Came {
        let Scene { planned, trace, vars } = self.scene;
        let mut judgement = self.shown(index, outcome, None);
        judgement.shown = notation::unfinished(planned, self.scene.performing(index), "<unfinished ...>", vars);
        let call = ends::call_name(planned, index);
        let problem = ends::unexplained(&trace.end, planned, Some(call));
        if trace.end == End::Deadline {
            judgement.notes.push(format!("still in {call} after {:.1} s", trace.micros as f64 / 1e6));
        } else {
            judgement.notes.extend(problem.as_ref().map(|p| p.reason.clone()));
        }
        Came { judgement, problem, explains_end: false }
    }

    /// Signals other than those that are expected, of a step that is not judged by how it ended.
    fn unexpected_signals(
        &self,
        call: &str,
        outcome: &Outcome<'_>,
        expectation: Option<&Expectation>,
        judgement: &mut StepJudgement,
    ) -> Option<Problem> {
        let found = signals(expectation.unwrap_or(&Expectation::default()), outcome, &self.scene.vars);
        let note = found.into_iter().next()?.text;
        let problem = Problem::fail(format!("{call}: {note}"));
        judgement.notes.push(note);
        Some(problem)
    }

    /// Why a call may have failed that would not have elsewhere.
    fn who_refused(&self, outcome: &Outcome<'_>) -> impl Iterator<Item = String> {
        const FILTER: &str = "the runner is under a seccomp filter that may answer in the kernel's place";
        const BARE: &str = "performed without root's privileges: name the capability in `needs: {caps: …}`, or try \
                            --sandbox=never";
        let by_filter = self.filtered && matches!(outcome.errno(), Some(libc::EPERM | libc::ENOSYS));
        let by_lack = self.bare && matches!(outcome.errno(), Some(libc::EPERM | libc::EACCES));
        [by_filter.then_some(FILTER), by_lack.then_some(BARE)].into_iter().flatten().map(str::to_owned)
    }

    /// A case is not judged by steps that were not performed.
    fn unreached(&self) -> Option<Problem> {
        let planned = self.scene.planned;
        let missing = (0..planned.lines.len())
            .find(|&i| self.scene.step(i).state == State::NotReached && self.scene.outcome(i).killed.is_none())?;
        Some(Problem::error(format!("{}: not reached", ends::call_name(planned, missing))))
    }
}
