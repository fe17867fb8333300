//! Functions with what was not reached of each.

use super::measure::{Measured, MeasuredFile, Totals};
use super::model::Run;

/// A function with its share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function<'a> {
    /// Its file.
    pub file: &'a str,
    /// Its first line.
    pub first: u32,
    /// Its name; none: what belongs to no function of the compiled code.
    pub name: &'a str,
    /// The system call that begins in it.
    pub system_call: Option<&'a str>,
    /// How often it was called.
    pub calls: u64,
    /// What of it was reached.
    pub totals: Totals,
    /// Lines of which something was not reached that can be.
    pub missed: Vec<u32>,
}

impl Function<'_> {
    /// How many lines and branches are not reached that can be.
    pub fn gaps(&self) -> usize {
        self.totals.lines_missed() + self.totals.branches_missed()
    }
}

/// The functions of the files that are meant; those with the most gaps first.
pub fn functions<'a>(measured: &'a Measured<'a>) -> Vec<Function<'a>> {
    let mut all: Vec<Function<'a>> =
        measured.files.iter().flat_map(|file| of_file(file, &measured.reached.run)).collect();
    all.sort_by(|a, b| (b.gaps(), a.file, a.first).cmp(&(a.gaps(), b.file, b.first)));
    all
}

fn of_file<'a>(measured: &'a MeasuredFile<'a>, run: &'a Run) -> Vec<Function<'a>> {
    let mut all: Vec<Function<'a>> = Vec::new();
    for (&number, line) in &measured.file.lines {
        let first = measured.file.routine(number);
        if all.last().is_none_or(|last| Some(last.first).filter(|&first| first > 0) != first) {
            let routine = first.and_then(|first| measured.file.routines.get(&first));
            all.push(Function {
                file: measured.path,
                first: first.unwrap_or(0),
                name: routine.map_or("", |routine| &routine.name),
                system_call: routine.and_then(|routine| routine.system_call(run)),
                calls: routine.map_or(0, |routine| routine.calls),
                totals: Totals::default(),
                missed: Vec::new(),
            });
        }
        let Some(last) = all.last_mut() else { continue };
        let excused = measured.excused.contains_key(&number);
        last.totals.add(line, excused);
        if !line.is_whole() && !excused {
            last.missed.push(number);
        }
    }
    all
}
