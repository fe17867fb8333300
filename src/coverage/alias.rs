//! Calls whose page has another name, and pages that refer to others for further errors.

/// What is known of a call's place in the manual.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Alias {
    /// The name of the library's function: the page's, if none is named after the call, and the one
    /// that an entry uses to say which function it is about.
    pub(super) function: Option<&'static str>,
    /// Pages whose errors the call's page declares to be its own too.
    pub(super) also: &'static [&'static str],
}

const fn named(function: &'static str) -> Alias {
    Alias { function: Some(function), also: &[] }
}

const fn also(also: &'static [&'static str]) -> Alias {
    Alias { function: None, also }
}

const fn both(function: &'static str, also: &'static [&'static str]) -> Alias {
    Alias { function: Some(function), also }
}

/// By the call's name.
const ALIASES: &[(&str, Alias)] = &[
    ("epoll_create1", named("epoll_create")),
    ("epoll_pwait", named("epoll_wait")),
    ("epoll_pwait2", named("epoll_wait")),
    ("eventfd2", named("eventfd")),
    ("execveat", also(&["execve"])),
    ("exit", named("_exit")),
    ("exit_group", named("_exit")),
    ("fadvise64", named("posix_fadvise")),
    ("faccessat2", named("faccessat")),
    ("fchmodat2", named("fchmodat")),
    ("fgetxattr", also(&["stat"])),
    ("flistxattr", also(&["stat"])),
    ("fremovexattr", also(&["stat"])),
    ("fsetxattr", also(&["stat"])),
    ("fstat", named("stat")),
    ("futimesat", also(&["utimes"])),
    ("getdents64", named("getdents")),
    ("getxattr", also(&["stat"])),
    ("inotify_init1", named("inotify_init")),
    ("lgetxattr", also(&["stat"])),
    ("listxattr", also(&["stat"])),
    ("llistxattr", also(&["stat"])),
    ("lremovexattr", also(&["stat"])),
    ("lsetxattr", also(&["stat"])),
    ("newfstatat", named("fstatat")),
    ("openat2", also(&["openat"])),
    ("open_by_handle_at", also(&["openat"])),
    ("pivot_root", also(&["stat"])),
    ("pread64", both("pread", &["read", "lseek"])),
    ("preadv", both("readv", &["read", "lseek"])),
    ("preadv2", both("readv", &["read", "lseek"])),
    ("prlimit64", named("prlimit")),
    ("pselect6", named("pselect")),
    ("pwrite64", both("pwrite", &["write", "lseek"])),
    ("pwritev", both("writev", &["write", "lseek"])),
    ("pwritev2", both("writev", &["write", "lseek"])),
    ("readv", also(&["read"])),
    ("recvmmsg", also(&["recvmsg"])),
    ("removexattr", also(&["stat"])),
    ("rt_sigaction", named("sigaction")),
    ("rt_sigpending", named("sigpending")),
    ("rt_sigprocmask", named("sigprocmask")),
    ("rt_sigreturn", named("sigreturn")),
    ("rt_sigsuspend", named("sigsuspend")),
    ("rt_sigtimedwait", named("sigtimedwait")),
    ("sendmmsg", also(&["sendmsg"])),
    ("setxattr", also(&["stat"])),
    ("signalfd4", named("signalfd")),
    ("umount2", named("umount")),
    ("wait4", also(&["waitpid"])),
    ("writev", also(&["write"])),
];

/// What is known of this call.
pub(super) fn alias(call: &str) -> Alias {
    ALIASES.iter().find(|(name, _)| *name == call).map_or_else(Alias::default, |(_, alias)| *alias)
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_alias_is_of_a_call_once() {
        let names: Vec<_> = super::ALIASES.iter().map(|(name, _)| *name).collect();
        let distinct: std::collections::BTreeSet<_> = names.iter().collect();
        assert_eq!(distinct.len(), names.len());
        let unknown: Vec<_> = names.into_iter().filter(|n| syscalls::Sysno::iter().all(|s| s.name() != *n)).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
    }
}
