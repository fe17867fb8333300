//! How fast, how big: prints figures, and ratios of things measured side by side in one run.
//! Nothing here asserts: machines are shared and noisy.

mod common;

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use common::{build, trivial_cases};
use syscase::exec::Executor;
use syscase::plan::Planned;
use syscase::report::{CaseEvent, Event, JsonLines, Reporter};
use syscase::run::Session;
use syscase::{case, plan};

/// Forks, or cases, in one round, and rounds.
const ROUND: u32 = 1000;
const ROUNDS: usize = 21;

fn main() {
    let executor = Executor::new().expect("a launcher");
    let session = Session::new(executor).expect("a worker");
    let trivial = planned(case::Origin::Texts("", &[("getpid/trivial.yaml", trivial_cases(ROUND).as_str())]));
    let dir = tempfile::tempdir().expect("a temporary directory");
    // First, while no other child of ours has set the peak of memory.
    program(dir.path());
    let bare = build("bare.rs", dir.path());
    trivial_case(&session, &trivial, &bare);
    renewed_workers(&session);
    suite(&session);
}

fn planned(origin: case::Origin<'_>) -> Vec<Planned> {
    let tree = case::load_with(origin, |case| plan::plan(&case));
    tree.unwrap_or_else(|diagnostics| panic!("{}", case::render(&diagnostics, false))).cases
}

/// The bare loop as a process of its own.
struct Bare {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

impl Bare {
    fn start(program: &Path) -> Self {
        let mut child =
            Command::new(program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the bare loop");
        let (to, from) = (child.stdin.take().expect("piped"), child.stdout.take().expect("piped"));
        Bare { child, to, from: BufReader::new(from) }
    }

    fn begin(&mut self, forks: u32) {
        writeln!(self.to, "{forks}").expect("a pipe");
    }

    fn end(&mut self) -> Duration {
        let mut line = String::new();
        self.from.read_line(&mut line).expect("an answer");
        Duration::from_nanos(line.trim().parse().expect("nanoseconds"))
    }

    fn stop(mut self) {
        drop(self.to);
        self.child.wait().expect("the end of the bare loop");
    }
}

fn trivial_case(session: &Session, cases: &[Planned], bare: &Path) {
    let mut bares = [Bare::start(bare), Bare::start(bare)];
    let mut rows = Vec::new();
    for _ in 0..ROUNDS {
        bares[0].begin(ROUND);
        let bare_1 = bares[0].end();
        let case_1 = run(session, cases, 1);
        let begin = Instant::now();
        bares.iter_mut().for_each(|b| b.begin(ROUND / 2));
        let _: Vec<Duration> = bares.iter_mut().map(Bare::end).collect();
        let bare_2 = begin.elapsed();
        let case_2 = run(session, cases, 2);
        rows.push([bare_1, case_1, bare_2, case_2].map(|t| t.as_secs_f64() * 1e6 / f64::from(ROUND)));
    }
    bares.into_iter().for_each(Bare::stop);
    let column = |i: usize| median(rows.iter().map(|r| r[i]));
    let ratio = |f: fn(&[f64; 4]) -> f64| median(rows.iter().map(f));
    println!("trivial case, µs (medians of {ROUNDS} rounds of {ROUND})");
    println!("  bare fork+_exit+wait, static process   {:7.1}", column(0));
    println!("  case through the whole runner          {:7.1}", column(1));
    println!("  ratio                                  {:7.2}   (goal: at most 1.6)", ratio(|r| r[1] / r[0]));
    println!("two at a time: throughput ÷ twice that of one");
    println!("  bare loop                              {:7.2}", ratio(|r| r[0] / r[2] / 2.0));
    println!(
        "  workers                                {:7.2}   (goal: at least 0.8 where the machine allows)",
        ratio(|r| r[1] / r[3] / 2.0)
    );
    println!("  workers ÷ bare loop                    {:7.2}", ratio(|r| r[1] / r[3] / (r[0] / r[2])));
}

/// Cases after which comes another worker, with cases between them during which it can be prepared, and without.
fn renewed_workers(session: &Session) {
    const LASTING: u32 = 100;
    let lasting = trivial_cases(LASTING).replace("{call: getpid, args: {}, expect: {return: $pid}}", SEMAPHORE);
    let tree = |texts: &[(&str, &str)]| planned(case::Origin::Texts("", texts));
    let alone = tree(&[("semget/lasting.yaml", lasting.as_str())]);
    let others = trivial_cases(LASTING * BETWEEN);
    let mut between = tree(&[("getpid/trivial.yaml", others.as_str())]).into_iter();
    let mixed: Vec<_> = tree(&[("semget/lasting.yaml", lasting.as_str())])
        .into_iter()
        .flat_map(|case| std::iter::once(case).chain(between.by_ref().take(BETWEEN as usize)).collect::<Vec<_>>())
        .collect();
    let others = tree(&[("getpid/trivial.yaml", others.as_str())]);
    let cost = |cases: &[Planned], without: Duration| {
        run(session, cases, 1).saturating_sub(without).as_secs_f64() * 1e3 / f64::from(LASTING)
    };
    let none = Duration::ZERO;
    let one_after_the_other = median((0..5).map(|_| cost(&alone, none)));
    let prepared = median((0..5).map(|_| cost(&mixed, run(session, &others, 1))));
    println!("a case after which comes another worker, ms (goal: at most 3)");
    println!("  one after the other                    {one_after_the_other:7.2}");
    println!("  with {BETWEEN} other cases between two        {prepared:7.2}");
}

/// Leaves an object of the worker's IPC namespace.
const SEMAPHORE: &str = "{call: semget, args: {key: 0, nsems: 1, semflg: [0o600]}, expect: {return: 0}}";
/// Cases between two that are to have another worker after them.
const BETWEEN: u32 = 30;

/// Performs, judges and reports cases; the time it took.
fn run(session: &Session, cases: &[Planned], jobs: usize) -> Duration {
    let report = Mutex::new(JsonLines::new(std::io::sink()));
    let begin = Instant::now();
    let each = |_: usize, event: CaseEvent| {
        let event = Event::Case(Box::new(event));
        report.lock().expect("no panic").event(&event).expect("a sink");
    };
    session.all(cases, jobs, &each).expect("a run");
    begin.elapsed()
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn suite(session: &Session) {
    let (blocking, others): (Vec<_>, Vec<_>) =
        planned(syscase::builtin::origin()).into_iter().partition(|c| c.blocking);
    for (name, cases) in [("cases that do not block", &others), ("cases that block", &blocking)] {
        let time = median((0..5).map(|_| run(session, cases, 2).as_secs_f64()));
        let each = time / cases.len().max(1) as f64;
        println!(
            "{name}: {} in {:.3} s with two workers, {:.3} s a thousand (goal for those that do not: below 1)",
            cases.len(),
            time,
            each * 1000.0
        );
    }
}

/// The program as a whole: start, memory, size.
fn program(dir: &Path) {
    let program = Path::new(env!("CARGO_BIN_EXE_syscase"));
    // The built-in cases are performed as they are loaded: their first one waits for one file, as this one does.
    let one = dir.join("one/getpid");
    std::fs::create_dir_all(&one).expect("a directory");
    std::fs::write(one.join("trivial.yaml"), trivial_cases(1)).expect("a file");
    let mut command = Command::new(program);
    command.args(["run", "--cases"]).arg(dir.join("one"));
    let start = median((0..21).map(|_| timed(&mut command).as_secs_f64()));
    println!(
        "a run of one case, from the start of the program to its end: {:.1} ms (goal: first case within 20)",
        start * 1e3
    );

    let cases = dir.join("many");
    std::fs::create_dir_all(cases.join("getpid")).expect("a directory");
    for file in 0..10 {
        std::fs::write(cases.join(format!("getpid/many-{file}.yaml")), trivial_cases(1000)).expect("a file");
    }
    let time = timed(Command::new(program).arg("run").arg("--cases").arg(&cases));
    let peak = nix::sys::resource::getrusage(nix::sys::resource::UsageWho::RUSAGE_CHILDREN).expect("usage").max_rss();
    println!("10,000 cases: {:.2} s, peak memory {:.1} MiB (goal: below 64)", time.as_secs_f64(), peak as f64 / 1024.0);
    let size = std::fs::metadata(program).expect("the program").len();
    println!("program: {:.2} MiB (goal: below 4)", size as f64 / f64::from(1 << 20));
}

fn timed(command: &mut Command) -> Duration {
    let begin = Instant::now();
    let output = command.stdin(Stdio::null()).output().expect("the program runs");
    let elapsed = begin.elapsed();
    assert!(output.status.code().is_some_and(|c| c <= 1), "{}", String::from_utf8_lossy(&output.stderr));
    elapsed
}
