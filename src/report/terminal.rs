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

/// Cases that are not as expected as they come; skips, the table by subject and the counts in the end.
#[derive(Debug)]
pub struct Terminal<W: Write> {
    out: W,
    colour: bool,
    subjects: BTreeMap<String, Counts>,
    /// By what cases rest on, if that is to be shown.
    levels: Option<BTreeMap<&'static str, Counts>>,
    skips: BTreeMap<String, Vec<String>>,
}

impl<W: Write> Terminal<W> {
    /// Writes to `out`, with colour or without.
    pub fn new(out: W, colour: bool) -> Self {
        Terminal { out, colour, subjects: BTreeMap::new(), levels: None, skips: BTreeMap::new() }
    }

    /// The same, with the verdicts by what cases rest on beside those by subject.
    #[must_use]
    pub fn showing_levels(self) -> Self {
        Terminal { levels: Some(BTreeMap::new()), ..self }
    }

    fn paint(&self, code: &str, text: &str) -> String {
        if self.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    fn case(&mut self, case: &CaseEvent) -> io::Result<()> {
        self.subjects.entry(case.subject.clone()).or_default().add(case.verdict);
        if let Some(levels) = &mut self.levels {
            levels.entry(level(case)).or_default().add(case.verdict);
        }
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
        for ground in case.grounds() {
            writeln!(self.out, "   = {}", block::printable(&ground))?;
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

    fn tables(&mut self) -> io::Result<()> {
        let text = rows("subject", self.subjects.iter().map(|(subject, counts)| (subject.as_str(), counts)));
        self.table(&text)?;
        match &self.levels {
            Some(levels) => self.table(&rows("rests on", levels.iter().map(|(level, counts)| (*level, counts)))),
            None => Ok(()),
        }
    }

    fn table(&mut self, text: &str) -> io::Result<()> {
        let (head, rest) = text.split_once('\n').unwrap_or((text, ""));
        let head = self.paint(BOLD, head);
        write!(self.out, "\n{head}\n{rest}")
    }

    fn summary(&mut self, counts: &Counts) -> io::Result<()> {
        self.skipped()?;
        self.tables()?;
        writeln!(self.out)?;
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
                let system = target.system.as_ref().map_or_else(String::new, |system| format!("{system}, says "));
                let line = format!("target {}: {system}Linux {} {}{judged}", target.name, target.kernel, target.arch);
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

/// Verdicts by what they are of, as a table.
fn rows<'c>(what: &str, counted: impl Iterator<Item = (&'c str, &'c Counts)>) -> String {
    let number = Column { right: true, gap: 1, least: 6 };
    let first = Column { right: false, gap: 0, least: 0 };
    let columns = [first, number, number, number, number, number, number];
    let row = |first: &str, [pass, fail, error, skip, xfail, xpass]: [String; 6]| {
        [first.to_owned(), pass, fail, error, skip, xfail, xpass]
    };
    let head = row(what, Counts::NAMES.map(str::to_owned));
    let rows: Vec<_> = [head].into_iter().chain(counted.map(|(what, counts)| row(what, counts.cells()))).collect();
    table(columns, &rows)
}

/// What a case rests on, in a word.
fn level(case: &CaseEvent) -> &'static str {
    case.rests.as_ref().map_or("nothing said", |rests| rests.level.name())
}

/// `1 error`, `2 errors`.
fn several(number: u64, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}
