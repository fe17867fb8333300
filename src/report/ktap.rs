//! KTAP, version 1: a subtest for each subject.

use std::io::{self, Write};

use crate::judge::Verdict;

use super::block;
use super::event::{CaseEvent, Event};
use super::reporter::{NotRun, Reporter};

/// KTAP, written when the run is over: its plans say how many results follow. A run that was broken off has all
/// its cases in the plans, an error for each that was not run, and `Bail out!` in the end.
#[derive(Debug)]
pub struct Ktap<W: Write> {
    out: W,
    target: Option<String>,
    subjects: Vec<Subject>,
    broken_off: Option<String>,
}

/// The cases of a subject.
#[derive(Debug)]
struct Subject {
    name: String,
    cases: Vec<CaseEvent>,
    /// Ids of those that were not run.
    not_run: Vec<String>,
}

impl<W: Write> Ktap<W> {
    /// Writes to `out`.
    pub fn new(out: W) -> Self {
        Ktap { out, target: None, subjects: Vec::new(), broken_off: None }
    }

    fn subject(&mut self, name: &str) -> &mut Subject {
        let known = self.subjects.iter().position(|subject| subject.name == name);
        let index = known.unwrap_or_else(|| {
            self.subjects.push(Subject { name: name.to_owned(), cases: Vec::new(), not_run: Vec::new() });
            self.subjects.len() - 1
        });
        &mut self.subjects[index]
    }
}

impl<W: Write> Reporter for Ktap<W> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        let case = match event {
            Event::Case(case) => case,
            Event::Target(target) => {
                self.target = Some(format!("{} {} {}", target.name, target.kernel, target.arch));
                return Ok(());
            }
            Event::Claim(_) | Event::Summary(_) => return Ok(()),
        };
        self.subject(&case.subject).cases.push(CaseEvent::clone(case));
        Ok(())
    }

    fn broken_off(&mut self, why: &str, not_run: &[NotRun]) -> io::Result<()> {
        not_run.iter().for_each(|case| self.subject(&case.subject).not_run.push(case.id.clone()));
        self.broken_off = Some(why.to_owned());
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        let out = &mut self.out;
        writeln!(out, "KTAP version 1\n1..{}", self.subjects.len())?;
        if let Some(target) = &self.target {
            writeln!(out, "# target: {}", block::printable(target))?;
        }
        let why = self.broken_off.as_deref().map(plain).unwrap_or_default();
        for (number, Subject { name, cases, not_run }) in (1..).zip(&self.subjects) {
            let plan = cases.len() + not_run.len();
            writeln!(out, "  KTAP version 1\n  # Subtest: {}\n  1..{plan}", plain(name))?;
            for (number, case) in (1..).zip(cases) {
                diagnostics(out, case)?;
                writeln!(out, "  {} {number} {}{}", result(case.verdict), plain(&case.id), directive(case))?;
            }
            for (number, id) in (cases.len() + 1..).zip(not_run) {
                // Not SKIP, which is as good as a pass for whoever counts results.
                writeln!(out, "  not ok {number} {} # ERROR not run: {why}", plain(id))?;
            }
            let all_well = not_run.is_empty() && cases.iter().all(|case| result(case.verdict) == "ok");
            let all_skipped = not_run.is_empty() && cases.iter().all(|case| case.verdict == Verdict::Skip);
            let ok = if all_well { "ok" } else { "not ok" };
            let skip = if all_skipped { " # SKIP" } else { "" };
            writeln!(out, "{ok} {number} {}{skip}", plain(name))?;
        }
        if self.broken_off.is_some() {
            writeln!(out, "Bail out! {why}")?;
        }
        out.flush()
    }
}

fn result(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass | Verdict::Skip | Verdict::Xfail => "ok",
        Verdict::Fail | Verdict::Error | Verdict::Xpass => "not ok",
    }
}

fn directive(case: &CaseEvent) -> String {
    let name = match case.verdict {
        Verdict::Pass | Verdict::Fail | Verdict::Xpass => return String::new(),
        Verdict::Skip => "SKIP",
        Verdict::Xfail => "XFAIL",
        Verdict::Error => "ERROR",
    };
    let reason = case.reason.as_deref().map_or_else(String::new, |reason| format!(" {}", plain(reason)));
    format!(" # {name}{reason}")
}

/// What a case rests on, and why it is not ok, before its result.
fn diagnostics(out: &mut impl Write, case: &CaseEvent) -> io::Result<()> {
    let grounds = case.grounds();
    if result(case.verdict) == "ok" {
        return grounds.iter().try_for_each(|ground| writeln!(out, "  # {}", block::printable(ground)));
    }
    let gone = if case.verdict == Verdict::Xpass { "a known deviation is gone: " } else { "" };
    let heading = [
        format!("{}: {}", case.id, case.summary),
        case.place(),
        format!("{gone}{}", case.reason.as_deref().unwrap_or_default()),
    ];
    for line in heading.into_iter().chain(block::text(case)).chain(grounds) {
        writeln!(out, "  # {}", block::printable(&line))?;
    }
    Ok(())
}

/// A description: on one line, and without the sign that begins a directive.
fn plain(text: &str) -> String {
    block::printable(text).replace('#', "_")
}
