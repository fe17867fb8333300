//! For people.

use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::judge::Verdict;

use super::block::{self, Mark};
use super::columns::{Column, table};
use super::counts::Counts;
use super::event::{CaseEvent, Event};
use super::reporter::Reporter;

const RED: &str = "31";
const GREEN: &str = "32";
const YELLOW: &str = "33";
const BOLD: &str = "1";
const DIM: &str = "2";

/// Cases that are not as promised as they come; skips, the table by subject and the counts in the end.
#[derive(Debug)]
pub struct Terminal<W: Write> {
    out: W,
    colour: bool,
    subjects: BTreeMap<String, Counts>,
    skips: BTreeMap<String, Vec<String>>,
}

impl<W: Write> Terminal<W> {
    /// Writes to `out`, with colour or without.
    pub fn new(out: W, colour: bool) -> Self {
        Terminal { out, colour, subjects: BTreeMap::new(), skips: BTreeMap::new() }
    }

    fn paint(&self, code: &str, text: &str) -> String {
        if self.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    fn case(&mut self, case: &CaseEvent) -> io::Result<()> {
        self.subjects.entry(case.subject.clone()).or_default().add(case.verdict);
        let reason = block::printable(case.reason.as_deref().unwrap_or_default());
        match case.verdict {
            Verdict::Pass => Ok(()),
            Verdict::Skip => {
                self.skips.entry(reason).or_default().push(case.id.clone());
                Ok(())
            }
            Verdict::Xfail => {
                let word = self.paint(YELLOW, "XFAIL");
                writeln!(self.out, "{word} {}   {reason}", case.id)
            }
            Verdict::Fail | Verdict::Error => self.block(case, &reason),
            Verdict::Xpass => self.block(case, &format!("a known deviation is gone: {reason}")),
        }
    }

    fn block(&mut self, case: &CaseEvent, reason: &str) -> io::Result<()> {
        let word = self.paint(RED, block::word(case.verdict));
        let id = self.paint(BOLD, &case.id);
        writeln!(self.out, "{word} {id}   {}", block::printable(&case.summary))?;
        writeln!(self.out, "  --> {}", case.place())?;
        for (mark, line) in block::lines(case) {
            // The colours of a diff, which Markdown's have, too: what is not there, and what is.
            let line = match mark {
                Mark::Plain => format!("  {line}"),
                Mark::Expected => self.paint(RED, &format!("- {line}")),
                Mark::Actual => self.paint(GREEN, &format!("+ {line}")),
                Mark::Note => self.paint(DIM, &format!("    {line}")),
            };
            writeln!(self.out, "   | {line}")?;
        }
        // A difference that the lines show needs no second telling.
        if case.trace.iter().all(|step| step.expected.is_none()) {
            writeln!(self.out, "   = {reason}")?;
        }
        writeln!(self.out)
    }

    fn skipped(&mut self) -> io::Result<()> {
        for (reason, ids) in std::mem::take(&mut self.skips) {
            let word = self.paint(YELLOW, "SKIP");
            match ids.as_slice() {
                [id] => writeln!(self.out, "{word} {id}   {reason}")?,
                ids => writeln!(self.out, "{word} {} cases   {reason}", ids.len())?,
            }
        }
        Ok(())
    }

    fn table(&mut self) -> io::Result<()> {
        let number = Column { right: true, gap: 1, least: 6 };
        let subject = Column { right: false, gap: 0, least: 0 };
        let columns = [subject, number, number, number, number, number, number];
        let row = |first: &str, [pass, fail, error, skip, xfail, xpass]: [String; 6]| {
            [first.to_owned(), pass, fail, error, skip, xfail, xpass]
        };
        let head = row("subject", Counts::NAMES.map(str::to_owned));
        let rows = self.subjects.iter().map(|(subject, counts)| row(subject, counts.cells()));
        let rows: Vec<_> = [head].into_iter().chain(rows).collect();
        let text = table(columns, &rows);
        let (head, rest) = text.split_once('\n').unwrap_or((&text, ""));
        writeln!(self.out, "\n{}\n{rest}", self.paint(BOLD, head))
    }

    fn summary(&mut self, counts: &Counts) -> io::Result<()> {
        self.skipped()?;
        self.table()?;
        let mut parts = vec![
            format!("{} passed", counts.pass),
            format!("{} failed", counts.fail),
            several(counts.error, "error"),
            format!("{} skipped", counts.skip),
        ];
        if counts.xfail > 0 {
            parts.push(several(counts.xfail, "known deviation"));
        }
        if counts.xpass > 0 {
            parts.push(format!("{} gone", several(counts.xpass, "known deviation")));
        }
        let colour = if counts.exit_code() == 0 && !counts.partial { GREEN } else { RED };
        let seconds = counts.micros as f64 / 1e6;
        let line = format!("{}: {} in {seconds:.1} s", several(counts.total(), "case"), parts.join(", "));
        writeln!(self.out, "{}", self.paint(colour, &line))
    }
}

impl<W: Write> Reporter for Terminal<W> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::Target(target) => {
                let judged = target.judge_as.as_ref().map_or_else(String::new, |v| format!(", judged as {v}"));
                let line = format!("target {}: Linux {} {}{judged}", target.name, target.kernel, target.arch);
                writeln!(self.out, "{}\n", block::printable(&line))
            }
            Event::Case(case) => self.case(case),
            Event::Claim(_) => Ok(()),
            Event::Summary(counts) => self.summary(counts),
        }
    }

    fn finish(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// `1 error`, `2 errors`.
fn several(number: u64, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}
