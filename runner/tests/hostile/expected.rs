//! What becomes of each hostile case.

/// One case: its verdict, and what its reason or the last line of its trace contains. `a|b`: one of the two.
pub(crate) struct Expected {
    /// After `hostile/`.
    pub(crate) id: &'static str,
    root: (&'static str, &'static str),
    nobody: (&'static str, &'static str),
}

impl Expected {
    pub(crate) fn is(&self, root: bool, verdict: &str, told: &str) -> bool {
        let expected = if root { self.root } else { self.nobody };
        expected.0.split('|').any(|one| one == verdict) && expected.1.split('|').any(|one| told.contains(one))
    }
}

const fn pass(id: &'static str) -> Expected {
    Expected { id, root: ("pass", ""), nobody: ("pass", "") }
}

const fn fail(id: &'static str, told: &'static str) -> Expected {
    Expected { id, root: ("fail", told), nobody: ("fail", told) }
}

/// It did all that it wanted; the last expectation, which is wrong on purpose, shows that it came so far.
const fn to_the_end(id: &'static str) -> Expected {
    fail(id, "getpid() =")
}

/// More processes than a case may have are seen, or the kernel refuses them first, which may leave too few to be seen.
const fn bounded(id: &'static str) -> Expected {
    fail(id, "too many processes|EAGAIN|deadline")
}

/// Root's control group, where one can be made, has the kernel kill it; what it kills may be the worker.
const fn killed_where_bounded(id: &'static str) -> Expected {
    Expected {
        id,
        root: ("error|fail", "SIGKILL|ended the process that performs|getpid() ="),
        nobody: ("fail", "getpid() ="),
    }
}

/// Killed before the step that has it killed is noted as done, or after that.
const fn killed_early(id: &'static str) -> Expected {
    let told = ("error|fail", "SIGKILL");
    Expected { id, root: told, nobody: told }
}

/// Only root gets so far; anybody else is refused, as the case expects.
const fn refused(id: &'static str, told: &'static str) -> Expected {
    Expected { id, root: ("fail", told), nobody: ("pass", "") }
}

/// Only root may try.
const fn for_root(id: &'static str, told: &'static str) -> Expected {
    Expected { id, root: ("fail", told), nobody: ("skip", "needs CAP_") }
}

/// Root would leave something that nothing takes away.
const fn for_nobody(id: &'static str) -> Expected {
    Expected { id, root: ("skip", "needs to be without CAP_"), nobody: ("fail", "getpid() =") }
}

/// Only root's program gets at what it wants to write to. What is scribbled there by chance may
/// also end the worker.
const fn scribbles(id: &'static str) -> Expected {
    Expected {
        id,
        root: ("fail", "the trace was tampered with|ended the process that performs"),
        nobody: ("fail", "getpid() ="),
    }
}

/// In the order of their ids.
pub(crate) const EXPECTED: &[Expected] = &[
    pass("cases/a-innocent"),
    to_the_end("cases/close-everything"),
    to_the_end("cases/fill-directory"),
    bounded("cases/fork-without-end"),
    fail("cases/huge-file", "ENOSPC"),
    fail("cases/huge-file-on-disk", "SIGXFSZ"),
    fail("cases/kill-everybody", "ESRCH"),
    fail("cases/kill-group", "SIGKILL"),
    fail("cases/kill-parent", ""),
    fail("cases/loop-for-ever", "deadline of 0.2 s: still in getpid"),
    pass("cases/m-innocent"),
    to_the_end("cases/process-asleep"),
    fail("cases/raise-sigkill", "SIGKILL"),
    fail("cases/raise-sigsegv", "SIGSEGV"),
    fail("cases/sleep-in-a-call", "deadline of 0.2 s: still in read"),
    fail("cases/stop-itself", "stopped by SIGSTOP"),
    to_the_end("cases/thread-asleep"),
    fail("cases/use-all-memory", ""),
    fail("cases/vfork-and-hang", "vfork() ="),
    pass("cases/z-innocent"),
    killed_early("clones/exit-that-kills"),
    to_the_end("clones/namespaces"),
    for_root("clones/pid-again", "deadline of 0.3 s: still in exit_group"),
    to_the_end("clones/session"),
    to_the_end("clones/shared-memory"),
    to_the_end("clones/siblings"),
    bounded("clones/siblings-without-end"),
    to_the_end("clones/threads"),
    to_the_end("clones/unheard"),
    fail("clones/vfork-and-sleep", "deadline of 0.3 s: still in vfork"),
    fail("clones/vfork-and-spin", "deadline of 0.3 s: still in vfork"),
    to_the_end("clones/vfork-by-another"),
    pass("clones/z-innocent"),
    to_the_end("files/abstract-socket"),
    to_the_end("files/allocate"),
    for_root("files/another-root", "getpid() ="),
    fail("files/deep", "exited with status 7 in execve"),
    for_root("files/hide-proc", "deadline of 0.3 s: still in read"),
    for_root("files/immutable", "getpid() ="),
    fail("files/inodes", "exited with status 2 in execve"),
    to_the_end("files/ipc-objects"),
    to_the_end("files/keys"),
    to_the_end("files/message-queue"),
    for_root("files/mount-a-door", "getpid() ="),
    for_root("files/name-of-the-host", "getpid() ="),
    to_the_end("files/remove-the-directory"),
    to_the_end("files/rename-the-directory"),
    to_the_end("files/swap-the-directory"),
    to_the_end("files/unreadable"),
    for_nobody("files/user-key"),
    to_the_end("files/user-of-its-own"),
    pass("files/z-innocent"),
    fail("forging/by-a-program", "the trace was tampered with"),
    fail("forging/of-the-past", "the trace was tampered with"),
    scribbles("forging/scribble-everywhere"),
    to_the_end("forging/shrink-the-trace"),
    pass("forging/z-innocent"),
    to_the_end("limits/no-descriptors"),
    fail("limits/no-file-size", "SIGXFSZ"),
    refused("limits/no-locked-memory", "mlockall"),
    to_the_end("limits/no-memory"),
    refused("limits/no-processes", "fork() ="),
    to_the_end("limits/no-queued-signals"),
    to_the_end("limits/no-stack"),
    to_the_end("limits/the-others"),
    pass("limits/z-innocent"),
    fail("memory/clear-in-the-trace", "the trace was tampered with"),
    fail("memory/count-in-the-trace", "the trace was tampered with"),
    killed_where_bounded("memory/files-in-memory"),
    fail("memory/forget-everything", "SIGSEGV"),
    fail("memory/hide-the-end-of-a-thread", "deadline of 0.3 s: still in exit"),
    fail("memory/move-the-trace", "SIGSEGV"),
    fail("memory/name-in-the-trace", "the trace was tampered with"),
    pass("memory/open-the-worker"),
    fail("memory/protect-the-trace", "SIGSEGV"),
    fail("memory/remove-the-trace", "the trace was tampered with"),
    fail("memory/replace-the-trace", "exited with status 0 in mmap"),
    fail("memory/ring-into-the-trace", "the trace was tampered with"),
    to_the_end("memory/ring-left-open"),
    to_the_end("memory/robust-circle"),
    to_the_end("memory/robust-everywhere"),
    to_the_end("memory/robust-nowhere"),
    fail("memory/scribble-by-read", "the trace was tampered with"),
    fail("memory/scribble-by-writev", "the trace was tampered with"),
    fail("memory/scribble-late", "the trace was tampered with"),
    fail("memory/share-the-trace", "the trace was tampered with"),
    fail("memory/unmap-everything", "SIGSEGV"),
    fail("memory/unmap-the-trace", "SIGSEGV"),
    to_the_end("memory/wait-for-a-word"),
    pass("memory/write-into-the-worker"),
    fail("memory/write-protect-the-trace", "deadline of 0.3 s: still in ioctl"),
    pass("memory/z-innocent"),
    to_the_end("processes/adopt-orphans"),
    to_the_end("processes/escape"),
    fail("processes/exec", "exited with status 0 in execve"),
    fail("processes/exec-and-stay", "deadline of 0.5 s: still in execve"),
    fail("processes/exit-in-a-thread", "deadline of 0.3 s: still in exit"),
    to_the_end("processes/forget-children"),
    bounded("processes/fork-bomb"),
    to_the_end("processes/generations"),
    to_the_end("processes/hide-its-name"),
    pass("processes/kill-the-unborn"),
    to_the_end("processes/kill-what-is-gone"),
    to_the_end("processes/many-descriptors-elsewhere"),
    bounded("processes/many-sleepers"),
    to_the_end("processes/no-clock"),
    to_the_end("processes/orphan-with-a-deadly-signal"),
    to_the_end("processes/parent-asleep-for-ever"),
    pass("processes/parent-by-descriptor"),
    to_the_end("processes/parent-stopped"),
    to_the_end("processes/parent-told-of-children"),
    for_root("processes/processes-elsewhere", "getpid() ="),
    for_root("processes/real-time", "deadline of 0.3 s: still in getpid"),
    to_the_end("processes/same-processor"),
    fail("processes/seccomp-nothing-works", "deadline of 0.3 s: did not end"),
    fail("processes/seccomp-strict", "SIGKILL"),
    to_the_end("processes/sibling-of-the-case"),
    to_the_end("processes/trace-a-sibling"),
    pass("processes/trace-the-worker"),
    to_the_end("processes/undumpable"),
    fail("processes/user-dispatch", "SIGSYS"),
    pass("processes/z-innocent"),
    fail("signals/alarm-between-steps", "SIGALRM"),
    fail("signals/alarm-ignored", "deadline of 0.2 s: still in read"),
    fail("signals/alarms-recorded", "signals: expected none, found SIGALRM"),
    fail("signals/block-all", "deadline of 0.2 s: still in read"),
    fail("signals/continued-for-ever", ""),
    fail("signals/cpu-time", "SIGXCPU"),
    fail("signals/faulty-handler", "SIGSEGV"),
    fail("signals/segv-ignored", "SIGSEGV"),
    fail("signals/stopped-by-a-sibling", "stopped by SIGSTOP"),
    fail("signals/timer-that-kills", "SIGKILL"),
    pass("signals/z-innocent"),
    fail("unanswered/a-fault", "deadline of 0.3 s: still in load"),
    for_root("unanswered/a-fault-in-a-call", "deadline of 0.3 s: still in read"),
    for_root("unanswered/a-fault-in-a-fork", "deadline of 0.3 s: still in fork"),
    for_root("unanswered/a-fault-of-another", "getpid() ="),
    for_root("unanswered/a-file-system", "deadline of 0.3 s: still in openat"),
    to_the_end("unanswered/a-lease"),
    for_root("unanswered/a-permission", "deadline of 0.3 s: still in openat"),
    for_root("unanswered/a-request", "getpid() ="),
    to_the_end("unanswered/a-ring"),
    pass("unanswered/z-innocent"),
];
