//! The far side: performs a pack, says what it does.

use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::exec::{self, Environment, Executor, Performed, Sandbox, Trace, Worker};
use crate::kernel_coverage::Counters;
use crate::plan::Plan;
use crate::target::Target;

use super::message::Message;
use super::pack::{Entry, Pack};

/// Cases that are begun together, all workers together: to say something can take longer than a case.
const TOGETHER: usize = 32;
/// How long may be kept back what came of cases.
const KEEP: Duration = Duration::from_millis(100);

/// Performs a pack with so many workers side by side, and tells `out` what happens as it happens. The target has this
/// name, if not its usual one. After an interrupt, nothing more is performed.
///
/// # Errors
/// When no worker can be started, or nobody listens.
pub fn perform(
    pack: &Pack,
    executor: &Executor,
    name: Option<&str>,
    jobs: usize,
    out: impl Write + Send,
) -> io::Result<()> {
    let executor = executor.clone().with_deadline(pack.deadline);
    let first = Workers::new(&executor)?;
    let target = Target::native(&first.usual.environment());
    let target = Target { name: name.map_or(target.name, str::to_owned), ..target };
    let together = if pack.one_by_one || pack.by_case { 1 } else { (TOGETHER / jobs.max(1)).max(1) };
    let (next, performed) = (AtomicUsize::new(0), AtomicU64::new(0));
    let far =
        Far { pack, executor: &executor, together, out: Mutex::new(out), next, performed, last: Mutex::default() };
    far.say(&line(&Message::Target(Box::new(target)))?)?;
    if pack.counters {
        // What the start took is nothing that a case did.
        exec::reset_counters()?;
    }
    std::thread::scope(|scope| {
        let share = || far.share(Workers::new(&executor)?);
        // Where no more threads can be started, fewer do.
        let others = (1..jobs).map_while(|_| std::thread::Builder::new().spawn_scoped(scope, share).ok());
        let others: Vec<_> = others.collect();
        let mine = far.share(first);
        let joined = others.into_iter().map(|t| t.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        joined.fold(mine, Result::and)
    })?;
    if pack.counters {
        exec::counters(|object, data| {
            let object = object.to_owned();
            far.say(&line(&Message::Counters { object, data })?)
        })?;
    }
    far.say(&line(&Message::End { performed: far.performed.load(Ordering::Acquire) })?)
}

/// Who performs cases, one at a time.
struct Workers<'a> {
    executor: &'a Executor,
    usual: Worker,
    /// For cases to which the sandbox leaves the program's privileges; started when the first one comes.
    privileged: Option<Worker>,
}

impl<'a> Workers<'a> {
    fn new(executor: &'a Executor) -> io::Result<Self> {
        Ok(Workers { executor, usual: executor.unprivileged_worker()?, privileged: None })
    }

    /// Whether the case is not for the usual worker. Only one sandbox makes that difference.
    fn are_apart(&self, entry: &Entry) -> bool {
        let sandbox = self.executor.sandbox();
        sandbox == Sandbox::Auto && sandbox.is_on() && entry.privileged
    }

    fn worker(&mut self, privileged: bool) -> io::Result<&mut Worker> {
        Ok(match (&mut self.privileged, privileged) {
            (_, false) => &mut self.usual,
            (Some(worker), true) => worker,
            (none, true) => none.insert(self.executor.worker()?),
        })
    }
}

/// What the workers share.
struct Far<'a, W> {
    pack: &'a Pack,
    executor: &'a Executor,
    /// Cases that a worker begins at a time.
    together: usize,
    out: Mutex<W>,
    next: AtomicUsize,
    performed: AtomicU64,
    /// What the kernel had counted after the last case, by object.
    last: Mutex<HashMap<String, Counters>>,
}

impl<W: Write> Far<'_, W> {
    /// One worker's part.
    fn share(&self, mut workers: Workers<'_>) -> io::Result<()> {
        let mut saying = Saying { far: self, lines: Vec::new(), last: Instant::now(), done: Ok(()) };
        while !self.executor.interrupted().load(Ordering::Acquire) {
            let rest = self.pack.entries.get(self.next.fetch_add(self.together, Ordering::AcqRel)..);
            let entries = rest.map_or(&[][..], |rest| &rest[..rest.len().min(self.together)]);
            if entries.is_empty() {
                break;
            }
            for entry in entries {
                saying.add(&Message::Begin { id: entry.plan.id.clone() });
            }
            // What came of the last cases and which are next, in one write.
            saying.out();
            self.batch(entries, &mut workers, &mut saying)?;
            if let ([entry], true) = (entries, self.pack.by_case) {
                saying.add(&Message::Entered { id: entry.plan.id.clone(), functions: self.entered()? });
            }
            saying.done.as_ref().map_err(|error| io::Error::from(error.kind()))?;
        }
        saying.out();
        saying.done
    }

    fn batch(&self, entries: &[Entry], workers: &mut Workers<'_>, saying: &mut Saying<'_, '_, W>) -> io::Result<()> {
        let around = workers.usual.environment();
        // What would end more than itself here is not performed: nothing comes of it.
        let nothing = |plan: &Plan| is_harmful(plan, &around).then(Trace::default);
        let mut results: Vec<_> = entries
            .iter()
            .map(|entry| Performed {
                id: entry.plan.id.clone(),
                plan: entry.fingerprint.clone(),
                probe: entry.probe.as_ref().and_then(nothing),
                trace: nothing(&entry.plan),
            })
            .collect();
        for privileged in [false, true] {
            let mine = entries.iter().enumerate().filter(|(_, entry)| workers.are_apart(entry) == privileged);
            let parts = mine.flat_map(|(index, entry)| {
                let probe = entry.probe.as_ref().map(|probe| ((index, true), probe));
                probe.into_iter().chain([((index, false), &entry.plan)])
            });
            let parts: Vec<_> = parts.filter(|(_, plan)| !is_harmful(plan, &around)).collect();
            if parts.is_empty() {
                continue;
            }
            let mut parts = parts.into_iter();
            workers.worker(privileged)?.perform_all(
                || parts.next(),
                |(index, is_probe), trace| match is_probe {
                    true => results[index].probe = Some(trace),
                    false => {
                        results[index].trace = Some(trace);
                        saying.performed(std::mem::take(&mut results[index]));
                    }
                },
            )?;
        }
        // The others were said and are empty, or were interrupted.
        results.into_iter().filter(|result| result.trace.is_some()).for_each(|result| saying.performed(result));
        Ok(())
    }

    /// What of the kernel was entered since the last time.
    fn entered(&self) -> io::Result<Vec<(String, Vec<u32>)>> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let mut entered = Vec::new();
        exec::counters(|object, data| {
            let now = Counters::from_bytes(&data).map_err(io::Error::other)?;
            let functions = now.entered(last.get(object));
            if !functions.is_empty() {
                entered.push((object.to_owned(), functions));
                last.insert(object.to_owned(), now);
            }
            Ok(())
        })?;
        Ok(entered)
    }

    fn say(&self, lines: &[u8]) -> io::Result<()> {
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        out.write_all(lines)?;
        out.flush()
    }
}

/// Lines that are to be said.
struct Saying<'f, 'a, W> {
    far: &'f Far<'a, W>,
    lines: Vec<u8>,
    last: Instant,
    /// Whether everything could be said so far.
    done: io::Result<()>,
}

impl<W: Write> Saying<'_, '_, W> {
    fn add(&mut self, message: &Message) {
        match line(message) {
            Ok(line) => self.lines.extend(line),
            Err(error) => self.done = Err(error),
        }
    }

    fn performed(&mut self, performed: Performed) {
        self.far.performed.fetch_add(1, Ordering::AcqRel);
        self.add(&Message::Performed(Box::new(performed)));
        if self.last.elapsed() > KEEP {
            self.out();
        }
    }

    fn out(&mut self) {
        if self.done.is_ok() {
            self.done = self.far.say(&self.lines);
        }
        self.lines.clear();
        self.last = Instant::now();
    }
}

fn is_harmful(plan: &Plan, around: &Environment) -> bool {
    let caller = |sandbox| plan.caller(sandbox == Sandbox::Always, around.own_ids);
    let refused = around.sandbox.is_some_and(|sandbox| plan.machine_wide(caller(sandbox)).is_some());
    let changes_it = plan.setup.own_machine && !around.own_machine;
    refused || changes_it || (plan.needs_pid_namespace && !around.namespaces)
}

fn line(message: &Message) -> io::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(message)?;
    line.push(b'\n');
    Ok(line)
}
