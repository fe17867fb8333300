//! JSON lines of an earlier run, read back.

use std::io::BufRead;

use serde::de::Error;

use crate::target::Target;

use super::event::{CaseEvent, Event};
use super::lines::{kind, read_line};

/// What a run left behind.
#[derive(Clone, Debug)]
pub struct Saved {
    /// The kernel that it was on.
    pub target: Target,
    /// The cases that it got to, without what was performed.
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
                Event::Case(case) => cases.push(CaseEvent { performed: None, ..*case }),
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
        let at = |what: String| format!("line {number}: {what}");
        if !read_line(&mut lines, &mut line).map_err(|e| at(e.to_string()))? {
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

fn parse(line: &[u8]) -> serde_json::Result<Event> {
    match &*kind(line)? {
        "target" => serde_json::from_slice(line).map(Event::Target),
        "case" => serde_json::from_slice(line).map(Event::Case),
        "claim" => serde_json::from_slice(line).map(Event::Claim),
        "summary" => serde_json::from_slice(line).map(Event::Summary),
        other => Err(Error::unknown_variant(other, &["target", "case", "claim", "summary"])),
    }
}
