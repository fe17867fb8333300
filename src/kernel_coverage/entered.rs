//! Which functions of the kernel each case enters.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use serde::Serialize;

/// Functions by case: `fs/pipe.c:pipe_read`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entered {
    /// By id.
    pub cases: BTreeMap<String, BTreeSet<String>>,
}

#[derive(Serialize)]
#[serde(tag = "type", rename = "kernel-case")]
struct CaseLine<'a> {
    /// None: what at least half of the cases enter.
    id: Option<&'a str>,
    functions: Vec<&'a str>,
}

impl Entered {
    /// What at least half of the cases enter, if there are a few: the runner does it around each.
    pub fn usual(&self) -> BTreeSet<&str> {
        const FEW: usize = 4;
        let mut cases = BTreeMap::<&str, usize>::new();
        self.cases.values().flatten().for_each(|function| *cases.entry(function).or_default() += 1);
        let many = |count: usize| self.cases.len() >= FEW && 2 * count >= self.cases.len();
        cases.into_iter().filter(|(_, count)| many(*count)).map(|(function, _)| function).collect()
    }

    /// Writes JSON lines: what is usual, then what each case enters beyond that.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, mut out: impl Write) -> io::Result<()> {
        let usual = self.usual();
        let mut line = |id: Option<&str>, functions: Vec<&str>| {
            serde_json::to_writer(&mut out, &CaseLine { id, functions })?;
            out.write_all(b"\n")
        };
        line(None, usual.iter().copied().collect())?;
        for (id, functions) in &self.cases {
            let own = functions.iter().map(String::as_str).filter(|function| !usual.contains(function));
            line(Some(id), own.collect())?;
        }
        out.flush()
    }
}
