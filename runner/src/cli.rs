//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Does this system call behave the way it is said to?
#[derive(Debug, Parser)]
#[command(name = "syscase", version, about, after_help = EXIT_CODES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  all as promised (known deviations and skips included)
  1  a case failed, its set-up broke, or a known deviation is gone
  2  a case file or the command line is wrong; nothing was run
  3  the run could not be done, was interrupted, or ran nothing";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Runs cases on this kernel
    Run(RunArgs),
    /// Lists cases
    List(ListArgs),
    /// Loads and plans case files, and runs nothing
    Check(CheckArgs),
    /// Runs one case, and prints what happened in strace's notation
    Trace(TraceArgs),
    /// Runs cases on kernels made wrong on purpose, and shows which wrongs they do not notice
    Mutate(MutateArgs),
    /// Prints the JSON Schema of the case format
    Schema,
}

/// Where cases come from.
#[derive(Args, Debug)]
pub(crate) struct Source {
    /// Directory of case files [default: ./cases if it exists, else the cases built in]
    #[arg(long, value_name = "DIR")]
    pub(crate) cases: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct RunArgs {
    /// Runs only cases whose id contains this text
    pub(crate) filter: Option<String>,
    #[command(flatten)]
    pub(crate) source: Source,
    /// Writes the events of the run as JSON lines
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
    /// Writes a JUnit report
    #[arg(long, value_name = "FILE")]
    pub(crate) junit: Option<PathBuf>,
    /// Writes KTAP, as the kernel's own tests do
    #[arg(long, value_name = "FILE")]
    pub(crate) ktap: Option<PathBuf>,
    /// Cases performed side by side [default: one a processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) jobs: Option<u16>,
    /// Seconds that a case may take
    #[arg(long, value_name = "S", default_value = "5", value_parser = seconds)]
    pub(crate) deadline: f64,
}

#[derive(Args, Debug)]
#[command(after_help = MUTATE_EXIT_CODES)]
pub(crate) struct MutateArgs {
    /// Runs only cases whose id contains this text
    pub(crate) filter: Option<String>,
    #[command(flatten)]
    pub(crate) source: Source,
    /// Writes what became of every mutant as JSON lines
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
    /// Writes the score and the survivors as Markdown, instead of printing them
    #[arg(long, value_name = "FILE")]
    pub(crate) results: Option<PathBuf>,
    /// Cases performed side by side [default: four a processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) jobs: Option<u16>,
    /// Gives plain answers without seccomp filters, as where there are none
    #[arg(long)]
    pub(crate) without_seccomp: bool,
}

const MUTATE_EXIT_CODES: &str = "\
Exit codes:
  0  every wrong answer and 97 % of the wrong effects are noticed, and every case notices something
  1  they are not
  2  a case file or the command line is wrong; nothing was run
  3  the run could not be done, was interrupted, or no case passes on the kernel as it is";

#[derive(Args, Debug)]
pub(crate) struct ListArgs {
    /// Lists only cases whose id contains this text
    pub(crate) filter: Option<String>,
    #[command(flatten)]
    pub(crate) source: Source,
}

#[derive(Args, Debug)]
pub(crate) struct CheckArgs {
    /// Case files or directories of them [default: ./cases if it exists, else the cases built in]
    pub(crate) paths: Vec<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct TraceArgs {
    /// The case's id
    pub(crate) case: String,
    #[command(flatten)]
    pub(crate) source: Source,
    /// Seconds that the case may take
    #[arg(long, value_name = "S", default_value = "5", value_parser = seconds)]
    pub(crate) deadline: f64,
}

fn seconds(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(s) if (0.001..=3600.0).contains(&s) => Ok(s),
        _ => Err("expected seconds between 0.001 and 3600".to_owned()),
    }
}
