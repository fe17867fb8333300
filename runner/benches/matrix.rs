//! How fast other kernels are: what a matrix takes beside what their bare boots take. Prints figures and asserts
//! nothing. Needs what `ci/install-targets` and `ci/fetch-kernel` install, and the static program where the README's
//! command puts it. Arguments choose parts: `boots`, `guest`, `others`.

mod common;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use common::{build, trivial_cases};

const VERSIONS: [&str; 11] = ["5.10", "6.1", "6.12", "6.16", "6.17", "6.18", "6.19", "7.0", "7.1", "7.2", "7.3"];
/// The processor of the matrix.
const CPU: &str = "max,cx16=off,erms=off,fsrm=off,la57=off,smap=off,smep=off";
/// Forks, or cases, in a guest.
const MANY: u32 = 4000;
/// How often both are measured.
const ROUNDS: u32 = 5;
/// A boot may hang under emulation; it is then begun anew.
const HANGS: Duration = Duration::from_secs(60);

struct Bench {
    program: PathBuf,
    dir: tempfile::TempDir,
    /// Versions and their kernels.
    kernels: Vec<(&'static str, PathBuf)>,
}

/// What can be measured alone.
type Part = fn(&Bench);

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a workspace");
    let program = root.join("target/x86_64-unknown-linux-gnu/release/syscase");
    if !program.is_file() {
        return println!("there is no static program at {}: see the README for how it is built", program.display());
    }
    let kernels = VERSIONS.into_iter().filter_map(|version| Some((version, kernel(root, version)?))).collect();
    let bench = Bench { program, dir: tempfile::tempdir().expect("a temporary directory"), kernels };
    if bench.kernels.is_empty() {
        return println!("no kernel is available");
    }
    bench.prepare();
    let chosen: Vec<_> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    let parts: [(&str, Part); 3] = [("boots", Bench::boots), ("guest", Bench::guest), ("others", Bench::others)];
    for (_, part) in parts.iter().filter(|(name, _)| chosen.is_empty() || chosen.iter().any(|c| c == name)) {
        part(&bench);
    }
}

fn kernel(root: &Path, version: &str) -> Option<PathBuf> {
    let output = Command::new(root.join("ci/fetch-kernel")).arg(version).stderr(Stdio::null()).output().ok()?;
    let path = PathBuf::from(String::from_utf8(output.stdout).ok()?.trim());
    path.is_file().then_some(path)
}

impl Bench {
    fn at(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// The bare first process, and cases.
    fn prepare(&self) {
        let program = std::fs::read(build("bare_init.rs", self.dir.path())).expect("what was built");
        let mut archive = Vec::new();
        let file = cpio::newc::Builder::new("init").ino(1).nlink(1).mode(0o100_755);
        let mut file = file.write(&mut archive, program.len() as u32);
        file.write_all(&program).expect("memory");
        file.finish().expect("memory");
        cpio::newc::trailer(&mut archive).expect("memory");
        std::fs::write(self.at("initrd"), archive).expect("an archive");
        for (name, rows) in [("one", 1), ("many", MANY + 1)] {
            let cases = self.at(name).join("getpid");
            std::fs::create_dir_all(&cases).expect("a directory");
            std::fs::write(cases.join("trivial.yaml"), trivial_cases(rows)).expect("a file");
        }
    }

    /// Boots a kernel to the bare first process; what it says, and how long that took.
    fn boot(&self, kernel: &Path, forks: u32) -> (String, Duration) {
        loop {
            let mut command = Command::new("qemu-system-x86_64");
            command.args(["-accel", "tcg", "-cpu", CPU, "-m", "512", "-nodefaults", "-display", "none"]);
            command.args(["-no-reboot", "-serial", "stdio", "-kernel"]).arg(kernel).arg("-initrd");
            command.arg(self.at("initrd")).arg("-append");
            command.arg(format!("console=ttyS0 panic=-1 quiet -- {forks}"));
            let begin = Instant::now();
            let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
            let child = child.as_mut().expect("QEMU starts");
            while child.try_wait().expect("a child").is_none() && begin.elapsed() < HANGS {
                std::thread::sleep(Duration::from_millis(10));
            }
            let took = begin.elapsed();
            if took >= HANGS {
                println!("a bare boot of {} hung, and is begun anew", kernel.display());
                child.kill().expect("a child");
            }
            let mut said = String::new();
            let _ = std::io::Read::read_to_string(child.stdout.as_mut().expect("piped"), &mut said);
            child.wait().expect("a child");
            if took < HANGS {
                return (said, took);
            }
        }
    }

    fn matrix(&self, targets: &[String], more: &[&str]) -> Duration {
        let mut command = Command::new(&self.program);
        command.arg("matrix").args(targets.iter().flat_map(|t| ["--target", t])).args(["--jobs", "2"]).args(more);
        command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a workspace"));
        let begin = Instant::now();
        let output = command.stdin(Stdio::null()).output().expect("the program runs");
        let took = begin.elapsed();
        for line in String::from_utf8_lossy(&output.stderr).lines().filter(|l| l.contains("started again")) {
            println!("    ({line})");
        }
        took
    }

    /// The kernels to a bare first process, two at a time, beside a matrix of them.
    fn boots(&self) {
        let begin = Instant::now();
        let left = Mutex::new(self.kernels.clone());
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    loop {
                        let next = left.lock().expect("no panic").pop();
                        let Some((_, kernel)) = next else { return };
                        self.boot(&kernel, 0);
                    }
                });
            }
        });
        let bare = begin.elapsed();
        println!("{} kernels, two at a time", self.kernels.len());
        println!("  to a bare first process         {:6.1} s", bare.as_secs_f64());
        let targets: Vec<_> = self.kernels.iter().map(|(version, _)| format!("linux-{version}")).collect();
        let one = self.at("one").to_str().expect("text").to_owned();
        let runs: [(&str, &[&str]); 3] =
            [("one case", &["--cases", &one]), ("a sixth of the cases", &["--shard", "1/6"]), ("all cases", &[])];
        for (what, more) in runs {
            let took = self.matrix(&targets, more);
            let ratio = took.as_secs_f64() / bare.as_secs_f64();
            println!("  matrix, {what:<22}  {:6.1} s, ratio {ratio:.2} (goal: at most 1.6)", took.as_secs_f64());
        }
    }

    /// A case in a guest beside a bare fork in it: the medians of what was measured side by side.
    fn guest(&self) {
        for (version, kernel) in self.kernels.iter().filter(|(v, _)| ["5.10", "6.12", "7.3"].contains(v)) {
            let measured: Vec<_> = (0..ROUNDS).filter_map(|_| self.fork_and_case(version, kernel)).collect();
            if measured.is_empty() {
                println!("Linux {version} did not fork");
                continue;
            }
            let median = |what: fn(&(f64, f64)) -> f64| {
                let mut all: Vec<_> = measured.iter().map(what).collect();
                all.sort_by(f64::total_cmp);
                all[all.len() / 2]
            };
            let (bare, case) = (median(|(bare, _)| *bare), median(|(_, case)| *case));
            println!(
                "in Linux {version}: bare fork {bare:.0} µs, case {case:.0} µs, ratio {:.2} (goal: at most 1.6)",
                median(|(bare, case)| case / bare)
            );
        }
    }

    /// Microseconds of a bare fork and of a case.
    fn fork_and_case(&self, version: &str, kernel: &Path) -> Option<(f64, f64)> {
        let said = self.boot(kernel, MANY).0;
        let took = said.lines().find_map(|l| l.split("forks took ").nth(1)?.split(' ').next()?.parse::<f64>().ok())?;
        let target = [format!("linux-{version}")];
        let path = |name| self.at(name).to_str().expect("text").to_owned();
        let one = self.matrix(&target, &["--cases", &path("one")]);
        let many = self.matrix(&target, &["--cases", &path("many")]);
        let case = many.saturating_sub(one).as_secs_f64() * 1e6 / f64::from(MANY);
        Some((took / 1e3 / f64::from(MANY), case))
    }

    fn others(&self) {
        for target in ["gvisor-ptrace", "gvisor-systrap", "qemu-user", "uml"] {
            let took = self.matrix(&[target.to_owned()], &["--shard", "1/6"]);
            println!("{target}: a sixth of the cases in {:.1} s (goal: 400 cases below 10 s)", took.as_secs_f64());
        }
    }
}
