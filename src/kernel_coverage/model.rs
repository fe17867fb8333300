//! What was reached: lines with how often, and the ways out of each.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What a run reached of a kernel.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reached {
    /// What was run.
    pub run: Run,
    /// By path in the kernel's source.
    pub files: BTreeMap<String, File>,
}

/// What was run, and on what.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// `uname -r`.
    pub kernel: String,
    /// `uname -v`.
    pub build: String,
    /// Version of the suite.
    pub suite: Option<String>,
    /// What the ids of the cases contain.
    pub filter: Option<String>,
    /// The calls of the architecture, by the kernel's name for each: `sendfile64` is sendfile.
    #[serde(default)]
    pub calls: BTreeMap<String, String>,
    /// How many cases were performed.
    pub cases: usize,
    /// How many of them passed.
    pub passed: usize,
}

impl Run {
    /// Takes the calls from the kernel's table of them (`syscall_64.tbl`): number, ABI, name and entry of each.
    pub fn read_table(&mut self, table: &str) {
        let rows = table.lines().filter(|line| !line.starts_with('#'));
        let rows = rows.map(|line| line.split_whitespace().collect::<Vec<_>>());
        self.calls = rows
            .filter_map(|row| match row[..] {
                [_, "common" | "64", name, entry, ..] => {
                    Some((entry.strip_prefix("sys_")?.to_owned(), name.to_owned()))
                }
                _ => None,
            })
            .collect();
    }
}

/// A file of the kernel's source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct File {
    /// Lines with code, by number.
    pub lines: BTreeMap<u32, Line>,
    /// Its functions, by their first lines.
    pub routines: BTreeMap<u32, Routine>,
}

/// A line with code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// How often it was reached.
    pub count: u64,
    /// How often each way out of its conditions was taken. A line of a function that is compiled into several others has
    /// those of each.
    pub branches: Vec<u64>,
    /// Its text, without the space around it.
    pub text: String,
}

impl Line {
    /// Whether it was reached, and every way out of it taken.
    pub fn is_whole(&self) -> bool {
        self.count > 0 && !self.branches.contains(&0)
    }
}

/// A function of the kernel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Routine {
    /// Its name.
    pub name: String,
    /// Its last line.
    pub end: u32,
    /// How often it was called.
    pub calls: u64,
}

impl Routine {
    /// The system call whose entry it is, if the architecture has it.
    pub fn system_call<'a>(&self, run: &'a Run) -> Option<&'a str> {
        let name = self.name.split('.').next().unwrap_or_default();
        let prefixes = ["__do_sys_", "__se_sys_", "__x64_sys_", "sys_"];
        let call = prefixes.iter().find_map(|prefix| name.strip_prefix(prefix))?;
        run.calls.get(call).map(String::as_str)
    }
}

impl File {
    /// The first line of the function that a line belongs to.
    pub fn routine(&self, line: u32) -> Option<u32> {
        let (first, routine) = self.routines.range(..=line).next_back()?;
        (line <= routine.end).then_some(*first)
    }
}
