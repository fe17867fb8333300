//! The results as a section of a document: counts by target, and the differences that tell the most.

use std::collections::BTreeSet;
use std::fmt::Write;

use syscase::plan::Planned;

use super::compare::Difference;
use super::ran::Ran;
use super::table::{self, HEAD};

/// How many differences are shown.
const TELLING: usize = 20;

/// The section.
pub(crate) fn section(rans: &[Ran], cases: &[Planned], differences: &[Difference<'_>]) -> String {
    let mut text = String::from(
        "## What the kernels say\n\nMade by `syscase matrix --out DIR` and `syscase matrix --results DIR/*.jsonl --markdown docs/results.md`",
    );
    text.push_str("; see `ci/targets` for how each target is started.\n\n");
    line(&mut text, HEAD.map(str::to_owned));
    line(&mut text, HEAD.map(|_| "---".to_owned()));
    for row in table::rows(rans, cases) {
        line(&mut text, row.map(|cell| if cell == "·" { "0".to_owned() } else { cell }));
    }
    let _ = write!(text, "\n{} of {} cases behave differently on these targets.\n", differences.len(), cases.len());
    text.push_str("\n### The most telling differences\n");
    for difference in telling(differences) {
        let _ = write!(text, "\n#### {}\n\n{}\n", difference.id, difference.summary);
        for behaviour in &difference.behaviours {
            let verdicts = behaviour.by(|case| table::word(case, false));
            let verdicts = verdicts.iter().map(|(verdict, names)| format!("{} ({verdict})", names.join(", ")));
            let _ = write!(text, "\n{}:\n\n```\n", verdicts.collect::<Vec<_>>().join("; "));
            for step in behaviour.trace() {
                let _ = writeln!(text, "{}", step.shown);
            }
            text.push_str("```\n");
        }
    }
    text
}

fn line(text: &mut String, cells: [String; 9]) {
    let _ = writeln!(text, "| {} |", cells.map(|cell| cell.replace('|', "\\|")).join(" | "));
}

/// The differences that divide the targets most evenly, one row of a case at most.
fn telling<'a, 'b>(differences: &'b [Difference<'a>]) -> Vec<&'b Difference<'a>> {
    let divided = |d: &Difference<'_>| {
        let all: usize = d.behaviours.iter().map(|shared| shared.0.len()).sum();
        all - d.behaviours.first().map_or(0, |shared| shared.0.len())
    };
    let mut sorted: Vec<_> = differences.iter().collect();
    sorted.sort_by_key(|d| (std::cmp::Reverse((divided(d), d.behaviours.len())), d.id));
    let mut seen = BTreeSet::new();
    sorted.retain(|d| seen.insert(d.id.split('[').next().unwrap_or(d.id)));
    sorted.truncate(TELLING);
    sorted
}
