//! The command: which targets, all of them run, what came of it told.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use syscase::exec::Executor;
use syscase::plan::Planned;
use syscase::report::{CaseEvent, Counts};

use crate::cases;
use crate::cli::MatrixArgs;
use crate::page;
use crate::status::{self, Status, invalid, not_done};

use super::board::Board;
use super::compare::differences;
use super::drive::{Job, drive};
use super::initramfs::is_static;
use super::kernels;
use super::kvm::Accelerator;
use super::machine::Machines;
use super::markdown;
use super::ran::Ran;
use super::saved;
use super::sink::Sink;
use super::table;
use super::target_file::{Start, TargetFile};

pub(crate) fn matrix(args: &MatrixArgs, executor: &Executor) -> Result<Status, Status> {
    let tree = cases::tree(&args.source)?;
    let suite = syscase::run::suite(&tree);
    let all = tree.cases;
    let (rans, faults) = if args.results.is_empty() {
        let targets = targets(args, &all)?;
        let chosen = cases::filter(all.clone(), args.filter.as_deref())?;
        let chosen = cases::shard(cases::resting(chosen, &args.grounds)?, args.shard)?;
        run(args, executor, &targets, &chosen, suite)?
    } else {
        let mut warn = |text| eprintln!("warning: {text}");
        let mut rans = saved::read(&args.results, &all, args.accidents, &mut warn).map_err(invalid)?;
        let wanted = |id: &str| args.filter.as_deref().is_none_or(|filter| id.contains(filter));
        let wanted = |case: &CaseEvent| wanted(&case.id) && args.grounds.take(case.rests.as_ref());
        rans.iter_mut().for_each(|ran| ran.cases.retain(|_, case| wanted(case)));
        (rans, Vec::new())
    };
    tell(args, &rans, &all).map_err(|e| not_done(format!("cannot write what was found: {e}")))?;
    for fault in &faults {
        eprintln!("error: {fault}");
    }
    Ok(status(args, &rans, !faults.is_empty()))
}

/// The targets that are meant.
fn targets(args: &MatrixArgs, cases: &[Planned]) -> Result<Vec<TargetFile>, Status> {
    let names =
        if args.target.is_empty() && args.kernel.is_empty() { TargetFile::names() } else { args.target.clone() };
    let files =
        names.iter().map(|name| TargetFile::find(name)).chain(args.kernel.iter().map(|k| Ok(TargetFile::of_image(k))));
    let mut targets = files.collect::<Result<Vec<_>, String>>().map_err(invalid)?;
    if args.target.is_empty() {
        targets.retain(|target| {
            let missing = target.start.missing();
            missing.iter().for_each(|why| eprintln!("note: target {} is left out: {why}", target.name));
            missing.is_none()
        });
    }
    let mut seen = BTreeSet::new();
    for target in &mut targets {
        // Two images may well be called bzImage.
        let base = target.name.clone();
        for number in 2.. {
            if seen.insert(target.name.clone()) {
                break;
            }
            target.name = format!("{base}-{number}");
        }
        let strays: Vec<&str> = target.strays(cases).collect();
        match strays.first() {
            None => {}
            Some(stray) if is_of_other_cases(args, target) => eprintln!(
                "note: target {}: {} of its deviations, `{stray}` the first, speak of no case here",
                target.name,
                strays.len()
            ),
            Some(stray) => {
                let name = &target.name;
                return Err(invalid(format!("target {name}: a deviation of `{stray}`, and no case is called so")));
            }
        }
        target.due(chrono::Utc::now().date_naive()).for_each(|text| eprintln!("warning: {text}"));
    }
    Ok(targets)
}

/// Whether the deviations of a target file may be of cases that are not those at hand, so that one which speaks of none
/// of them need not be mistyped.
fn is_of_other_cases(args: &MatrixArgs, target: &TargetFile) -> bool {
    args.source.cases.is_some() || (target.is_built_in && !cases::are_built_in(&args.source))
}

/// Runs targets, several at a time. What cannot be run is left out, and said.
fn run(
    args: &MatrixArgs,
    executor: &Executor,
    targets: &[TargetFile],
    cases: &[Planned],
    suite: String,
) -> Result<(Vec<Ran>, Vec<String>), Status> {
    let guest = guest(args.guest.as_deref(), targets)?;
    if let Some(dir) = &args.out {
        std::fs::create_dir_all(dir).map_err(|e| invalid(format!("cannot create {}: {e}", dir.display())))?;
    }
    let interrupted = listen(executor)?;
    let board = Board::new();
    let images = targets.iter().filter_map(|target| match &target.start {
        Start::Qemu { kernel } => kernels::image(kernel).ok(),
        Start::Image(path) => kernels::check(path).is_ok().then(|| path.clone()),
        _ => None,
    });
    let accelerator = { images }.next().map_or(Accelerator::Tcg, |kernel| Accelerator::find(&guest, &kernel));
    let machines = Machines { guest, accelerator };
    let job = Job {
        machines: &machines,
        cases,
        suite,
        deadline: (args.deadline * 1e6) as u64,
        accidents: args.accidents,
        counters: false,
        by_case: false,
        interrupted: &interrupted,
    };
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::new());
    let jobs = args.jobs.map_or_else(|| std::thread::available_parallelism().map_or(1, usize::from), usize::from);
    std::thread::scope(|scope| {
        for _ in 0..jobs.min(targets.len()) {
            scope.spawn(|| {
                // The last first: newer kernels take longer, and what takes long should not begin when the rest is done.
                while let Some(index) = targets.len().checked_sub(next.fetch_add(1, Ordering::Relaxed) + 1) {
                    let target = &targets[index];
                    let mut sink = Sink::new(&target.name, cases, &board, args.out.as_deref());
                    let result = drive(&job, target, &mut sink);
                    let finished = sink.finish(result);
                    done.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((index, finished));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    done.sort_by_key(|(index, _)| *index);
    let (rans, broken): (Vec<_>, Vec<_>) = done.into_iter().map(|(_, finished)| finished).unzip();
    Ok((rans, broken.into_iter().flatten().collect()))
}

/// Whatever asks the program to end: it ends its targets first, which takes a moment however often it is asked.
pub(crate) fn listen(executor: &Executor) -> Result<Arc<AtomicBool>, Status> {
    let flag = Arc::clone(executor.interrupted());
    for signal in status::ENDING {
        signal_hook::flag::register(signal, Arc::clone(&flag))
            .map_err(|e| not_done(format!("cannot listen for interrupts: {e}")))?;
    }
    status::hear();
    Ok(flag)
}

/// The program that performs cases on the targets.
pub(crate) fn guest(named: Option<&Path>, targets: &[TargetFile]) -> Result<PathBuf, Status> {
    let own = || std::env::current_exe().map_err(|e| not_done(format!("cannot find this program: {e}")));
    let guest = named.map_or_else(own, |path| Ok(path.to_owned()))?;
    if !guest.is_file() {
        return Err(invalid(format!("{} is no file", guest.display())));
    }
    if is_static(&guest) || !targets.iter().any(|target| target.start.boots()) {
        return Ok(guest);
    }
    Err(invalid(format!(
        "{} is no static program, and a kernel that is booted has no libraries. Build one, and run it or name it \
         with --guest:\n  RUSTFLAGS='-C target-feature=+crt-static' cargo build --release --target \
         x86_64-unknown-linux-gnu",
        guest.display()
    )))
}

fn tell(args: &MatrixArgs, rans: &[Ran], cases: &[Planned]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let differences = differences(rans);
    if !args.differential {
        rans.iter().try_for_each(|ran| write!(out, "{}", table::failures(ran)))?;
    }
    differences.iter().try_for_each(|difference| write!(out, "{}", table::difference(difference)))?;
    let rows = table::rows(rans, cases);
    if !args.differential {
        write!(out, "{}", table::misfits(rans, cases))?;
    }
    writeln!(out, "\n{}", table::table(&rows))?;
    writeln!(out, "{} cases behave differently on {} targets", differences.len(), rans.len())?;
    if let Some(path) = &args.markdown {
        page::write(path, "matrix", &markdown::section(rans, cases, &differences))?;
    }
    out.flush()
}

fn status(args: &MatrixArgs, rans: &[Ran], broken: bool) -> Status {
    let sum = rans.iter().fold(Counts::default(), |sum, ran| {
        let c = ran.counts();
        Counts {
            pass: sum.pass + c.pass,
            fail: sum.fail + c.fail,
            error: sum.error + c.error,
            skip: sum.skip + c.skip,
            xfail: sum.xfail + c.xfail,
            xpass: sum.xpass + c.xpass,
            ..sum
        }
    });
    let partial = rans.iter().filter(|ran| ran.partial.is_some()).count();
    match sum.exit_code() {
        1 if !args.differential => Status::Failed,
        _ if broken => Status::NotDone,
        _ if partial > 0 => not_done(format!("{partial} of {} targets were not run, or not to the end", rans.len())),
        3 => not_done("nothing ran"),
        _ => Status::Success,
    }
}
