//! KTAP, version 1: a subtest for each subject.

use std::io::{self, Write};

use crate::judge::Verdict;

use super::block;
use super::event::{CaseEvent, Event};
use super::reporter::Reporter;

/// KTAP, written when the run is over: its plans say how many results follow.
#[derive(Debug)]
pub struct Ktap<W: Write> {
    out: W,
    target: Option<String>,
    subjects: Vec<(String, Vec<CaseEvent>)>,
}

impl<W: Write> Ktap<W> {
    /// Writes to `out`.
    pub fn new(out: W) -> Self {
        Ktap { out, target: None, subjects: Vec::new() }
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
        match self.subjects.iter_mut().find(|(subject, _)| *subject == case.subject) {
            Some((_, cases)) => cases.push(CaseEvent::clone(case)),
            None => self.subjects.push((case.subject.clone(), vec![CaseEvent::clone(case)])),
        }
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        let out = &mut self.out;
        writeln!(out, "KTAP version 1\n1..{}", self.subjects.len())?;
        if let Some(target) = &self.target {
            writeln!(out, "# target: {}", block::printable(target))?;
        }
        for (number, (subject, cases)) in (1..).zip(&self.subjects) {
            writeln!(out, "  KTAP version 1\n  # Subtest: {}\n  1..{}", plain(subject), cases.len())?;
            for (number, case) in (1..).zip(cases) {
                diagnostics(out, case)?;
                writeln!(out, "  {} {number} {}{}", result(case.verdict), plain(&case.id), directive(case))?;
            }
            let all_well = cases.iter().all(|case| result(case.verdict) == "ok");
            let all_skipped = cases.iter().all(|case| case.verdict == Verdict::Skip);
            let ok = if all_well { "ok" } else { "not ok" };
            let skip = if all_skipped { " # SKIP" } else { "" };
            writeln!(out, "{ok} {number} {}{skip}", plain(subject))?;
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

/// Why a case is not ok, before its result.
fn diagnostics(out: &mut impl Write, case: &CaseEvent) -> io::Result<()> {
    if result(case.verdict) == "ok" {
        return Ok(());
    }
    let gone = if case.verdict == Verdict::Xpass { "a known deviation is gone: " } else { "" };
    let heading = [
        format!("{}: {}", case.id, case.summary),
        case.place(),
        format!("{gone}{}", case.reason.as_deref().unwrap_or_default()),
    ];
    for line in heading.into_iter().chain(block::text(case)) {
        writeln!(out, "  # {}", block::printable(&line))?;
    }
    Ok(())
}

/// A description: on one line, and without the sign that begins a directive.
fn plain(text: &str) -> String {
    block::printable(text).replace('#', "_")
}
