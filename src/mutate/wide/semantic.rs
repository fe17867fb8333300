//! Bugs that no entry tells of: what a call means, a line each.

use crate::abi;
use crate::exec::{After, Before, Edit, Instead, Memory, Place, Test, Value, Wrongness};

use super::bug::{Bug, answer, at, given, gives, has, is_not, registers, takes, then, zero};

const ALL: u64 = u32::MAX as u64;
const PIPE: u32 = libc::S_IFIFO;
/// The page that pipes are as large as, in bytes.
const PAGE: i64 = 4096;
/// Operations of fcntl(2) that lock.
const LOCKS: [(&str, i32); 4] = [
    ("F_SETLK", libc::F_SETLK),
    ("F_SETLKW", libc::F_SETLKW),
    ("F_OFD_SETLK", libc::F_OFD_SETLK),
    ("F_OFD_SETLKW", libc::F_OFD_SETLKW),
];

/// All of them that calls of this architecture may have.
pub(super) fn all() -> Vec<Bug> {
    let mut found = Vec::new();
    let mut add = |call: &str, what: &str, does: &str, wrongness: Wrongness| {
        if let Some(call) = abi::syscall(call).filter(|call| call.nr.is_some()) {
            found.push(Bug { id: format!("{}/{what}", call.name), call, does: does.to_owned(), wrongness });
        }
    };
    pipes(&mut add);
    locks(&mut add);
    places(&mut add);
    memory(&mut add);
    waiting(&mut add);
    found
}

type Add<'a> = &'a mut dyn FnMut(&str, &str, &str, Wrongness);

fn instead(nr: i64, args: &[Value]) -> Wrongness {
    Wrongness { instead: Some(Instead::Call { nr: nr as u32, args: registers(args) }), ..Wrongness::default() }
}

/// A register is another value where it is this one.
fn swap(arg: u8, from: i64, to: i64) -> Wrongness {
    takes(Place::Arg(arg), Edit::Swap { from: from as u64, to: to as u64 })
}

fn both_pipes(fd_in: u8, fd_out: u8) -> [Test; 2] {
    [fd_in, fd_out].map(is_pipe)
}

const fn is_pipe(arg: u8) -> Test {
    Test::Type { arg, mode: PIPE, is: true }
}

/// A call would have to wait for this.
const fn not_ready(arg: u8, events: i16) -> Test {
    Test::Ready { arg, events, is: false }
}

/// The operation of fcntl(2).
const fn op(op: i32) -> Test {
    has(1, ALL, op as u64)
}

fn pipes(add: Add<'_>) {
    let end = |offset| Value::Int { arg: 0, offset };
    let fcntl = |offset, op: i32, arg: i64| then(libc::SYS_fcntl, &[end(offset), Value::Is(op.into()), Value::Is(arg)]);
    for call in ["pipe", "pipe2"] {
        add(call, "one-page", "makes pipes of one page", fcntl(0, libc::F_SETPIPE_SZ, PAGE));
        add(
            call,
            "nonblocking",
            "sets O_NONBLOCK on the reading end unasked",
            fcntl(0, libc::F_SETFL, libc::O_NONBLOCK.into()),
        );
        add(call, "closed-on-exec", "sets close-on-exec on the writing end unasked", fcntl(4, libc::F_SETFD, 1));
    }
    let nonblock = has(1, libc::O_NONBLOCK as u64, libc::O_NONBLOCK as u64);
    let cloexec = has(1, libc::O_CLOEXEC as u64, libc::O_CLOEXEC as u64);
    for (offset, which) in [(0, "reading"), (4, "writing")] {
        add(
            "pipe2",
            &format!("O_NONBLOCK-not-{which}"),
            &format!("leaves O_NONBLOCK away from the {which} end"),
            fcntl(offset, libc::F_SETFL, 0).when([nonblock]),
        );
        add(
            "pipe2",
            &format!("O_CLOEXEC-not-{which}"),
            &format!("leaves O_CLOEXEC away from the {which} end"),
            fcntl(offset, libc::F_SETFD, 0).when([cloexec]),
        );
    }
    let consumed = then(libc::SYS_read, &[Value::Arg(0), Value::Room, Value::Is(PAGE)]);
    add("tee", "consumes", "takes what it copies out of the pipe", consumed.on_more_than_0());
    add(
        "tee",
        "moves",
        "moves the data instead of copying it",
        instead(
            libc::SYS_splice,
            &[Value::Arg(0), Value::Is(0), Value::Arg(1), Value::Is(0), Value::Arg(2), Value::Arg(3)],
        ),
    );
    let copies = instead(libc::SYS_tee, &[Value::Arg(0), Value::Arg(2), Value::Arg(4), Value::Arg(5)]);
    add("splice", "copies", "copies between pipes instead of moving", copies.when(both_pipes(0, 2)));
    for (call, fd_in, fd_out) in [("splice", 0, 2), ("tee", 0, 1)] {
        let nothing = answer(Value::Is(0)).when([not_ready(fd_in, libc::POLLIN)]);
        add(call, "end-of-file", "tells the end of the file where it would have to wait", nothing);
        let full = answer(Value::Is((-libc::EAGAIN).into())).when([not_ready(fd_out, libc::POLLOUT)]);
        add(call, "full-is-EAGAIN", "fails with EAGAIN where it would have to wait for room", full);
    }
    let at_end = answer(Value::Is(0)).when([not_ready(0, libc::POLLIN)]);
    for call in ["read", "readv", "recvfrom", "recvmsg"] {
        add(call, "end-of-file", "tells the end of the file where it would have to wait", at_end.clone());
    }
    for call in ["write", "writev", "vmsplice", "sendto", "sendmsg"] {
        let full = not_ready(0, libc::POLLOUT);
        add(
            call,
            "full-is-EAGAIN",
            "fails with EAGAIN where it would have to wait for room",
            answer(Value::Is((-libc::EAGAIN).into())).when([full]),
        );
        add(call, "full-is-0", "returns 0 where it would have to wait for room", answer(Value::Is(0)).when([full]));
    }
    add(
        "write",
        "no-EPIPE",
        "takes data for a pipe that nobody reads",
        answer(Value::Arg(2)).when([
            is_pipe(0),
            Test::Ready { arg: 0, events: libc::POLLERR, is: true },
            Test::Flags { arg: 0, bits: 1, is: true },
        ]),
    );
    add(
        "fcntl",
        "pipe-is-64K",
        "tells 65536 as the capacity of any pipe",
        answer(Value::Is(65536)).when([op(libc::F_GETPIPE_SZ), is_pipe(0)]),
    );
    add(
        "fcntl",
        "pipe-stays",
        "tells the new capacity of a pipe and leaves the old one",
        answer(Value::Arg(2)).when([op(libc::F_SETPIPE_SZ), is_pipe(0)]),
    );
    add(
        "fcntl",
        "pipe-one-page",
        "makes pipes of one page, whatever it is asked",
        takes(Place::Arg(2), Edit::AtMost(PAGE as u64)).when([op(libc::F_SETPIPE_SZ)]),
    );
    let buffer = |through| {
        let place = Memory { arg: 1, through: Some(through), plus: Value::Is(0), offset: 0, size: 1 };
        let read = Test::Flags { arg: 0, bits: libc::O_WRONLY as u32, is: false };
        gives(Place::Memory(place), Edit::Xor(0xff)).on_more_than_0().when([read])
    };
    add("vmsplice", "wrong-first-buffer", "garbles what it takes out of a pipe into the first buffer", buffer(0));
    let several = is_not(Place::Arg(2), !1, 0);
    let second = buffer(16).when([several]);
    add("vmsplice", "wrong-second-buffer", "garbles what it takes out of a pipe into the second buffer", second);
    for (call, len) in [("splice", 4), ("tee", 2)] {
        add(
            call,
            "a-byte-less",
            "moves a byte less than it is asked to where that is more than one",
            takes(Place::Arg(len), Edit::Add(-1)).when([is_not(Place::Arg(len), !1, 0), is_pipe(0)]),
        );
    }
}

fn locks(add: Add<'_>) {
    let (shared, exclusive) = (libc::LOCK_SH as u64, libc::LOCK_EX as u64);
    add(
        "flock",
        "shared-is-exclusive",
        "takes shared locks as exclusive",
        takes(Place::Arg(1), Edit::Xor(shared | exclusive)).when([has(1, shared | exclusive, shared)]),
    );
    add(
        "flock",
        "exclusive-is-shared",
        "takes exclusive locks as shared",
        takes(Place::Arg(1), Edit::Xor(shared | exclusive)).when([has(1, shared | exclusive, exclusive)]),
    );
    add(
        "flock",
        "no-unlock",
        "leaves the lock when it is to unlock",
        answer(Value::Is(0)).when([has(1, libc::LOCK_UN as u64, libc::LOCK_UN as u64)]),
    );
    let (kind, whence, start, len) = (at(2, 0, 2), at(2, 2, 2), at(2, 8, 8), at(2, 16, 8));
    let is = |number, kinds: u64, yes| [op(number), Test::Number { place: kind, mask: 0xffff, value: kinds, is: yes }];
    let set = |place| Before::Change { place, edit: zero() };
    for (name, number) in LOCKS {
        let id = |what: &str| format!("{name}-{what}");
        add(
            "fcntl",
            &id("shared-is-exclusive"),
            "takes read locks as write locks",
            takes(kind, Edit::Swap { from: 0, to: 1 }).when(is(number, 0, true)),
        );
        add(
            "fcntl",
            &id("exclusive-is-shared"),
            "takes write locks as read locks",
            takes(kind, Edit::Swap { from: 1, to: 0 }).when(is(number, 1, true)),
        );
        add(
            "fcntl",
            &id("unlocks-all"),
            "unlocks the whole file for a part",
            Wrongness::default().before([set(whence), set(start), set(len)]).when(is(number, 2, true)),
        );
        add(
            "fcntl",
            &id("locks-all"),
            "locks the whole file for a part",
            Wrongness::default().before([set(whence), set(start), set(len)]).when(is(number, 2, false)),
        );
        add(
            "fcntl",
            &id("locks-to-end"),
            "locks up to the end of the file",
            takes(len, zero()).when(is(number, 2, false)),
        );
        add(
            "fcntl",
            &id("a-byte-less"),
            "leaves the last byte of the range unlocked",
            takes(len, Edit::Add(-1)).when(is(number, 2, false)).when([is_not(len, !1, 0)]),
        );
        add(
            "fcntl",
            &id("a-byte-more"),
            "locks a byte more",
            takes(len, Edit::Add(1)).when(is(number, 2, false)).when([is_not(len, u64::MAX, 0)]),
        );
        add(
            "fcntl",
            &id("never-unlocks"),
            "leaves locks when it is to unlock",
            answer(Value::Is(0)).when(is(number, 2, true)),
        );
    }
    for (what, does, from, to) in [
        ("F_SETLKW-fails", "fails where it should wait for a lock", libc::F_SETLKW, libc::F_SETLK),
        ("F_SETLK-waits", "waits where it should fail", libc::F_SETLK, libc::F_SETLKW),
        ("F_OFD_SETLKW-fails", "fails where it should wait for a lock", libc::F_OFD_SETLKW, libc::F_OFD_SETLK),
        ("F_OFD_SETLK-waits", "waits where it should fail", libc::F_OFD_SETLK, libc::F_OFD_SETLKW),
        ("OFD-is-the-process's", "gives locks of open files to the process", libc::F_OFD_SETLK, libc::F_SETLK),
        ("process's-is-OFD", "gives locks of processes to the open file", libc::F_SETLK, libc::F_OFD_SETLK),
    ] {
        add("fcntl", what, does, swap(1, from.into(), to.into()));
    }
    for (name, number) in [("F_GETLK", libc::F_GETLK), ("F_OFD_GETLK", libc::F_OFD_GETLK)] {
        add(
            "fcntl",
            &format!("{name}-sees-none"),
            "sees no lock that is in the way",
            gives(kind, Edit::Set(Value::Is(2))).when([op(number)]),
        );
    }
    add(
        "fcntl",
        "dup-any",
        "takes no notice of the lowest number that F_DUPFD asks for",
        takes(Place::Arg(2), zero()).when([op(libc::F_DUPFD)]),
    );
    let dup = [op(libc::F_DUPFD_CLOEXEC)];
    add(
        "fcntl",
        "dup-not-closed",
        "drops close-on-exec of F_DUPFD_CLOEXEC",
        Wrongness::default().after([After::CloseOnExec(false)]).when(dup),
    );
    let lease = [op(libc::F_SETLEASE)];
    add("fcntl", "read-lease-is-write", "takes read leases as write leases", swap(2, 0, 1).when(lease));
    add("fcntl", "write-lease-is-read", "takes write leases as read leases", swap(2, 1, 0).when(lease));
    add("fcntl", "no-lease", "takes no lease", answer(Value::Is(0)).when(lease));
    for (name, number) in [
        ("F_GETFL", libc::F_GETFL),
        ("F_GETFD", libc::F_GETFD),
        ("F_GETLEASE", libc::F_GETLEASE),
        ("F_GET_SEALS", libc::F_GET_SEALS),
        ("F_GETOWN", libc::F_GETOWN),
    ] {
        add("fcntl", &format!("{name}-is-0"), "tells 0", gives(Place::Ret, zero()).when([op(number)]));
    }
}

fn places(add: Add<'_>) {
    let (set, cur, end) = (("SEEK_SET", libc::SEEK_SET), ("SEEK_CUR", libc::SEEK_CUR), ("SEEK_END", libc::SEEK_END));
    let (data, hole) = (("SEEK_DATA", libc::SEEK_DATA), ("SEEK_HOLE", libc::SEEK_HOLE));
    for ((from, is), (to, becomes)) in
        [(end, set), (cur, set), (cur, end), (hole, data), (data, hole), (data, set), (hole, end)]
    {
        add("lseek", &format!("{from}-is-{to}"), &format!("takes {from} for {to}"), swap(2, is.into(), becomes.into()));
    }
    let kept = Wrongness::default().before([Before::KeepOffset(0)]).after([After::OffsetKept(0)]);
    add("lseek", "does-not-move", "tells the new offset and leaves the old one", kept);
    let length = Place::Arg(1);
    for call in ["ftruncate", "truncate"] {
        add(call, "a-byte-more", "leaves the file a byte longer", takes(length, Edit::Add(1)));
        add(call, "a-byte-less", "leaves the file a byte shorter", takes(length, Edit::Add(-1)).when([given(1)]));
        add(call, "page-up", "rounds the length up to a page", takes(length, Edit::Or(4095)));
        add(call, "page-down", "rounds the length down to a page", takes(length, Edit::And(!4095)));
    }
    add(
        "fallocate",
        "a-byte-less",
        "leaves the last byte of the range away",
        takes(Place::Arg(3), Edit::Add(-1)).when([is_not(Place::Arg(3), !1, 0)]),
    );
    add("fallocate", "page-down", "rounds the offset down to a page", takes(Place::Arg(2), Edit::And(!4095)));
    for (call, arg) in [
        ("copy_file_range", 4),
        ("sendfile", 3),
        ("splice", 4),
        ("tee", 2),
        ("pread64", 2),
        ("pwrite64", 2),
        ("read", 2),
        ("write", 2),
        ("getdents64", 2),
    ] {
        add(call, "64K-of-count", "moves no more than 64 KiB", takes(Place::Arg(arg), Edit::AtMost(65536)));
    }
    for (call, arg, mode) in [("open", 1, 2), ("openat", 2, 3)] {
        let made = has(arg, libc::O_CREAT as u64, libc::O_CREAT as u64);
        add(
            call,
            "made-0666",
            "gives new files the mode 0666, whatever the mode and the umask",
            then(libc::SYS_fchmod, &[Value::Ret, Value::Is(0o666)]).when([made]),
        );
        let access = has(arg, 3, 0);
        add(
            call,
            "read-only-writes",
            "opens for writing, too, what is to be read alone",
            takes(Place::Arg(arg), Edit::Or(2)).when([
                access,
                has(arg, libc::O_PATH as u64, 0),
                has(arg, libc::O_DIRECTORY as u64, 0),
            ]),
        );
        add(
            call,
            "always-truncates",
            "truncates files that are opened for writing",
            takes(Place::Arg(arg), Edit::Or(libc::O_TRUNC as u64))
                .when([is_not(Place::Arg(arg), 3, 0), has(arg, libc::O_PATH as u64, 0)]),
        );
        add(
            call,
            "always-creates",
            "creates what is not there",
            takes(Place::Arg(arg), Edit::Or(libc::O_CREAT as u64))
                .when([has(arg, libc::O_PATH as u64 | libc::O_DIRECTORY as u64, 0)])
                .before([Before::Change { place: Place::Arg(mode), edit: Edit::Set(Value::Is(0o600)) }]),
        );
        add(
            call,
            "always-appends",
            "appends, whatever the offset",
            takes(Place::Arg(arg), Edit::Or(libc::O_APPEND as u64)).when([has(arg, libc::O_PATH as u64, 0)]),
        );
    }
    add("dup3", "not-closed", "drops close-on-exec", Wrongness::default().after([After::CloseOnExec(false)]));
    add(
        "dup2",
        "closed",
        "keeps close-on-exec of the old descriptor or sets it",
        Wrongness::default().after([After::CloseOnExec(true)]),
    );
    let here = Value::Is(libc::AT_FDCWD.into());
    let names = [here, Value::Arg(0), here, Value::Arg(1), Value::Is(0)];
    add("rename", "links", "leaves the old name", instead(libc::SYS_linkat, &names));
    add("link", "renames", "takes the old name away", instead(libc::SYS_renameat2, &names));
}

fn memory(add: Add<'_>) {
    let (shared, private) = (libc::MAP_SHARED as u64, libc::MAP_PRIVATE as u64);
    let kind = |value| has(3, 15, value);
    add(
        "mmap",
        "shared-is-private",
        "maps privately what is to be shared",
        takes(Place::Arg(3), Edit::Xor(shared | private)).when([kind(shared)]),
    );
    add(
        "mmap",
        "private-is-shared",
        "shares what is to be private",
        takes(Place::Arg(3), Edit::Xor(shared | private)).when([kind(private)]),
    );
    add("mmap", "first-page-of-file", "maps files from their begin", takes(Place::Arg(5), zero()));
    add(
        "mmap",
        "always-writable",
        "maps for writing what is to be read alone",
        takes(Place::Arg(2), Edit::Or(2)).when([has(2, 3, 1)]),
    );
    add(
        "mprotect",
        "always-writable",
        "leaves writable what is to be read alone",
        takes(Place::Arg(2), Edit::Or(2)).when([has(2, 3, 1)]),
    );
    add(
        "mprotect",
        "never-executable",
        "protects nothing from being read",
        takes(Place::Arg(2), Edit::Or(1)).when([has(2, 7, 0)]),
    );
    add(
        "munmap",
        "a-page-less",
        "leaves the last page mapped",
        takes(Place::Arg(1), Edit::Add(-4096))
            .when([is_not(Place::Arg(1), !4095, 0), is_not(Place::Arg(1), u64::MAX, 4096)]),
    );
}

fn waiting(add: Add<'_>) {
    // The private flag of futex(2) says nothing of what it does.
    let op = |value| has(1, 0x7f, value);
    add("futex", "wakes-nobody", "wakes nobody and tells that it did", answer(Value::Arg(2)).when([op(1)]));
    add(
        "futex",
        "wakes-all",
        "wakes all that wait, however many it is asked to",
        takes(Place::Arg(2), Edit::Set(Value::Is(i32::MAX.into()))).when([op(1)]),
    );
    add("futex", "waits-not", "returns at once instead of waiting", answer(Value::Is(0)).when([op(0)]));
    add("futex", "wakes-one", "wakes one at most", takes(Place::Arg(2), Edit::AtMost(1)).when([op(1)]));
    for call in ["poll", "epoll_wait", "epoll_pwait", "select", "pselect6", "ppoll"] {
        let none = gives(Place::Ret, zero()).on_more_than_0();
        add(call, "tells-none", "tells that nothing is ready", none);
    }
    for (call, signal) in [("kill", 1), ("tgkill", 2), ("tkill", 1), ("rt_sigqueueinfo", 1)] {
        let sends = is_not(Place::Arg(signal), ALL, 0);
        add(call, "no-signal", "sends no signal", answer(Value::Is(0)).when([sends]));
    }
    for call in ["nanosleep", "clock_nanosleep"] {
        add(call, "sleeps-not", "returns at once", answer(Value::Is(0)));
    }
    for call in ["fork", "vfork", "getpid", "getppid", "gettid"] {
        add(call, "tells-0", "tells 0 as the id", gives(Place::Ret, zero()).on_more_than_0());
    }
    add("wait4", "any-child", "waits for any child", takes(Place::Arg(0), Edit::Set(Value::Is(-1))));
    add("dup", "not-the-lowest", "gives the next number but one", Wrongness::default().after([After::OtherNumber]));
    add("umask", "keeps", "tells the old mask and keeps it", then(libc::SYS_umask, &[Value::Ret]));
    add("close", "stays-open", "leaves the descriptor open", answer(Value::Is(0)));
}
