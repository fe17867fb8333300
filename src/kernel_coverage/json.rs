//! A run as JSON lines: what was run, then a line a file. With the text of every line, so that nothing else is needed to
//! read it again.

use std::io::{self, BufRead, Write};

use serde::{Deserialize, Serialize};

use crate::report::{kind, read_line};

use super::model::{File, Line, Reached, Routine, Run};

#[derive(Serialize, Deserialize)]
#[serde(tag = "type", rename = "kernel-coverage")]
struct RunLine {
    #[serde(flatten)]
    run: Run,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "type", rename = "kernel-file")]
struct FileLine {
    file: String,
    /// First and last line, name, calls.
    functions: Vec<(u32, u32, String, u64)>,
    /// Number, count, branches, text.
    lines: Vec<(u32, u64, Vec<u64>, String)>,
}

impl Reached {
    /// Writes it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, mut out: impl Write) -> io::Result<()> {
        let mut line = |value: serde_json::Result<Vec<u8>>| out.write_all(&[value?, b"\n".to_vec()].concat());
        line(serde_json::to_vec(&RunLine { run: self.run.clone() }))?;
        for (path, file) in &self.files {
            let functions = file.routines.iter();
            let functions =
                functions.map(|(first, routine)| (*first, routine.end, routine.name.clone(), routine.calls));
            let lines = file.lines.iter();
            let lines = lines.map(|(number, line)| (*number, line.count, line.branches.clone(), line.text.clone()));
            let (functions, lines) = (functions.collect(), lines.collect());
            line(serde_json::to_vec(&FileLine { file: path.clone(), functions, lines }))?;
        }
        out.flush()
    }

    /// Reads what was written.
    ///
    /// # Errors
    /// In words, when it is something else.
    pub fn read(mut from: impl BufRead) -> Result<Self, String> {
        let mut reached = None::<Reached>;
        let mut line = Vec::new();
        while read_line(&mut from, &mut line).map_err(|e| e.to_string())? {
            let wrong = |e: serde_json::Error| format!("not what `syscase kernel-coverage --json` writes: {e}");
            match (&*kind(&line).map_err(wrong)?, &mut reached) {
                ("kernel-coverage", None) => {
                    let RunLine { run } = serde_json::from_slice(&line).map_err(wrong)?;
                    reached = Some(Reached { run, ..Reached::default() });
                }
                ("kernel-file", Some(reached)) => {
                    let FileLine { file, functions, lines } = serde_json::from_slice(&line).map_err(wrong)?;
                    let routines = functions.into_iter();
                    let routines = routines.map(|(first, end, name, calls)| (first, Routine { name, end, calls }));
                    let lines = lines.into_iter();
                    let lines = lines.map(|(number, count, branches, text)| (number, Line { count, branches, text }));
                    reached.files.insert(file, File { lines: lines.collect(), routines: routines.collect() });
                }
                (other, _) => return Err(format!("not what `syscase kernel-coverage --json` writes: `{other}`")),
            }
        }
        reached.ok_or_else(|| "not what `syscase kernel-coverage --json` writes: it is empty".to_owned())
    }
}
