//! Processes, credentials, limits, namespaces.

use crate::abi::layout::*;
use crate::abi::sets::*;
use crate::abi::shape::*;
use crate::abi::{Dir, Kind, Syscall};

// prctl takes whole registers; what they mean depends on the option.
pub(super) static CALLS: &[Syscall] = &[
    call!(getpid()),
    call!(getppid()),
    call!(gettid()),
    call!(getuid()),
    call!(geteuid()),
    call!(getgid()),
    call!(getegid()),
    call!(setuid(uid: UINT)),
    call!(setgid(gid: UINT)),
    call!(setreuid(ruid: UINT, euid: UINT)),
    call!(setregid(rgid: UINT, egid: UINT)),
    call!(setresuid(ruid: UINT, euid: UINT, suid: UINT)),
    call!(setresgid(rgid: UINT, egid: UINT, sgid: UINT)),
    call!(getresuid(ruid: output(&UINT), euid: output(&UINT), suid: output(&UINT))),
    call!(getresgid(rgid: output(&UINT), egid: output(&UINT), sgid: output(&UINT))),
    call!(setsid()),
    call!(getsid(pid: INT)),
    call!(getpgid(pid: INT)),
    call!(getpgrp()),
    call!(setpgid(pid: INT, pgid: INT)),
    call!(twice fork()),
    call!(twice vfork()),
    // The order of the last two is that of the architecture.
    #[cfg(not(target_arch = "aarch64"))]
    call!(twice clone(
        flags: flags(U64, &CLONE), stack: ADDR => optional, parent_tid: ADDR => optional, child_tid: ADDR => optional,
        tls: ULONG => optional,
    )),
    #[cfg(target_arch = "aarch64")]
    call!(twice clone(
        flags: flags(U64, &CLONE), stack: ADDR => optional, parent_tid: ADDR => optional, tls: ULONG => optional,
        child_tid: ADDR => optional,
    )),
    call!(twice clone3(cl_args: input(&CLONE_ARGS), size: size("cl_args"))),
    call!(set_tid_address(tidptr: ADDR)),
    call!(rseq(rseq: ADDR, rseq_len: UINT, flags: UINT => optional, sig: UINT)),
    call!(exit(status: INT) -> Never),
    call!(exit_group(status: INT) -> Never),
    call!(execve(
        pathname: PATH, argv: Kind::Array(Dir::In, &PATH), envp: Kind::Array(Dir::In, &PATH) => optional,
    )),
    call!(ptrace(op: one_of(U64, &PTRACE), pid: INT, addr: ULONG => optional, data: ULONG => optional)),
    call!(wait4(
        pid: INT, wstatus: output(&INT) => optional, options: flags(U32, &WAIT),
        rusage: output(&RUSAGE) => optional,
    )),
    call!(waitid(
        idtype: one_of(I32, &ID_TYPE), id: UINT, infop: output(&SIGINFO) => optional,
        options: flags(U32, &WAIT), rusage: output(&RUSAGE) => optional,
    )),
    call!(getrusage(who: one_of(I32, &RUSAGE_WHO), usage: output(&RUSAGE))),
    call!(getrlimit(resource: one_of(U32, &RLIMIT), rlim: output(&RLIMIT_PAIR))),
    call!(setrlimit(resource: one_of(U32, &RLIMIT), rlim: input(&RLIMIT_PAIR))),
    call!(prlimit64(
        pid: INT, resource: one_of(U32, &RLIMIT), new_limit: input(&RLIMIT_PAIR) => optional,
        old_limit: output(&RLIMIT_PAIR) => optional,
    )),
    call!(getpriority(which: one_of(I32, &PRIORITY), who: UINT)),
    call!(setpriority(which: one_of(I32, &PRIORITY), who: UINT, prio: INT)),
    call!(sched_yield()),
    call!(sched_setscheduler(pid: INT, policy: one_of(I32, &SCHED), param: input(&INT))),
    call!(sched_setaffinity(pid: INT, cpusetsize: len(U32, "mask"), mask: BYTES_IN)),
    call!(sethostname(name: BYTES_IN, len: size("name"))),
    call!(prctl(
        option: one_of(I32, &PRCTL), arg2: Kind::By("option", PRCTL_ARG2, &ULONG) => optional,
        arg3: Kind::By("option", PRCTL_ARG3, &ULONG) => optional, arg4: ULONG => optional,
        arg5: ULONG => optional,
    )),
    // Programs are given as bytes.
    call!(seccomp(operation: UINT, flags: UINT, args: ANY_IN => optional)),
    call!(unshare(flags: flags(U64, &CLONE))),
    call!(setns(fd: FD, nstype: flags(U32, &CLONE))),
    call!(getrandom(buf: BYTES_OUT, buflen: size("buf"), flags: flags(U32, &RANDOM))),
    call!(umask(mask: MODE_T)),
    call!(personality(persona: UINT)),
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
