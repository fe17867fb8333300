//! JSON lines of an earlier run, read back.

use std::io::BufRead;

use crate::target::Target;

use super::event::{CaseEvent, Event};

/// What a run left behind.
#[derive(Clone, Debug)]
pub struct Saved {
    /// The kernel that it was on.
    pub target: Target,
    /// The cases that it got to.
    pub cases: Vec<CaseEvent>,
}

impl Saved {
    /// Reads the lines that [`super::JsonLines`] writes.
    ///
    /// # Errors
    /// With the line and what is wrong with it.
    pub fn read(lines: impl BufRead) -> Result<Saved, String> {
        let mut target = None;
        let mut cases = Vec::new();
        for (nth, line) in lines.lines().enumerate() {
            let at = |what: String| format!("line {}: {what}", nth + 1);
            let line = line.map_err(|e| at(e.to_string()))?;
            match serde_json::from_str(&line).map_err(|e| at(format!("no event of a run: {e}")))? {
                Event::Target(_) if target.is_some() => return Err(at("a second run begins".to_owned())),
                Event::Target(found) => target = Some(*found),
                _ if target.is_none() => return Err(at("the results do not begin with a target".to_owned())),
                Event::Case(case) => cases.push(*case),
                Event::Summary(_) => {}
            }
        }
        let target = target.ok_or("there are no results in it")?;
        Ok(Saved { target, cases })
    }
}
