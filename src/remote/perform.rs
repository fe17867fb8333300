//! The far side: performs a pack, says what it does.

use std::io::{self, Write};
use std::sync::atomic::Ordering;

use crate::exec::{Executor, Performed};
use crate::plan::Plan;
use crate::target::Target;

use super::message::Message;
use super::pack::Pack;

/// Performs a pack, one plan after the other, and tells `out` what happens as it happens.
/// A plan that is out of the question here (it would end more than itself) is not performed; nor is any behind an interrupt.
///
/// # Errors
/// When no worker can be started, or nobody listens.
pub fn perform(pack: &Pack, executor: &Executor, mut out: impl Write) -> io::Result<()> {
    let executor = executor.clone().with_deadline(pack.deadline);
    let mut worker = executor.worker()?;
    let surroundings = worker.surroundings();
    let mut said = line(&Message::Target(Box::new(Target::native(&surroundings))))?;
    let harmless = |plan: &Plan| surroundings.namespaces || !plan.needs_pid_namespace;
    let mut performed = 0;
    for entry in &pack.entries {
        if executor.interrupted().load(Ordering::Acquire) {
            break;
        }
        let id = entry.plan.id.clone();
        said.extend(line(&Message::Begin { id: id.clone() })?);
        // What came of the last case and what is next, in one write.
        out.write_all(&said)?;
        out.flush()?;
        let mut of = |plan: &Plan| if harmless(plan) { worker.perform(plan) } else { Ok(Default::default()) };
        let probe = entry.probe.as_ref().map(&mut of).transpose()?;
        let trace = Some(of(&entry.plan)?);
        let plan = entry.plan.fingerprint();
        said = line(&Message::Performed(Box::new(Performed { id, plan, probe, trace })))?;
        performed += 1;
    }
    said.extend(line(&Message::End { performed })?);
    out.write_all(&said)?;
    out.flush()
}

fn line(message: &Message) -> io::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(message)?;
    line.push(b'\n');
    Ok(line)
}
