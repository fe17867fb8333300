//! `syscase`: runs the cases, and tells what came of them.

mod cases;
mod check;
mod claims;
mod cli;
mod coverage;
mod files;
mod kernel_coverage;
mod kernel_wide;
mod list;
mod matrix;
mod mutate;
mod page;
mod perform;
mod reasons;
mod report;
mod results;
mod run;
mod schema;
mod status;
mod trace;

use std::path::Path;
use std::process::ExitCode;

use clap::Parser;

use cli::{Cli, Command};
use status::Status;

fn main() -> ExitCode {
    // A guest's first process has nothing to stand on yet.
    let mut words = std::env::args_os().skip(1);
    let guest = words.next().is_some_and(|word| word == "guest");
    let machine = guest.then(|| syscase::exec::Guest::settle(words.next().as_deref().map(Path::new)));
    // Before anything else: workers are forked from what the program is now.
    let executor = syscase::exec::Executor::new();
    let command = Cli::parse().command;
    if !matches!(command, Command::Guest { .. } | Command::List(_) | Command::Check(_) | Command::Schema) {
        status::end_at_a_signal();
    }
    // What is too little for a run may be too little to read its cases.
    let ready = |executor: std::io::Result<_>| syscase::exec::enough().and(executor).map_err(run::no_worker);
    let status = match command {
        Command::Run(args) => ready(executor).and_then(|executor| run::run(&args, executor)),
        Command::Claims(args) => executor.map_err(run::no_worker).and_then(|executor| claims::claims(&args, executor)),
        Command::Guest { .. } => match machine {
            Some(Ok(machine)) => perform::guest(machine, executor),
            Some(Err(error)) => Err(status::invalid(error)),
            None => Err(status::invalid("`guest` must be the first argument")),
        },
        Command::Matrix(args) => executor.map_err(run::no_worker).and_then(|executor| matrix::matrix(&args, &executor)),
        Command::Perform(args) => ready(executor).and_then(|executor| perform::perform(&args, executor)),
        Command::Confined { directory, program } => {
            // The process that starts workers has none to start.
            drop(executor);
            Err(perform::confined(&directory, &program))
        }
        Command::Trace(args) => ready(executor).and_then(|executor| trace::trace(&args, executor)),
        Command::Coverage(args) => coverage::coverage(&args, executor),
        Command::KernelCoverage(args) => {
            executor.map_err(run::no_worker).and_then(|executor| kernel_coverage::kernel_coverage(&args, &executor))
        }
        Command::Mutate(args) if args.kernel_wide => {
            ready(executor).and_then(|executor| kernel_wide::kernel_wide(&args, executor))
        }
        Command::Mutate(args) => ready(executor).and_then(|executor| mutate::mutate(&args, executor)),
        Command::List(args) => list::list(&args),
        Command::Check(args) => check::check(&args),
        Command::Report(args) => report::report(&args),
        Command::Schema => schema::schema(),
    };
    status.unwrap_or_else(|status: Status| status).into()
}
