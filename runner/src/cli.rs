//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use syscase::case::{Level, Rests};
use syscase::exec::Sandbox;

use crate::results::{Results, target_name};

/// Does this system call behave the way it is said to?
#[derive(Debug, Parser)]
#[command(name = "syscase", version, after_help = EXIT_CODES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  all as expected (known deviations and skips included)
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
    /// Runs cases on many kernels side by side, and compares them
    Matrix(MatrixArgs),
    /// Performs cases on this kernel and prints what happened, for `matrix --results` to judge elsewhere
    Perform(PerformArgs),
    /// Performs the plans that a kernel was started with, as its first process, and turns the machine off
    #[command(hide = true)]
    Guest {
        /// A device that holds an ext4 file system, for cases that need a disk
        disk: Option<PathBuf>,
    },
    /// Becomes a program in the sandbox, which has no other place to write than a directory
    #[command(hide = true)]
    Confined {
        directory: PathBuf,
        /// The program's path and its arguments
        #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
        program: Vec<OsString>,
    },
    /// Compares the errors that the manual documents with those that cases show
    Coverage(CoverageArgs),
    /// Shows which lines and branches of a kernel the cases reach, and which they do not
    KernelCoverage(KernelCoverageArgs),
    /// Judges what documents claim about system calls
    Claims(ClaimsArgs),
    /// Writes results of many targets as pages that need no server
    Report(ReportArgs),
    /// Runs cases on kernels made wrong on purpose, and shows which faults they do not notice
    Mutate(MutateArgs),
    /// Prints the JSON Schema of the case format
    Schema,
}

/// How far cases are kept from this machine.
#[derive(Args, Debug)]
pub(crate) struct SandboxArgs {
    /// Performs cases in a sandbox: always (what is meant without WHEN), auto (for root, where it does not change
    /// what is tested) or never. Use it to run other people's case files
    #[arg(long = "sandbox", value_name = "WHEN", default_value = "auto")]
    #[arg(num_args = 0..=1, require_equals = true, default_missing_value = "always")]
    pub(crate) when: Sandbox,
}

/// Where cases come from.
#[derive(Args, Debug)]
pub(crate) struct Source {
    /// Directory of case files [default: ./cases if it exists, else the cases built in]
    #[arg(long, value_name = "DIR")]
    pub(crate) cases: Option<PathBuf>,
}

/// Which cases, by what they rest on.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Grounds {
    /// Takes only cases that rest on these
    #[arg(long, value_name = "LEVEL", value_delimiter = ',')]
    pub(crate) rests: Vec<Ground>,
}

/// What a case may rest on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Ground {
    /// A document says so
    Documented,
    /// No document says so, but programs rely on it
    Practice,
    /// How Linux happens to do it
    Accident,
    /// The case does not say it
    Unsaid,
}

impl Grounds {
    /// Whether a case that rests on this is meant.
    pub(crate) fn take(&self, rests: Option<&Rests>) -> bool {
        let ground = match rests.map(|rests| rests.level) {
            Some(Level::Documented) => Ground::Documented,
            Some(Level::Practice) => Ground::Practice,
            Some(Level::Accident) => Ground::Accident,
            None => Ground::Unsaid,
        };
        self.rests.is_empty() || self.rests.contains(&ground)
    }
}

#[derive(Args, Debug)]
pub(crate) struct RunArgs {
    /// Runs only cases whose id contains this text
    pub(crate) filter: Option<String>,
    #[command(flatten)]
    pub(crate) source: Source,
    #[command(flatten)]
    pub(crate) grounds: Grounds,
    /// A kernel that is not Linux fails by accidents of Linux, too
    #[arg(long)]
    pub(crate) accidents: bool,
    /// Shows the verdicts by what cases rest on, too
    #[arg(long)]
    pub(crate) levels: bool,
    /// The target's name in the results [default: native]
    #[arg(long, value_name = "NAME", value_parser = target_name)]
    pub(crate) name: Option<String>,
    /// Writes the events of the run as JSON lines
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
    /// Writes a JUnit report
    #[arg(long, value_name = "FILE")]
    pub(crate) junit: Option<PathBuf>,
    /// Writes KTAP, as the kernel's own tests do
    #[arg(long, value_name = "FILE")]
    pub(crate) ktap: Option<PathBuf>,
    /// Runs the K-th of N parts of the cases
    #[arg(long, value_name = "K/N", value_parser = Shard::parse)]
    pub(crate) shard: Option<Shard>,
    /// Runs the cases in a random order, or in the one of this seed
    #[arg(long, value_name = "SEED", num_args = 0..=1, require_equals = true)]
    pub(crate) shuffle: Option<Option<u64>>,
    /// Cases performed side by side [default: one a processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) jobs: Option<u16>,
    /// Seconds that a case's steps may take
    #[arg(long, value_name = "S", default_value = "5", value_parser = seconds)]
    pub(crate) deadline: f64,
    /// Marks the steps of cases by calls that do nothing, for those who watch with strace
    #[arg(long)]
    pub(crate) marks: bool,
    #[command(flatten)]
    pub(crate) sandbox: SandboxArgs,
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
    /// Seconds that a case's steps may take
    #[arg(long, value_name = "S", default_value = "5", value_parser = seconds)]
    pub(crate) deadline: f64,
    #[command(flatten)]
    pub(crate) sandbox: SandboxArgs,
}

#[derive(Args, Debug)]
pub(crate) struct ReportArgs {
    /// Results, as `run --json` writes them, under another name of the target if one is given; parts of one
    /// target's run are put together
    #[arg(long, value_name = "[NAME=]FILE", num_args = 1.., required = true)]
    #[arg(value_parser = OsStringValueParser::new().try_map(Results::parse))]
    pub(crate) results: Vec<Results>,
    /// Directory for the pages, empty or not there yet
    #[arg(long, value_name = "DIR")]
    pub(crate) html: PathBuf,
    /// Adds a page of what the cases reach of a kernel, as `kernel-coverage --json` wrote it
    #[arg(long, value_name = "FILE")]
    pub(crate) kernel_coverage: Option<PathBuf>,
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
    /// Writes the score and the survivors into this Markdown document, in the place of the last ones, instead of
    /// printing them
    #[arg(long, value_name = "FILE")]
    pub(crate) results: Option<PathBuf>,
    /// Cases performed side by side [default: four a processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) jobs: Option<u16>,
    /// Gives plain answers without seccomp filters, as where they are not available
    #[arg(long)]
    pub(crate) without_seccomp: bool,
    /// Performs the cases in a sandbox: never (the default here: what a case leaves is examined with the privilege
    /// to do so), auto (the default of `--kernel-wide`) or always; see `run`
    #[arg(long, value_name = "WHEN", num_args = 0..=1, require_equals = true, default_missing_value = "always")]
    pub(crate) sandbox: Option<Sandbox>,
    /// Asks of the whole suite, not of each case: performs the cases on kernels that are wrong in every call of a kind,
    /// until one notices
    #[arg(long, conflicts_with = "without_seccomp")]
    pub(crate) kernel_wide: bool,
    /// Of these, only bugs whose name contains this text; may be given several times
    #[arg(long, value_name = "TEXT", requires = "kernel_wide")]
    pub(crate) bug: Vec<String>,
    /// So many of them, drawn by the seed from those in calls that cases make
    #[arg(long, value_name = "N", requires = "kernel_wide")]
    pub(crate) sample: Option<usize>,
    /// Which bugs are drawn, and in which order cases that are alike are performed
    #[arg(long, value_name = "SEED", default_value_t = 0, requires = "kernel_wide")]
    pub(crate) seed: u64,
    /// Goes on with the run that began to write the file of `--json`
    #[arg(long, requires_all = ["kernel_wide", "json"])]
    pub(crate) resume: bool,
}

const MUTATE_EXIT_CODES: &str = "\
Exit codes:
  0  every wrong answer and 97 % of the wrong effects are noticed, and every case notices something
  1  they are not
  2  a case file or the command line is wrong; nothing was run
  3  the run could not be done, was interrupted, or no case passes on the kernel as it is";

#[derive(Args, Debug)]
pub(crate) struct PerformArgs {
    /// Performs only cases whose id contains this text
    pub(crate) filter: Option<String>,
    #[command(flatten)]
    pub(crate) source: Source,
    /// Performs the plans in this file, which `matrix` writes
    #[arg(long, value_name = "FILE", conflicts_with_all = ["filter", "cases"])]
    pub(crate) plans: Option<PathBuf>,
    /// Cases performed side by side
    #[arg(long, value_name = "N", default_value = "1", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) jobs: u16,
    /// The target's name in the results [default: native]
    #[arg(long, value_name = "NAME", value_parser = target_name)]
    pub(crate) name: Option<String>,
    /// Writes there what happened [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Seconds that a case's steps may take
    #[arg(long, value_name = "S", default_value = "5", value_parser = seconds)]
    pub(crate) deadline: f64,
    #[command(flatten)]
    pub(crate) sandbox: SandboxArgs,
}

#[derive(Args, Debug)]
pub(crate) struct MatrixArgs {
    /// Runs only cases whose id contains this text
    pub(crate) filter: Option<String>,
    #[command(flatten)]
    pub(crate) source: Source,
    #[command(flatten)]
    pub(crate) grounds: Grounds,
    /// Targets that are not Linux fail by accidents of Linux, too
    #[arg(long)]
    pub(crate) accidents: bool,
    /// Runs this target: a name of a file in ci/targets, or a path of one (repeatable) [default: all]
    #[arg(long, value_name = "NAME")]
    pub(crate) target: Vec<String>,
    /// Runs this kernel image under QEMU (repeatable)
    #[arg(long, value_name = "PATH")]
    pub(crate) kernel: Vec<PathBuf>,
    /// Runs nothing: judges and compares what was saved by `matrix`, `run --json` or `perform`, under another name
    /// of the target if one is given
    #[arg(long, value_name = "[NAME=]FILE", num_args = 1.., conflicts_with_all = ["target", "kernel", "jobs"])]
    #[arg(value_parser = OsStringValueParser::new().try_map(Results::parse))]
    pub(crate) results: Vec<Results>,
    /// Shows where targets behave differently, whatever was expected
    #[arg(long)]
    pub(crate) differential: bool,
    /// Targets that run side by side [default: one a processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) jobs: Option<u16>,
    /// Writes NAME.jsonl, NAME.junit.xml and NAME.ktap of each target there
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Writes the tables into this Markdown document, in the place of the last ones
    #[arg(long, value_name = "FILE")]
    pub(crate) markdown: Option<PathBuf>,
    /// Runs the K-th of N parts of the cases
    #[arg(long, value_name = "K/N", value_parser = Shard::parse)]
    pub(crate) shard: Option<Shard>,
    /// Static program to perform cases with on the targets [default: this program, if it is static]
    #[arg(long, value_name = "PATH")]
    pub(crate) guest: Option<PathBuf>,
    /// Seconds that a case's steps may take
    #[arg(long, value_name = "S", default_value = "5", value_parser = seconds)]
    pub(crate) deadline: f64,
}

/// One of several parts of the cases.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shard {
    /// Which, from 1 on.
    pub(crate) number: u64,
    /// Of how many.
    pub(crate) of: u64,
}

impl Shard {
    fn parse(text: &str) -> Result<Self, String> {
        let parts = text.split_once('/').and_then(|(k, n)| Some((k.parse().ok()?, n.parse().ok()?)));
        match parts {
            Some((number, of)) if number >= 1 && number <= of => Ok(Shard { number, of }),
            _ => Err("expected K/N with K from 1 to N, such as 2/3".to_owned()),
        }
    }
}

#[derive(Args, Debug)]
pub(crate) struct ListArgs {
    /// Lists only cases whose id contains this text
    pub(crate) filter: Option<String>,
    #[command(flatten)]
    pub(crate) source: Source,
    #[command(flatten)]
    pub(crate) grounds: Grounds,
    /// Says what each rests on, too
    #[arg(long)]
    pub(crate) levels: bool,
}

#[derive(Args, Debug)]
pub(crate) struct CheckArgs {
    /// Fails if two cases of one subject do the same, step for step (a claim may do what a case does)
    #[arg(long)]
    pub(crate) duplicates: bool,
    /// Case files or directories of them [default: ./cases if it exists, else the cases built in]
    pub(crate) paths: Vec<PathBuf>,
    /// Refuses cases that do not say what they rest on, and histories without evidence
    #[arg(long)]
    pub(crate) strict: bool,
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
    #[command(flatten)]
    pub(crate) sandbox: SandboxArgs,
}

#[derive(Args, Debug)]
pub(crate) struct CoverageArgs {
    /// Compares only system calls whose name contains this text
    pub(crate) filter: Option<String>,
    #[command(flatten)]
    pub(crate) source: Source,
    #[command(flatten)]
    pub(crate) grounds: Grounds,
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

#[derive(Args, Debug)]
pub(crate) struct KernelCoverageArgs {
    /// Runs only cases whose id contains this text
    pub(crate) filter: Option<String>,
    #[command(flatten)]
    pub(crate) source: Source,
    #[command(flatten)]
    pub(crate) grounds: Grounds,
    /// Target whose kernel counts: a name of a file in ci/targets, or a path of one
    #[arg(long, value_name = "NAME", default_value = "uml-own")]
    pub(crate) target: String,
    /// Static program to perform cases with on the target [default: this program, if it is static]
    #[arg(long, value_name = "PATH")]
    pub(crate) guest: Option<PathBuf>,
    /// Runs nothing: takes what `--json` wrote
    #[arg(long, value_name = "FILE", conflicts_with_all = ["filter", "target", "guest", "rests"])]
    pub(crate) from: Option<PathBuf>,
    /// Takes only files of the kernel's source that match; `*` stands for anything (repeatable)
    #[arg(long, value_name = "GLOB")]
    pub(crate) file: Vec<String>,
    /// How many functions are shown with the lines that are not reached
    #[arg(long, value_name = "N", default_value = "10")]
    pub(crate) shown: usize,
    /// Shows what was gained over another run, which `--json` wrote
    #[arg(long, value_name = "FILE")]
    pub(crate) against: Option<PathBuf>,
    /// Fails unless so many percent of the lines within reach are reached in each file that is meant
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    pub(crate) least: Option<f64>,
    /// List of lines that no case can reach [default: ./ci/unreachable.yaml if it exists, else the one built in]
    #[arg(long, value_name = "FILE")]
    pub(crate) unreachable: Option<PathBuf>,
    /// Writes every line as JSON lines, a file each
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
    /// Writes which functions of the kernel each case enters, as JSON lines; takes a tenth of a second more a case
    #[arg(long, value_name = "FILE", conflicts_with = "from")]
    pub(crate) by_case: Option<PathBuf>,
    /// Writes all that is not reached, with its source, as Markdown
    #[arg(long, value_name = "FILE")]
    pub(crate) markdown: Option<PathBuf>,
    /// Writes a table by folder into this Markdown document, in the place of the last one
    #[arg(long, value_name = "FILE")]
    pub(crate) results: Option<PathBuf>,
    /// Seconds that a case's steps may take
    #[arg(long, value_name = "S", default_value = "5", value_parser = seconds)]
    pub(crate) deadline: f64,
}

fn percent(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(percent) if (0.0..=100.0).contains(&percent) => Ok(percent),
        _ => Err("expected a number between 0 and 100".to_owned()),
    }
}

fn seconds(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(s) if (0.001..=3600.0).contains(&s) => Ok(s),
        _ => Err("expected seconds between 0.001 and 3600".to_owned()),
    }
}
