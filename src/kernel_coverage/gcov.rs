//! What `gcov --json-format` says of an object.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::model::{File, Line, Reached};

#[derive(Deserialize)]
struct Report {
    files: Vec<GcovFile>,
}

#[derive(Deserialize)]
struct GcovFile {
    file: String,
    functions: Vec<GcovFunction>,
    lines: Vec<GcovLine>,
}

#[derive(Deserialize)]
struct GcovFunction {
    name: String,
    start_line: u32,
    end_line: u32,
    execution_count: u64,
}

#[derive(Deserialize)]
struct GcovLine {
    line_number: u32,
    count: u64,
    #[serde(default)]
    branches: Vec<GcovBranch>,
}

#[derive(Deserialize)]
struct GcovBranch {
    count: u64,
}

impl Reached {
    /// Adds what gcov says of objects, a JSON object a line. `path` tells a file's path in the kernel's source; none if it
    /// is not wanted.
    ///
    /// # Errors
    /// When this is not what gcov writes.
    pub fn add_gcov(&mut self, said: &[u8], path: impl Fn(&str) -> Option<String>) -> serde_json::Result<()> {
        for report in serde_json::Deserializer::from_slice(said).into_iter::<Report>() {
            for file in report?.files {
                if let Some(path) = path(&file.file) {
                    self.files.entry(path).or_default().add(file);
                }
            }
        }
        Ok(())
    }

    /// Takes the text of each line from its file's; `read` gives that.
    pub fn add_texts(&mut self, read: impl Fn(&str) -> Option<String>) {
        for (path, file) in &mut self.files {
            let Some(text) = read(path) else { continue };
            let texts: Vec<&str> = text.lines().map(str::trim).collect();
            for (number, line) in &mut file.lines {
                line.text = texts.get(*number as usize - 1).map_or_else(String::new, |text| (*text).to_owned());
            }
        }
    }
}

impl File {
    fn add(&mut self, file: GcovFile) {
        for GcovFunction { name, start_line, end_line, execution_count } in file.functions {
            let routine = self.routines.entry(start_line).or_default();
            // Parts that the compiler has split off have the name with a suffix.
            if routine.name.is_empty() || name.len() < routine.name.len() {
                routine.name = name;
            }
            routine.end = routine.end.max(end_line);
            routine.calls = routine.calls.saturating_add(execution_count);
        }
        for (number, line) in merged(file.lines) {
            match self.lines.get_mut(&number) {
                None => drop(self.lines.insert(number, line)),
                Some(known) => known.add(line),
            }
        }
    }
}

/// Lines by number. One line is told several times if several functions begin there.
fn merged(lines: Vec<GcovLine>) -> BTreeMap<u32, Line> {
    let mut merged = BTreeMap::<u32, Line>::new();
    for GcovLine { line_number, count, branches } in lines {
        let line = merged.entry(line_number).or_default();
        line.count = line.count.saturating_add(count);
        line.branches.extend(branches.iter().map(|branch| branch.count));
    }
    merged
}

impl Line {
    /// Adds what another object says of it: the same code compiled once more, or another part of it.
    fn add(&mut self, other: Line) {
        self.count = self.count.saturating_add(other.count);
        if self.branches.len() == other.branches.len() {
            self.branches.iter_mut().zip(other.branches).for_each(|(sum, count)| *sum = sum.saturating_add(count));
        } else {
            self.branches.extend(other.branches);
        }
    }
}
