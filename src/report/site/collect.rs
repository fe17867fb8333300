//! Results of targets, put together case by case.

use std::collections::HashMap;
use std::io::BufRead;

use serde_json::value::{RawValue, to_raw_value};

use crate::report::block::printable;
use crate::report::{CaseEvent, Counts, Event, StepEvent, read_events};
use crate::target::Target;

use super::model::{Column, Row, Run, Site, Source};
use crate::report::behaviour::Behaviour;

impl Site {
    /// A site that has the cases at hand, by id, and no results yet.
    pub fn new(sources: HashMap<String, Source>) -> Self {
        Site { sources, targets: Vec::new(), cases: Vec::new(), index: HashMap::new(), kernel: None }
    }

    /// With a page of what the cases reach of a kernel, [made of](crate::kernel_coverage::html) a run.
    #[must_use]
    pub fn with_kernel(mut self, page: String) -> Self {
        self.kernel = Some(page);
        self
    }

    /// Adds the results in a file, as [`crate::report::JsonLines`] writes them. False if the target never got so far
    /// as to say what it is.
    ///
    /// # Errors
    /// With the line and what is wrong with it.
    pub fn add(&mut self, file: &str, lines: impl BufRead) -> Result<bool, String> {
        self.add_as(None, file, lines)
    }

    /// As [`Self::add`], with this name for the target, if one is given.
    ///
    /// # Errors
    /// With the line and what is wrong with it.
    pub fn add_as(&mut self, name: Option<&str>, file: &str, lines: impl BufRead) -> Result<bool, String> {
        let mut column = None;
        let mut summary: Option<Counts> = None;
        read_events(lines, |event| {
            match (event, column) {
                _ if summary.is_some() => return Err("the run is over, and something follows".to_owned()),
                (Event::Target(_), Some(_)) => return Err("a second run begins".to_owned()),
                (Event::Target(target), None) => {
                    let name = name.map_or(target.name, str::to_owned);
                    column = Some(self.column(Target { name, ..*target }, file)?);
                }
                (Event::Case(_), None) => return Err("the results do not begin with a target".to_owned()),
                (Event::Case(case), Some(column)) => self.case(column, *case, file)?,
                (Event::Claim(_), _) => {}
                (Event::Summary(counts), _) => summary = Some(counts),
            }
            Ok(())
        })?;
        match (column, summary) {
            (None, None) => Err("there are no results in it".to_owned()),
            (None, Some(_)) => Ok(false),
            (Some(column), summary) => {
                self.targets[column].counts.partial |= summary.is_none_or(|counts| counts.partial);
                Ok(true)
            }
        }
    }

    /// The column of a target. Parts of one run (`--shard`) have one together.
    fn column(&mut self, target: Target, file: &str) -> Result<usize, String> {
        let known = self.targets.iter().position(|column| column.target.name == target.name);
        if let Some(known) = known {
            let other = &self.targets[known];
            if (&other.target.kernel, &other.target.build) != (&target.kernel, &target.build) {
                return Err(format!(
                    "the target `{}` is on {} here and on {} in {}; two targets need two names: {}",
                    target.name,
                    kernel(&target, &other.target),
                    kernel(&other.target, &target),
                    other.file,
                    other_name(file)
                ));
            }
            return Ok(known);
        }
        self.targets.push(Column { target, counts: Counts::default(), file: file.to_owned() });
        Ok(self.targets.len() - 1)
    }

    fn case(&mut self, target: usize, case: CaseEvent, file: &str) -> Result<(), String> {
        match self.sources.get(&case.id) {
            None => return Err(other_suite(&case.id, "is not among the cases at hand")),
            Some(source) if source.summary != case.summary => {
                return Err(other_suite(&case.id, "is another one among the cases at hand"));
            }
            Some(_) => {}
        }
        let index = *self.index.entry(case.id.clone()).or_insert(self.cases.len());
        if index == self.cases.len() {
            self.cases.push(Row {
                id: case.id.clone(),
                subject: case.subject.clone(),
                file: case.file.clone(),
                line: case.line,
                rests: case.rests.clone(),
                runs: Vec::new(),
                behaviours: Vec::new(),
                traces: Vec::new(),
            });
        }
        let row = &mut self.cases[index];
        if row.runs.iter().any(|run| run.target == target) {
            let Column { target, file: first, .. } = &self.targets[target];
            let place = match first == file {
                true => String::new(),
                false => format!(", first in {first}; two runs need two names: {}", other_name(file)),
            };
            return Err(format!("`{}` is there twice for the target `{}`{place}", printable(&case.id), target.name));
        }
        self.targets[target].counts.add(case.verdict);
        row.add(target, case)
    }
}

/// The target's kernel, as far as that tells it from the other's.
fn kernel(target: &Target, other: &Target) -> String {
    match target.kernel == other.kernel {
        true => format!("{} {}", target.kernel, target.build),
        false => target.kernel.clone(),
    }
}

/// What to do about a file whose target has the name of another: how to give it one of its own.
pub fn other_name(file: &str) -> String {
    format!("give one by `--results NAME={file}`, or `run` and `perform` with `--name NAME`")
}

fn other_suite(id: &str, what: &str) -> String {
    format!(
        "`{}` {what}: the results are of another version of the suite; --cases DIR names the cases that were run",
        printable(id)
    )
}

impl Row {
    fn add(&mut self, target: usize, case: CaseEvent) -> Result<(), String> {
        let trace = trace(&case.trace).map_err(|e| e.to_string())?;
        let behaviour = case.was_performed().then(|| Behaviour::from(&case));
        let run = Run {
            target,
            verdict: case.verdict,
            reason: case.reason.as_deref().map(printable),
            behaviour: behaviour.map(|behaviour| place(&mut self.behaviours, behaviour, PartialEq::eq)),
            trace: place(&mut self.traces, trace, |a, b| a.get() == b.get()),
            found: case.claim.map(|claim| claim.found),
        };
        self.runs.push(run);
        Ok(())
    }
}

/// The index of a value, which is added if it is new.
pub(super) fn place<T>(values: &mut Vec<T>, value: T, same: impl Fn(&T, &T) -> bool) -> usize {
    values.iter().position(|other| same(other, &value)).unwrap_or_else(|| {
        values.push(value);
        values.len() - 1
    })
}

/// A list of steps, each a list: what is shown; what was expected, or null; notes. What ends them is left out.
fn trace(steps: &[StepEvent]) -> serde_json::Result<Box<RawValue>> {
    let step = |step: &StepEvent| {
        let notes: Vec<String> = step.notes.iter().flat_map(|note| note.lines()).map(printable).collect();
        (printable(&step.shown), step.expected.as_deref().map(printable), notes)
    };
    to_raw_value(&steps.iter().map(step).collect::<Vec<_>>())
}
