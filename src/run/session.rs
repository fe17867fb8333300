//! A run: the executor, the target, and the way of a case through them.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::exec::{End, Executor, Performed, Sandbox, Trace, Worker};
use crate::judge::{Judgement, Verdict, judge, unmet, unmet_probe};
use crate::plan::Planned;
use crate::report::CaseEvent;
use crate::target::Target;

use super::feed::{Feed, Supply};
use super::quotas;

/// An executor with the target that it performs on.
pub struct Session {
    executor: Executor,
    target: Target,
    /// Whether events keep what was performed.
    keeps: bool,
    /// Whether workers for cases that need no privilege have ids of their own.
    own_ids: bool,
    /// Workers at rest: for cases that need no privilege, and for those that do.
    idle: [Mutex<Vec<Worker>>; 2],
}

impl Session {
    /// Starts a first worker, and finds out what the target is.
    ///
    /// # Errors
    /// When no worker can be started.
    pub fn new(executor: Executor) -> io::Result<Self> {
        let worker = executor.unprivileged_worker()?;
        let environment = worker.environment();
        let (target, own_ids) = (Target::native(&environment), environment.own_ids);
        Ok(Session { executor, target, keeps: false, own_ids, idle: [Mutex::new(vec![worker]), Mutex::default()] })
    }

    /// The same, with events that keep what was performed, so that it can be judged again.
    #[must_use]
    pub fn keeping_traces(self) -> Self {
        Session { keeps: true, ..self }
    }

    /// The same, in which a kernel that is not Linux fails by what is an accident of Linux, too.
    #[must_use]
    pub fn judging_accidents(mut self) -> Self {
        self.target.accidents = true;
        self
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
        if let Some(reason) = self.unmet(case) {
            return Ok((skipped(case, reason), None));
        }
        self.with_worker(case, |worker, _| self.performed(case, worker))
    }

    /// One case whose needs are met, with its probe.
    fn performed(&self, case: &Planned, worker: &mut Worker) -> io::Result<(CaseEvent, Option<Trace>)> {
        if let Some(probe) = &case.probe
            && let Some(reason) = unmet_probe(probe, &worker.perform(&probe.plan)?, &self.target)
        {
            return Ok((skipped(case, reason), None));
        }
        let trace = worker.perform(&case.plan)?;
        Ok((self.judged(case, &trace), Some(trace)))
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
        let share = || self.worker(false).map(|worker| self.share(worker, cases, &next, each));
        // Where there is no room for so many, fewer do.
        let shares: Vec<io::Result<io::Result<()>>> = std::thread::scope(|scope| {
            let threads = (0..jobs.max(1)).map(|_| std::thread::Builder::new().spawn_scoped(scope, share));
            let threads: Vec<_> = threads.collect();
            let join = |t: std::thread::ScopedJoinHandle<'_, _>| {
                t.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            };
            threads.into_iter().map(|thread| thread.and_then(join)).collect()
        });
        let nobody = shares.iter().all(Result::is_err);
        shares.into_iter().try_for_each(|share| match share {
            Ok(done) => done,
            Err(error) if nobody => Err(error),
            Err(_) => Ok(()),
        })
    }

    /// What one worker does of a run: takes the next case until there is none.
    fn share<S: Supply + ?Sized>(
        &self,
        mut worker: Worker,
        cases: &S,
        next: &AtomicUsize,
        each: &(dyn Fn(usize, CaseEvent) + Sync),
    ) -> io::Result<()> {
        // For the few cases that are not this worker's; and why there is none.
        let mut privileged = None;
        let mut lost = None;
        // Cases whose probe went as it should.
        let probed: RefCell<VecDeque<(usize, &Planned)>> = RefCell::default();
        let pull = || {
            if let Some((index, case)) = probed.borrow_mut().pop_front() {
                return Some((Part::Case(index, case), &case.plan));
            }
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let case = cases.case(index)?;
                if let Some(reason) = self.unmet(case) {
                    each(index, skipped(case, reason));
                    continue;
                }
                if self.needs_privileged_worker(case) {
                    match self.apart(case, &mut privileged) {
                        Ok(event) => each(index, event),
                        Err(error) => {
                            lost = Some(error);
                            return None;
                        }
                    }
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
        self.rest(worker, false);
        privileged.into_iter().for_each(|worker| self.rest(worker, true));
        lost.map_or(Ok(()), Err)
    }

    /// Performs a case with a worker that keeps the program's privileges, started when the first one needs it.
    fn apart(&self, case: &Planned, worker: &mut Option<Worker>) -> io::Result<CaseEvent> {
        let worker = match worker {
            Some(worker) => worker,
            none => none.insert(self.worker(true)?),
        };
        self.performed(case, worker).map(|(event, _)| event)
    }

    /// Lends a worker fit for the case, and says what the target is.
    ///
    /// # Errors
    /// When a worker cannot be started, or what it was lent for fails.
    pub fn with_worker<T>(
        &self,
        case: &Planned,
        job: impl FnOnce(&mut Worker, &Target) -> io::Result<T>,
    ) -> io::Result<T> {
        let privileged = self.needs_privileged_worker(case);
        let mut worker = self.worker(privileged)?;
        let done = job(&mut worker, &self.target)?;
        self.rest(worker, privileged);
        Ok(done)
    }

    /// Only where the sandbox would take away what the case needs are there two kinds of worker.
    fn needs_privileged_worker(&self, case: &Planned) -> bool {
        let sandbox = self.executor.sandbox();
        sandbox == Sandbox::Auto && sandbox.is_on() && case.is_privileged()
    }

    /// The first need of a case that is not met here, as the reason to skip it.
    fn unmet(&self, case: &Planned) -> Option<String> {
        unmet(case, &self.target).or_else(|| {
            let missing = case.plan.names_below("/dev").find(|device| !Path::new(device).exists())?;
            Some(format!("needs {missing}"))
        })
    }

    fn judged(&self, case: &Planned, trace: &Trace) -> CaseEvent {
        let judgement = judge(case, trace, &self.target);
        let not_well = matches!(judgement.verdict, Verdict::Fail | Verdict::Error) && trace.end != End::Interrupted;
        // Where that cannot be found out, the verdict stands.
        let spent = if not_well { self.spent(case).unwrap_or_default() } else { None };
        let reason = |why| format!("{why} ({})", judgement.reason.as_deref().unwrap_or_default());
        let judgement = spent.map(reason).map(Judgement::skip).unwrap_or(judgement);
        let judgement = judgement.on(&self.target, case.rests.as_ref());
        let event = CaseEvent::new(case, &judgement, trace.micros);
        let performed = self.keeps.then(|| {
            let (id, plan, trace) = (case.id.clone(), case.plan.fingerprint(), Some(trace.clone()));
            Box::new(Performed { id, plan, probe: None, trace })
        });
        CaseEvent { performed, ..event }
    }

    /// Whether a case that did not go as expected has met a quota that others have spent. With another worker of the same
    /// user, which ends with that: that of the case may have been given the next ones.
    fn spent(&self, case: &Planned) -> io::Result<Option<String>> {
        let mut worker = match self.needs_privileged_worker(case) {
            true => self.executor.worker()?,
            false if self.own_ids => return Ok(None),
            false => self.executor.unprivileged_worker()?,
        };
        quotas::spent(case, &mut worker, &self.target)
    }

    fn worker(&self, privileged: bool) -> io::Result<Worker> {
        match self.idle(privileged).pop() {
            Some(worker) => Ok(worker),
            None if privileged => self.executor.worker(),
            None => self.executor.unprivileged_worker(),
        }
    }

    fn rest(&self, worker: Worker, privileged: bool) {
        self.idle(privileged).push(worker);
    }

    fn idle(&self, privileged: bool) -> MutexGuard<'_, Vec<Worker>> {
        self.idle[usize::from(privileged)].lock().unwrap_or_else(PoisonError::into_inner)
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
