//! One case in full, whatever its verdict: `syscase trace`, and what a failed trial says.

use std::io::{self, Write};

use super::block;
use super::event::{CaseEvent, Event};
use super::reporter::Reporter;

/// Writes each case with its whole trace, without colour.
#[derive(Debug)]
pub struct Transcript<W: Write> {
    out: W,
}

impl<W: Write> Transcript<W> {
    /// Writes to `out`.
    pub fn new(out: W) -> Self {
        Transcript { out }
    }

    fn case(&mut self, case: &CaseEvent) -> io::Result<()> {
        writeln!(self.out, "{}   {}", case.id, block::printable(&case.summary))?;
        writeln!(self.out, "  --> {}", case.place())?;
        for line in block::text(case) {
            writeln!(self.out, "   | {line}")?;
        }
        if let Some(claim) = &case.claim {
            writeln!(self.out, "   = claim {} of {}: {}", claim.id, claim.document, claim.found)?;
        }
        for ground in case.grounds() {
            writeln!(self.out, "   = {}", block::printable(&ground))?;
        }
        let reason = case.reason.as_ref().map_or_else(String::new, |reason| format!(": {}", block::printable(reason)));
        writeln!(self.out, "   = {}{reason} ({} µs)", block::word(case.verdict), case.micros)
    }
}

impl<W: Write> Reporter for Transcript<W> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::Case(case) => self.case(case),
            Event::Target(_) | Event::Claim(_) | Event::Summary(_) => Ok(()),
        }
    }

    fn finish(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
