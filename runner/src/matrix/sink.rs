//! Where a target's events go: its files, its bar, and memory for the comparison.

use std::path::Path;
use std::time::Instant;

use indicatif::ProgressBar;
use syscase::plan::Planned;
use syscase::report::{Counts, Event, NotRun};

use crate::files::Files;

use super::board::{Board, brief};
use super::drive::Listener;
use super::ran::Ran;

/// Hears what a target does.
pub(crate) struct Sink<'a> {
    pub(crate) ran: Ran,
    /// What is to be run.
    cases: &'a [Planned],
    counts: Counts,
    board: &'a Board,
    bar: ProgressBar,
    files: Files,
    /// The first thing that could not be written.
    pub(crate) broken: Option<String>,
    begin: Instant,
}

impl<'a> Sink<'a> {
    /// For a target of this name; with a directory, three files are made there.
    pub(crate) fn new(name: &str, cases: &'a [Planned], board: &'a Board, out: Option<&Path>) -> Self {
        let mut sink = Sink {
            ran: Ran { name: name.to_owned(), ..Ran::default() },
            cases,
            counts: Counts::default(),
            board,
            bar: board.bar(name, cases.len()),
            files: Files::default(),
            broken: None,
            begin: Instant::now(),
        };
        if let Some(dir) = out {
            let path = |suffix: &str| dir.join(format!("{name}.{suffix}"));
            let made =
                [sink.files.json(&path("jsonl")), sink.files.junit(&path("junit.xml")), sink.files.ktap(&path("ktap"))];
            sink.note(made.into_iter().filter_map(Result::err));
        }
        sink
    }

    /// Tells of the first thing that could not be written.
    fn note(&mut self, faults: impl IntoIterator<Item = String>) {
        if self.broken.is_none() {
            self.broken = faults.into_iter().next();
            self.broken.iter().for_each(|fault| self.board.say(&format!("{}: {fault}", self.ran.name)));
        }
    }

    fn write(&mut self, event: &Event) {
        let faults = self.files.event(event);
        self.note(faults);
    }

    /// The end of the target's run, whole or partial.
    pub(crate) fn finish(mut self, result: Result<(), String>) -> (Ran, Option<String>) {
        self.ran.partial = result.err();
        if let Some(why) = self.ran.partial.clone() {
            let not_run = self.cases.iter().filter(|case| !self.ran.cases.contains_key(&case.id));
            let not_run: Vec<_> = not_run.map(NotRun::from).collect();
            let faults = self.files.each(|file| file.broken_off(&why, &not_run));
            self.note(faults);
        }
        self.ran.micros = self.begin.elapsed().as_micros() as u64;
        let counts = self.ran.counts();
        self.write(&Event::Summary(counts));
        let faults = self.files.each(|file| file.finish());
        self.note(faults);
        self.bar.finish_and_clear();
        let partial = self.ran.partial.as_ref().map_or_else(String::new, |why| format!("; partial: {why}"));
        let seconds = counts.micros as f64 / 1e6;
        self.board.say(&format!("{:16} {} in {seconds:.1} s{partial}", self.ran.name, brief(&counts)));
        (self.ran, self.broken)
    }
}

impl Listener for Sink<'_> {
    fn event(&mut self, event: Event) {
        self.write(&event);
        match event {
            Event::Target(target) => {
                self.bar.set_message(target.kernel.clone());
                self.ran.target = Some(*target);
            }
            Event::Case(case) => {
                self.counts.add(case.verdict);
                self.bar.inc(1);
                if case.verdict.is_bad() {
                    self.bar.set_message(brief(&self.counts));
                }
                self.ran.cases.insert(case.id.clone(), *case);
            }
            Event::Claim(_) | Event::Summary(_) => {}
        }
    }

    fn note(&mut self, note: String) {
        self.board.say(&format!("{}: {note}", self.ran.name));
        self.ran.notes.push(note);
    }
}
