//! syscase: does this system call behave the way it is said to?
//!
//! The way of the data, one direction and no way back:
//! [`case`] (YAML) → [`plan`] (numbers and bytes, by the table in [`abi`]) → [`exec`] (what happened)
//! → [`judge`] (what it means) → [`report`] (people and machines).
//!
//! # A case, all the way
//!
//! ```
//! use syscase::exec::Executor;
//! use syscase::judge::{Verdict, judge};
//! use syscase::report::{CaseEvent, Event, Reporter, Transcript};
//! use syscase::target::Target;
//! use syscase::{case, plan};
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     // First thing, while the program has one thread: it forks the process that starts workers.
//!     let executor = Executor::new()?;
//!
//!     let text = r#"
//! subject: write(2)
//! cases:
//!   no-reader:
//!     summary: A write to a pipe that nobody reads fails with EPIPE and raises SIGPIPE.
//!     signals: {SIGPIPE: record}
//!     steps:
//!       - {call: pipe2, args: {flags: []}, bind: {pipefd: [r, w]}}
//!       - {call: close, args: {fd: $r}}
//!       - {call: write, args: {fd: $w, buf: "x", count: 1}, expect: {errno: EPIPE, signals: [SIGPIPE]}}
//! "#;
//!     let cases = case::load_texts([("write/pipe.yaml", text)]).map_err(|wrong| case::render(&wrong, false))?;
//!     let planned = plan::plan(&cases[0]).map_err(|wrong| case::render(&wrong, false))?;
//!
//!     let mut worker = executor.worker()?;
//!     let trace = worker.perform(&planned.plan)?;
//!
//!     let judgement = judge(&planned, &trace, &Target::native(&worker.environment()));
//!     assert_eq!(judgement.verdict, Verdict::Pass);
//!
//!     let event = CaseEvent::new(&planned, &judgement, trace.micros);
//!     let mut shown = Vec::new();
//!     Transcript::new(&mut shown).event(&Event::Case(Box::new(event)))?;
//!     let shown = String::from_utf8(shown)?;
//!     assert!(shown.contains("write(4, \"x\", 1) = -1 EPIPE (Broken pipe)"), "{shown}");
//!     print!("{shown}");
//!     Ok(())
//! }
//! ```
//!
//! # Many cases, with their needs
//!
//! A [`Session`](run::Session) skips cases whose needs are not met, and performs the others with several workers:
//!
//! ```
//! use std::sync::atomic::{AtomicUsize, Ordering};
//!
//! use syscase::exec::Executor;
//! use syscase::run::Session;
//! use syscase::{builtin, case, plan};
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let session = Session::new(Executor::new()?)?;
//!     let all = case::load_with(builtin::origin(), |case| plan::plan(&case)).map_err(|wrong| case::render(&wrong, false))?;
//!     let tee: Vec<_> = all.cases.into_iter().filter(|case| case.id.starts_with("tee/")).collect();
//!
//!     let bad = AtomicUsize::new(0);
//!     session.all(&tee, 2, &|_, event| {
//!         bad.fetch_add(usize::from(event.verdict.is_bad()), Ordering::Relaxed);
//!     })?;
//!     assert_eq!(bad.into_inner(), 0);
//!     Ok(())
//! }
//! ```
//!
//! # Mistakes
//!
//! Whatever is wrong with a case is found before anything is performed, and says where it is:
//!
//! ```
//! use syscase::{case, plan};
//!
//! let text = "
//! subject: close(2)
//! cases:
//!   closed:
//!     summary: A descriptor that is not open cannot be closed.
//!     steps:
//!       - {call: close, args: {fd: $closed}, expect: {errno: EBADFF}}
//! ";
//! let cases = case::load_texts([("close/errors.yaml", text)]).expect("well-formed");
//! let wrong = plan::plan(&cases[0]).expect_err("there is no such error");
//! let shown = case::render(&wrong, false);
//! assert!(shown.contains("unknown error `EBADFF`") && shown.contains("did you mean `EBADF`?"), "{shown}");
//! ```

#![deny(unsafe_code)]

pub mod abi;
pub mod builtin;
pub mod case;
pub mod claims;
pub mod coverage;
mod disk;
#[expect(unsafe_code, reason = "it makes system calls, and shares memory with processes that do")]
pub mod exec;
pub mod judge;
pub mod kernel_coverage;
pub mod mutate;
pub mod plan;
mod program;
pub mod remote;
pub mod report;
pub mod run;
pub mod schema;
pub mod target;
