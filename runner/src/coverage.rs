//! `syscase coverage`: which errors of the manual have a case that shows them?

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufReader};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use syscase::abi;
use syscase::case;
use syscase::coverage::{Manual, ShownErrnos, Text, Uncoverable, expected_errnos, measure, write_json};
use syscase::exec::Executor;
use syscase::judge::Verdict;
use syscase::plan::Planned;
use syscase::report::Saved;
use syscase::run::Session;
use syscase::target::Target;

use crate::cases::{self, say};
use crate::cli::{CoverageArgs, Grounds};
use crate::reasons::list;
use crate::run::{create, no_worker, processors};
use crate::status::{Status, invalid, not_done};

/// The list that is taken if none is named, where it exists.
const LIST: &str = "ci/uncoverable.yaml";

pub(crate) fn coverage(args: &CoverageArgs, executor: io::Result<Executor>) -> Result<Status, Status> {
    let calls = calls(args.filter.as_deref())?;
    let list = list(args.uncoverable.as_deref(), LIST, Uncoverable::builtin, Uncoverable::parse)?;
    let manual = Manual::find(args.man.as_deref()).ok_or_else(|| no_pages(args.man.as_deref()))?;
    let planned = cases::tree(&args.source)?.cases;
    let json = args.json.as_deref().map(create).transpose()?;
    let Shown { shown, target, broken, .. } = match &args.results {
        Some(path) => from_results(path, &planned, &calls, &args.grounds)?,
        None => from_run(&planned, &calls, &args.grounds, executor.map_err(no_worker)?)?,
    };
    let coverage = measure(&calls, &manual, &shown, &list);
    println!("Pages: {}. Cases: on Linux {} ({}).\n", or_unknown(&coverage.source), target.kernel, target.arch);
    print!("{}", Text(&coverage));
    if broken > 0 {
        println!("\nCases that expect one of these calls to fail, and did not pass: {broken}. They show nothing.");
    }
    if let Some(mut file) = json {
        write_json(&coverage, &target, &mut file).map_err(|e| not_done(format!("cannot write the JSON: {e}")))?;
    }
    if coverage.stale.is_empty() {
        return Ok(Status::Success);
    }
    say(&coverage.stale);
    Ok(Status::Failed)
}

/// The calls of the table whose name contains the filter, by name.
fn calls(filter: Option<&str>) -> Result<Vec<&'static str>, Status> {
    let mut all: Vec<_> = abi::syscalls().filter(|call| call.nr.is_some()).map(|call| call.name).collect();
    all.sort_unstable();
    let Some(filter) = filter else { return Ok(all) };
    let matching: Vec<_> = all.iter().copied().filter(|name| name.contains(filter)).collect();
    if matching.is_empty() {
        let near = case::did_you_mean(filter, all.iter().copied());
        let near = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        return Err(invalid(format!("no system call matches `{filter}`{near}")));
    }
    Ok(matching)
}

fn no_pages(dir: Option<&Path>) -> Status {
    let place = dir.map_or_else(|| "on this machine".to_owned(), |dir| format!("in {}", dir.display()));
    not_done(format!(
        "there are no manual pages of section 2 {place}; Debian has them in the package manpages-dev \
         (apt install manpages-dev), others in man-pages; --man DIR names a directory that holds man2"
    ))
}

fn or_unknown(source: &str) -> &str {
    if source.is_empty() { "of unknown origin" } else { source }
}

/// What cases show, and on which kernel.
struct Shown<'a> {
    /// The calls that matter.
    calls: &'a [&'static str],
    shown: ShownErrnos,
    target: Target,
    /// Cases that expect an error and did not pass.
    broken: usize,
}

impl<'a> Shown<'a> {
    fn new(calls: &'a [&'static str], target: Target) -> Self {
        Shown { calls, shown: ShownErrnos::default(), target, broken: 0 }
    }

    /// Whether a case expects one of the calls to fail.
    fn matters(&self, case: &Planned) -> bool {
        expected_errnos(case, &self.target).iter().any(|(call, _)| self.calls.contains(call))
    }

    fn judged(&mut self, case: &Planned, verdict: Verdict) {
        match verdict {
            Verdict::Pass => self.shown.passed(case, &self.target),
            Verdict::Skip => {}
            _ => self.broken += usize::from(self.matters(case)),
        }
    }
}

/// Performs the cases that expect an error of one of these calls.
fn from_run<'a>(
    planned: &[Planned],
    calls: &'a [&'static str],
    grounds: &Grounds,
    executor: Executor,
) -> Result<Shown<'a>, Status> {
    let session = Session::new(executor).map_err(no_worker)?;
    let mut shown = Shown::new(calls, session.target().clone());
    let chosen: Vec<Planned> =
        planned.iter().filter(|case| grounds.take(case.rests.as_ref()) && shown.matters(case)).cloned().collect();
    let verdicts = Mutex::new(vec![None; chosen.len()]);
    let result = session.all(&chosen, processors(), &|index, event| {
        verdicts.lock().unwrap_or_else(PoisonError::into_inner)[index] = Some(event.verdict);
    });
    result.map_err(no_worker)?;
    for (case, verdict) in chosen.iter().zip(verdicts.into_inner().unwrap_or_else(PoisonError::into_inner)) {
        let verdict = verdict.ok_or_else(|| not_done("the run did not come to its end"))?;
        shown.judged(case, verdict);
    }
    Ok(shown)
}

/// Takes the verdicts from a saved run of the same cases.
fn from_results<'a>(
    path: &Path,
    planned: &[Planned],
    calls: &'a [&'static str],
    grounds: &Grounds,
) -> Result<Shown<'a>, Status> {
    let name = path.display();
    let file = File::open(path).map_err(|e| invalid(format!("cannot open {name}: {e}")))?;
    let saved = Saved::read(BufReader::new(file)).map_err(|e| invalid(format!("{name}: {e}")))?;
    let known: HashMap<&str, &Planned> = planned.iter().map(|case| (case.id.as_str(), case)).collect();
    let mut shown = Shown::new(calls, saved.target);
    for event in &saved.cases {
        let Some(case) = known.get(event.id.as_str()) else {
            let unknown = format!("{name}: results of another version of the suite: there is no case `{}`", event.id);
            return Err(invalid(unknown));
        };
        if grounds.take(case.rests.as_ref()) {
            shown.judged(case, event.verdict);
        }
    }
    Ok(shown)
}
