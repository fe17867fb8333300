//! Functions of the C library that are no system calls of that name, and the call that does their work: as the manual
//! pages of the calls say in their notes, and those of the functions (section 3) in theirs.

/// Functions by the call that they make.
const FUNCTIONS: &[(&str, &[&str])] = &[
    ("adjtimex", &["adjtime", "ntp_adjtime"]),
    ("brk", &["sbrk"]),
    ("clock_gettime", &["clock", "ftime", "timespec_get"]),
    ("clock_nanosleep", &["sleep", "usleep"]),
    ("clock_settime", &["stime"]),
    ("clone", &["pthread_create", "thrd_create"]),
    ("close", &["closedir", "fclose", "mq_close", "pclose"]),
    ("execve", &["execl", "execle", "execlp", "execv", "execvp", "execvpe"]),
    ("execveat", &["fexecve"]),
    ("exit_group", &["_exit", "_Exit"]),
    ("fadvise64", &["posix_fadvise", "posix_fadvise64"]),
    ("fallocate", &["fallocate64", "posix_fallocate", "posix_fallocate64"]),
    ("fchmodat2", &["lchmod"]),
    ("fcntl", &["fcntl64", "lockf"]),
    ("fstat", &["fstat64"]),
    ("fstatfs", &["fstatfs64", "fstatvfs"]),
    ("ftruncate", &["ftruncate64"]),
    ("futex", &["pthread_mutex_lock", "sem_post", "sem_timedwait", "sem_wait"]),
    ("getcpu", &["sched_getcpu"]),
    ("getdents64", &["getdirentries", "readdir", "scandir"]),
    ("getrandom", &["arc4random", "getentropy"]),
    ("ioctl", &["isatty", "tcdrain", "tcflow", "tcflush", "tcgetattr", "tcsendbreak", "tcsetattr"]),
    ("kill", &["killpg"]),
    ("lseek", &["_llseek", "llseek", "lseek64"]),
    ("mknodat", &["mkfifo", "mkfifoat"]),
    ("mmap", &["mmap2", "mmap64"]),
    ("mq_getsetattr", &["mq_getattr", "mq_setattr"]),
    ("mq_timedreceive", &["mq_receive"]),
    ("mq_timedsend", &["mq_send"]),
    ("newfstatat", &["fstatat", "fstatat64", "lstat64", "stat64"]),
    ("openat", &["fopen", "open64", "openat64", "opendir", "shm_open"]),
    ("pread64", &["pread"]),
    ("preadv", &["preadv64"]),
    ("preadv2", &["preadv64v2"]),
    ("prlimit64", &["prlimit", "ulimit"]),
    ("pselect6", &["pselect"]),
    ("pwrite64", &["pwrite"]),
    ("pwritev", &["pwritev64"]),
    ("pwritev2", &["pwritev64v2"]),
    ("recvfrom", &["recv"]),
    ("rt_sigaction", &["bsd_signal", "sigaction", "siginterrupt", "signal", "sigset", "ssignal", "sysv_signal"]),
    ("rt_sigpending", &["sigpending"]),
    ("rt_sigprocmask", &["pthread_sigmask", "sigblock", "sighold", "sigprocmask", "sigrelse", "sigsetmask"]),
    ("rt_sigqueueinfo", &["sigqueue"]),
    ("rt_sigreturn", &["sigreturn"]),
    ("rt_sigsuspend", &["sigpause", "sigsuspend"]),
    ("rt_sigtimedwait", &["sigtimedwait", "sigwait", "sigwaitinfo"]),
    ("rt_tgsigqueueinfo", &["pthread_sigqueue"]),
    ("sendfile", &["sendfile64"]),
    ("sendto", &["send"]),
    ("setpgid", &["setpgrp"]),
    ("setpriority", &["nice"]),
    ("setresgid", &["setegid"]),
    ("setresuid", &["seteuid"]),
    ("statfs", &["statfs64", "statvfs"]),
    ("syslog", &["klogctl"]),
    ("tgkill", &["abort", "pthread_kill", "raise"]),
    ("truncate", &["truncate64"]),
    ("umount2", &["umount"]),
    ("uname", &["getdomainname", "gethostname"]),
    ("unlinkat", &["remove", "shm_unlink"]),
    ("utimensat", &["futimens", "futimes", "lutimes"]),
    ("wait4", &["wait", "wait3", "waitpid"]),
];

/// The system call that a function of the C library of this name makes.
pub fn made_by(function: &str) -> Option<&'static str> {
    FUNCTIONS.iter().find(|(_, functions)| functions.contains(&function)).map(|(call, _)| *call)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abi::syscall;

    #[test]
    fn functions_are_no_calls_and_make_calls_that_there_are() {
        for (call, functions) in FUNCTIONS {
            assert!(syscall(call).is_some(), "{call} is not in the table");
            for function in *functions {
                assert!(syscall(function).is_none(), "{function} is a call");
                assert_eq!(made_by(function), Some(*call), "{function} makes two");
            }
        }
    }
}
