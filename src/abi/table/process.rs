//! Processes: ids, credentials, making, waiting, limits, scheduling, namespaces.

use linux_raw_sys::general::*;

use super::prelude::*;
use super::signal::{SIGINFO, SIGNAL};
use super::time::TIMEVAL;

subsystem! {
    calls {
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
        own!(getgroups(size: len(I32, "list"), list: Kind::Array(Dir::Out, &UINT) => optional) -> Count),
        own!(setgroups(size: size("list"), list: Kind::Array(Dir::In, &UINT) => optional);
            page: Some("getgroups")),
        // They return what was in force before, whether they change it or not.
        own!(setfsuid(fsuid: UINT) -> User),
        own!(setfsgid(fsgid: UINT) -> User),
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
            flags: flags(U64, &CLONE), stack: ADDR => optional, parent_tid: ADDR => optional,
            child_tid: ADDR => optional, tls: ULONG => optional,
        ) -> OwnPid; twice: true),
        #[cfg(target_arch = "aarch64")]
        own!(clone(
            flags: flags(U64, &CLONE), stack: ADDR => optional, parent_tid: ADDR => optional, tls: ULONG => optional,
            child_tid: ADDR => optional,
        ) -> OwnPid; twice: true),
        own!(clone3(cl_args: input(&CLONE_ARGS), size: size("cl_args")) -> OwnPid; twice: true),
        own!(set_tid_address(tidptr: ADDR) -> OwnPid),
        own!(exit(status: INT) -> Never; page: Some("_exit")),
        own!(exit_group(status: INT) -> Never; page: Some("_exit")),
        call!(execve(
            pathname: PATH, argv: Kind::Array(Dir::In, &PATH), envp: Kind::Array(Dir::In, &PATH) => optional,
        ); effect: Effect::ANYTHING, replaces: true),
        call!(execveat(
            dirfd: FD, pathname: PATH, argv: Kind::Array(Dir::In, &PATH),
            envp: Kind::Array(Dir::In, &PATH) => optional, flags: flags(U32, &EXECVEAT) => optional,
        ); effect: Effect::ANYTHING, replaces: true),
        own!(wait4(
            pid: INT, wstatus: output(&Kind::WaitStatus) => optional, options: flags(U32, &WAIT),
            rusage: output(&RUSAGE) => optional,
        ) -> Pid; also: &["waitpid"]),
        own!(waitid(
            idtype: one_of(I32, &ID_TYPE), id: UINT, infop: output(&SIGINFO) => optional,
            options: flags(U32, &WAIT), rusage: output(&RUSAGE) => optional,
        )),
        call!(pidfd_open(pid: INT, flags: flags(U32, &PIDFD)) -> Fd; effect: Effect::Others(0)),
        own!(pidfd_getfd(pidfd: FD, targetfd: FD, flags: UINT => optional) -> Fd),
        call!(pidfd_send_signal(
            pidfd: FD, sig: one_of(I32, &SIGNAL), info: input(&SIGINFO) => optional,
            flags: flags(U32, &PIDFD_SIGNAL) => optional,
        ); effect: Effect::AnyProcess),
        // Of a process that dies.
        own!(getrusage(who: one_of(I32, &RUSAGE_WHO), usage: output(&RUSAGE))),
        own!(getrlimit(resource: one_of(U32, &RLIMIT), rlim: output(&RLIMIT_PAIR))),
        own!(setrlimit(resource: one_of(U32, &RLIMIT), rlim: input(&RLIMIT_PAIR))),
        call!(prlimit64(
            pid: INT, resource: one_of(U32, &RLIMIT), new_limit: input(&RLIMIT_PAIR) => optional,
            old_limit: output(&RLIMIT_PAIR) => optional,
        ); effect: Effect::HandsDown(0), page: Some("prlimit")),
        own!(unshare(flags: flags(U64, &CLONE))),
        own!(setns(fd: FD, nstype: flags(U32, &CLONE))),
        own!(listns(
            req: input(&NS_ID_REQ), ns_ids: Kind::Array(Dir::Out, &ULONG) => optional, nr_ns_ids: size("ns_ids"),
            flags: UINT => optional,
        ) -> Count),
        // The kernel places it where it resumes a call that a signal has stopped.
        own!(restart_syscall() -> Int),
        // These four are x86's own.
        own!(modify_ldt(func: INT, ptr: Kind::Bytes(Dir::InOut) => optional, bytecount: size("ptr")) -> Bytes),
        own!(set_thread_area(u_info: inout(&USER_DESC))),
        own!(get_thread_area(u_info: inout(&USER_DESC)); page: Some("set_thread_area")),
    }
    constants {
        one_of CAPABILITY = "capabilities" {
            CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_FOWNER, CAP_FSETID, CAP_KILL, CAP_SETGID,
            CAP_SETUID, CAP_SETPCAP, CAP_LINUX_IMMUTABLE, CAP_NET_BIND_SERVICE, CAP_NET_BROADCAST,
            CAP_NET_ADMIN, CAP_NET_RAW, CAP_IPC_LOCK, CAP_IPC_OWNER, CAP_SYS_MODULE, CAP_SYS_RAWIO,
            CAP_SYS_CHROOT, CAP_SYS_PTRACE, CAP_SYS_PACCT, CAP_SYS_ADMIN, CAP_SYS_BOOT, CAP_SYS_NICE,
            CAP_SYS_RESOURCE, CAP_SYS_TIME, CAP_SYS_TTY_CONFIG, CAP_MKNOD, CAP_LEASE, CAP_AUDIT_WRITE,
            CAP_AUDIT_CONTROL, CAP_SETFCAP, CAP_MAC_OVERRIDE, CAP_MAC_ADMIN, CAP_SYSLOG, CAP_WAKE_ALARM,
            CAP_BLOCK_SUSPEND, CAP_AUDIT_READ, CAP_PERFMON, CAP_BPF, CAP_CHECKPOINT_RESTORE,
        }
        flags CLONE = "clone flags" {
            CLONE_NEWTIME, CLONE_VM, CLONE_FS, CLONE_FILES, CLONE_SIGHAND, CLONE_PIDFD, CLONE_PTRACE,
            CLONE_VFORK, CLONE_PARENT, CLONE_THREAD, CLONE_NEWNS, CLONE_SYSVSEM, CLONE_SETTLS,
            CLONE_PARENT_SETTID, CLONE_CHILD_CLEARTID, CLONE_DETACHED, CLONE_UNTRACED, CLONE_CHILD_SETTID,
            CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET, CLONE_IO,
            CLONE_CLEAR_SIGHAND, CLONE_INTO_CGROUP, CLONE_AUTOREAP = 0x4_0000_0000u64,
            CLONE_NNP = 0x8_0000_0000u64, CLONE_PIDFD_AUTOKILL = 0x10_0000_0000u64, CLONE_EMPTY_MNTNS = 0x20_0000_0000u64,
        }
        flags WAIT = "wait options" {
            WNOHANG, WUNTRACED, WEXITED, WCONTINUED, WNOWAIT, WSTOPPED, __WNOTHREAD, __WALL, __WCLONE,
        }
        one_of ID_TYPE = "id types" { P_ALL, P_PID, P_PGID, P_PIDFD }
        flags PIDFD = "pidfd_open flags" { PIDFD_NONBLOCK = O_NONBLOCK, PIDFD_THREAD = O_EXCL }
        flags PIDFD_SIGNAL = "pidfd_send_signal flags" {
            PIDFD_SIGNAL_THREAD = 1, PIDFD_SIGNAL_THREAD_GROUP = 2, PIDFD_SIGNAL_PROCESS_GROUP = 4,
        }
        flags EXECVEAT = "execveat flags" { AT_SYMLINK_NOFOLLOW, AT_EMPTY_PATH, AT_EXECVE_CHECK }
        one_of RLIMIT = "resource limits" {
            RLIMIT_CPU, RLIMIT_FSIZE, RLIMIT_DATA, RLIMIT_STACK, RLIMIT_CORE, RLIMIT_RSS, RLIMIT_NPROC,
            RLIMIT_NOFILE, RLIMIT_MEMLOCK, RLIMIT_AS, RLIMIT_LOCKS, RLIMIT_SIGPENDING, RLIMIT_MSGQUEUE,
            RLIMIT_NICE, RLIMIT_RTPRIO, RLIMIT_RTTIME,
        }
        one_of RUSAGE_WHO = "rusage targets" { RUSAGE_SELF, RUSAGE_CHILDREN, RUSAGE_THREAD }
    }
    structures {
        CLONE_ARGS = "clone_args" as clone_args {
            flags: flags(&CLONE), pidfd = ADDR, child_tid = ADDR, parent_tid = ADDR,
            exit_signal: one_of(&SIGNAL), stack = ADDR, stack_size: plain(), tls: plain(), set_tid = ADDR,
            set_tid_size: plain(), cgroup: plain(),
        }
        RLIMIT_PAIR = "rlimit" as rlimit { rlim_cur: plain(), rlim_max: plain() }
        RUSAGE = "rusage" as rusage {
            ru_utime = TIMEVAL, ru_stime = TIMEVAL, ru_maxrss: plain(), ru_minflt: plain(), ru_majflt: plain(),
            ru_inblock: plain(), ru_oublock: plain(), ru_nvcsw: plain(), ru_nivcsw: plain(),
        }
    }
    laid {
        NS_ID_REQ = "ns_id_req" {
            size = UINT, spare = UINT, ns_id = ULONG, ns_type = flags(U32, &CLONE), spare2 = UINT, user_ns_id = ULONG,
        }
        // The bits of `flags` are, from the lowest: seg_32bit, contents (two), read_exec_only, limit_in_pages,
        // seg_not_present, useable, lm.
        USER_DESC = "user_desc" { entry_number = UINT, base_addr = UINT, limit = UINT, flags = UINT }
    }
}
