//! What must be true of the table as a whole, and of its answers.

use std::collections::BTreeSet;

use rstest::rstest;

use super::table::fd::FCNTL;
use super::table::fs::OPEN;
use super::table::io::{SPLICE, WHENCE};
use super::table::mm::FUTEX;
use super::table::net::SOCKET;
use super::*;

/// Every kind that is part of this one, itself included.
fn walk(kind: &Kind, visit: &mut impl FnMut(&Kind)) {
    visit(kind);
    match kind {
        Kind::Ptr(_, inner)
        | Kind::Array(_, inner)
        | Kind::Fixed(inner, _)
        | Kind::Records(_, inner)
        | Kind::List(inner) => walk(inner, visit),
        Kind::OneOf(_, choice) => choice.of.iter().for_each(|kind| walk(kind, visit)),
        Kind::By(_, shapes, others) => {
            shapes.iter().for_each(|(_, shape)| walk(shape, visit));
            walk(others, visit);
        }
        _ => {}
    }
}

/// Checks what a kind says of its siblings and of its sets.
fn check(kind: &Kind, siblings: &[(&'static str, &Kind)], place: &str) {
    let sibling = |name: &str| siblings.iter().find(|(other, _)| *other == name).map(|(_, kind)| *kind);
    walk(kind, &mut |part| match part {
        Kind::Len(_, of) => {
            let of = sibling(of).unwrap_or_else(|| panic!("{place}: no sibling {of}"));
            assert_eq!(of.size(), 8, "{place}: the length of what is no pointer");
        }
        Kind::By(on, shapes, _) => {
            let mut sets = Vec::new();
            let by = sibling(on).unwrap_or_else(|| panic!("{place}: no sibling {on}"));
            walk(by, &mut |kind| {
                if let Kind::Enum(_, set) | Kind::Flags(_, set) = kind {
                    sets.push(*set);
                }
            });
            assert!(!sets.is_empty(), "{place}: {on} is no choice");
            for (name, _) in *shapes {
                assert!(sets.iter().any(|set| set.value(name).is_some()), "{place}: {name} is no constant of {on}");
            }
        }
        Kind::Flags(_, set) => assert!(set.flags, "{place}: {} do not combine", set.name),
        Kind::Enum(_, set) => assert!(!set.flags, "{place}: {} combine", set.name),
        Kind::Struct(of) => assert!(structure(of.name).is_some(), "{place}: {} is not listed", of.name),
        _ => {}
    });
}

fn assert_unique<'a>(names: impl Iterator<Item = &'a str>, place: &str) {
    let mut seen = BTreeSet::new();
    for name in names {
        assert!(seen.insert(name), "{place}: {name} twice");
    }
}

#[test]
fn calls_are_well_formed() {
    assert_unique(syscalls().map(|call| call.name), "calls");
    assert!(syscalls().count() > 150);
    for call in syscalls() {
        let siblings: Vec<_> = call.args.iter().map(|arg| (arg.name, &arg.kind)).collect();
        assert!(siblings.len() <= 6, "{} has more arguments than there are registers", call.name);
        assert_unique(siblings.iter().map(|(name, _)| *name), call.name);
        for arg in call.args {
            check(&arg.kind, &siblings, &format!("{}({})", call.name, arg.name));
            assert!(arg.kind.size() <= 8, "{}({}) fits no register", call.name, arg.name);
        }
    }
    let numbers = syscalls().filter_map(|call| call.nr).collect::<Vec<_>>();
    assert_eq!(numbers.len(), numbers.iter().collect::<BTreeSet<_>>().len(), "two calls of one number");
}

#[test]
fn structures_are_well_formed() {
    assert_unique(structures().map(|structure| structure.name), "structures");
    for structure in structures() {
        let siblings: Vec<_> = structure.fields.iter().map(|field| (field.name, &field.kind)).collect();
        assert_unique(siblings.iter().map(|(name, _)| *name), structure.name);
        for field in structure.fields {
            let place = format!("{}.{}", structure.name, field.name);
            check(&field.kind, &siblings, &place);
            assert!(field.kind.size() > 0, "{place} is nothing");
            assert!(field.offset + field.kind.size() <= structure.size, "{place} juts out");
            if let Some((by, constants)) = field.when {
                check(&Kind::By(by, &[], &Kind::Addr), &siblings, &place);
                assert!(!constants.is_empty(), "{place} never means anything");
            }
        }
        for (name, _) in structure.defaults {
            assert!(siblings.iter().any(|(field, _)| field == name), "{}: no field {name}", structure.name);
        }
        let Some(record) = structure.record else { continue };
        let told = |name| structure.fields.iter().any(|field| field.name == name && field.kind.int().is_some());
        assert!(record.len.is_none_or(told), "{}: no length", structure.name);
        assert!(!record.rest.is_empty() && record.align > 0, "{}: nothing comes after it", structure.name);
        let all: Vec<_> = structure.all_fields().map(|field| (field.name, &field.kind)).collect();
        assert_unique(all.iter().map(|(name, _)| *name), structure.name);
        for field in record.rest {
            check(&field.kind, &all, &format!("{}.{}", structure.name, field.name));
        }
    }
}

#[test]
fn sets_are_well_formed() {
    assert_unique(all_sets().map(|set| set.name), "sets");
    for set in all_sets() {
        assert_unique(set.names(), set.name);
        for (i, (name, bits)) in set.consts.iter().enumerate().filter(|_| set.flags) {
            for (before, part) in &set.consts[..i] {
                let hidden = part & bits == *part && *part != 0 && part != bits;
                assert!(!hidden, "{}: {before} is a part of {name} and stands before it", set.name);
            }
        }
    }
}

#[test]
fn every_constant_is_found_by_its_name() {
    for set in all_sets() {
        for (name, value) in set.consts {
            assert_eq!(set.value(name), Some(*value));
            assert!(constant_anywhere(name).iter().any(|found| std::ptr::eq(*found, set)));
        }
    }
}

#[rstest]
#[case("read", libc::SYS_read)]
#[case("pipe2", libc::SYS_pipe2)]
#[case("vmsplice", libc::SYS_vmsplice)]
#[case("newfstatat", libc::SYS_newfstatat)]
#[case("fadvise64", libc::SYS_fadvise64)]
#[case("close_range", libc::SYS_close_range)]
#[case("openat2", libc::SYS_openat2)]
#[case("rt_sigtimedwait", libc::SYS_rt_sigtimedwait)]
#[case("epoll_pwait2", libc::SYS_epoll_pwait2)]
#[case("pselect6", libc::SYS_pselect6)]
#[case("prlimit64", libc::SYS_prlimit64)]
fn numbers_are_the_c_librarys(#[case] name: &str, #[case] number: libc::c_long) {
    let call = syscall(name).expect("in the table");
    assert_eq!(call.nr.map(libc::c_long::from), Some(number));
}

#[test]
fn only_old_calls_lack_a_number() {
    let missing: BTreeSet<_> = syscalls().filter(|call| call.nr.is_none()).map(|call| call.name).collect();
    if cfg!(target_arch = "x86_64") {
        assert_eq!(missing, BTreeSet::new());
    } else {
        let old = [
            "_sysctl",
            "access",
            "afs_syscall",
            "alarm",
            "arch_prctl",
            "chmod",
            "chown",
            "creat",
            "create_module",
            "dup2",
            "epoll_create",
            "epoll_ctl_old",
            "epoll_wait",
            "epoll_wait_old",
            "eventfd",
            "fork",
            "futimesat",
            "get_kernel_syms",
            "get_thread_area",
            "getdents",
            "getpgrp",
            "getpmsg",
            "inotify_init",
            "ioperm",
            "iopl",
            "lchown",
            "link",
            "lstat",
            "mkdir",
            "mknod",
            "modify_ldt",
            "open",
            "pause",
            "pipe",
            "poll",
            "putpmsg",
            "query_module",
            "readlink",
            "rename",
            "rmdir",
            "security",
            "select",
            "set_thread_area",
            "signalfd",
            "stat",
            "symlink",
            "sysfs",
            "time",
            "tuxcall",
            "unlink",
            "uprobe",
            "uretprobe",
            "uselib",
            "ustat",
            "utime",
            "utimes",
            "vfork",
            "vserver",
        ];
        assert_eq!(missing, BTreeSet::from(old));
    }
}

#[test]
fn forks_return_twice() {
    let twice: Vec<_> = syscalls().filter(|call| call.twice).map(|call| call.name).collect();
    assert_eq!(twice, ["clone", "clone3", "fork", "vfork"]);
}

const SPLICE_F_MOVE: u32 = libc::SPLICE_F_MOVE;
const SPLICE_F_NONBLOCK: u32 = libc::SPLICE_F_NONBLOCK;

#[rstest]
#[case::hint("splice", 5, SPLICE_F_MOVE, SPLICE_F_MOVE, true)]
#[case::other_flag("splice", 5, SPLICE_F_NONBLOCK, SPLICE_F_NONBLOCK, false)]
#[case::hint_and_other("splice", 5, SPLICE_F_MOVE | 2, SPLICE_F_MOVE | 2, false)]
#[case::other_argument("splice", 4, SPLICE_F_MOVE, SPLICE_F_MOVE, false)]
#[case::implied("mprotect", 2, 3, 1, true)]
#[case::not_implied("mprotect", 2, 1, 1, false)]
fn hints_may_be_ignored(
    #[case] call: &str,
    #[case] arg: u8,
    #[case] value: u32,
    #[case] bits: u32,
    #[case] expected: bool,
) {
    let call = syscall(call).expect("in the table");
    assert_eq!(call.may_ignore(arg, value.into(), bits.into()), expected);
}

#[rstest]
#[case("gettid", "", Ret::OwnPid, false)]
#[case("set_tid_address", "", Ret::OwnPid, false)]
#[case("getppid", "", Ret::Pid, false)]
#[case("shmget", "", Ret::Id, false)]
#[case("read", "", Ret::Bytes, true)]
#[case("poll", "", Ret::Count, true)]
#[case("lseek", "", Ret::Offset, true)]
#[case("fcntl", "F_GETOWN", Ret::Pid, false)]
#[case("fcntl", "F_DUPFD_CLOEXEC", Ret::Fd, false)]
#[case("fcntl", "F_GETFL", Ret::Int, true)]
fn ids_are_no_amounts(#[case] call: &str, #[case] operation: &str, #[case] ret: Ret, #[case] amount: bool) {
    let found = syscall(call).expect("in the table").ret_with(|constant| constant == operation);
    assert_eq!((found, found.is_amount()), (ret, amount));
}

#[test]
fn operations_that_say_what_is_returned_are_constants_of_an_argument() {
    for call in syscalls() {
        let sets = || {
            call.args.iter().filter_map(|arg| {
                if let Kind::Enum(_, set) | Kind::Flags(_, set) = arg.kind { Some(set) } else { None }
            })
        };
        for (name, _) in call.ret_by {
            assert!(sets().any(|set| set.value(name).is_some()), "{}: {name}", call.name);
        }
    }
}

#[test]
#[cfg(target_arch = "x86_64")]
fn older_calls_may_show_as_newer_ones() {
    assert!(may_show_as(libc::SYS_poll as u32, libc::SYS_ppoll as u32));
    assert!(!may_show_as(libc::SYS_ppoll as u32, libc::SYS_poll as u32));
}

macro_rules! layout_cases {
    ($name:literal, $ty:ty, $($field:ident),*) => {
        ($name, size_of::<$ty>(), vec![$((stringify!($field), std::mem::offset_of!($ty, $field))),*])
    };
}

#[rstest]
#[case(layout_cases!("stat", libc::stat, st_dev, st_ino, st_nlink, st_mode, st_uid, st_gid, st_rdev, st_size))]
#[case(layout_cases!("stat", libc::stat, st_blksize, st_blocks, st_atime, st_mtime, st_ctime))]
#[case(layout_cases!("statx", libc::statx, stx_mask, stx_mode, stx_size, stx_btime, stx_mnt_id))]
#[case(layout_cases!("flock", libc::flock, l_type, l_whence, l_start, l_len, l_pid))]
#[case(layout_cases!("epoll_event", libc::epoll_event, events))]
#[case(layout_cases!("pollfd", libc::pollfd, fd, events, revents))]
#[case(layout_cases!("msghdr", libc::msghdr, msg_name, msg_namelen, msg_iov, msg_iovlen, msg_control))]
#[case(layout_cases!("msghdr", libc::msghdr, msg_controllen, msg_flags))]
#[case(layout_cases!("siginfo", libc::siginfo_t, si_signo, si_errno, si_code))]
#[case(layout_cases!("sockaddr_un", libc::sockaddr_un, sun_family, sun_path))]
#[case(layout_cases!("sockaddr_in6", libc::sockaddr_in6, sin6_family, sin6_port, sin6_addr, sin6_scope_id))]
#[case(layout_cases!("signalfd_siginfo", libc::signalfd_siginfo, ssi_signo, ssi_band, ssi_ptr, ssi_addr))]
#[case(layout_cases!("statfs", libc::statfs, f_type, f_bsize, f_namelen))]
fn layouts_are_the_c_librarys(#[case] (name, size, fields): (&str, usize, Vec<(&str, usize)>)) {
    let structure = structure(name).expect("in the table");
    assert_eq!(structure.size, size, "{name}");
    for (name, offset) in fields {
        let field = structure.fields.iter().find(|field| field.name == name).expect("a field");
        assert_eq!(field.offset, offset, "{name}");
    }
}

#[rstest]
#[case(layout_cases!("open_how", libc::open_how, flags, mode, resolve))]
#[case(layout_cases!("mount_attr", libc::mount_attr, attr_set, attr_clr, propagation, userns_fd))]
#[case(layout_cases!("sockaddr_nl", libc::sockaddr_nl, nl_family, nl_pid, nl_groups))]
#[case(layout_cases!("sockaddr_ll", libc::sockaddr_ll, sll_protocol, sll_ifindex, sll_pkttype, sll_addr))]
#[case(layout_cases!("sockaddr_vm", libc::sockaddr_vm, svm_family, svm_port, svm_cid))]
#[case(layout_cases!("sockaddr_in", libc::sockaddr_in, sin_family, sin_port, sin_addr))]
#[case(layout_cases!("mmsghdr", libc::mmsghdr, msg_hdr, msg_len))]
#[case(layout_cases!("cmsghdr", libc::cmsghdr, cmsg_len, cmsg_level, cmsg_type))]
#[case(layout_cases!("ifreq", libc::ifreq, ifr_name, ifr_ifru))]
#[case(layout_cases!("nlmsghdr", libc::nlmsghdr, nlmsg_len, nlmsg_type, nlmsg_flags, nlmsg_seq, nlmsg_pid))]
#[case(layout_cases!("nlattr", libc::nlattr, nla_len, nla_type))]
#[case(layout_cases!("ip_mreqn", libc::ip_mreqn, imr_multiaddr, imr_address, imr_ifindex))]
#[case(layout_cases!("ipv6_mreq", libc::ipv6_mreq, ipv6mr_multiaddr))]
#[case(layout_cases!("in_pktinfo", libc::in_pktinfo, ipi_ifindex, ipi_spec_dst, ipi_addr))]
#[case(layout_cases!("tcp_info", libc::tcp_info, tcpi_state, tcpi_rto, tcpi_rtt, tcpi_total_retrans))]
#[case(layout_cases!("utimbuf", libc::utimbuf, actime, modtime))]
#[case(layout_cases!("linger", libc::linger, l_onoff, l_linger))]
fn structures_by_hand_are_the_c_librarys(#[case] (name, size, fields): (&str, usize, Vec<(&str, usize)>)) {
    let structure = structure(name).expect("in the table");
    // The header of VM sockets pads an address, and newer kernels know more of TCP than the library.
    let newer = ["tcp_info", "sockaddr_vm"].contains(&name);
    assert!(structure.size == size || newer, "{name}: {} is not {size}", structure.size);
    for (name, offset) in fields {
        let field = structure.fields.iter().find(|field| field.name == name || name == "ifr_ifru").expect("a field");
        assert!(field.offset == offset || name == "ifr_ifru", "{name}");
    }
}

/// Names and numbers of this architecture's calls, if the kernel's headers are installed.
fn numbers_of_the_header() -> Option<Vec<(String, u32)>> {
    let arch = std::env::consts::ARCH;
    let dirs = [format!("/usr/include/{arch}-linux-gnu/asm"), format!("/usr/{arch}-linux-gnu/include/asm")];
    let text = dirs.iter().find_map(|dir| std::fs::read_to_string(format!("{dir}/unistd_64.h")).ok())?;
    let number = |line: &str| {
        let (name, number) = line.strip_prefix("#define __NR_")?.split_once(' ')?;
        Some((name.to_owned(), number.trim().parse().ok()?))
    };
    Some(text.lines().filter_map(number).collect())
}

#[test]
fn numbers_are_the_kernel_headers() {
    let Some(numbers) = numbers_of_the_header() else {
        eprintln!("skipped: the kernel's headers are not installed");
        return;
    };
    assert!(numbers.len() > 300);
    for (name, number) in numbers {
        if let Some(call) = syscall(&name) {
            assert_eq!(call.nr, Some(number), "{name}");
        }
    }
}

#[test]
#[expect(unsafe_code, reason = "libc tells where the members of a union are by reading them alone")]
fn the_members_of_siginfo_lie_where_the_kernel_puts_them() {
    // SAFETY: all bytes of a siginfo_t may be zero.
    let mut info: libc::siginfo_t = unsafe { std::mem::zeroed() };
    // SAFETY: a siginfo_t has 128 bytes and the alignment of a word.
    let words = unsafe { &mut *(&raw mut info).cast::<[u32; 32]>() };
    for (word, content) in words.iter_mut().zip(0..) {
        *word = content;
    }
    let offset = |name: &str| {
        let fields = structure("siginfo").expect("in the table").fields;
        fields.iter().find(|field| field.name == name).expect("a field").offset as u32 / 4
    };
    // SAFETY: the whole union was written above.
    let (pid, uid, status, addr) = unsafe { (info.si_pid(), info.si_uid(), info.si_status(), info.si_addr()) };
    assert_eq!(offset("si_pid"), pid as u32);
    assert_eq!(offset("si_uid"), uid);
    assert_eq!(offset("si_status"), status as u32);
    assert_eq!(offset("si_addr"), addr as usize as u32);
}

#[rstest]
#[case(&OPEN, 0, "O_RDONLY")]
#[case(&OPEN, libc::O_RDWR | libc::O_CLOEXEC, "O_RDWR|O_CLOEXEC")]
#[case(&OPEN, libc::O_SYNC | libc::O_WRONLY, "O_WRONLY|O_SYNC")]
#[case(&OPEN, libc::O_TMPFILE, "O_RDONLY|O_TMPFILE")]
#[case(&OPEN, libc::O_APPEND | 0x2000_0000, "O_RDONLY|O_APPEND|0x20000000")]
#[case(&SPLICE, 0, "0")]
#[case(&SPLICE, 3, "SPLICE_F_MOVE|SPLICE_F_NONBLOCK")]
#[case(&SPLICE, 0x30, "0x30")]
#[case(&PROT, 0, "PROT_NONE")]
#[case(&MAP, 0x22, "MAP_PRIVATE|MAP_ANONYMOUS")]
#[case(&SOCKET, 5 | libc::SOCK_CLOEXEC, "SOCK_SEQPACKET|SOCK_CLOEXEC")]
#[case(&FUTEX, 128, "FUTEX_WAIT_PRIVATE")]
#[case(&FUTEX, 256 | 128 | 9, "FUTEX_WAIT_BITSET_PRIVATE|FUTEX_CLOCK_REALTIME")]
#[case(&WHENCE, 2, "SEEK_END")]
#[case(&WHENCE, 9, "9")]
#[case(&WHENCE, -1, "-1")]
#[case(&DESCRIPTOR, -100, "AT_FDCWD")]
#[case(&FCNTL, 1031, "F_SETPIPE_SZ")]
#[case(&ERRNO, 11, "EAGAIN")]
fn constants_are_decoded(#[case] set: &Set, #[case] value: i32, #[case] text: &str) {
    assert_eq!(set.decode(i64::from(value) as u64), text);
}

#[rstest]
#[case(0, "000")]
#[case(0o644, "0644")]
#[case(0o7, "007")]
#[case(0o010_600, "S_IFIFO|0600")]
#[case(0o101_755, "S_IFREG|S_ISVTX|0755")]
#[case(0o140_000, "S_IFSOCK")]
#[case(0o1_000_644, "01000644")]
fn modes_are_octal(#[case] mode: u64, #[case] text: &str) {
    assert_eq!(mode_text(mode), text);
}

#[test]
fn a_constant_of_elsewhere_is_known() {
    let sets: Vec<_> = constant_anywhere("O_APPEND").iter().map(|set| set.name).collect();
    assert_eq!(sets, ["open flags"]);
    assert!(constant_anywhere("O_NO_SUCH").is_empty());
}

#[rstest]
#[case("EBADF", Some(libc::EBADF), Some("EBADF"))]
#[case("EWOULDBLOCK", Some(libc::EAGAIN), Some("EAGAIN"))]
#[case("ENOTSUP", Some(libc::EOPNOTSUPP), Some("EOPNOTSUPP"))]
#[case("EDEADLOCK", Some(libc::EDEADLK), Some("EDEADLK"))]
#[case("EHWPOISON", Some(133), Some("EHWPOISON"))]
#[case("EFTYPE", Some(134), Some("EFTYPE"))]
#[case("EBADFOO", None, None)]
fn errors_by_name(#[case] name: &str, #[case] number: Option<i32>, #[case] canonical: Option<&str>) {
    assert_eq!(errno(name), number);
    assert_eq!(errno_canonical(name), canonical);
}

#[test]
fn every_error_number_up_to_the_last_has_a_name() {
    // 41 and 58 were given up long ago.
    let unnamed: Vec<_> = (1..=134).filter(|nr| errno_name(*nr).is_none()).collect();
    assert_eq!(unnamed, [41, 58]);
    assert_eq!(errno_name(0), None);
    assert_eq!(errno_name(-libc::EBADF), None);
}

#[rstest]
#[case(libc::EBADF, "EBADF (Bad file descriptor)")]
#[case(134, "EFTYPE (Inappropriate file type or format)")]
#[case(135, "errno 135")]
#[case(0, "errno 0")]
#[case(512, "ERESTARTSYS (Internal to the kernel)")]
fn errors_are_shown(#[case] errno: i32, #[case] text: &str) {
    assert_eq!(errno_shown(errno), text);
}

#[rstest]
#[case("SIGPIPE", Some(13))]
#[case("SIGPOLL", Some(29))]
#[case("SIGRTMIN", Some(32))]
#[case("SIGRTMIN+3", Some(35))]
#[case("SIGRT_3", Some(35))]
#[case("SIGRTMAX", Some(64))]
#[case("SIGRTMAX-1", Some(63))]
#[case("SIGRTMIN+33", None)]
#[case("SIGRTMAX-33", None)]
#[case("SIGRTMAX-99", None)]
#[case("SIGRTMIN+", None)]
#[case("SIGRTMIN+-1", None)]
#[case("PIPE", None)]
fn signals_by_name(#[case] name: &str, #[case] number: Option<u32>) {
    assert_eq!(signal(name), number);
}

#[rstest]
#[case(13, "SIGPIPE")]
#[case(29, "SIGIO")]
#[case(32, "SIGRTMIN")]
#[case(35, "SIGRT_3")]
#[case(64, "SIGRT_32")]
#[case(0, "0")]
#[case(65, "65")]
fn signals_by_number(#[case] number: u32, #[case] name: &str) {
    assert_eq!(signal_name(number), name);
}

#[test]
fn capabilities_and_limits_have_their_numbers() {
    assert_eq!(capability("CAP_SYS_ADMIN"), Some(21));
    assert_eq!(capability_names().count(), 41);
    assert_eq!(rlimit("RLIMIT_NOFILE"), Some(7));
    assert_eq!(rlimit_names().count(), 16);
    assert_eq!(capability("CAP_FLY"), None);
}
