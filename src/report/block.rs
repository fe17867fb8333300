//! A case's trace in lines: what every format for people shows of a case that is not a pass.

use crate::case::misleads;
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
                lines.push((Mark::Expected, printable(expected)));
                lines.push((Mark::Actual, printable(&step.shown)));
            }
            None => lines.push((Mark::Plain, printable(&step.shown))),
        }
        let notes = step.notes.iter().flat_map(|note| note.lines());
        lines.extend(notes.map(|note| (Mark::Note, printable(note))));
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

/// Text that can do nothing to a terminal or to a format of lines: control characters are escaped, and those that
/// change the direction of text or end lines.
pub(crate) fn printable(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut shown, c| {
        if c.is_control() || misleads(c) {
            shown.extend(c.escape_default())
        } else {
            shown.push(c)
        }
        shown
    })
}
