//! A program that performs hostile cases is afterwards as it was: descriptors, mappings, processes.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};
use syscase::exec::{Executor, Sandbox};
use syscase::run::Session;
use syscase::{case, plan};

/// What this process holds.
#[derive(Debug, PartialEq)]
struct Held {
    descriptors: Vec<String>,
    shared: usize,
    descendants: usize,
}

impl Held {
    fn now() -> Self {
        let entries = fs::read_dir("/proc/self/fd").expect("/proc");
        let targets = entries.flatten().filter_map(|e| fs::read_link(e.path()).ok());
        let mut descriptors: Vec<String> = targets.map(|t| t.display().to_string()).collect();
        descriptors.sort();
        let maps = fs::read_to_string("/proc/self/maps").expect("/proc");
        Held {
            descriptors,
            shared: maps.lines().filter(|line| line.contains("memfd:syscase")).count(),
            descendants: descendants(std::process::id()),
        }
    }
}

/// How many processes a process has below it.
fn descendants(pid: u32) -> usize {
    let tasks = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    let children = tasks.flat_map(|task| {
        let text = fs::read_to_string(task.path().join("children")).unwrap_or_default();
        text.split_ascii_whitespace().filter_map(|pid| pid.parse().ok()).collect::<Vec<u32>>()
    });
    children.map(|child| 1 + descendants(child)).sum()
}

fn main() -> ExitCode {
    // Before anything else: workers are forked from what the program is now.
    let executor = Executor::new();
    let arguments = Arguments::from_args();
    let trial = Trial::test("the_runner_is_as_it_was", move || {
        let session = Session::new(executor?.with_sandbox(Sandbox::Never))?;
        hold_nothing_more(&session)
    });
    libtest_mimic::run(&arguments, vec![trial]).exit_code()
}

fn hold_nothing_more(session: &Session) -> Result<(), Failed> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hostile");
    let tree = case::load_with(case::Origin::Dir(&dir), |case| plan::plan(&case));
    let cases = tree.map_err(|diagnostics| case::render(&diagnostics, false))?.cases;
    let before = Held::now();
    for case in &cases {
        let event = session.one(case)?;
        let after = Held::now();
        if after != before {
            return Err(format!("{}: {after:?}, was {before:?}", event.id).into());
        }
    }
    Ok(())
}
