//! `syscase mutate`: would the cases notice a wrong kernel?

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};

use serde::Serialize;
use syscase::exec::{Executor, Sandbox};
use syscase::mutate::{self, Assessed, MutantStatus, MutationEvent, Score};
use syscase::plan::Planned;
use syscase::run::{InOrder, Session};

use crate::cases;
use crate::cli::MutateArgs;
use crate::page;
use crate::run::{bar, create, listen_for_interrupts, no_worker, processors, side_by_side};
use crate::status::{Status, not_done};

/// Cases side by side for each processor: on a wrong kernel they wait more than they work.
const SHARE: usize = 4;

pub(crate) fn mutate(args: &MutateArgs, executor: Executor) -> Result<Status, Status> {
    let (planned, _) = cases::planned(&args.source, args.filter.as_deref())?;
    let json = args.json.as_deref().map(create).transpose()?;
    let interrupted = listen_for_interrupts(&executor)?;
    let session = Session::new(executor.with_sandbox(args.sandbox.unwrap_or(Sandbox::Never))).map_err(no_worker)?;
    let bar = bar(planned.len());

    let jobs = args.jobs.map_or_else(|| SHARE * processors(), usize::from);
    let output = Mutex::new((InOrder::default(), Output { json, ..Output::default() }));
    side_by_side(jobs, planned.len(), &interrupted, |index| {
        let case = &planned[index];
        let assess = |worker: &mut _, target: &_| mutate::assess(case, worker, target, !args.without_seccomp);
        let assessed = session.with_worker(case, assess).map_err(no_worker)?;
        bar.inc(1);
        let mut guard = output.lock().unwrap_or_else(PoisonError::into_inner);
        let (order, output) = &mut *guard;
        order.put(index, (case, assessed), |(case, assessed)| output.case(case, &assessed));
        Ok(())
    })?;
    bar.finish_and_clear();
    if interrupted.load(Ordering::Acquire) {
        return Err(not_done("interrupted"));
    }
    let output = output.into_inner().unwrap_or_else(PoisonError::into_inner).1;
    output.finish(args.results.as_deref(), &session.target().kernel)
}

/// Who hears of mutants.
#[derive(Default)]
struct Output {
    json: Option<BufWriter<File>>,
    score: Score,
    survivors: Vec<MutationEvent>,
    /// The first thing that could not be written.
    broken: Option<String>,
}

impl Output {
    fn case(&mut self, case: &Planned, assessed: &Assessed) {
        self.score.add(&case.id, assessed);
        let Assessed::Mutants(events) = assessed else { return };
        for event in events {
            self.line(event);
            if event.outcome == MutantStatus::Survived {
                self.survivors.push(event.clone());
            }
        }
    }

    fn line(&mut self, value: &impl Serialize) {
        let Some(json) = &mut self.json else { return };
        let written = serde_json::to_writer(&mut *json, value).map_err(Into::into).and_then(|()| json.write_all(b"\n"));
        if let Err(error) = written.and_then(|()| json.flush()) {
            self.broken.get_or_insert_with(|| format!("cannot write the mutants: {error}"));
        }
    }

    fn finish(mut self, results: Option<&Path>, kernel: &str) -> Result<Status, Status> {
        let score = std::mem::take(&mut self.score);
        self.line(&score);
        if let Some(broken) = self.broken {
            return Err(not_done(broken));
        }
        let text = mutate::results(&score, &self.survivors, kernel);
        match results {
            Some(path) => {
                page::write(path, "mutate", &text).map_err(|e| not_done(format!("{}: {e}", path.display())))?;
            }
            None => print!("{text}"),
        }
        if score.cases == 0 {
            return Err(not_done("no case passes on the kernel as it is"));
        }
        Ok(if score.is_good() { Status::Success } else { Status::Failed })
    }
}
