//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Does this system call behave the way it is said to?
#[derive(Debug, Parser)]
#[command(name = "syscase", version, after_help = EXIT_CODES)]
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
    /// Compares the errors that the manual documents with those that cases show
    Coverage(CoverageArgs),
    /// Judges what documents claim of system calls
    Claims(ClaimsArgs),
    /// Writes results of many targets as pages that need no server
    Report(ReportArgs),
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
pub(crate) struct ClaimsArgs {
    /// Judges only this document
    #[arg(long, value_name = "NAME")]
    pub(crate) document: Option<String>,
    #[command(flatten)]
    pub(crate) source: Source,
    /// Writes the events of the run, the claims among them, as JSON lines
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
    /// Writes an erratum to the document as Markdown
    #[arg(long, value_name = "FILE")]
    pub(crate) markdown: Option<PathBuf>,
    /// Writes the same as an HTML page
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
    /// Runs nothing: takes what `run --json` wrote, on one kernel or on several
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with_all = ["jobs", "deadline"])]
    pub(crate) results: Vec<PathBuf>,
    /// Cases performed side by side [default: one a processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) jobs: Option<u16>,
    /// Seconds that a case may take
    #[arg(long, value_name = "S", default_value = "5", value_parser = seconds)]
    pub(crate) deadline: f64,
}

#[derive(Args, Debug)]
pub(crate) struct ReportArgs {
    /// Results, as `run --json` writes them; parts of one target's run are put together
    #[arg(long, value_name = "FILE", num_args = 1.., required = true)]
    pub(crate) results: Vec<PathBuf>,
    /// Directory for the pages, empty or not there yet
    #[arg(long, value_name = "DIR")]
    pub(crate) html: PathBuf,
    #[command(flatten)]
    pub(crate) source: Source,
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

#[derive(Args, Debug)]
pub(crate) struct CoverageArgs {
    /// Compares only system calls whose name contains this text
    pub(crate) filter: Option<String>,
    #[command(flatten)]
    pub(crate) source: Source,
    /// Directory that holds the manual's `man2` [default: /usr/local/share/man and /usr/share/man]
    #[arg(long, value_name = "DIR")]
    pub(crate) man: Option<PathBuf>,
    /// Takes the verdicts from a saved run (`run --json FILE`) and runs nothing
    #[arg(long, value_name = "FILE")]
    pub(crate) results: Option<PathBuf>,
    /// List of pairs that cannot be brought about [default: ./ci/uncoverable.yaml if it exists, else the one built in]
    #[arg(long, value_name = "FILE")]
    pub(crate) uncoverable: Option<PathBuf>,
    /// Writes the pairs as JSON lines
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
}

fn seconds(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(s) if (0.001..=3600.0).contains(&s) => Ok(s),
        _ => Err("expected seconds between 0.001 and 3600".to_owned()),
    }
}
