//! The far side: performs a pack, says what it does.

use std::io::{self, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::exec::{Executor, Performed, Sandbox, Trace, Worker};
use crate::plan::Plan;
use crate::target::Target;

use super::message::Message;
use super::pack::{Entry, Pack};

/// Performs a pack with so many workers side by side, and tells `out` what happens as it happens. Behind an
/// interrupt, nothing more is performed.
///
/// # Errors
/// When no worker can be started, or nobody listens.
pub fn perform(pack: &Pack, executor: &Executor, jobs: usize, out: impl Write + Send) -> io::Result<()> {
    let executor = executor.clone().with_deadline(pack.deadline);
    let first = executor.worker()?;
    let target = Target::native(&first.surroundings());
    let far = Far { pack, executor: &executor, out: Mutex::new(out), next: AtomicUsize::new(0) };
    far.say(&line(&Message::Target(Box::new(target)))?)?;
    std::thread::scope(|scope| {
        let others = (1..jobs).map(|_| scope.spawn(|| far.share(executor.worker()?)));
        let others: Vec<_> = others.collect();
        let mine = far.share(first);
        let joined = others.into_iter().map(|t| t.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        joined.fold(mine, Result::and)
    })?;
    let performed = far.next.into_inner().min(pack.entries.len()) as u64;
    let mut out = far.out.into_inner().unwrap_or_else(PoisonError::into_inner);
    out.write_all(&line(&Message::End { performed })?)?;
    out.flush()
}

/// What the workers share.
struct Far<'a, W> {
    pack: &'a Pack,
    executor: &'a Executor,
    out: Mutex<W>,
    next: AtomicUsize,
}

impl<W: Write> Far<'_, W> {
    /// One worker's part.
    fn share(&self, mut worker: Worker) -> io::Result<()> {
        let mut said = Vec::new();
        while !self.executor.interrupted().load(Ordering::Acquire) {
            let Some(entry) = self.pack.entries.get(self.next.fetch_add(1, Ordering::AcqRel)) else { break };
            said.extend(line(&Message::Begin { id: entry.plan.id.clone() })?);
            // What came of the last case and what is next, in one write.
            self.say(&said)?;
            said = line(&Message::Performed(Box::new(performed(entry, &mut worker)?)))?;
        }
        self.say(&said)
    }

    fn say(&self, lines: &[u8]) -> io::Result<()> {
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        out.write_all(lines)?;
        out.flush()
    }
}

fn performed(entry: &Entry, worker: &mut Worker) -> io::Result<Performed> {
    let (id, plan) = (entry.plan.id.clone(), entry.plan.fingerprint());
    let probe = entry.probe.as_ref().map(|probe| harmless(probe, worker)).transpose()?;
    Ok(Performed { id, plan, probe, trace: Some(harmless(&entry.plan, worker)?) })
}

/// Performs a plan, unless it would end more than itself here: then nothing comes of it.
fn harmless(plan: &Plan, worker: &mut Worker) -> io::Result<Trace> {
    let around = worker.surroundings();
    let refused = around.sandbox.is_some_and(|sandbox| plan.machine_wide(sandbox == Sandbox::Always).is_some());
    if refused || (plan.needs_pid_namespace && !around.namespaces) {
        return Ok(Trace::default());
    }
    worker.perform(plan)
}

fn line(message: &Message) -> io::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(message)?;
    line.push(b'\n');
    Ok(line)
}
