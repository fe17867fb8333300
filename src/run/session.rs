//! A run: the executor, the target, and the way of a case through them.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::exec::{End, Executor, Trace, Worker};
use crate::judge::{Judgement, judge, unmet, unmet_probe};
use crate::plan::Planned;
use crate::report::CaseEvent;
use crate::target::Target;

use super::feed::{Feed, Supply};

/// An executor with the target that it performs on.
pub struct Session {
    executor: Executor,
    target: Target,
    /// Workers at rest.
    idle: Mutex<Vec<Worker>>,
}

impl Session {
    /// Starts a first worker, and finds out what the target is.
    ///
    /// # Errors
    /// When no worker can be started.
    pub fn new(executor: Executor) -> io::Result<Self> {
        let worker = executor.worker()?;
        let target = Target::native(&worker.surroundings());
        Ok(Session { executor, target, idle: Mutex::new(vec![worker]) })
    }

    /// The kernel that cases are performed on.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// The executor.
    pub fn executor(&self) -> &Executor {
        &self.executor
    }

    /// Performs and judges one case. May be called from many threads.
    ///
    /// # Errors
    /// When a lost worker cannot be replaced.
    pub fn one(&self, case: &Planned) -> io::Result<CaseEvent> {
        self.one_traced(case).map(|(event, _)| event)
    }

    /// As [`Self::one`], with the trace, if the case was performed.
    ///
    /// # Errors
    /// When a lost worker cannot be replaced.
    pub fn one_traced(&self, case: &Planned) -> io::Result<(CaseEvent, Option<Trace>)> {
        if let Some(reason) = unmet(case, &self.target) {
            return Ok((skipped(case, reason), None));
        }
        let mut worker = self.worker()?;
        let mut met = None;
        if let Some(probe) = &case.probe {
            met = unmet_probe(probe, &worker.perform(&probe.plan)?, &self.target);
        }
        let result = match met {
            Some(reason) => (skipped(case, reason), None),
            None => {
                let trace = worker.perform(&case.plan)?;
                (self.judged(case, &trace), Some(trace))
            }
        };
        self.rest(worker);
        Ok(result)
    }

    /// Performs and judges cases with so many workers side by side. `each` is called from many
    /// threads, with the index of the case, in no particular order. Returns early when interrupted.
    ///
    /// # Errors
    /// When workers cannot be started.
    pub fn all(&self, cases: &[Planned], jobs: usize, each: &(dyn Fn(usize, CaseEvent) + Sync)) -> io::Result<()> {
        self.supplied(cases, jobs.min(cases.len()), each)
    }

    /// As [`Self::all`], with cases that are still coming, until the feed is closed.
    ///
    /// # Errors
    /// When workers cannot be started.
    pub fn fed(&self, feed: &Feed, jobs: usize, each: &(dyn Fn(usize, CaseEvent) + Sync)) -> io::Result<()> {
        self.supplied(feed, jobs, each)
    }

    fn supplied<S: Supply + ?Sized>(
        &self,
        cases: &S,
        jobs: usize,
        each: &(dyn Fn(usize, CaseEvent) + Sync),
    ) -> io::Result<()> {
        let next = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..jobs.max(1)).map(|_| scope.spawn(|| self.share(cases, &next, each))).collect();
            threads.into_iter().try_for_each(|t| t.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        })
    }

    /// What one worker does of a run: takes the next case until there is none.
    fn share<S: Supply + ?Sized>(
        &self,
        cases: &S,
        next: &AtomicUsize,
        each: &(dyn Fn(usize, CaseEvent) + Sync),
    ) -> io::Result<()> {
        let mut worker = self.worker()?;
        // Cases whose probe went as it should.
        let probed: RefCell<VecDeque<(usize, &Planned)>> = RefCell::default();
        let pull = || {
            if let Some((index, case)) = probed.borrow_mut().pop_front() {
                return Some((Part::Case(index, case), &case.plan));
            }
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let case = cases.case(index)?;
                if let Some(reason) = unmet(case, &self.target) {
                    each(index, skipped(case, reason));
                    continue;
                }
                return Some(match &case.probe {
                    Some(probe) => (Part::Probe(index, case), &probe.plan),
                    None => (Part::Case(index, case), &case.plan),
                });
            }
        };
        worker.perform_all(pull, |part, trace| match part {
            Part::Case(index, case) => each(index, self.judged(case, &trace)),
            Part::Probe(index, case) => {
                match case.probe.as_ref().and_then(|probe| unmet_probe(probe, &trace, &self.target)) {
                    _ if trace.end == End::Interrupted => each(index, self.judged(case, &trace)),
                    Some(reason) => each(index, skipped(case, reason)),
                    None => probed.borrow_mut().push_back((index, case)),
                }
            }
        })?;
        self.rest(worker);
        Ok(())
    }

    /// Lends a worker, and says what the target is.
    ///
    /// # Errors
    /// When a worker cannot be started, or what it was lent for fails.
    pub fn with_worker<T>(&self, job: impl FnOnce(&mut Worker, &Target) -> io::Result<T>) -> io::Result<T> {
        let mut worker = self.worker()?;
        let done = job(&mut worker, &self.target)?;
        self.rest(worker);
        Ok(done)
    }

    fn judged(&self, case: &Planned, trace: &Trace) -> CaseEvent {
        CaseEvent::new(case, &judge(case, trace, &self.target), trace.micros)
    }

    fn worker(&self) -> io::Result<Worker> {
        let idle = self.idle.lock().unwrap_or_else(std::sync::PoisonError::into_inner).pop();
        idle.map_or_else(|| self.executor.worker(), Ok)
    }

    fn rest(&self, worker: Worker) {
        self.idle.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(worker);
    }
}

/// What a worker is given: a case or its probe.
enum Part<'c> {
    Probe(usize, &'c Planned),
    Case(usize, &'c Planned),
}

fn skipped(case: &Planned, reason: String) -> CaseEvent {
    CaseEvent::new(case, &Judgement::skip(reason), 0)
}
