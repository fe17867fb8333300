//! `syscase`: runs the cases, and tells what came of them.

mod cases;
mod check;
mod claims;
mod cli;
mod coverage;
mod list;
mod report;
mod mutate;
mod run;
mod schema;
mod status;
mod trace;

use std::process::ExitCode;

use clap::Parser;

use cli::{Cli, Command};
use status::Status;

fn main() -> ExitCode {
    // Before anything else: workers are forked from what the program is now.
    let executor = syscase::exec::Executor::new();
    let status = match Cli::parse().command {
        Command::Run(args) => executor.map_err(run::no_worker).and_then(|executor| run::run(&args, executor)),
        Command::Claims(args) => executor.map_err(run::no_worker).and_then(|executor| claims::claims(&args, executor)),
        Command::Trace(args) => executor.map_err(run::no_worker).and_then(|executor| trace::trace(&args, executor)),
        Command::Coverage(args) => coverage::coverage(&args, executor),
        Command::Mutate(args) => executor.map_err(run::no_worker).and_then(|executor| mutate::mutate(&args, executor)),
        Command::List(args) => list::list(&args),
        Command::Check(args) => check::check(&args),
        Command::Report(args) => report::report(&args),
        Command::Schema => schema::schema(),
    };
    status.unwrap_or_else(|status: Status| status).into()
}
