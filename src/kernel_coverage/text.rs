//! What people read of it on a terminal.

use std::fmt::{self, Display, Formatter};

use crate::report::{self, Column};

use super::functions::{Function, functions};
use super::measure::{Gain, Measured, Totals};

/// Writes what was measured: a table by file, the functions with the most gaps with their source, system calls that were
/// never entered.
#[derive(Clone, Copy, Debug)]
pub struct Text<'a> {
    /// What was measured.
    pub measured: &'a Measured<'a>,
    /// Whether the table is by folder, not by file.
    pub folders: bool,
    /// How many functions are shown with their source.
    pub shown: usize,
    /// What was gained over another run, if one is compared.
    pub gains: Option<&'a [Gain<'a>]>,
}

impl Display for Text<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&table(self.measured, self.folders))?;
        if let Some(gains) = self.gains {
            write!(f, "\n{}", gained(gains))?;
        }
        let functions = functions(self.measured);
        let gaps: Vec<&Function<'_>> = functions.iter().filter(|function| function.gaps() > 0).collect();
        if self.shown > 0 && !gaps.is_empty() {
            writeln!(f, "\nNot reached, worst first ({} of {} functions):", gaps.len().min(self.shown), gaps.len())?;
        }
        for function in gaps.iter().take(self.shown) {
            writeln!(f, "\n{}", title(function))?;
            for (number, mark, text) in missed(self.measured, function) {
                writeln!(f, "{}", format!("  {number:>5} {mark:>7}  {text}").trim_end())?;
            }
        }
        let never = never_entered(&functions);
        if !never.is_empty() {
            writeln!(f, "\nSystem calls that were never entered: {}", never.join(" "))?;
        }
        Ok(())
    }
}

/// By file or folder, and the sum.
fn table(measured: &Measured<'_>, folders: bool) -> String {
    let what = if folders { "folder" } else { "file" };
    let mut rows =
        vec![[what, "lines", "reached", "within reach", "branches", "taken", "within reach"].map(str::to_owned)];
    match folders {
        true => rows.extend(measured.folders().into_iter().map(|(folder, totals)| row(folder, totals))),
        false => rows.extend(measured.files.iter().map(|file| row(file.path, file.totals))),
    }
    rows.push(row("all", measured.totals()));
    columns(&rows)
}

pub(super) fn row(name: &str, totals: Totals) -> [String; 7] {
    let ([lines, branches], [lines_within, branches_within]) = (totals.shares(), totals.shares_within_reach());
    let share = |share: f64, of: usize| if of == 0 { String::new() } else { format!("{share:.1}%") };
    [
        name.to_owned(),
        totals.lines.to_string(),
        share(lines, totals.lines),
        share(lines_within, totals.lines),
        totals.branches.to_string(),
        share(branches, totals.branches),
        share(branches_within, totals.branches),
    ]
}

/// `splice_to_pipe, fs/splice.c:180: 3 of 40 lines and 5 of 24 branches are not reached`.
pub(super) fn title(function: &Function<'_>) -> String {
    let Function { file, first, name, calls, totals, .. } = function;
    let place = if name.is_empty() { (*file).to_owned() } else { format!("{name}, {file}:{first}") };
    let (lines, branches) = (totals.lines_missed(), totals.branches_missed());
    match calls {
        0 if !name.is_empty() => {
            format!("{place}: never called ({} lines, {} branches)", totals.lines, totals.branches)
        }
        _ => format!(
            "{place}: {lines} of {} lines and {branches} of {} branches are not reached",
            totals.lines, totals.branches
        ),
    }
}

/// The lines of a function of which something is not reached: number, mark, text. The mark is `#####` for a line that
/// is not reached, and else how many of the ways out of it were taken.
pub(super) fn missed<'a>(
    measured: &'a Measured<'a>,
    function: &'a Function<'a>,
) -> impl Iterator<Item = (u32, String, &'a str)> {
    let file = measured.files.iter().find(|file| file.path == function.file);
    function.missed.iter().filter_map(move |number| {
        let line = file?.file.lines.get(number)?;
        let taken = line.branches.iter().filter(|&&count| count > 0).count();
        let mark = if line.count == 0 { "#####".to_owned() } else { format!("{taken}/{}", line.branches.len()) };
        Some((*number, mark, line.text.as_str()))
    })
}

/// System calls whose entry was never called, by name.
pub(super) fn never_entered<'a>(functions: &[Function<'a>]) -> Vec<&'a str> {
    let mut never: Vec<&str> =
        functions.iter().filter(|function| function.calls == 0).filter_map(|function| function.system_call).collect();
    never.sort_unstable();
    never.dedup();
    never
}

fn gained(gains: &[Gain<'_>]) -> String {
    if gains.is_empty() {
        return "The other run reached the same.\n".to_owned();
    }
    let head = ["gained over the other run", "lines", "branches", "lines lost", "branches lost"];
    let mut rows = vec![head.map(str::to_owned)];
    rows.extend(gains.iter().map(|gain| {
        let numbers = [gain.lines.len(), gain.branches, gain.lines_lost.len(), gain.branches_lost];
        let [lines, branches, lines_lost, branches_lost] = numbers.map(|n| n.to_string());
        [gain.file.to_owned(), lines, branches, lines_lost, branches_lost]
    }));
    columns(&rows)
}

/// Names on the left, numbers on the right.
fn columns<const N: usize>(rows: &[[String; N]]) -> String {
    let column = |i| Column { right: i > 0, gap: usize::from(i > 0) * 2, least: 0 };
    report::table(std::array::from_fn(column), rows)
}
