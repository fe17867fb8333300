//! Compares the table with the kernel's headers that are installed, and with those that `ci/fetch-headers` has brought:
//! newer ones, and those of other architectures. A compiler for C reads them; what they lack is not compared, so that
//! older headers say less.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::table::NEWER;
use super::{Syscall, all_sets, structures, syscall};

/// Headers that can be read together.
const HEADERS: &[&str] = &[
    "asm/fcntl.h",
    "asm/ioctls.h",
    "asm/mman.h",
    "asm/poll.h",
    "asm/prctl.h",
    "asm/siginfo.h",
    "asm/signal.h",
    "asm/socket.h",
    "asm/stat.h",
    "asm/statfs.h",
    "asm/termbits.h",
    "linux/acct.h",
    "linux/aio_abi.h",
    "linux/audit.h",
    "linux/blkpg.h",
    "linux/bpf.h",
    "linux/capability.h",
    "linux/close_range.h",
    "linux/dqblk_xfs.h",
    "linux/elf.h",
    "linux/errqueue.h",
    "linux/eventfd.h",
    "linux/eventpoll.h",
    "linux/falloc.h",
    "linux/fanotify.h",
    "linux/fcntl.h",
    "linux/fiemap.h",
    "linux/filter.h",
    "linux/fs.h",
    "linux/fscrypt.h",
    "linux/fsverity.h",
    "linux/fuse.h",
    "linux/hw_breakpoint.h",
    "linux/futex.h",
    "linux/icmp.h",
    "linux/icmpv6.h",
    "linux/if_addr.h",
    "linux/if_alg.h",
    "linux/if_arp.h",
    "linux/if_link.h",
    "linux/if_packet.h",
    "linux/if_tun.h",
    "linux/if_xdp.h",
    "linux/in.h",
    "linux/in6.h",
    "linux/inotify.h",
    "linux/io_uring.h",
    "linux/io_uring/query.h",
    "linux/ioprio.h",
    "linux/ipc.h",
    "linux/kcmp.h",
    "linux/kexec.h",
    "linux/keyctl.h",
    "linux/landlock.h",
    "linux/loop.h",
    "linux/lsm.h",
    "linux/magic.h",
    "linux/membarrier.h",
    "linux/memfd.h",
    "linux/mempolicy.h",
    "linux/mman.h",
    "linux/module.h",
    "linux/mount.h",
    "linux/mqueue.h",
    "linux/msg.h",
    "linux/net_tstamp.h",
    "linux/netlink.h",
    "linux/nsfs.h",
    "linux/openat2.h",
    "linux/perf_event.h",
    "linux/personality.h",
    "linux/pidfd.h",
    "linux/poll.h",
    "linux/posix_acl.h",
    "linux/posix_acl_xattr.h",
    "linux/prctl.h",
    "linux/ptrace.h",
    "linux/quota.h",
    "linux/random.h",
    "linux/reboot.h",
    "linux/resource.h",
    "linux/rseq.h",
    "linux/route.h",
    "linux/rtnetlink.h",
    "linux/sched.h",
    "linux/sched/types.h",
    "linux/seccomp.h",
    "linux/securebits.h",
    "linux/sem.h",
    "linux/shm.h",
    "linux/signalfd.h",
    "linux/socket.h",
    "linux/sockios.h",
    "linux/stat.h",
    "linux/sysinfo.h",
    "linux/tcp.h",
    "linux/time.h",
    "linux/timerfd.h",
    "linux/times.h",
    "linux/timex.h",
    "linux/tls.h",
    "linux/udp.h",
    "linux/uio.h",
    "linux/un.h",
    "linux/userfaultfd.h",
    "linux/utime.h",
    "linux/utsname.h",
    "linux/vm_sockets.h",
    "linux/wait.h",
    "linux/watch_queue.h",
    "linux/xattr.h",
    "linux/xfrm.h",
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

/// Constants and structures that are different on another architecture. The table has them from a crate, which has those
/// of the machine that it is compiled for.
const OF_AN_ARCHITECTURE: &[&str] = &[
    "O_DIRECT",
    "O_DIRECTORY",
    "O_LARGEFILE",
    "O_NOFOLLOW",
    "O_TMPFILE",
    "epoll_event",
    "sigaction",
    "stat",
    "user_regs_struct",
];

/// Structures that the table has with room for what follows them.
const WITH_ROOM: &[&str] = &["fiemap", "file_dedupe_range", "io_uring_probe", "statmount"];

/// Constants that hold the size of a structure, which grows from one version to the next.
const GROWN: &[&str] = &["PIDFD_GET_INFO"];

/// Calls of one architecture alone, which the table lacks.
const CALLS_OF_AN_ARCHITECTURE: &[&str] = &["riscv_flush_icache", "riscv_hwprobe"];

/// What the kernel's headers ask the C library for.
const OF_THE_LIBRARY: &[(&str, &str)] = &[
    (
        "sys/socket.h",
        "#pragma once\ntypedef unsigned short sa_family_t;\nstruct sockaddr { sa_family_t sa_family; char sa_data[14]; };\n",
    ),
    ("sys/time.h", ""),
    ("sys/types.h", ""),
    ("string.h", ""),
    ("unistd.h", ""),
    ("stddef.h", "typedef __SIZE_TYPE__ size_t;\n"),
    (
        "stdint.h",
        "typedef __UINT8_TYPE__ uint8_t; typedef __UINT16_TYPE__ uint16_t; typedef __UINT32_TYPE__ uint32_t;\n\
         typedef __UINT64_TYPE__ uint64_t; typedef __INT8_TYPE__ int8_t; typedef __INT16_TYPE__ int16_t;\n\
         typedef __INT32_TYPE__ int32_t; typedef __INT64_TYPE__ int64_t;\n",
    ),
];

/// Headers of the kernel for programs.
struct Headers {
    /// Name of the architecture, as Rust has it.
    arch: &'static str,
    /// Where they lie.
    dirs: Vec<PathBuf>,
    /// Those of the newest Linux, and not of the system that is installed.
    newest: bool,
}

/// The installed ones, and those that were fetched.
fn all_headers() -> Vec<Headers> {
    let arch = std::env::consts::ARCH;
    let installed = [format!("/usr/include/{arch}-linux-gnu"), "/usr/include".to_owned()];
    let mut all = vec![Headers { arch, dirs: installed.map(PathBuf::from).to_vec(), newest: false }];
    let Some(fetched) = fetched() else {
        eprintln!("newer headers and those of other architectures are not compared: ci/fetch-headers");
        return all;
    };
    for arch in ["x86_64", "aarch64", "riscv64"] {
        let common = fetched.join("usr/include");
        all.push(Headers { arch, dirs: vec![common.join(format!("{arch}-linux-gnu")), common], newest: true });
    }
    all
}

/// Where `ci/fetch-headers` puts them.
fn fetched() -> Option<PathBuf> {
    let var = |name| std::env::var_os(name).map(PathBuf::from);
    let cache = || var("XDG_CACHE_HOME").or_else(|| Some(var("HOME")?.join(".cache"))).map(|dir| dir.join("syscase"));
    var("SYSCASE_CACHE").or_else(cache).map(|cache| cache.join("headers")).filter(|headers| headers.is_dir())
}

impl Headers {
    /// Of the machine that the table is compiled for.
    fn are_of_this_machine(&self) -> bool {
        self.arch == std::env::consts::ARCH
    }

    /// The compiler, told to read these. All three architectures lay out structures alike.
    fn compiler(&self, library: &Path) -> Command {
        let mut compiler = Command::new("cc");
        compiler.args(["-fsyntax-only", "-w", "-fmax-errors=0", "-nostdinc", "-x", "c"]).env("LC_ALL", "C");
        compiler.args(["-U__x86_64__", "-U__aarch64__", "-U__riscv", "-U__riscv_xlen"]);
        match self.arch {
            "riscv64" => compiler.args(["-D__riscv", "-D__riscv_xlen=64"]),
            arch => compiler.arg(format!("-D__{arch}__")),
        };
        for dir in [library].into_iter().chain(self.dirs.iter().map(PathBuf::as_path)) {
            compiler.arg("-I").arg(dir);
        }
        compiler.arg("-");
        compiler
    }

    /// Which of these C conditions are wrong; those that cannot be compiled are neither right nor wrong. None without a
    /// compiler. Also how many were right.
    fn wrong(&self, conditions: &BTreeMap<String, String>) -> Option<(Vec<String>, usize)> {
        let include = |header| format!("#if __has_include(<{header}>)\n#include <{header}>\n#endif\n");
        let first = ["stddef.h", "linux/types.h", "linux/posix_types.h", "linux/time.h"];
        let mut text: String = first.iter().chain(HEADERS).map(include).collect();
        text.push_str("int the_last_of_the_headers = end_of_headers;\n");
        text.extend(conditions.iter().map(|(what, condition)| format!("_Static_assert({condition}, \"{what}\");\n")));
        let library = tempfile::tempdir().expect("a directory");
        std::fs::create_dir(library.path().join("sys")).expect("a directory");
        for (name, content) in OF_THE_LIBRARY {
            std::fs::write(library.path().join(name), content).expect("a file");
        }
        let compiler = self.compiler(library.path()).stdin(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let Ok(mut compiler) = compiler else {
            eprintln!("skipped: there is no compiler for C");
            return None;
        };
        compiler.stdin.take().expect("piped").write_all(text.as_bytes()).expect("the compiler reads");
        let told = String::from_utf8(compiler.wait_with_output().expect("it ends").stderr).expect("text");
        assert!(!told.contains("fatal error"), "{told}");
        let (of_headers, told) = told.split_once("error: 'end_of_headers'").expect("the headers end");
        assert!(!of_headers.contains("error: "), "{}: the headers do not go together: {of_headers}", self.arch);
        // `<stdin>:12:5: error: …`: one line a condition.
        let place = |line: &str| line.contains("error:").then(|| line.split(':').nth(1).map(str::to_owned)).flatten();
        let errors = told.lines().filter_map(place).collect::<BTreeSet<_>>().len();
        let failed = |line: &str| {
            let (_, what) = line.split_once("static assertion failed: \"")?;
            Some(what.trim_end_matches('"').to_owned())
        };
        Some((told.lines().filter_map(failed).collect(), conditions.len().saturating_sub(errors)))
    }
}

/// Compares with all headers, and says what is wrong.
fn compare(conditions: &BTreeMap<String, String>, at_least: usize) {
    for headers in all_headers() {
        let Some((wrong, right)) = headers.wrong(conditions) else { return };
        let wrong: Vec<_> = wrong.into_iter().filter(|what| !headers.may_differ(what)).collect();
        assert_eq!(wrong, Vec::<String>::new(), "{} in {:?}", headers.arch, headers.dirs);
        assert!(right > at_least, "only {right} were compared: {} in {:?}", headers.arch, headers.dirs);
        eprintln!("{right} of {} compared: {} in {:?}", conditions.len(), headers.arch, headers.dirs);
    }
}

impl Headers {
    /// Whether they may have this otherwise.
    fn may_differ(&self, what: &str) -> bool {
        let name = what.split([' ', '.']).next().unwrap_or(what);
        let grown = GROWN.contains(&name) || what.contains(" of ");
        !self.are_of_this_machine() && OF_AN_ARCHITECTURE.contains(&name) || !self.newest && grown
    }
}

#[test]
fn constants_have_the_headers_values() {
    let mut conditions = BTreeMap::new();
    for (name, value) in all_sets().flat_map(|set| set.consts) {
        // As many bits as both have: a header may say -1 as an int.
        let condition = format!("(unsigned int)({name}) == (unsigned int)({value:#x}ull)");
        conditions.insert(format!("{name} is {value:#x}"), condition);
    }
    compare(&conditions, 500);
}

#[test]
fn structures_have_the_headers_layouts() {
    let mut conditions = BTreeMap::new();
    for structure in structures().filter(|structure| !OTHERS.iter().any(|(name, _)| *name == structure.name)) {
        let name = structure.name;
        // What is reserved has another place when some of it is taken.
        for field in structure.fields.iter().filter(|field| !field.name.starts_with("__")) {
            let (field, offset) = (field.name, field.offset);
            let condition = format!("__builtin_offsetof(struct {name}, {field}) == {offset}");
            conditions.insert(format!("{name}.{field} at {offset}"), condition);
        }
        if structure.record.is_none() && !WITH_ROOM.contains(&name) {
            let size = structure.size;
            conditions.insert(format!("{name} of {size}"), format!("sizeof(struct {name}) == {size}"));
        }
    }
    compare(&conditions, 100);
}

#[test]
fn numbers_are_the_headers() {
    for headers in all_headers() {
        let numbers: Vec<_> =
            super::syscalls().filter_map(|call| Some((call.name, number_on(headers.arch, call)?))).collect();
        let condition = |(name, nr): &(&str, u32)| (format!("{name} is {nr}"), format!("__NR_{name} == {nr}"));
        let Some((wrong, right)) = headers.wrong(&numbers.iter().map(condition).collect()) else { return };
        assert_eq!(wrong, Vec::<String>::new(), "{} in {:?}", headers.arch, headers.dirs);
        assert!(right > 200, "only {right} were compared: {} in {:?}", headers.arch, headers.dirs);
    }
}

/// The number of a call there.
fn number_on(arch: &str, call: &Syscall) -> Option<u32> {
    let newer = || NEWER.iter().find(|(name, _)| *name == call.name).map(|(_, nr)| *nr);
    // The crate knows it by another of its names there.
    let name = if call.name == "newfstatat" && arch == "aarch64" { "fstatat" } else { call.name };
    match arch {
        "aarch64" => syscalls::aarch64::Sysno::iter().find(|nr| nr.name() == name).map(|nr| nr as u32).or_else(newer),
        "riscv64" => syscalls::riscv64::Sysno::iter().find(|nr| nr.name() == name).map(|nr| nr as u32).or_else(newer),
        _ => call.nr,
    }
}

#[test]
fn every_call_of_the_headers_is_known() {
    for headers in all_headers().iter().filter(|headers| headers.newest) {
        let text = headers.dirs.iter().find_map(|dir| std::fs::read_to_string(dir.join("asm/unistd_64.h")).ok());
        let text = text.expect("numbers of calls");
        let name = |line: &str| Some(line.strip_prefix("#define __NR_")?.split_once(' ')?.0.to_owned());
        let names: Vec<_> = text.lines().filter_map(name).collect();
        assert!(names.len() > 300, "only {} calls: {}", names.len(), headers.arch);
        let unknown = |name: &&String| syscall(name).is_none() && !CALLS_OF_AN_ARCHITECTURE.contains(&name.as_str());
        let unknown: Vec<_> = names.iter().filter(unknown).collect();
        assert_eq!(unknown, Vec::<&String>::new(), "{}", headers.arch);
    }
}
