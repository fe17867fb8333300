//! `syscase kernel-coverage`: which lines and branches of a kernel do the cases reach?

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use syscase::exec::Executor;
use syscase::judge::Verdict;
use syscase::kernel_coverage::{
    Counters, Entered, Reached, Run, Text, Unreachable, gain, html, measure, section, uncovered,
};
use syscase::plan::Planned;
use syscase::report::Event;
use wildmatch::WildMatch;

use crate::cases::{self, say};
use crate::cli::KernelCoverageArgs;
use crate::matrix::{Accelerator, Built, Job, Listener, Machines, Start, TargetFile, built, drive, guest, listen};
use crate::page;
use crate::reasons::list;
use crate::run::create;
use crate::status::{Status, invalid, not_done};

/// The list that is taken if none is named, where it exists.
const LIST: &str = "ci/unreachable.yaml";
/// Files that the results show one by one: the subjects of most cases.
const SHOWN: [&str; 10] = [
    "fs/splice.c",
    "fs/pipe.c",
    "fs/read_write.c",
    "fs/fcntl.c",
    "fs/locks.c",
    "fs/select.c",
    "fs/eventpoll.c",
    "fs/sync.c",
    "fs/open.c",
    "fs/namei.c",
];
/// The kernel's table of its calls, in its source.
const TABLE: &str = "arch/x86/entry/syscalls/syscall_64.tbl";
/// How many objects gcov is given at a time.
const TOGETHER: usize = 32;

pub(crate) fn kernel_coverage(args: &KernelCoverageArgs, executor: &Executor) -> Result<Status, Status> {
    let list = unreachable(args.unreachable.as_deref())?;
    let before = args.against.as_deref().map(read).transpose()?;
    let reached = match &args.from {
        Some(path) => read(path)?,
        None => run(args, executor)?,
    };
    let globs: Vec<WildMatch> = args.file.iter().map(|glob| WildMatch::new(glob)).collect();
    let wanted = |file: &str| globs.is_empty() || globs.iter().any(|glob| glob.matches(file));
    let measured = measure(&reached, &list, wanted);
    if measured.files.is_empty() {
        return Err(invalid("no file of the kernel's source matches"));
    }
    let gains = before.as_ref().map(|before| gain(&measured, before)).transpose().map_err(invalid)?;
    let cannot = |what: &'static str| move |e: io::Error| not_done(format!("cannot write the {what}: {e}"));
    if let Some(path) = &args.json {
        reached.write(create(path)?).map_err(cannot("JSON"))?;
    }
    if let Some(path) = &args.markdown {
        fs::write(path, uncovered(&measured)).map_err(cannot("Markdown"))?;
    }
    if let Some(path) = &args.results {
        page::write(path, "kernel-coverage", &section(&measured, |file| SHOWN.contains(&file)))
            .map_err(cannot("results"))?;
    }
    let Run { kernel, cases, passed, .. } = &reached.run;
    println!("Linux {kernel}; {cases} cases, of which {passed} passed.\n");
    print!(
        "{}",
        Text { measured: &measured, folders: args.file.is_empty(), shown: args.shown, gains: gains.as_deref() }
    );
    say(&measured.stale);
    let least = args.least.unwrap_or(0.0);
    let few: Vec<_> = measured.files.iter().filter(|file| file.totals.shares_within_reach()[0] < least).collect();
    for file in &few {
        eprintln!("error: less than {least} % of the lines of {} are reached", file.path);
    }
    Ok(if measured.stale.is_empty() && few.is_empty() { Status::Success } else { Status::Failed })
}

/// The page of a report that shows a saved run.
pub(crate) fn page(path: &Path) -> Result<String, Status> {
    let (list, reached) = (unreachable(None)?, read(path)?);
    html(&measure(&reached, &list, |_| true)).map_err(not_done)
}

fn unreachable(path: Option<&Path>) -> Result<Unreachable, Status> {
    list(path, LIST, Unreachable::builtin, Unreachable::parse)
}

fn read(path: &Path) -> Result<Reached, Status> {
    let name = path.display();
    let file = File::open(path).map_err(|e| invalid(format!("cannot open {name}: {e}")))?;
    Reached::read(BufReader::new(file)).map_err(|e| invalid(format!("{name}: {e}")))
}

/// Performs the cases on the target, and makes lines of what its kernel counted.
fn run(args: &KernelCoverageArgs, executor: &Executor) -> Result<Reached, Status> {
    let target = TargetFile::find(&args.target).map_err(invalid)?;
    let Start::Uml { kernel: Some(version) } = &target.start else {
        return Err(invalid(format!("the kernel of target {} does not count its branches", target.name)));
    };
    let kernel = built(version).map_err(not_done)?;
    // As gcov names it.
    let source =
        fs::canonicalize(&kernel.source).map_err(|e| not_done(format!("cannot find the kernel's source: {e}")))?;
    let kernel = Built { source, ..kernel };
    let (chosen, suite) = cases::planned(&args.source, args.filter.as_deref())?;
    let chosen = cases::resting(chosen, &args.grounds)?;
    let guest = guest(args.guest.as_deref(), std::slice::from_ref(&target))?;
    let interrupted = listen(executor)?;
    let machines = Machines { guest, accelerator: Accelerator::Tcg };
    let job = Job {
        machines: &machines,
        cases: &chosen,
        suite: suite.clone(),
        deadline: (args.deadline * 1e6) as u64,
        accidents: false,
        counters: true,
        by_case: args.by_case.is_some(),
        interrupted: &interrupted,
    };
    let mut heard = Heard::default();
    drive(&job, &target, &mut heard).map_err(not_done)?;
    if let Some(fault) = heard.fault {
        return Err(not_done(fault));
    }
    if heard.counters.is_empty() {
        return Err(not_done("the kernel said nothing of what it counts"));
    }
    let table =
        fs::read_to_string(kernel.source.join(TABLE)).map_err(|e| not_done(format!("cannot read {TABLE}: {e}")))?;
    let mut run = Run { suite: Some(suite), filter: args.filter.clone(), cases: chosen.len(), ..heard.run.clone() };
    run.read_table(&table);
    let mut reached = Reached { run, ..Reached::default() };
    lines(&mut reached, &kernel, &heard.counters).map_err(not_done)?;
    if let Some(path) = &args.by_case {
        by_case(path, &heard, &kernel.source)?;
    }
    tell_failures(&chosen, &heard.bad);
    Ok(reached)
}

/// What a target says.
#[derive(Default)]
struct Heard {
    run: Run,
    /// By object; the sum of all starts.
    counters: BTreeMap<String, Counters>,
    /// What each case entered, by its id.
    entered: BTreeMap<String, Vec<(String, Vec<u32>)>>,
    /// Cases that failed, or whose set-up did.
    bad: Vec<String>,
    fault: Option<String>,
}

impl Listener for Heard {
    fn event(&mut self, event: Event) {
        match event {
            Event::Target(target) => {
                self.run.kernel = target.kernel;
                self.run.build = target.build;
            }
            Event::Case(case) => {
                self.run.passed += usize::from(case.verdict == Verdict::Pass);
                if case.verdict.is_bad() {
                    self.bad.push(case.id);
                }
            }
            Event::Claim(_) | Event::Summary(_) => {}
        }
    }

    fn note(&mut self, note: String) {
        eprintln!("note: {note}; what it had counted is lost");
    }

    fn entered(&mut self, id: String, functions: Vec<(String, Vec<u32>)>) {
        self.entered.insert(id, functions);
    }

    fn counters(&mut self, object: String, data: Vec<u8>) {
        let added = Counters::from_bytes(&data).and_then(|counters| match self.counters.get_mut(&object) {
            Some(sum) => sum.add(&counters),
            None => {
                self.counters.insert(object.clone(), counters);
                Ok(())
            }
        });
        if let Err(error) = added {
            self.fault.get_or_insert_with(|| format!("{object}: {error}"));
        }
    }
}

/// Writes what each case entered beyond what at least half of them enter, which is the runner's own.
fn by_case(path: &Path, heard: &Heard, source: &Path) -> Result<(), Status> {
    let names = names(source, heard.counters.keys()).map_err(not_done)?;
    let mut entered = Entered::default();
    for (id, objects) in &heard.entered {
        let known = objects.iter().filter_map(|(object, numbers)| Some((names.get(object)?, numbers)));
        let names = known.flat_map(|(names, numbers)| numbers.iter().filter_map(|number| names.get(number)));
        entered.cases.insert(id.clone(), names.cloned().collect());
    }
    entered.write(create(path)?).map_err(|e| not_done(format!("cannot write {}: {e}", path.display())))
}

/// The functions of each object, by their numbers: `fs/pipe.c:pipe_read`. gcov-dump tells them from gcov's notes.
fn names<'a>(
    source: &Path,
    objects: impl Iterator<Item = &'a String>,
) -> Result<BTreeMap<String, BTreeMap<u32, String>>, String> {
    let mut names = BTreeMap::<String, BTreeMap<u32, String>>::new();
    let notes: Vec<_> = objects.map(|object| Path::new(object).with_extension("gcno")).collect();
    for notes in notes.chunks(TOGETHER) {
        let output = Command::new("gcov-dump").args(notes).stdin(Stdio::null()).output();
        let output = output.map_err(|e| format!("cannot run gcov-dump, which GCC has: {e}"))?;
        for (object, number, name, file) in String::from_utf8_lossy(&output.stdout).lines().filter_map(dumped) {
            let file = Path::new(file).strip_prefix(source).unwrap_or(Path::new(file));
            let object = Path::new(object).with_extension("gcda").to_string_lossy().into_owned();
            names.entry(object).or_default().insert(number, format!("{}:{name}", file.display()));
        }
    }
    if names.is_empty() { Err("gcov-dump says nothing of the kernel's functions".to_owned()) } else { Ok(names) }
}

/// A line of gcov-dump about a function: the object's notes, the function's number, its name, its file.
fn dumped(line: &str) -> Option<(&str, u32, &str, &str)> {
    let (notes, rest) = line.split_once(".gcno:")?;
    let (number, rest) = rest.split_once("FUNCTION ident=")?.1.split_once(',')?;
    let (name, place) = rest.split_once('`')?.1.split_once("' ")?;
    Some((notes, number.parse().ok()?, name, place.split(':').next()?))
}

fn tell_failures(cases: &[Planned], bad: &[String]) {
    if !bad.is_empty() {
        eprintln!("note: {} of {} cases did not pass: {}", bad.len(), cases.len(), bad.join(" "));
    }
}

/// Has gcov make lines of counters.
fn lines(reached: &mut Reached, kernel: &Built, counters: &BTreeMap<String, Counters>) -> Result<(), String> {
    let dir = tempfile::tempdir().map_err(|e| format!("cannot make a directory: {e}"))?;
    let mut files = Vec::new();
    for (number, (object, counters)) in counters.iter().enumerate() {
        // gcov wants its notes of the object beside the counters; several objects may have one name.
        let here = dir.path().join(number.to_string());
        let notes = Path::new(object).with_extension("gcno");
        let (data, link) = (here.join("object.gcda"), here.join("object.gcno"));
        let made = fs::create_dir(&here)
            .and_then(|()| fs::write(&data, counters.to_bytes()))
            .and_then(|()| std::os::unix::fs::symlink(&notes, link));
        made.map_err(|e| format!("cannot write {}: {e}", data.display()))?;
        if notes.is_file() {
            files.push(data);
        }
    }
    if files.is_empty() {
        return Err(format!("gcov's notes of the kernel are not in {}", kernel.objects.display()));
    }
    let path = |file: &str| {
        let path = Path::new(file).strip_prefix(&kernel.source).ok()?;
        // What a header has inline is compiled into whatever includes it, and not always.
        path.extension().is_some_and(|extension| extension == "c").then(|| path.to_string_lossy().into_owned())
    };
    for files in files.chunks(TOGETHER) {
        let mut gcov = Command::new("gcov");
        gcov.args(["--json-format", "--stdout", "--branch-probabilities"]).args(files).current_dir(dir.path());
        let output = gcov.stdin(Stdio::null()).output().map_err(|e| format!("cannot run gcov, which GCC has: {e}"))?;
        if !output.status.success() {
            return Err(format!("gcov failed: {}", String::from_utf8_lossy(&output.stderr).trim_end()));
        }
        reached.add_gcov(&output.stdout, path).map_err(|e| format!("gcov wrote what cannot be read: {e}"))?;
    }
    let text = |path: &str| fs::read(kernel.source.join(path)).ok();
    reached.add_texts(|path| text(path).map(|text| String::from_utf8_lossy(&text).into_owned()));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::dumped;

    #[test]
    fn a_function_is_read_from_a_dump() {
        let line = "/b/fs/pipe.gcno:  01000000: 101:FUNCTION ident=438518172, lineno_checksum=0xac59bcaf, cfg_checksum=0xf1709e52, `init_pipe_fs' /s/fs/pipe.c:1500:19-1515:1";
        assert_eq!(dumped(line), Some(("/b/fs/pipe", 438_518_172, "init_pipe_fs", "/s/fs/pipe.c")));
        assert_eq!(dumped("/b/fs/pipe.gcno:    01410000:   4:BLOCKS 9 blocks"), None);
    }
}
