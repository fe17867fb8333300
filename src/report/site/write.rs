//! The files of the site.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use serde::Serialize;

use crate::case::KernelVersion;
use crate::report::block::printable;

use super::collect::place;
use super::data::{CHUNK, Chunk, Details, Index, IndexCase, RunData, TargetData, behaviours, verdicts};
use super::history;
use super::model::{Column, Row, Run, Site, SourceFixture};

/// The page that the others are reached from.
const INDEX: &str = include_str!("assets/index.html");
/// Files that are the same for every site.
const ASSETS: [(&str, &str); 4] = [
    ("style.css", include_str!("assets/style.css")),
    ("list.js", include_str!("assets/list.js")),
    ("case.js", include_str!("assets/case.js")),
    ("app.js", include_str!("assets/app.js")),
];

/// The page of what the cases reach of a kernel, and what leads to it.
const KERNEL: &str = "kernel.html";
const KERNEL_LINK: &str = r#"<p><a href="kernel.html">What the cases reach of the kernel</a></p>"#;

impl Site {
    /// How many cases have results, and of how many targets.
    pub fn size(&self) -> (usize, usize) {
        (self.cases.len(), self.targets.len())
    }

    /// Writes the pages into a directory that is there.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write(mut self, dir: &Path) -> io::Result<()> {
        self.arrange();
        fs::create_dir_all(dir.join("data"))?;
        script(&dir.join("data/index.js"), "syscase.index(", &self.index())?;
        for (number, rows) in self.cases.chunks(CHUNK).enumerate() {
            let mut fixtures = Vec::new();
            let cases = rows.iter().map(|row| self.details(row, &mut fixtures)).collect();
            let chunk = Chunk { cases, fixtures };
            script(&dir.join(format!("data/{number}.js")), &format!("syscase.chunk({number}, "), &chunk)?;
        }
        ASSETS.iter().try_for_each(|(name, text)| fs::write(dir.join(name), text))?;
        let index = dir.join("index.html");
        let Some(page) = &self.kernel else { return fs::write(index, INDEX) };
        fs::write(dir.join(KERNEL), page)?;
        fs::write(index, INDEX.replace("</header>", &format!("{KERNEL_LINK}\n</header>")))
    }

    /// Kernels in the order of their versions, then what is no Linux; cases in the order of their ids; the behaviour
    /// of most targets first.
    fn arrange(&mut self) {
        let versions = history::versions(&self.targets);
        let key = |&target: &usize| (versions[target].is_none(), versions[target], &self.targets[target].target.name);
        let mut order: Vec<usize> = (0..self.targets.len()).collect();
        order.sort_by_key(key);
        let places = inverse(&order);
        let mut targets: Vec<_> = self.targets.drain(..).zip(&places).collect();
        targets.sort_by_key(|(_, place)| **place);
        self.targets = targets.into_iter().map(|(column, _)| column).collect();
        self.cases.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        self.cases.iter_mut().for_each(|row| row.arrange(&places));
    }

    fn index(&self) -> Index<'_> {
        let versions = history::versions(&self.targets);
        let mut subjects: Vec<&str> = self.cases.iter().map(|row| row.subject.as_str()).collect();
        subjects.sort_unstable();
        subjects.dedup();
        let cases = self.cases.iter().map(|row| self.index_case(row, &subjects, &versions)).collect();
        let targets = self.targets.iter().map(target_data).collect();
        Index { version: env!("CARGO_PKG_VERSION"), chunk: CHUNK, targets, subjects, cases }
    }

    fn index_case<'a>(&'a self, row: &'a Row, subjects: &[&str], versions: &[Option<KernelVersion>]) -> IndexCase<'a> {
        let subject = subjects.binary_search(&row.subject.as_str()).unwrap_or_default();
        let summary = self.sources.get(&row.id).map_or("", |source| &source.summary);
        let targets = self.targets.len();
        let history = history::words(row, &self.targets, versions).map(|words| printable(&words));
        let rests = row.rests.as_ref().map_or("", |rests| rests.level.name());
        IndexCase(&row.id, subject, summary, verdicts(row, targets), rests, behaviours(row, targets), history)
    }

    /// What is known of a case; its fixtures are added to those.
    fn details<'a>(&'a self, row: &'a Row, fixtures: &mut Vec<&'a SourceFixture>) -> Details<'a> {
        let source = self.sources.get(&row.id);
        let used = source.map_or([].as_slice(), |source| &source.fixtures);
        let run = |run: &'a Run| RunData {
            target: run.target,
            trace: run.trace,
            reason: run.reason.as_deref(),
            found: run.found.as_deref(),
        };
        Details {
            file: &row.file,
            line: row.line,
            source: row.rests.as_ref().and_then(|rests| rests.source.as_deref()),
            yaml: source.map_or("", |source| &source.yaml),
            fixtures: used.iter().map(|fixture| place(fixtures, fixture, PartialEq::eq)).collect(),
            claim: source.and_then(|source| source.claim.as_ref()),
            traces: &row.traces,
            runs: row.runs.iter().map(run).collect(),
        }
    }
}

fn target_data(column: &Column) -> TargetData<'_> {
    let Column { target, counts, .. } = column;
    TargetData {
        name: &target.name,
        kernel: target.version.as_deref().unwrap_or(&target.kernel),
        build: &target.build,
        arch: &target.arch,
        judge_as: target.judge_as.as_deref(),
        counts: *counts,
    }
}

impl Row {
    /// With targets at other places.
    fn arrange(&mut self, places: &[usize]) {
        self.runs.iter_mut().for_each(|run| run.target = places[run.target]);
        self.runs.sort_unstable_by_key(|run| run.target);
        let number = |behaviour: usize| self.runs.iter().filter(|run| run.behaviour == Some(behaviour)).count();
        let first = |behaviour: usize| self.runs.iter().position(|run| run.behaviour == Some(behaviour));
        let mut order: Vec<usize> = (0..self.behaviours.len()).collect();
        order.sort_by_key(|&behaviour| (std::cmp::Reverse(number(behaviour)), first(behaviour)));
        let places = inverse(&order);
        let mut behaviours: Vec<_> = self.behaviours.drain(..).zip(&places).collect();
        behaviours.sort_by_key(|(_, place)| **place);
        self.behaviours = behaviours.into_iter().map(|(behaviour, _)| behaviour).collect();
        self.runs.iter_mut().for_each(|run| run.behaviour = run.behaviour.map(|behaviour| places[behaviour]));
    }
}

/// Where each index stands in an order of them.
fn inverse(order: &[usize]) -> Vec<usize> {
    let mut places = vec![0; order.len()];
    order.iter().enumerate().for_each(|(place, &index)| places[index] = place);
    places
}

/// Data as a script: a page that was opened from a file may load scripts, and nothing else.
fn script(path: &Path, head: &str, data: &impl Serialize) -> io::Result<()> {
    let mut out = BufWriter::new(File::create(path)?);
    out.write_all(head.as_bytes())?;
    serde_json::to_writer(&mut out, data)?;
    out.write_all(b");\n")?;
    out.flush()
}
