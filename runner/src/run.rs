//! `syscase run`: performs cases on this kernel.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use syscase::exec::Executor;
use syscase::report::{CaseEvent, Counts, Event, NotRun, Reporter, Terminal};
use syscase::run::{Feed, InOrder, Session};
use syscase::target::Target;

use crate::cases;
use crate::cli::RunArgs;
use crate::files::{self, Files};
use crate::status::{self, ENDING, Status, invalid, not_done};

/// Says that the process that performs cases could not be started.
pub(crate) fn no_worker(error: io::Error) -> Status {
    not_done(no_worker_because(&error))
}

fn no_worker_because(error: &io::Error) -> String {
    match error.get_ref() {
        // Something else than the system's word for it.
        Some(_) => error.to_string(),
        None => format!("cannot start a process to perform cases in: {error}"),
    }
}

pub(crate) fn run(args: &RunArgs, executor: Executor) -> Result<Status, Status> {
    let begin = Instant::now();
    // What is built in is known to be well-formed: it need not be loaded whole before the first case is performed.
    let read = match cases::are_built_in(&args.source) && args.shard.is_none() && args.shuffle.is_none() {
        true => None,
        false => Some(cases::planned(&args.source, args.filter.as_deref())?),
    };
    let seed = args.shuffle.map(|seed| seed.unwrap_or_else(|| fastrand::u64(..)));
    let chosen = |all| {
        let mut chosen = cases::shard(cases::resting(all, &args.grounds)?, args.shard)?;
        if let Some(seed) = seed {
            fastrand::Rng::with_seed(seed).shuffle(&mut chosen);
        }
        Ok(chosen)
    };
    let read = read.map(|(all, suite)| Ok((suite, chosen(all)?))).transpose()?;
    let mut output = Output::new(args)?;
    if let Some(seed) = seed {
        println!("order: --shuffle={seed}");
    }
    let executor = executor.with_deadline((args.deadline * 1e6) as u64).with_sandbox(args.sandbox.when);
    let executor = if args.marks { executor.marking_steps() } else { executor };
    let interrupted = listen_for_interrupts(&executor)?;
    let mut session = match Session::new(executor) {
        Ok(session) => session,
        Err(error) => {
            let why = no_worker_because(&error);
            let cases = read.map_or_else(
                || cases::resting(cases::planned(&args.source, args.filter.as_deref())?.0, &args.grounds),
                |(_, chosen)| Ok(chosen),
            )?;
            output.not_begun(&why, &cases.iter().map(NotRun::from).collect::<Vec<_>>());
            return Err(not_done(why));
        }
    };
    if args.json.is_some() {
        session = session.keeping_traces();
    }
    if args.accidents {
        session = session.judging_accidents();
    }

    let jobs = args.jobs.map_or_else(processors, usize::from);
    // With the indexes of the cases that were run.
    let shared = Mutex::new((InOrder::untold(), output, HashSet::new()));
    let each = |index, event: CaseEvent| {
        let mut guard = shared.lock().unwrap_or_else(PoisonError::into_inner);
        let (order, output, done) = &mut *guard;
        done.insert(index);
        order.put(index, event, |event| output.case(event));
    };
    let tell = |suite: String, order: &[usize]| {
        let mut guard = shared.lock().unwrap_or_else(PoisonError::into_inner);
        let (results, output, _) = &mut *guard;
        let target = session.target().clone();
        let name = args.name.clone().unwrap_or(target.name);
        output.begin(Target { name, suite: Some(suite), ..target }, order.len());
        results.tell(order, |event| output.case(event));
    };
    let is_left = |index: &usize| !shared.lock().unwrap_or_else(PoisonError::into_inner).2.contains(index);
    let (not_run, result): (Vec<_>, _) = match read {
        Some((suite, planned)) => {
            tell(suite, &(0..planned.len()).collect::<Vec<_>>());
            let result = session.all(&planned, jobs, &each);
            let left = planned.iter().enumerate().filter(|(index, _)| is_left(index));
            (left.map(|(_, case)| NotRun::from(case)).collect(), result)
        }
        None => {
            let feed = Feed::default();
            std::thread::scope(|scope| {
                let running = std::thread::Builder::new().spawn_scoped(scope, || session.fed(&feed, jobs, &each));
                let running = running.map_err(no_worker)?;
                let fed = cases::feed(&feed, args.filter.as_deref(), &args.grounds);
                let order = fed.map(|(order, suite)| {
                    tell(suite, &order);
                    order
                });
                let result = running.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
                let left = order?.into_iter().filter(is_left);
                Ok((left.filter_map(|index| feed.get(index)).map(NotRun::from).collect(), result))
            })?
        }
    };
    let (results, mut output, _) = shared.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.finish(|event| output.case(event));
    let interrupted = interrupted.load(Ordering::Acquire);
    let broken_off = match &result {
        _ if interrupted => Some("interrupted".to_owned()),
        Err(error) => Some(no_worker_because(error)),
        Ok(()) => None,
    };
    let counts = output.finish(begin, broken_off.as_deref(), &not_run)?;
    if interrupted {
        return Err(not_done(format!("interrupted; {} cases were not run", not_run.len())));
    }
    result.map_err(no_worker)?;
    Ok(status_of(&counts))
}

/// What a run with these verdicts ends with.
pub(crate) fn status_of(counts: &Counts) -> Status {
    match counts.exit_code() {
        0 => Status::Success,
        1 => Status::Failed,
        _ if counts.total() == 0 => not_done("nothing ran: there is no case"),
        _ => not_done("nothing ran: every case was skipped"),
    }
}

pub(crate) fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// A bar for so many.
pub(crate) fn bar(len: usize) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(len as u64), ProgressDrawTarget::stderr_with_hz(4));
    bar.set_style(
        ProgressStyle::with_template("{bar:30} {pos}/{len}").unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    bar
}

/// Does something for each index, with so many threads, until interrupted.
pub(crate) fn side_by_side(
    jobs: usize,
    len: usize,
    interrupted: &AtomicBool,
    each: impl Fn(usize) -> Result<(), Status> + Sync,
) -> Result<(), Status> {
    let next = AtomicUsize::new(0);
    let share = || -> Result<(), Status> {
        while !interrupted.load(Ordering::Acquire) {
            let index = next.fetch_add(1, Ordering::Relaxed);
            if index >= len {
                break;
            }
            each(index)?;
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let start = |_| std::thread::Builder::new().spawn_scoped(scope, share).map_err(no_worker);
        let threads = (0..jobs.clamp(1, len)).map(start).collect::<Result<Vec<_>, _>>()?;
        threads.into_iter().try_for_each(|t| t.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    })
}

/// The first signal ends the run in order, a second one at once.
pub(crate) fn listen_for_interrupts(executor: &Executor) -> Result<Arc<AtomicBool>, Status> {
    let flag = Arc::clone(executor.interrupted());
    for signal in ENDING {
        signal_hook::flag::register_conditional_default(signal, Arc::clone(&flag))
            .and_then(|_| signal_hook::flag::register(signal, Arc::clone(&flag)))
            .map_err(|e| not_done(format!("cannot listen for interrupts: {e}")))?;
    }
    status::hear();
    Ok(flag)
}

/// Everybody who hears of the run's events.
struct Output {
    terminal: Terminal<BufWriter<io::Stdout>>,
    files: Files,
    bar: ProgressBar,
    counts: Counts,
    /// The first thing that could not be written.
    broken: Option<String>,
}

impl Output {
    fn new(args: &RunArgs) -> Result<Self, Status> {
        let mut files = Files::default();
        args.json.iter().try_for_each(|path| files.json(path)).map_err(invalid)?;
        args.junit.iter().try_for_each(|path| files.junit(path)).map_err(invalid)?;
        args.ktap.iter().try_for_each(|path| files.ktap(path)).map_err(invalid)?;
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(10));
        let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        let colour = io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        let terminal = Terminal::new(BufWriter::new(io::stdout()), colour);
        let terminal = if args.levels { terminal.showing_levels() } else { terminal };
        Ok(Output { terminal, files, bar, counts: Counts::default(), broken: None })
    }

    /// The run of so many cases begins.
    fn begin(&mut self, target: Target, cases: usize) {
        self.bar.set_length(cases as u64);
        self.event(&Event::Target(Box::new(target)));
    }

    fn case(&mut self, case: CaseEvent) {
        self.counts.add(case.verdict);
        self.bar.inc(1);
        if self.counts.fail + self.counts.error > 0 {
            self.bar.set_message(format!("{} failed", self.counts.fail + self.counts.error));
        }
        self.event(&Event::Case(Box::new(case)));
    }

    /// The run does not even begin.
    fn not_begun(&mut self, why: &str, not_run: &[NotRun]) {
        let summary = Event::Summary(Counts { partial: true, ..Counts::default() });
        let faults = self.files.each(|file| {
            file.broken_off(why, not_run)?;
            file.event(&summary)?;
            file.finish()
        });
        faults.iter().for_each(|fault| eprintln!("error: {fault}"));
    }

    fn event(&mut self, event: &Event) {
        let shown = match event {
            // A pass is only counted: no need to make way for it.
            Event::Case(case) if case.verdict == syscase::judge::Verdict::Pass => self.terminal.event(event),
            _ => self.bar.suspend(|| self.terminal.event(event).and_then(|()| self.terminal.finish())),
        };
        if let Err(error) = shown {
            // Whoever reads may have read enough; the files are still written.
            if error.kind() != io::ErrorKind::BrokenPipe {
                self.broken.get_or_insert_with(|| format!("cannot write to the terminal: {error}"));
            }
        }
        let faults = self.files.event(event);
        self.note(faults);
    }

    /// Keeps the first thing that could not be written.
    fn note(&mut self, faults: Vec<String>) {
        self.broken = self.broken.take().or_else(|| faults.into_iter().next());
    }

    /// Ends all reports, of a run that was broken off with the reason and what it did not get to; says what could not
    /// be written.
    fn finish(mut self, begin: Instant, broken_off: Option<&str>, not_run: &[NotRun]) -> Result<Counts, Status> {
        self.bar.finish_and_clear();
        let partial = broken_off.is_some();
        let counts = Counts { micros: begin.elapsed().as_micros() as u64, partial, ..self.counts };
        if let Some(why) = broken_off {
            let faults = self.files.each(|file| file.broken_off(why, not_run));
            self.note(faults);
        }
        self.event(&Event::Summary(counts));
        let faults = self.files.each(|file| file.finish());
        self.note(faults);
        let _ = io::stdout().flush();
        self.broken.map_or(Ok(counts), |message| Err(not_done(message)))
    }
}

pub(crate) fn create(path: &Path) -> Result<BufWriter<File>, Status> {
    files::create(path).map_err(invalid)
}
