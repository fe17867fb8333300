//! Processes, credentials, limits, namespaces.

use super::reach::*;

use crate::abi::layout::*;
use crate::abi::sets::*;
use crate::abi::shape::*;
use crate::abi::{Dir, Effect, Kind, Syscall};

// prctl takes whole registers; what they mean depends on the option.
pub(super) static CALLS: &[Syscall] = &[
    own!(getpid() -> OwnPid),
    own!(getppid() -> Pid),
    own!(gettid() -> OwnPid),
    own!(getuid() -> User),
    own!(geteuid() -> User),
    own!(getgid() -> User),
    own!(getegid() -> User),
    own!(setuid(uid: UINT)),
    own!(setgid(gid: UINT)),
    own!(setreuid(ruid: UINT, euid: UINT)),
    own!(setregid(rgid: UINT, egid: UINT)),
    own!(setresuid(ruid: UINT, euid: UINT, suid: UINT)),
    own!(setresgid(rgid: UINT, egid: UINT, sgid: UINT)),
    own!(getresuid(ruid: output(&UINT), euid: output(&UINT), suid: output(&UINT))),
    own!(getresgid(rgid: output(&UINT), egid: output(&UINT), sgid: output(&UINT))),
    own!(setsid() -> OwnPid),
    own!(getsid(pid: INT) -> Pid),
    own!(getpgid(pid: INT) -> Pid),
    own!(getpgrp() -> Pid),
    own!(setpgid(pid: INT, pgid: INT)),
    own!(fork() -> OwnPid; twice: true),
    own!(vfork() -> OwnPid; twice: true),
    // The order of the last two is that of the architecture.
    #[cfg(not(target_arch = "aarch64"))]
    own!(clone(
        flags: flags(U64, &CLONE), stack: ADDR => optional, parent_tid: ADDR => optional, child_tid: ADDR => optional,
        tls: ULONG => optional,
    ) -> OwnPid; twice: true),
    #[cfg(target_arch = "aarch64")]
    own!(clone(
        flags: flags(U64, &CLONE), stack: ADDR => optional, parent_tid: ADDR => optional, tls: ULONG => optional,
        child_tid: ADDR => optional,
    ) -> OwnPid; twice: true),
    own!(clone3(cl_args: input(&CLONE_ARGS), size: size("cl_args")) -> OwnPid; twice: true),
    own!(set_tid_address(tidptr: ADDR) -> OwnPid),
    own!(rseq(rseq: ADDR, rseq_len: UINT, flags: UINT => optional, sig: UINT)),
    own!(exit(status: INT) -> Never; page: Some("_exit")),
    own!(exit_group(status: INT) -> Never; page: Some("_exit")),
    call!(execve(
        pathname: PATH, argv: Kind::Array(Dir::In, &PATH), envp: Kind::Array(Dir::In, &PATH) => optional,
    ); effect: ANYTHING),
    call!(ptrace(op: one_of(U64, &PTRACE), pid: INT, addr: ULONG => optional, data: ULONG => optional) -> Int;
        effect: Effect::All(&[Effect::Others(1), ANYTHING])),
    own!(wait4(
        pid: INT, wstatus: output(&INT) => optional, options: flags(U32, &WAIT),
        rusage: output(&RUSAGE) => optional,
    ) -> Pid; also: &["waitpid"]),
    own!(waitid(
        idtype: one_of(I32, &ID_TYPE), id: UINT, infop: output(&SIGINFO) => optional,
        options: flags(U32, &WAIT), rusage: output(&RUSAGE) => optional,
    )),
    own!(getrusage(who: one_of(I32, &RUSAGE_WHO), usage: output(&RUSAGE))),
    own!(getrlimit(resource: one_of(U32, &RLIMIT), rlim: output(&RLIMIT_PAIR))),
    own!(setrlimit(resource: one_of(U32, &RLIMIT), rlim: input(&RLIMIT_PAIR))),
    call!(prlimit64(
        pid: INT, resource: one_of(U32, &RLIMIT), new_limit: input(&RLIMIT_PAIR) => optional,
        old_limit: output(&RLIMIT_PAIR) => optional,
    ); effect: Effect::HandsDown(0), page: Some("prlimit")),
    own!(getpriority(which: one_of(I32, &PRIORITY), who: UINT) -> Int),
    call!(setpriority(which: one_of(I32, &PRIORITY), who: UINT, prio: INT); effect: SETPRIORITY_EFFECT),
    own!(sched_yield()),
    call!(sched_setscheduler(pid: INT, policy: one_of(I32, &SCHED), param: input(&INT)); effect: Effect::HandsDown(0)),
    call!(sched_setaffinity(pid: INT, cpusetsize: len(U32, "mask"), mask: BYTES_IN); effect: Effect::HandsDown(0)),
    call!(sethostname(name: BYTES_IN, len: size("name")); effect: NAMES),
    call!(prctl(
        option: one_of(I32, &PRCTL), arg2: Kind::By("option", PRCTL_ARG2, &ULONG) => optional,
        arg3: Kind::By("option", PRCTL_ARG3, &ULONG) => optional, arg4: ULONG => optional,
        arg5: ULONG => optional,
    ) -> Int; effect: PRCTL_EFFECT),
    // Programs are given as bytes.
    own!(seccomp(operation: UINT, flags: UINT, args: ANY_IN => optional) -> Int),
    own!(unshare(flags: flags(U64, &CLONE))),
    own!(setns(fd: FD, nstype: flags(U32, &CLONE))),
    own!(getrandom(buf: BYTES_OUT, buflen: size("buf"), flags: flags(U32, &RANDOM)) -> Bytes),
    own!(umask(mask: MODE_T) -> Int),
    call!(personality(persona: UINT) -> Int; effect: PERSONALITY_EFFECT),
];

static PRCTL_ARG2: &[(&str, Kind)] = &[
    ("PR_SET_PDEATHSIG", Kind::Enum(U64, &SIGNAL)),
    ("PR_GET_PDEATHSIG", output(&INT)),
    ("PR_SET_NAME", PATH),
    ("PR_GET_NAME", BYTES_OUT),
    ("PR_CAPBSET_READ", Kind::Enum(U64, &CAPABILITY)),
    ("PR_CAPBSET_DROP", Kind::Enum(U64, &CAPABILITY)),
    ("PR_CAP_AMBIENT", Kind::Enum(U64, &CAP_AMBIENT)),
    ("PR_GET_CHILD_SUBREAPER", output(&INT)),
    ("PR_GET_TSC", output(&INT)),
    ("PR_GET_TID_ADDRESS", output(&ULONG)),
];

static PRCTL_ARG3: &[(&str, Kind)] = &[("PR_CAP_AMBIENT", Kind::Enum(U64, &CAPABILITY))];
