//! What a matrix has shown: failures, differences, the table.

use std::fmt::Write;

use syscase::plan::Planned;
use syscase::report::{self, CaseEvent, Column, Event, Reporter, Transcript};

use super::compare::Difference;
use super::fit::Fit;
use super::ran::Ran;

/// Failures of each target, as `run` shows them.
pub(crate) fn failures(ran: &Ran) -> String {
    let mut bad = ran.cases.values().filter(|case| case.verdict.is_bad()).peekable();
    if bad.peek().is_none() {
        return String::new();
    }
    let mut text = format!("── {} ({})\n\n", ran.name, ran.kernel()).into_bytes();
    for case in bad {
        // Memory takes whatever is written.
        let _ = Transcript::new(&mut text).event(&Event::Case(Box::new(case.clone())));
    }
    String::from_utf8_lossy(&text).into_owned()
}

/// A case with each behaviour that was seen.
pub(crate) fn difference(difference: &Difference<'_>) -> String {
    let mut text = format!("DIFFERS {}   {}\n", difference.id, difference.summary);
    for behaviour in &difference.behaviours {
        for (verdict, names) in behaviour.by(|case| word(case, true)) {
            let _ = writeln!(text, "  on {}: {verdict}", names.join(", "));
        }
        for step in behaviour.trace() {
            let _ = writeln!(text, "   | {}", step.shown);
        }
    }
    text.push('\n');
    text
}

/// The verdict; with its reason, if that is wanted and there is one.
pub(crate) fn word(case: &CaseEvent, with_reason: bool) -> String {
    let verdict = format!("{:?}", case.verdict).to_lowercase();
    match &case.reason {
        Some(reason) if with_reason => format!("{verdict}, {reason}"),
        _ => verdict,
    }
}

/// Heads of the table's columns.
pub(crate) const HEAD: [&str; 9] =
    ["target", "kernel", "pass", "fail", "error", "skip", "xfail", "xpass", "behaves like"];

/// The table's rows: a target each.
pub(crate) fn rows(rans: &[Ran], cases: &[Planned]) -> Vec<[String; 9]> {
    rans.iter().map(|ran| row(ran, cases)).collect()
}

fn row(ran: &Ran, cases: &[Planned]) -> [String; 9] {
    let [pass, fail, error, skip, xfail, xpass] = ran.counts().cells();
    let fit = Fit::of(ran, cases)
        .map_or_else(|| "–".to_owned(), |fit| fit.words().trim_start_matches("behaves like ").to_owned());
    let partial = ran.partial.as_ref().map_or_else(String::new, |why| format!("; partial: {why}"));
    let (name, kernel) = (ran.name.clone(), ran.kernel().to_owned());
    [name, kernel, pass, fail, error, skip, xfail, xpass, format!("{fit}{partial}")]
}

/// The table for a terminal.
pub(crate) fn table(rows: &[[String; 9]]) -> String {
    let column = |i| Column { right: (2..8).contains(&i), gap: [0, 2, 2, 1, 1, 1, 1, 1, 2][i], least: 0 };
    let rows: Vec<_> = [HEAD.map(str::to_owned)].into_iter().chain(rows.iter().cloned()).collect();
    report::table(std::array::from_fn(column), &rows)
}

/// The rows that do not fit, for each target.
pub(crate) fn misfits(rans: &[Ran], cases: &[Planned]) -> String {
    let mut text = String::new();
    for ran in rans {
        let Some(fit) = Fit::of(ran, cases).filter(|fit| !fit.misfits.is_empty()) else { continue };
        let _ = writeln!(text, "{} {}:\n  {}", ran.name, fit.words(), fit.misfits.join("\n  "));
    }
    text
}
