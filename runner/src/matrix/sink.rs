//! Where a target's events go: its files, its bar, and memory for the comparison.

use std::fs::File;
use std::io::{self, BufWriter};
use std::path::Path;
use std::time::Instant;

use indicatif::ProgressBar;
use syscase::plan::Planned;
use syscase::report::{Counts, Event, JUnit, JsonLines, Ktap, NotRun, Reporter};

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
    files: Vec<(String, Box<dyn Reporter>)>,
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
            files: Vec::new(),
            broken: None,
            begin: Instant::now(),
        };
        if let Some(dir) = out {
            sink.open(dir, "jsonl", |file| Box::new(JsonLines::new(file)));
            sink.open(dir, "junit.xml", |file| Box::new(JUnit::new(file)));
            sink.open(dir, "ktap", |file| Box::new(Ktap::new(file)));
        }
        sink
    }

    fn open(&mut self, dir: &Path, suffix: &str, reporter: impl FnOnce(BufWriter<File>) -> Box<dyn Reporter>) {
        let path = dir.join(format!("{}.{suffix}", self.ran.name));
        match File::create(&path) {
            Ok(file) => self.files.push((path.display().to_string(), reporter(BufWriter::new(file)))),
            Err(error) => self.fault(format!("cannot create {}: {error}", path.display())),
        }
    }

    fn fault(&mut self, message: String) {
        if self.broken.is_none() {
            self.board.say(&format!("{}: {message}", self.ran.name));
            self.broken = Some(message);
        }
    }

    fn write(&mut self, event: &Event) {
        self.each_file(|file| file.event(event));
    }

    fn each_file(&mut self, mut write: impl FnMut(&mut dyn Reporter) -> io::Result<()>) {
        let mut faults = Vec::new();
        for (name, file) in &mut self.files {
            if let Err(error) = write(&mut **file) {
                faults.push(format!("cannot write {name}: {error}"));
            }
        }
        faults.into_iter().for_each(|fault| self.fault(fault));
    }

    /// The end of the target's run, whole or partial.
    pub(crate) fn finish(mut self, result: Result<(), String>) -> (Ran, Option<String>) {
        self.ran.partial = result.err();
        if let Some(why) = self.ran.partial.clone() {
            let not_run = self.cases.iter().filter(|case| !self.ran.cases.contains_key(&case.id));
            let not_run: Vec<_> = not_run.map(NotRun::from).collect();
            self.each_file(|file| file.broken_off(&why, &not_run));
        }
        self.ran.micros = self.begin.elapsed().as_micros() as u64;
        let counts = self.ran.counts();
        self.write(&Event::Summary(counts));
        for (name, mut file) in std::mem::take(&mut self.files) {
            if let Err(error) = file.finish() {
                self.fault(format!("cannot write {name}: {error}"));
            }
        }
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
