//! Compares the table with the kernel's headers that are installed. A compiler for C reads them; what they lack is not
//! compared, so that older headers say less.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::process::{Command, Stdio};

use super::{all_sets, structures, syscalls};

/// Headers that can be read together.
const HEADERS: &[&str] = &[
    "asm/prctl.h",
    "linux/audit.h",
    "linux/bpf.h",
    "linux/capability.h",
    "linux/dqblk_xfs.h",
    "linux/elf.h",
    "linux/filter.h",
    "linux/futex.h",
    "linux/io_uring.h",
    "linux/ioprio.h",
    "linux/ipc.h",
    "linux/kcmp.h",
    "linux/kexec.h",
    "linux/keyctl.h",
    "linux/landlock.h",
    "linux/lsm.h",
    "linux/membarrier.h",
    "linux/mqueue.h",
    "linux/msg.h",
    "linux/nsfs.h",
    "linux/perf_event.h",
    "linux/prctl.h",
    "linux/ptrace.h",
    "linux/quota.h",
    "linux/reboot.h",
    "linux/rseq.h",
    "linux/sched.h",
    "linux/sched/types.h",
    "linux/seccomp.h",
    "linux/securebits.h",
    "linux/sem.h",
    "linux/shm.h",
    "linux/sysinfo.h",
    "linux/timex.h",
    "linux/utsname.h",
    "asm/unistd.h",
];

/// Names that mean something else in the table, with the reason.
const OTHERS: &[(&str, &str)] = &[
    // The kernel's own layout is that of `NAME64_ds`, under the names of the C library.
    ("ipc_perm", "the structure of Linux 1"),
    ("shmid_ds", "the structure of Linux 1"),
    ("shminfo", "the structure of Linux 1"),
    ("semid_ds", "the structure of Linux 1"),
    ("msqid_ds", "the structure of Linux 1"),
];

/// Which of these C conditions are wrong; those that cannot be compiled are neither right nor wrong. None without a
/// compiler. Also how many were right.
fn wrong(conditions: &BTreeMap<String, String>) -> Option<(Vec<String>, usize)> {
    let includes = HEADERS.iter().map(|header| format!("#if __has_include(<{header}>)\n#include <{header}>\n#endif\n"));
    let mut text: String =
        ["#include <linux/types.h>\n#include <linux/posix_types.h>\n".to_owned()].into_iter().chain(includes).collect();
    for (what, condition) in conditions {
        text += &format!("_Static_assert({condition}, \"{what}\");\n");
    }
    let compiler = Command::new("cc")
        .args(["-fsyntax-only", "-w", "-fmax-errors=0", "-x", "c", "-"])
        .env("LC_ALL", "C")
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut compiler) = compiler else {
        eprintln!("skipped: there is no compiler for C");
        return None;
    };
    compiler.stdin.take().expect("piped").write_all(text.as_bytes()).expect("the compiler reads");
    let told = String::from_utf8(compiler.wait_with_output().expect("it ends").stderr).expect("text");
    assert!(!told.contains("fatal error"), "{told}");
    // `<stdin>:12:5: error: …`: one line a condition.
    let place = |line: &str| line.contains("error:").then(|| line.split(':').nth(1).map(str::to_owned)).flatten();
    let errors = told.lines().filter_map(place).collect::<BTreeSet<_>>().len();
    let failed = |line: &str| {
        let (_, what) = line.split_once("static assertion failed: \"")?;
        Some(what.trim_end_matches('"').to_owned())
    };
    Some((told.lines().filter_map(failed).collect(), conditions.len().saturating_sub(errors)))
}

#[test]
fn constants_have_the_headers_values() {
    let mut conditions = BTreeMap::new();
    for (name, value) in all_sets().flat_map(|set| set.consts) {
        // As many bits as both have: a header may say -1 as an int.
        let condition = format!("(unsigned int)({name}) == (unsigned int)({value:#x}ull)");
        conditions.insert(format!("{name} is {value:#x}"), condition);
    }
    let Some((wrong, right)) = wrong(&conditions) else { return };
    assert_eq!(wrong, Vec::<String>::new());
    assert!(right > 500, "only {right} were compared");
}

#[test]
fn structures_have_the_headers_layouts() {
    let mut conditions = BTreeMap::new();
    for structure in structures().filter(|structure| !OTHERS.iter().any(|(name, _)| *name == structure.name)) {
        let name = structure.name;
        for field in structure.fields {
            let (field, offset) = (field.name, field.offset);
            let condition = format!("__builtin_offsetof(struct {name}, {field}) == {offset}");
            conditions.insert(format!("{name}.{field} at {offset}"), condition);
        }
    }
    let Some((wrong, right)) = wrong(&conditions) else { return };
    assert_eq!(wrong, Vec::<String>::new());
    assert!(right > 100, "only {right} were compared");
}

#[test]
fn numbers_are_the_headers() {
    let numbered = syscalls().filter_map(|call| Some((call.name, call.nr?)));
    let condition = |(name, nr): (&str, u32)| (format!("{name} is {nr}"), format!("__NR_{name} == {nr}"));
    let Some((wrong, right)) = wrong(&numbered.map(condition).collect()) else { return };
    assert_eq!(wrong, Vec::<String>::new());
    assert!(right > 200, "only {right} were compared");
}
