//! JSON lines of an earlier run, read back.

use std::borrow::Cow;
use std::io::BufRead;

use serde::Deserialize;

use crate::target::Target;

use super::event::{CaseEvent, Event};

/// What a run left behind.
#[derive(Clone, Debug)]
pub struct Saved {
    /// The kernel that it was on.
    pub target: Target,
    /// The cases that it got to.
    pub cases: Vec<CaseEvent>,
    /// Whether it came to its end.
    pub finished: bool,
}

impl Saved {
    /// Reads the lines that [`super::JsonLines`] writes.
    ///
    /// # Errors
    /// With the line and what is wrong with it.
    pub fn read(lines: impl BufRead) -> Result<Saved, String> {
        let mut target = None;
        let mut cases = Vec::new();
        let mut finished = false;
        read_events(lines, |event| {
            match event {
                Event::Target(_) if target.is_some() => return Err("a second run begins".to_owned()),
                Event::Target(found) => target = Some(*found),
                _ if target.is_none() => return Err("the results do not begin with a target".to_owned()),
                Event::Case(case) => cases.push(*case),
                Event::Claim(_) => {}
                Event::Summary(counts) => finished = !counts.partial,
            }
            Ok(())
        })?;
        let target = target.ok_or("there are no results in it")?;
        Ok(Saved { target, cases, finished })
    }
}

/// Reads the lines that [`super::JsonLines`] writes, without keeping them.
///
/// # Errors
/// With the line and what is wrong with it, or what `each` says of its event.
pub fn read_events(mut lines: impl BufRead, mut each: impl FnMut(Event) -> Result<(), String>) -> Result<(), String> {
    let mut line = Vec::new();
    for number in 1u64.. {
        line.clear();
        let at = |what: String| format!("line {number}: {what}");
        if lines.read_until(b'\n', &mut line).map_err(|e| at(e.to_string()))? == 0 {
            break;
        }
        let text = line.strip_suffix(b"\n").unwrap_or(&line);
        let event = parse(text).map_err(|e| {
            at(if e.is_eof() { format!("an event is cut short: {e}") } else { format!("no event of a run: {e}") })
        })?;
        each(event).map_err(at)?;
    }
    Ok(())
}

/// As deriving does for a tagged enum, in a third of the time: it keeps a copy of all fields until it knows the tag.
fn parse(line: &[u8]) -> serde_json::Result<Event> {
    #[derive(Deserialize)]
    struct Kind<'a> {
        #[serde(rename = "type", borrow)]
        kind: Cow<'a, str>,
    }
    let Kind { kind } = serde_json::from_slice(line)?;
    match &*kind {
        "case" => serde_json::from_slice(line).map(Event::Case),
        _ => serde_json::from_slice(line),
    }
}
