//! What every format does.

use std::io;

use crate::plan::Planned;

use super::event::Event;

/// A case that a run did not get to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotRun {
    /// Its id.
    pub id: String,
    /// `write(2)`.
    pub subject: String,
}

impl From<&Planned> for NotRun {
    fn from(case: &Planned) -> Self {
        NotRun { id: case.id.clone(), subject: case.subject.clone() }
    }
}

/// A format: reads the event stream as it comes, and is told when it has ended.
pub trait Reporter {
    /// Reads the next event.
    fn event(&mut self, event: &Event) -> io::Result<()>;
    /// Hears that the run was broken off: why, and which cases it did not get to. Comes after its cases, before the
    /// summary. A format that says by its counts alone how a run went must not look like that of a whole run.
    fn broken_off(&mut self, _why: &str, _not_run: &[NotRun]) -> io::Result<()> {
        Ok(())
    }
    /// Writes what could not be written before all events were known.
    fn finish(&mut self) -> io::Result<()>;
}
