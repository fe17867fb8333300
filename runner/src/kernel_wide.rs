//! `syscase mutate --kernel-wide`: would the suite notice a kernel that is wrong in every call of a kind?

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use serde::{Deserialize, Serialize};
use syscase::exec::{Executor, Sandbox};
use syscase::judge::Verdict;
use syscase::mutate::wide::{self, Bug, Outcome, Suite, Tried, WideScore};
use syscase::plan::Planned;
use syscase::run::Session;

use crate::cases;
use crate::cli::MutateArgs;
use crate::page;
use crate::run::{bar, listen_for_interrupts, no_worker, processors, side_by_side};
use crate::status::{Status, invalid, not_done};

/// Bugs side by side for each processor: on a wrong kernel, cases wait more than they work.
const SHARE: usize = 2;
/// Cases in which a bug fired that are named.
const NAMED: usize = 10;

/// The first line of a file of results: what of a run must be the same for another to go on with it.
#[derive(PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename = "kernel-wide")]
struct Head {
    kernel: String,
    suite: String,
    filter: Option<String>,
    seed: u64,
}

pub(crate) fn kernel_wide(args: &MutateArgs, executor: Executor) -> Result<Status, Status> {
    let (planned, suite) = cases::planned(&args.source, args.filter.as_deref())?;
    let mut bugs = named(&args.bug);
    if bugs.is_empty() {
        return Err(invalid("no bug has such a name"));
    }
    let interrupted = listen_for_interrupts(&executor)?;
    let session = Session::new(executor.with_sandbox(args.sandbox.unwrap_or(Sandbox::Auto))).map_err(no_worker)?;
    if session.target().isolation != "namespaces" {
        // A bug can take away what keeps a case apart from the machine: it must not be all that does.
        return Err(not_done("bugs of a whole kernel need namespaces around the cases, which are not to be had here"));
    }
    let jobs = args.jobs.map_or_else(|| SHARE * processors(), usize::from);
    let passing = passing(&session, &planned, jobs, &interrupted)?;
    if passing.is_empty() {
        return Err(not_done("no case passes on the kernel as it is"));
    }
    let cases = passing.len();
    let kernel = session.target().kernel.clone();
    let head = Head { kernel, suite, filter: args.filter.clone(), seed: args.seed };
    let mut file = Results::open(args.json.as_deref(), args.resume, &head)?;
    let of = Suite::new(passing, args.seed);
    if let Some(sample) = args.sample {
        bugs.retain(|bug| of.makes(bug.call));
        fastrand::Rng::with_seed(args.seed).shuffle(&mut bugs);
        bugs.truncate(sample);
    }
    if bugs.is_empty() {
        return Err(invalid("no such bug is in a call that a case makes"));
    }
    let bar = bar(bugs.len());
    let known = std::mem::take(&mut file.known);
    let output = Mutex::new((file, Vec::new()));
    side_by_side(jobs, bugs.len(), &interrupted, |index| {
        let bug = &bugs[index];
        let (tried, is_new) = match known.get(&bug.id) {
            Some(tried) => (Some(tried.clone()), false),
            None => (attempt(bug, &of, &session, &interrupted)?, true),
        };
        bar.inc(1);
        let mut output = output.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(tried) = tried {
            if is_new {
                output.0.line(&tried)?;
            }
            output.1.push((index, tried));
        }
        Ok(())
    })?;
    bar.finish_and_clear();
    if interrupted.load(Ordering::Acquire) {
        return Err(not_done("interrupted"));
    }
    let (mut file, mut tried) = output.into_inner().unwrap_or_else(PoisonError::into_inner);
    tried.sort_by_key(|(index, _)| *index);
    let tried: Vec<Tried> = tried.into_iter().map(|(_, tried)| tried).collect();
    let score = WideScore::of(&tried);
    file.line(&score)?;
    let text = wide::markdown(&score, &tried, &head.kernel, cases);
    match &args.results {
        Some(path) => {
            page::write(path, "mutate --kernel-wide", &text)
                .map_err(|e| not_done(format!("{}: {e}", path.display())))?;
        }
        None => print!("{text}"),
    }
    Ok(if score.is_good() { Status::Success } else { Status::Failed })
}

/// The bugs that are asked for.
fn named(texts: &[String]) -> Vec<Bug> {
    let mut bugs = wide::bugs();
    bugs.retain(|bug| texts.is_empty() || texts.iter().any(|text| bug.id.contains(text.as_str())));
    bugs
}

/// The cases that pass on the kernel as it is, with the microseconds that each takes.
fn passing<'c>(
    session: &Session,
    planned: &'c [Planned],
    jobs: usize,
    interrupted: &AtomicBool,
) -> Result<Vec<(&'c Planned, u64)>, Status> {
    let passing = Mutex::new(Vec::new());
    let each = |index: usize, event: syscase::report::CaseEvent| {
        if event.verdict == Verdict::Pass {
            passing.lock().unwrap_or_else(PoisonError::into_inner).push((index, event.micros));
        }
    };
    session.all(planned, jobs, &each).map_err(no_worker)?;
    if interrupted.load(Ordering::Acquire) {
        return Err(not_done("interrupted"));
    }
    let mut passing = passing.into_inner().unwrap_or_else(PoisonError::into_inner);
    passing.sort_unstable();
    Ok(passing.into_iter().map(|(index, micros)| (&planned[index], micros)).collect())
}

/// Performs the cases that make the call on a kernel with the bug, until one notices; none if interrupted.
fn attempt(bug: &Bug, suite: &Suite<'_>, session: &Session, interrupted: &AtomicBool) -> Result<Option<Tried>, Status> {
    let began = Instant::now();
    let mut tried = Tried {
        bug: bug.id.clone(),
        does: bug.does.clone(),
        outcome: if suite.makes(bug.call) { Outcome::NotFired } else { Outcome::NotMade },
        by: None,
        reason: None,
        fired_in: Vec::new(),
        fired: 0,
        performed: 0,
        millis: 0,
    };
    for (case, micros) in suite.of(bug) {
        let look = session.with_worker(case, |worker, target| wide::look(bug, case, micros, worker, target));
        let look = look.map_err(no_worker)?;
        if interrupted.load(Ordering::Acquire) {
            return Ok(None);
        }
        tried.performed += 1;
        if let Some(reason) = look.noticed {
            tried.outcome = Outcome::Noticed;
            tried.by = Some(case.id.clone());
            tried.reason = Some(reason);
            break;
        }
        if look.fired {
            tried.outcome = Outcome::Unnoticed;
            tried.fired += 1;
            if tried.fired_in.len() < NAMED {
                tried.fired_in.push(case.id.clone());
            }
        }
    }
    if tried.outcome == Outcome::Unnoticed
        && let Some(because) = wide::equivalent(&bug.id)
    {
        tried.outcome = Outcome::Equivalent;
        tried.reason = Some(because.to_owned());
    }
    tried.millis = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(Some(tried))
}

/// The file of results.
struct Results {
    file: Option<BufWriter<File>>,
    /// What it tells already.
    known: HashMap<String, Tried>,
}

impl Results {
    fn open(path: Option<&Path>, resume: bool, head: &Head) -> Result<Self, Status> {
        let Some(path) = path else { return Ok(Results { file: None, known: HashMap::new() }) };
        let at = |error: std::io::Error| invalid(format!("{}: {error}", path.display()));
        let (known, whole) = if resume && path.exists() { known(path, head)? } else { Default::default() };
        let goes_on = !known.is_empty();
        let file =
            OpenOptions::new().create(true).write(true).append(goes_on).truncate(!goes_on).open(path).map_err(at)?;
        if goes_on {
            file.set_len(whole).map_err(at)?;
        }
        let mut results = Results { file: Some(BufWriter::new(file)), known };
        if !goes_on {
            results.line(head)?;
        }
        Ok(results)
    }

    fn line(&mut self, value: &impl Serialize) -> Result<(), Status> {
        let Some(file) = &mut self.file else { return Ok(()) };
        let written = serde_json::to_writer(&mut *file, value).map_err(Into::into).and_then(|()| file.write_all(b"\n"));
        written.and_then(|()| file.flush()).map_err(|error| not_done(format!("cannot write the bugs: {error}")))
    }
}

/// What the file of a run that did not come to its end tells, and how long it is without its last line, if that is half one.
fn known(path: &Path, head: &Head) -> Result<(HashMap<String, Tried>, u64), Status> {
    let bytes = fs::read(path).map_err(|error| invalid(format!("{}: {error}", path.display())))?;
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let mut lines = bytes[..whole].split(|byte| *byte == b'\n');
    let same =
        lines.next().and_then(|line| serde_json::from_slice::<Head>(line).ok()).is_some_and(|found| found == *head);
    if !same {
        let what = "is of another kernel, other cases or another seed: remove it, or leave `--resume` out";
        return Err(invalid(format!("{}: {what}", path.display())));
    }
    let tried = lines.filter_map(|line| serde_json::from_slice::<Tried>(line).ok());
    Ok((tried.map(|tried| (tried.bug.clone(), tried)).collect(), whole as u64))
}
