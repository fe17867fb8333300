//! What plans are made of: addresses, lengths, memory, expectations.

use rstest::rstest;
use syscase::abi::Caller;
use syscase::case::{self, ActorKind};
use syscase::plan::{
    ARENA, BindFrom, CANARY, CLOSED_FD, ContentIs, Datum, FIXED_VARS, Fill, MAX_BUFFER, Op, Operand, PlanRepeat,
    PlanStep, Planned, ReturnIs, Shown, UNMAPPED, page_size, plan, plan_all,
};
use syscase::remote::Pack;

/// Index of the first variable that a case binds.
const FIRST: u16 = FIXED_VARS.len() as u16;
/// Where regions begin.
const REGIONS: u64 = ARENA + (64 << 20);

/// Plans a case of these lines below `summary`, the last of which is a step. One that expects nothing gets a step more.
fn planned(body: &str) -> Planned {
    let mut indented: String = body.trim().lines().map(|line| format!("    {}\n", line.trim_end())).collect();
    if !["expect", "blocked"].iter().any(|word| body.contains(word)) {
        indented += "      - {call: getpid, args: {}, expect: {return: $pid}}\n";
    }
    let text = format!("subject: read(2)\ncases:\n  one:\n    summary: It works.\n{indented}");
    let cases = case::load_texts([("read/test.yaml", text.as_str())])
        .unwrap_or_else(|problems| panic!("{}", case::render(&problems, false)));
    plan(&cases[0]).unwrap_or_else(|problems| panic!("{}", case::render(&problems, false)))
}

/// Plans one call behind `pipe2`, whose ends are `$r` and `$w`.
fn step(call: &str) -> (Planned, PlanStep) {
    let planned =
        planned(&format!("steps:\n  - {{call: pipe2, args: {{flags: []}}, bind: {{pipefd: [r, w]}}}}\n  - {call}"));
    let step = planned.plan.steps[1].clone();
    (planned, step)
}

fn args(step: &PlanStep) -> [Operand; 6] {
    match step.op {
        Op::Call { args, .. } => args,
        _ => panic!("no call: {step:?}"),
    }
}

fn var(var: u16) -> Operand {
    Operand { base: 0, terms: [(1, var), (0, 0)] }
}

#[rstest]
#[case::decimal("65536", 65536)]
#[case::hexadecimal("0x10", 16)]
#[case::octal("0o17", 15)]
#[case::negative("-1", -1)]
#[case::sum("2 + 3 * 4 - 1", 13)]
#[case::pages("4 * $page_size", 4 * page_size() as i64)]
#[case::general("PIPE_BUF", 4096)]
#[case::unsigned("18446744073709551615", -1)]
#[case::raw("{raw: 0xffffffffffffffff}", -1)]
fn numbers(#[case] notation: &str, #[case] value: i64) {
    let (_, step) = step(&format!("{{call: lseek, args: {{fd: 3, offset: {notation}, whence: SEEK_CUR}}}}"));
    assert_eq!(args(&step)[..3], [3, value, 1].map(Operand::constant));
}

#[rstest]
#[case::signed("-1")]
#[case::unsigned("4294967295")]
fn either_spelling_of_an_int_is_extended_by_its_sign(#[case] fd: &str) {
    let (_, step) = step(&format!("{{call: close, args: {{fd: {fd}}}}}"));
    assert_eq!(args(&step)[0], Operand::constant(-1));
}

#[test]
fn raw_is_not_narrowed() {
    let (_, step) = step("{call: close, args: {fd: {raw: 0x100000003}}}");
    assert_eq!(args(&step)[0], Operand::constant(0x1_0000_0003));
}

#[rstest]
#[case::variable("$r", [(1, FIRST), (0, 0)], 0)]
#[case::sum("$w - $r + 1", [(-1, FIRST), (1, FIRST + 1)], 1)]
#[case::product("2 * $r", [(2, FIRST), (0, 0)], 0)]
#[case::cancelled("$r - $r + $w", [(1, FIRST + 1), (0, 0)], 0)]
#[case::closed("$closed", [(0, 0), (0, 0)], CLOSED_FD)]
fn references(#[case] notation: &str, #[case] mut terms: [(i32, u16); 2], #[case] base: i64) {
    let (_, step) = step(&format!("{{call: lseek, args: {{fd: 0, offset: {notation}, whence: 0}}}}"));
    let mut found = args(&step)[1];
    found.terms.sort();
    terms.sort();
    assert_eq!((found.base, found.terms), (base, terms));
}

#[test]
fn nothing_is_mapped_for_a_case_without_memory() {
    let planned = planned("steps:\n  - {call: getpid}");
    assert!(planned.plan.regions.is_empty());
    assert!(planned.plan.image.is_empty());
}

#[test]
fn pipefd_is_made_room_for_and_bound() {
    let (planned, _) = step("{call: close, args: {fd: $r}}");
    let pipe = &planned.plan.steps[0];
    assert_eq!(args(pipe)[0], Operand::constant(ARENA as i64));
    assert_eq!(pipe.fills[0].fill, Fill::Byte(CANARY));
    assert_eq!((pipe.captures[0].addr, pipe.captures[0].len), (args(pipe)[0], Operand::constant(8)));
    let second = &pipe.binds[1];
    assert_eq!(second.var, FIRST + 1);
    assert!(matches!(second.from, BindFrom::Captured { capture: 0, offset: 4, size: 4, signed: true, big: false }));
    let image = &planned.plan.regions[0];
    assert_eq!((image.addr, image.len), (ARENA, 0x1_0000));
}

#[test]
fn lengths_are_derived() {
    let (_, write) = step(r#"{call: write, args: {fd: $w, buf: "hello"}}"#);
    assert_eq!(args(&write)[2], Operand::constant(5));
    let (_, gather) = step(r#"{call: writev, args: {fd: $w, iov: ["a", {hex: "00 01"}, {base: NULL, len: 7}]}}"#);
    assert_eq!(args(&gather)[2], Operand::constant(3));
    let (_, variable) = step("{call: write, args: {fd: $w, buf: {fill: 0x61, len: $r}}}");
    assert_eq!(args(&variable)[2], var(FIRST));
}

#[test]
fn a_vector_lies_in_memory_as_the_kernel_reads_it() {
    let (planned, step) = step(r#"{call: writev, args: {fd: $w, iov: ["ab", {base: $unmapped, len: $r}]}}"#);
    let iov = args(&step)[1].known().unwrap() as u64;
    let stored = planned.plan.image.iter().find(|segment| segment.addr == iov).unwrap();
    let text = planned.plan.image.iter().find(|segment| segment.fill == Fill::Bytes(b"ab".to_vec())).unwrap();
    let words = [text.addr, 2, UNMAPPED, 0].map(u64::to_ne_bytes).concat();
    assert_eq!(stored.fill, Fill::Bytes(words));
    assert_eq!((step.patches[0].addr, step.patches[0].size, step.patches[0].value), (iov + 24, 8, var(FIRST)));
}

#[test]
fn a_buffer_of_variable_length_is_filled_as_the_step_begins() {
    let (planned, step) = step("{call: read, args: {fd: $r, buf: {room: $w}}}");
    let reserve = planned.plan.regions.last().unwrap();
    assert_eq!((reserve.addr, reserve.len), (REGIONS, MAX_BUFFER));
    assert_ne!(reserve.flags & libc::MAP_NORESERVE as u32, 0);
    assert_eq!((step.fills[0].addr, step.fills[0].len), (REGIONS, var(FIRST + 1)));
    assert_eq!(step.captures[0].len, var(FIRST + 1));
}

#[test]
fn numbers_that_are_variables_are_patched_into_bytes() {
    let (_, step) = step(r#"{call: write, args: {fd: $w, buf: {concat: ["ab", {u16: $r}, "cd"]}}}"#);
    let buf = args(&step)[1].known().unwrap() as u64;
    assert_eq!((step.patches[0].addr, step.patches[0].size), (buf + 2, 2));
    assert_eq!(args(&step)[2], Operand::constant(6));
}

#[test]
fn regions_lie_apart_and_are_captured_to_their_end() {
    let planned = planned(
        "memory: {a: {len: 100}, b: {len: $page_size, prot: [PROT_READ], init: \"x\"}}
steps:
  - {call: read, args: {fd: 0, buf: $a + 90, count: 50}}
  - {call: read, args: {fd: 0, buf: $a + 90, count: 4}}
  - {call: read, args: {fd: 0, buf: $a + 90}}
  - {call: read, args: {fd: 0, buf: $unmapped, count: 4}, expect: {errno: EFAULT}}",
    );
    let [a, b] = &planned.plan.regions[..] else { panic!("{:?}", planned.plan.regions) };
    assert_eq!((a.addr, a.len), (REGIONS, 100));
    assert_eq!((b.addr, b.len, b.prot), (REGIONS + 0x2_0000, page_size(), libc::PROT_READ as u32));
    assert_eq!(planned.plan.image[0].addr, b.addr);
    let captured: Vec<_> =
        planned.plan.steps.iter().map(|step| step.captures.first().map(|c| (c.addr, c.len))).collect();
    let at = Operand::constant(REGIONS as i64 + 90);
    assert_eq!(
        captured,
        [Some((at, Operand::constant(10))), Some((at, Operand::constant(4))), Some((at, Operand::constant(10))), None]
    );
    assert_eq!(args(&planned.plan.steps[2])[2], Operand::constant(10));
}

#[test]
fn rooms_are_compared_to_their_end_and_regions_are_not() {
    let planned = planned(
        "memory: {page: {len: 64}}
steps:
  - {call: read, args: {fd: 0, buf: {room: 8}}, expect: {return: 2, out: {buf: \"hi\"}}}
  - {call: read, args: {fd: 0, buf: $page, count: 8}, expect: {return: 2, out: {buf: \"hi\"}}}",
    );
    let untouched: Vec<_> = planned
        .lines
        .iter()
        .map(|line| match &line.expect[0].value.out[0].is {
            ContentIs::Bytes { parts, rest_untouched } => {
                assert_eq!(parts[0].fill, Fill::Bytes(b"hi".to_vec()));
                *rest_untouched
            }
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(untouched, [true, false]);
}

#[test]
fn a_structure_is_compared_field_by_field() {
    let (planned, step) =
        step("{call: fstat, args: {fd: $r}, expect: {return: 0, out: {statbuf: {st_mode: {mask: S_IFMT, is: S_IFIFO}, st_size: {min: 0, max: $w}}}}}".replace("S_IFMT", "0o170000").as_str());
    let out = &planned.lines[1].expect[0].value.out;
    assert_eq!(out.iter().map(|o| o.name.as_str()).collect::<Vec<_>>(), ["statbuf.st_mode", "statbuf.st_size"]);
    assert_eq!(out[0].offset, std::mem::offset_of!(libc::stat, st_mode));
    assert!(
        matches!(&out[0].is, ContentIs::Number { mask: 0o170000, is: ReturnIs::Exactly(n), .. } if n.base == 0o010000)
    );
    assert!(
        matches!(&out[1].is, ContentIs::Number { is: ReturnIs::Within(Some(_), Some(max)), .. } if *max == var(FIRST + 1))
    );
    assert_eq!(step.captures[0].len, Operand::constant(size_of::<libc::stat>() as i64));
}

#[test]
fn a_started_call_owns_what_its_finish_binds() {
    let planned = planned(
        "actors: {peer: thread}
steps:
  - {start: dup, on: peer, call: dup, args: {oldfd: 0}}
  - {blocked: dup}
  - {finish: dup, expect: {return: {min: 3}}, bind: {return: n}}
  - {call: close, args: {fd: $n}}",
    );
    let steps = &planned.plan.steps;
    assert_eq!(planned.plan.actors[1], ActorKind::Thread);
    assert!(steps[0].start);
    assert_eq!((steps[0].actor, steps[0].binds[0].var), (1, FIRST));
    assert!(matches!(steps[1].op, Op::Blocked { step: 0 }));
    assert!(matches!(steps[2].op, Op::Finish { step: 0 }) && steps[2].binds.is_empty());
    assert!(planned.lines[0].expect.is_empty() && planned.lines[2].expect.len() == 1);
    assert!(planned.blocking && planned.plan.observes);
}

#[test]
fn offsets_files_and_opens_become_steps() {
    let planned = planned(
        "given: {files: {data: \"abc\"}}
steps:
  - {call: openat, args: {dirfd: AT_FDCWD, pathname: data, flags: [O_RDWR]}, bind: {return: fd}}
  - {call: write, args: {fd: $fd, buf: \"x\"}, expect: {return: 1, offsets: {$fd: 1}, files: {data: \"xbc\"}, opens: 0}}",
    );
    let shown: Vec<_> = planned
        .lines
        .iter()
        .map(|line| match &line.shown {
            Shown::Call { call, .. } => call.name,
            Shown::Observed(_) => "count",
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(shown, ["openat", "count", "write", "count", "lseek", "openat", "read", "close"]);
    let counted = planned.lines[3].expect[0].value.ret.clone();
    assert!(matches!(counted, Some(ReturnIs::Exactly(n)) if n == var(planned.plan.steps[1].binds[0].var)));
    let read = &planned.lines[6].expect[0].value;
    assert!(matches!(read.ret, Some(ReturnIs::Exactly(n)) if n == Operand::constant(3)));
    assert_eq!(args(&planned.plan.steps[6])[2], Operand::constant(4));
}

#[test]
fn content_around_numbers_that_are_variables_is_judged_part_by_part() {
    let (planned, _) = step(
        r#"{call: read, args: {fd: $r, buf: {room: 8}}, expect: {return: 6, out: {buf: {concat: ["ab", {u16: $w}, "cd"]}}}}"#,
    );
    let out = &planned.lines[1].expect[0].value.out;
    let places: Vec<_> = out.iter().map(|out| (out.offset, out.part)).collect();
    assert_eq!(places, [(0, Some(0)), (2, Some(2)), (4, Some(4))]);
}

#[test]
fn ranges_without_an_implicit_promise_promise_nothing() {
    let planned = planned(
        "steps:
  - call: close
    args: {fd: 0}
    expect_when:
      - {kernel: [\"<5.9\"], return: 0, opens: -1}
      - {kernel: [\">=5.9\"], errno: EBADF}",
    );
    let after = &planned.lines[2].expect;
    assert!(after[0].value.ret.is_some());
    assert!(after[1].value.ret.is_none() && after[1].value.errno.is_none());
}

#[rstest]
#[case::everybody("{call: kill, args: {pid: -1, sig: SIGTERM}}", true)]
#[case::stranger("{call: kill, args: {pid: 1, sig: SIGTERM}}", true)]
#[case::itself("{call: kill, args: {pid: $pid, sig: SIGTERM}}", false)]
#[case::own_group("{call: kill, args: {pid: 0, sig: SIGTERM}}", false)]
#[case::probe_only("{call: kill, args: {pid: -1, sig: 0}}", false)]
#[case::nobody("{call: kill, args: {pid: 0x7fffffff, sig: SIGTERM}}", false)]
fn signals_to_strangers_need_a_namespace(#[case] call: &str, #[case] needed: bool) {
    assert_eq!(planned(&format!("steps:\n  - {call}")).plan.needs_pid_namespace, needed);
}

const FORK: &str = "{call: fork, bind: {return: it}}";

#[rstest]
#[case::itself("{call: getpid}", "$pid", false)]
#[case::child(FORK, "$it", false)]
#[case::childs_group(FORK, "-$it", false)]
#[case::own_thread("{call: gettid, bind: {return: it}}", "$it", false)]
#[case::parent("{call: getpid}", "$ppid", true)]
#[case::user("{call: getpid}", "$uid", true)]
#[case::parent_that_was_asked_for("{call: getppid, bind: {return: it}}", "$it", true)]
#[case::beside_a_child(FORK, "$it + 1", true)]
#[case::number_that_was_read(
    "{call: read, args: {fd: 3, buf: {room: 4}, count: 4}, bind: {buf: {i32: it}}}",
    "$it",
    true
)]
#[case::number_of_bytes("{call: read, args: {fd: 3, buf: {room: 4}, count: 4}, bind: {return: it}}", "$it", true)]
fn only_what_the_kernel_named_is_a_process_of_the_cases_own(
    #[case] first: &str,
    #[case] pid: &str,
    #[case] needed: bool,
) {
    let plan = planned(&format!("steps:\n  - {first}\n  - {{call: kill, args: {{pid: {pid}, sig: SIGKILL}}}}")).plan;
    assert_eq!(plan.needs_pid_namespace, needed);
}

#[rstest]
#[case::files("{call: openat, args: {dirfd: AT_FDCWD, pathname: f, flags: [O_CREAT]}}", false)]
#[case::local_socket("{call: socket, args: {domain: AF_UNIX, type: SOCK_STREAM, protocol: 0}}", false)]
#[case::port("{call: socket, args: {domain: AF_INET, type: SOCK_STREAM, protocol: 0}}", true)]
#[case::interface("{call: ioctl, args: {fd: 3, op: {raw: 0x8914}, argp: NULL}}", true)]
#[case::domain_name("{call: setdomainname, args: {name: \"x\", len: 1}}", true)]
#[case::program("{call: execve, args: {pathname: f, argv: []}}", true)]
#[case::own_priority("{call: setpriority, args: {which: PRIO_PROCESS, who: 0, prio: 1}}", false)]
#[case::own_priority_by_id("{call: setpriority, args: {which: PRIO_PROCESS, who: $pid, prio: 1}}", false)]
#[case::workers_priority("{call: setpriority, args: {which: PRIO_PROCESS, who: $ppid, prio: 1}}", true)]
#[case::data("{call: mprotect, args: {addr: $unmapped, len: 1, prot: [PROT_READ]}}", false)]
#[case::code("{call: mprotect, args: {addr: $unmapped, len: 1, prot: [PROT_READ, PROT_EXEC]}}", true)]
#[case::number("{call: {number: 1000}}", true)]
#[case::number_of_another_abi("{call: {number: 0x40000027}}", true)]
#[case::negative_number("{call: {number: -1}}", false)]
fn what_outlasts_a_case_is_known(#[case] call: &str, #[case] outlasts: bool) {
    assert_eq!(planned(&format!("steps:\n  - {call}")).plan.outlasts(), outlasts);
}

#[rstest]
#[case("[PROT_READ, PROT_WRITE]", false)]
#[case("[PROT_READ, PROT_EXEC]", true)]
fn memory_that_can_be_run_may_do_anything(#[case] prot: &str, #[case] outlasts: bool) {
    let body = format!("memory: {{code: {{len: 4096, prot: {prot}}}}}\nsteps:\n  - {{call: getpid}}");
    assert_eq!(planned(&body).plan.outlasts(), outlasts);
}

#[rstest]
#[case(-1, u32::MAX, "syscall_0xffffffffffffffff")]
#[case(0xffff_ffff, u32::MAX, "syscall_0xffffffffffffffff")]
#[case(1000, 1000, "syscall_0x3e8")]
fn a_call_by_number_has_that_and_six_arguments(#[case] number: i64, #[case] called: u32, #[case] shown: &str) {
    let (planned, step) = step(&format!("{{call: {{number: {number}, args: [7, \"text\"]}}, expect: {{return: 0}}}}"));
    let Op::Call { nr, args, .. } = step.op else { panic!("no call") };
    assert_eq!((nr, args[0], args[5]), (called, Operand::constant(7), Operand::constant(0)));
    assert!(args[1].known().is_some_and(|address| address != 0));
    let Shown::Call { call, args, .. } = &planned.lines[1].shown else { panic!("no call") };
    assert_eq!((call.name, args.len()), (shown, 6));
}

#[test]
fn advance_names_its_registers() {
    let (_, step) = step("{call: write, args: {fd: $w, buf: {fill: 0, len: 9}}, repeat: advance, expect: {return: 9}}");
    assert!(matches!(step.op, Op::Call { repeat: PlanRepeat::Advance { buf: 1, count: 2 }, .. }));
}

#[rstest]
#[case::trailing("{call: fcntl, args: {fd: $w, op: F_GETPIPE_SZ}}", 2)]
#[case::given("{call: fcntl, args: {fd: $w, op: F_SETPIPE_SZ, arg: 4096}}", 3)]
#[case::between("{call: splice, args: {fd_in: $r, fd_out: $w, len: 1, flags: []}}", 6)]
fn optional_arguments_that_come_last_are_not_shown(#[case] call: &str, #[case] count: usize) {
    let (planned, _) = step(call);
    match &planned.lines[1].shown {
        Shown::Call { args, .. } => assert_eq!(args.len(), count),
        other => panic!("{other:?}"),
    }
}

#[test]
fn descriptor_sets_take_variables() {
    let (_, step) =
        step("{call: select, args: {nfds: $w + 1, readfds: [$r]}, expect: {return: 0, out: {readfds: []}}}");
    let set = args(&step)[1].known().unwrap() as u64;
    assert_eq!((step.patches[0].addr, step.patches[0].size, step.patches[0].value), (set, 0, var(FIRST)));
}

#[test]
fn addresses_are_shown_by_name() {
    let planned =
        planned("memory: {page: {len: 64}}\nsteps:\n  - {call: write, args: {fd: 1, buf: $page + 16, count: 4}}");
    let Shown::Call { args, .. } = &planned.lines[0].shown else { panic!("no call") };
    assert!(matches!(&args[1], Datum::Pointer(_, Some(name)) if name == "page+16"));
}

#[test]
fn a_probe_is_a_plan_of_its_own() {
    let planned = planned(
        "given: {umask: 0}
needs: {probe: [{call: dup, args: {oldfd: 0}, expect: {return: 3}}]}
steps:
  - {call: getpid, expect: {return: $pid}}",
    );
    let probe = planned.probe.unwrap();
    assert_eq!((probe.plan.steps.len(), probe.plan.setup.umask), (1, 0));
}

#[rstest]
#[case::by_signal("{si_signo: SIGIO, si_code: POLL_IN}", 1)]
#[case::by_constant("{si_signo: SIGUSR1, si_code: POLL_MSG}", 3)]
#[case::by_neither("{si_code: SI_USER}", 0)]
fn a_signal_code_may_be_of_any_signal(#[case] info: &str, #[case] code: i64) {
    let planned = planned(&format!(
        "steps:\n  - {{call: rt_sigtimedwait, args: {{set: [SIGIO], sigsetsize: 8}}, expect: {{return: SIGIO, out: {{info: {info}}}}}}}"
    ));
    let out = planned.lines[0].expect[0].value.out.last().unwrap();
    assert!(matches!(&out.is, ContentIs::Number { is: ReturnIs::Exactly(n), .. } if n.base == code), "{out:?}");
}

#[test]
fn every_plan_arrives_at_a_target_as_it_was_sent() {
    let suite = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/cases"));
    let cases = case::load_dir(suite).unwrap_or_else(|problems| panic!("{}", case::render(&problems, false)));
    let planned = plan_all(&cases).unwrap_or_else(|problems| panic!("{}", case::render(&problems, false)));
    let sent = Pack::new(&planned, 1_000_000).with_fingerprints();
    assert!(sent.entries.len() > 2000);
    let arrived = Pack::from_bytes(&sent.to_bytes()).unwrap();
    for (entry, case) in arrived.entries.iter().zip(&planned) {
        assert_eq!((&entry.plan.id, entry.plan.fingerprint()), (&case.id, case.plan.fingerprint()));
    }
}

/// A kernel looks for a module by the name; whoever is root in a namespace of its own may ask for it.
#[rstest]
#[case::mount(
    "steps:\n  - {call: mount, args: {source: none, target: m, filesystemtype: minix, mountflags: []}}",
    true
)]
#[case::open("steps:\n  - {call: fsopen, args: {fsname: xfs, flags: []}}", true)]
#[case::in_its_namespace(
    "given: {namespaces: [user, mount], mounts: [{at: m, type: vfat}]}\nsteps:\n  - {call: getpid, args: {}}",
    true
)]
#[case::of_the_kernel("steps:\n  - {call: fsopen, args: {fsname: tmpfs, flags: []}}", false)]
#[case::begins_as_one("steps:\n  - {call: fsopen, args: {fsname: tmpfs2, flags: []}}", true)]
#[case::nowhere("steps:\n  - {call: fsopen, args: {fsname: {raw: 1}, flags: []}}", false)]
#[case::none(
    "steps:\n  - {call: mount, args: {source: none, target: m, filesystemtype: NULL, mountflags: [MS_BIND]}}",
    false
)]
fn a_file_system_that_may_be_a_module_is_refused(#[case] body: &str, #[case] refused: bool) {
    let plan = planned(body).plan;
    for caller in [Caller::Stranger, Caller::Anybody, Caller::Unprivileged] {
        let does = plan.machine_wide(caller).map(|(_, machine)| machine.does);
        assert_eq!(does, refused.then_some("may load a kernel module for a file system"), "{caller:?}");
    }
}
