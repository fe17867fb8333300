//! The cases as trials: `cargo test` on the kernel at hand. Filters and options as with libtest.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use syscase::exec::Executor;
use syscase::judge::Verdict;
use syscase::report::{Event, Reporter, Transcript};
use syscase::run::Session;
use syscase::{case, plan};

fn main() -> ExitCode {
    // Before anything else: workers are forked from what the program is now.
    let executor = Executor::new();
    let arguments = Arguments::from_args();
    let dir = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../cases"));
    let planned = match case::load_with(case::Origin::Dir(dir), |case| plan::plan(&case)) {
        Ok(tree) => tree.cases,
        Err(diagnostics) => {
            eprint!("{}", case::render(&diagnostics, false));
            return ExitCode::from(2);
        }
    };
    let session = match executor.and_then(Session::new) {
        Ok(session) => Arc::new(session),
        Err(error) => {
            eprintln!("error: cannot start a process to perform cases in: {error}");
            return ExitCode::from(3);
        }
    };
    let trial = |planned: plan::Planned| {
        let session = Arc::clone(&session);
        Trial::ignorable_test(planned.id.clone(), move || perform(&session, &planned))
    };
    let trials = planned.into_iter().map(trial).collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn perform(session: &Session, case: &plan::Planned) -> Result<Completion, Failed> {
    let event = session.one(case)?;
    match event.verdict {
        Verdict::Pass | Verdict::Xfail => Ok(Completion::Completed),
        Verdict::Skip => Ok(Completion::ignored_with(event.reason.unwrap_or_default())),
        Verdict::Fail | Verdict::Error | Verdict::Xpass => {
            let mut text = Vec::new();
            Transcript::new(&mut text).event(&Event::Case(Box::new(event)))?;
            Err(String::from_utf8_lossy(&text).into_owned().into())
        }
    }
}
