//! A case's trace in lines: what every format for people shows of a case that is not a pass.

use crate::judge::Verdict;

use super::event::CaseEvent;

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// A step that went well.
    Plain,
    /// What should have happened.
    Expected,
    /// What happened instead.
    Actual,
    /// A remark on the step above, or on the case.
    Note,
}

/// The trace: a step a line, what is wrong as expected and actual, each with its notes.
pub(super) fn lines(case: &CaseEvent) -> Vec<(Mark, String)> {
    let mut lines = Vec::new();
    for step in &case.trace {
        match &step.expected {
            Some(expected) => {
                lines.push((Mark::Expected, expected.clone()));
                lines.push((Mark::Actual, step.shown.clone()));
            }
            None => lines.push((Mark::Plain, step.shown.clone())),
        }
        let notes = step.notes.iter().flat_map(|note| note.lines());
        lines.extend(notes.map(|note| (Mark::Note, note.to_owned())));
    }
    lines
}

/// The trace as plain text, `-` before what was expected and `+` before what was found.
pub(super) fn text(case: &CaseEvent) -> Vec<String> {
    let line = |(mark, line): (Mark, String)| match mark {
        Mark::Plain => format!("  {line}"),
        Mark::Expected => format!("- {line}"),
        Mark::Actual => format!("+ {line}"),
        Mark::Note => format!("    {line}"),
    };
    lines(case).into_iter().map(line).collect()
}

/// The word that a line about a case begins with.
pub(super) fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "PASS",
        Verdict::Fail => "FAIL",
        Verdict::Error => "ERROR",
        Verdict::Skip => "SKIP",
        Verdict::Xfail => "XFAIL",
        Verdict::Xpass => "XPASS",
    }
}
