//! What every format does.

use std::io;

use super::event::Event;

/// A format: reads the event stream as it comes, and is told when it has ended.
pub trait Reporter {
    /// Reads the next event.
    fn event(&mut self, event: &Event) -> io::Result<()>;
    /// Writes what could not be written before all events were known.
    fn finish(&mut self) -> io::Result<()>;
}
