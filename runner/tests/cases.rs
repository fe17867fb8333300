//! The cases as trials: `cargo test` on the kernel at hand. Filters and options as with libtest.

use std::path::{Path, PathBuf};
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
    let file = only_file(dir, &arguments);
    let origin = file.as_ref().map_or(case::Origin::Dir(dir), |file| case::Origin::Paths(std::slice::from_ref(file)));
    let planned = match case::load_with(origin, |case| plan::plan(&case)) {
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

/// The file of the one case that is asked for, as nextest does in a process for each: the others need not be loaded.
fn only_file(dir: &Path, arguments: &Arguments) -> Option<PathBuf> {
    let id = arguments.filter.as_ref().filter(|_| arguments.exact && !arguments.list)?;
    // Values of parameters stand in brackets, and may hold a `/`.
    let (name, _) = id.split_once('[').unwrap_or((id, ""));
    let (file, _) = name.rsplit_once('/')?;
    let file = dir.join(format!("{file}.yaml"));
    file.is_file().then_some(file)
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
