//! How long the pages of 10,000 cases on 20 targets take, and how much memory: `cargo bench --bench report`.
//! `cargo bench --bench report -- DIR` keeps the pages, to be opened in a browser (`ci/browser-test --site DIR/site`).

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;
use std::{env, fs, io};

use nix::sys::resource::{UsageWho, getrusage};

const FILES: usize = 200;
const CASES_IN_FILE: usize = 50;
const TARGETS: usize = 20;

/// Seconds and MiB that the suite expectations.
const EXPECTED: (f64, i64) = (5.0, 500);

fn main() -> io::Result<()> {
    // Cargo passes `--bench`.
    let keep = env::args().skip(1).find(|arg| !arg.starts_with('-')).map(PathBuf::from);
    let scratch = tempfile::tempdir()?;
    let dir = keep.as_deref().unwrap_or(scratch.path());
    fs::create_dir_all(dir)?;
    let (cases, site) = (dir.join("cases"), dir.join("site"));
    write_cases(&cases)?;
    let results = (0..TARGETS).map(|target| write_results(dir, target)).collect::<io::Result<Vec<_>>>()?;
    let size: u64 = results.iter().filter_map(|path| fs::metadata(path).ok()).map(|data| data.len()).sum();

    let begin = Instant::now();
    let mut command = Command::new(env!("CARGO_BIN_EXE_syscase"));
    command.args(["report", "--html"]).arg(&site).arg("--cases").arg(&cases).arg("--results").args(&results);
    let status = command.status()?;
    let seconds = begin.elapsed().as_secs_f64();
    // The greatest of all children: there is one.
    let mib = getrusage(UsageWho::RUSAGE_CHILDREN)?.max_rss() / 1024;
    let (most, greatest) = EXPECTED;
    println!("{} MiB of results: {seconds:.2} s (expected {most}), {mib} MiB (expected {greatest})", size >> 20);
    if status.success() && seconds < most && mib < greatest { Ok(()) } else { Err(io::Error::other("not as expected")) }
}

fn write_cases(dir: &Path) -> io::Result<()> {
    for file in 0..FILES {
        let mut text = String::from(
            "subject: write(2)\nfixtures:\n  pipe:\n    steps:\n      - call: pipe2\n        args: {flags: []}\n        \
             bind: {pipefd: [r, w]}\ncases:\n",
        );
        for case in 0..CASES_IN_FILE {
            let _ = write!(
                text,
                "  case-{case}:\n    summary: {}\n    use: [pipe]\n    steps:\n      - call: write\n        \
                 args: {{fd: $w, buf: \"data\"}}\n        expect: {{return: 4}}\n",
                summary(file, case)
            );
        }
        let dir = dir.join(format!("call{}", file / 10));
        fs::create_dir_all(&dir)?;
        fs::write(dir.join(format!("aspect{}.yaml", file % 10)), text)?;
    }
    Ok(())
}

fn summary(file: usize, case: usize) -> String {
    format!("Case {case} of file {file} writes to a pipe whose reader is there and has not read anything yet.")
}

/// Results as runs have them: steps of a usual length, ids that differ everywhere, a behaviour in ten that changes.
fn write_results(dir: &Path, target: usize) -> io::Result<PathBuf> {
    let mut text = String::new();
    let _ = writeln!(
        text,
        r##"{{"type":"target","name":"linux-6.{target}","kernel":"6.{target}.0","judge_as":null,"arch":"x86_64","build":"#{target}","page_size":4096,"uid":0,"caps":0,"config":null,"filesystem":"tmpfs","disk_filesystem":null,"isolation":"namespaces","proc":true,"seccomp":0,"lsm":null,"sysctls":{{}}}}"##
    );
    for (file, case) in (0..FILES).flat_map(|file| (0..CASES_IN_FILE).map(move |case| (file, case))) {
        let (ret, errno) = if case % 10 == 0 && target < file % TARGETS { (-1, "\"EAGAIN\"") } else { (4, "null") };
        let mut steps = String::new();
        for step in 0..5 {
            let shown = format!("write({step}, \\\"data of a usual length, \\\\0\\\\0\\\", 4 /* {case} */) = {ret}");
            let _ = write!(
                steps,
                r#"{{"call":"write","shown":"{shown}","return":{ret},"errno":{errno},"signals":[],"blocked":false}},"#
            );
        }
        let pid = 100 + target * 7 + case;
        let _ = writeln!(
            text,
            r#"{{"type":"case","id":"call{}/aspect{}/case-{case}","subject":"write(2)","summary":"{}","file":"cases/call{}/aspect{}.yaml","line":{},"verdict":"pass","reason":null,"micros":{pid},"trace":[{steps}{{"call":"getpid","shown":"getpid() = {pid}","return":{pid},"errno":null,"signals":[],"blocked":false}}],"claim":null}}"#,
            file / 10,
            file % 10,
            summary(file, case),
            file / 10,
            file % 10,
            9 + case * 7,
        );
    }
    text.push_str(r#"{"type":"summary","pass":10000,"fail":0,"error":0,"skip":0,"xfail":0,"xpass":0,"micros":1}"#);
    text.push('\n');
    let path = dir.join(format!("linux-6.{target}.jsonl"));
    fs::write(&path, text)?;
    Ok(path)
}
