//! What was reached, counted, beside what can be.

use std::collections::{BTreeMap, BTreeSet};

use crate::case::Diagnostic;

use super::model::{File, Line, Reached};
use super::unreachable::{Reason, Unreachable};

/// How many lines and branches there are, and were reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Lines with code.
    pub lines: usize,
    /// Of these, reached.
    pub lines_reached: usize,
    /// Of these, not reached, and listed as out of reach.
    pub lines_excused: usize,
    /// Ways out of conditions.
    pub branches: usize,
    /// Of these, taken.
    pub branches_reached: usize,
    /// Of these, not taken, and on a line that is listed.
    pub branches_excused: usize,
}

impl Totals {
    pub(super) fn add(&mut self, line: &Line, excused: bool) {
        let reached = line.branches.iter().filter(|&&count| count > 0).count();
        self.lines += 1;
        self.lines_reached += usize::from(line.count > 0);
        self.branches += line.branches.len();
        self.branches_reached += reached;
        if excused {
            self.lines_excused += usize::from(line.count == 0);
            self.branches_excused += line.branches.len() - reached;
        }
    }

    pub(super) fn sum(self, other: Self) -> Self {
        Totals {
            lines: self.lines + other.lines,
            lines_reached: self.lines_reached + other.lines_reached,
            lines_excused: self.lines_excused + other.lines_excused,
            branches: self.branches + other.branches,
            branches_reached: self.branches_reached + other.branches_reached,
            branches_excused: self.branches_excused + other.branches_excused,
        }
    }

    /// Lines that can be reached, and are not.
    pub fn lines_missed(&self) -> usize {
        self.lines - self.lines_reached - self.lines_excused
    }

    /// Branches that can be taken, and are not.
    pub fn branches_missed(&self) -> usize {
        self.branches - self.branches_reached - self.branches_excused
    }

    /// Percent of all lines and branches.
    pub fn shares(&self) -> [f64; 2] {
        [percent(self.lines_reached, self.lines), percent(self.branches_reached, self.branches)]
    }

    /// Percent of the lines and branches that can be reached.
    pub fn shares_within_reach(&self) -> [f64; 2] {
        [
            percent(self.lines_reached, self.lines - self.lines_excused),
            percent(self.branches_reached, self.branches - self.branches_excused),
        ]
    }
}

/// All of nothing is all.
fn percent(part: usize, of: usize) -> f64 {
    if of == 0 { 100.0 } else { 100.0 * part as f64 / of as f64 }
}

/// A run beside the list of what is out of reach.
#[derive(Clone, Debug)]
pub struct Measured<'a> {
    /// The run.
    pub reached: &'a Reached,
    /// The files that are meant.
    pub files: Vec<MeasuredFile<'a>>,
    /// What is wrong with the list: entries of which all was reached.
    pub stale: Vec<Diagnostic>,
}

/// A file beside the list.
#[derive(Clone, Debug)]
pub struct MeasuredFile<'a> {
    /// Its path in the kernel's source.
    pub path: &'a str,
    /// The file.
    pub file: &'a File,
    /// Its lines of which something is out of reach, with why.
    pub excused: BTreeMap<u32, &'a Reason>,
    /// The sum.
    pub totals: Totals,
}

impl MeasuredFile<'_> {
    /// How many lines and branches are not reached that can be.
    pub fn gaps(&self) -> usize {
        self.totals.lines_missed() + self.totals.branches_missed()
    }
}

impl Measured<'_> {
    /// By folder.
    pub fn folders(&self) -> BTreeMap<&str, Totals> {
        let mut folders = BTreeMap::new();
        for file in &self.files {
            let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
            let sum: &mut Totals = folders.entry(folder).or_default();
            *sum = sum.sum(file.totals);
        }
        folders
    }

    /// Of all files.
    pub fn totals(&self) -> Totals {
        self.files.iter().fold(Totals::default(), |sum, file| sum.sum(file.totals))
    }
}

/// Counts the files that are wanted.
pub fn measure<'a>(reached: &'a Reached, list: &'a Unreachable, wanted: impl Fn(&str) -> bool) -> Measured<'a> {
    let files = reached.files.iter().filter(|(path, file)| wanted(path) && !file.lines.is_empty());
    let files: Vec<_> = files
        .map(|(path, file)| {
            let excused = list.of(path, file);
            let mut totals = Totals::default();
            file.lines.iter().for_each(|(number, line)| totals.add(line, excused.contains_key(number)));
            MeasuredFile { path, file, excused, totals }
        })
        .collect();
    let stale = list.stale(&files);
    Measured { reached, files, stale }
}

/// What one run reached and another did not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gain<'a> {
    /// The file.
    pub file: &'a str,
    /// Lines that are reached now.
    pub lines: BTreeSet<u32>,
    /// How many branches are taken now.
    pub branches: usize,
    /// Lines that were reached.
    pub lines_lost: BTreeSet<u32>,
    /// How many branches were taken.
    pub branches_lost: usize,
}

/// What the run reached, compared with another one of the same kernel, by file; files without a difference are left out.
///
/// # Errors
/// When the kernels differ.
pub fn gain<'a>(now: &Measured<'a>, before: &Reached) -> Result<Vec<Gain<'a>>, String> {
    let (run, old) = (&now.reached.run, &before.run);
    if run.kernel != old.kernel {
        return Err(format!("the other run is of Linux {}, this one of {}", old.kernel, run.kernel));
    }
    let (no_file, no_line) = (File::default(), Line::default());
    let gains = now.files.iter().map(|measured| {
        let mut gain = Gain { file: measured.path, ..Gain::default() };
        let old = before.files.get(measured.path).unwrap_or(&no_file);
        for (&number, line) in &measured.file.lines {
            let was = old.lines.get(&number).unwrap_or(&no_line);
            match (was.count > 0, line.count > 0) {
                (false, true) => drop(gain.lines.insert(number)),
                (true, false) => drop(gain.lines_lost.insert(number)),
                _ => {}
            }
            for (index, &count) in line.branches.iter().enumerate() {
                let before = was.branches.get(index).copied().unwrap_or(0);
                gain.branches += usize::from(before == 0 && count > 0);
                gain.branches_lost += usize::from(before > 0 && count == 0);
            }
        }
        gain
    });
    Ok(gains.filter(|gain| *gain != Gain { file: gain.file, ..Gain::default() }).collect())
}
