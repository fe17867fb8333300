//! `syscase trace CASE`: what happens, whatever was expected.

use std::io;

use syscase::exec::Executor;
use syscase::judge::Verdict;
use syscase::report::{Event, Reporter, Transcript};
use syscase::run::Session;

use crate::cases;
use crate::cli::TraceArgs;
use crate::run::no_worker;
use crate::status::{Status, not_done};

pub(crate) fn trace(args: &TraceArgs, executor: Executor) -> Result<Status, Status> {
    let case = cases::find(&args.source, &args.case)?;
    let executor = executor.with_deadline((args.deadline * 1e6) as u64).with_sandbox(args.sandbox.when);
    let session = Session::new(executor).map_err(no_worker)?;
    let event = session.one(&case).map_err(no_worker)?;
    let status = match event.verdict {
        Verdict::Skip => Status::NotDone,
        _ => Status::Success,
    };
    Transcript::new(io::stdout()).event(&Event::Case(Box::new(event))).map_err(not_done)?;
    Ok(status)
}
