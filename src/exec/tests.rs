//! Traces that somebody else had a hand in.

use proptest::prelude::*;
use rstest::rstest;

use crate::abi::CARRIED_BYTES;
use crate::case::ActorKind;
use crate::plan::{ARENA, Bind, BindFrom, Capture, FIXED_VARS, Op, Operand, Plan, PlanRepeat, PlanStep, UNBOUND};

use crate::exec::child::slot::CaseSlot;
use crate::exec::runner::slot::RunnerSlot;
use crate::exec::runner::trace::{End, State, Trace};
use crate::exec::shared::map::Shared;
use crate::exec::shared::record::state;
use crate::exec::shared::seal::Key;
use crate::exec::shared::slot::{Ended, Kernel, SLOTS, end, phase};
use crate::exec::sys::syscall;
use crate::exec::worker::slot::WorkerSlot;

fn step(op: Op, binds: &[u16], captures: usize) -> PlanStep {
    let bind = |var: &u16| Bind { var: *var, from: BindFrom::Return, on_error: false };
    let capture = Capture { addr: Operand::constant(ARENA as i64), len: Operand::constant(5) };
    PlanStep { captures: vec![capture; captures], binds: binds.iter().map(bind).collect(), ..PlanStep::new(0, op) }
}

/// One step of every kind whose record differs: done with captures, repeated, begun by another, waited for, begun.
fn plan() -> Plan {
    let call = |repeat| Op::Call { nr: 39, args: [Operand::default(); 6], repeat, twice: false, child: None };
    let times = PlanRepeat::Times(Operand::constant(7));
    let mut started = step(call(PlanRepeat::Once), &[6], 1);
    (started.actor, started.start) = (1, true);
    Plan {
        id: "forged/or-not".into(),
        actors: vec![ActorKind::Thread, ActorKind::Process],
        vars: FIXED_VARS.len() as u32 + 2,
        steps: vec![
            step(call(PlanRepeat::Once), &[5], 2),
            step(call(times), &[], 0),
            started,
            step(Op::Blocked { step: 2 }, &[], 0),
            step(Op::Finish { step: 2 }, &[], 0),
            step(call(PlanRepeat::Once), &[], 0),
        ],
        ..Plan::default()
    }
}

/// Bytes that are captured.
const CAPTURED: u64 = 15;

/// What a worker says of it.
const ENDED: Ended = Ended { end: end::REAPED, status: libc::SIGPIPE, micros: 0 };

fn slot(shared: &Shared, index: usize) -> RunnerSlot {
    // SAFETY: mapped as long as what is shared, which outlives the test's use of it.
    unsafe { RunnerSlot::new(shared.slots()[index]) }
}

/// The same as the case's process has it.
fn lent(slot: RunnerSlot) -> Result<CaseSlot, CaseSlot> {
    // SAFETY: as in `slot`.
    unsafe { CaseSlot::lent(slot.raw().base(), slot.raw().key.words()) }
}

fn loaded(shared: &Shared, index: usize, key: Key) -> RunnerSlot {
    let mut slot = slot(shared, index);
    let posted = slot.load(&plan(), 1_000_000, Kernel::Right, key).expect("it fits");
    shared.control().cases[index].post(posted);
    slot
}

/// A slot with that plan, performed up to the last step, by hand.
fn performed(shared: &Shared, index: usize, key: Key) -> RunnerSlot {
    let loaded = loaded(shared, index, key);
    let (posted, key) = shared.control().cases[index].take();
    // SAFETY: as in `slot`.
    let worker = unsafe { WorkerSlot::taken(loaded.raw().base(), posted, key) };
    let slot = lent(loaded).unwrap_or_else(|_| panic!("it is as it was loaded"));
    (0..FIXED_VARS.len()).for_each(|var| slot.vars().set(var, 1000 + var as i64));
    slot.reach(phase::STEPS);
    slot.begin(0);
    slot.make_room(CAPTURED);
    put(slot, 0, 0, b"hello");
    put(slot, 1, 5, b"world");
    slot.vars().set(5, 42);
    slot.note(0, 13, &[1; CARRIED_BYTES]);
    slot.end(0, state::DONE, 42, 0, 0..2);
    slot.note(0, 14, &[2; CARRIED_BYTES]);
    slot.begin(1);
    (1..=7).for_each(|times| slot.repeated(1, times));
    slot.end(1, state::DONE, 0, 7, 2..2);
    slot.begin(2);
    worker.reply(2, true);
    slot.begin(3);
    slot.end(3, state::DONE, slot.was_seen_asleep(2).into(), 0, 0..0);
    put(slot, 2, 10, b"again");
    slot.vars().set(6, 3);
    slot.end(2, state::DONE, 3, 0, 2..3);
    slot.begin(4);
    slot.end(4, state::DONE, 0, 0, 0..0);
    slot.begin(5);
    loaded
}

fn put(slot: CaseSlot, capture: u64, at: u64, bytes: &[u8]) {
    // SAFETY: within the slot, as the plan has it.
    unsafe {
        slot.data().add(at as usize).copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
        slot.capture_record(capture).write(crate::exec::shared::record::CaptureRecord {
            ok: 1,
            at,
            len: bytes.len() as u64,
        });
    }
}

/// All of the slot that holds something.
fn bytes_in_reach(slot: RunnerSlot) -> impl Iterator<Item = usize> {
    let slot = slot.raw();
    0..slot.data() as usize - slot.base() as usize + CAPTURED as usize + 2 * CARRIED_BYTES
}

fn byte(slot: RunnerSlot, at: usize) -> &'static mut u8 {
    // SAFETY: within the slot, whose mapping outlives the test's use of it.
    unsafe { &mut *slot.raw().base().add(at) }
}

fn shared() -> Shared {
    Shared::new().expect("shared memory")
}

#[test]
fn what_was_written_is_read() {
    let shared = shared();
    let trace = performed(&shared, 0, Key::draw()).trace(&plan(), ENDED);
    assert_eq!(trace.end, End::Killed(libc::SIGPIPE));
    assert_eq!(trace.vars, [1000, 1001, 1002, 1003, 1004, 42, 3]);
    let [done, repeated, started, blocked, finish, begun] = &trace.steps[..] else { panic!("{trace:?}") };
    assert_eq!((done.state, done.ret, done.signals.as_slice()), (State::Done, 42, [13, 14].as_slice()));
    assert_eq!(done.carried, [1, 2].map(|byte| Some(vec![byte; CARRIED_BYTES])));
    assert_eq!(done.captures, [Some(b"hello".to_vec()), Some(b"world".to_vec())]);
    assert_eq!((repeated.state, repeated.repeats), (State::Done, 7));
    assert_eq!((started.ret, started.blocked, blocked.blocked, blocked.ret), (3, true, true, 0));
    assert_eq!((finish.state, finish.ret), (State::Done, 3));
    assert_eq!((begun.state, begun.ret), (State::Begun, 0));
}

#[test]
fn a_case_is_at_its_steps_between_set_up_and_end() {
    let shared = shared();
    assert!(!loaded(&shared, 1, Key::draw()).raw().is_at_steps());
    let slot = performed(&shared, 0, Key::draw());
    assert!(slot.raw().is_at_steps());
    lent(slot).unwrap_or_else(|_| panic!("it is as it was loaded")).reach(phase::FINISHED);
    assert!(!slot.raw().is_at_steps());
}

#[test]
fn a_byte_that_is_changed_changes_nothing_or_is_noticed() {
    let shared = shared();
    let slot = performed(&shared, 0, Key::draw());
    let before = slot.trace(&plan(), ENDED);
    let mut noticed = 0;
    for at in bytes_in_reach(slot) {
        for bits in [0x01, 0x80, 0xff] {
            *byte(slot, at) ^= bits;
            let after = slot.trace(&plan(), ENDED);
            *byte(slot, at) ^= bits;
            assert!(after == before || after.end == End::Forged, "byte {at}: {after:?}");
            noticed += u32::from(after != before);
        }
    }
    assert!(noticed > 500, "{noticed}");
    assert_eq!(slot.trace(&plan(), ENDED), before);
}

/// What is erased was not reached: it may be missed, but nobody takes it for something else.
fn nothing_new(before: &Trace, after: &Trace) -> bool {
    let same_or_less = before.steps.iter().zip(&after.steps).all(|(b, a)| {
        let less =
            a.state == State::NotReached && a.killed.is_none() && !a.blocked && a.captures.iter().all(Option::is_none);
        let unseen =
            crate::exec::StepTrace { blocked: a.blocked, ret: if a.ret == 0 { 0 } else { b.ret }, ..b.clone() };
        less || a == b || *a == unseen && !a.blocked
    });
    after.end == End::Forged
        || same_or_less && before.vars.iter().zip(&after.vars).all(|(b, a)| a == b || *a == UNBOUND)
}

proptest! {
    #[test]
    fn a_stretch_that_is_overwritten_says_nothing_new(
        from in any::<prop::sample::Index>(), len in 1..400usize, with in prop::option::of(any::<u64>())
    ) {
        let shared = shared();
        let slot = performed(&shared, 0, Key::draw());
        let before = slot.trace(&plan(), ENDED);
        let all: Vec<usize> = bytes_in_reach(slot).collect();
        let from = from.index(all.len());
        let fill = with.unwrap_or(0).to_ne_bytes();
        for (i, at) in all[from..].iter().take(len).enumerate() {
            *byte(slot, *at) = fill[i % 8];
        }
        let after = slot.trace(&plan(), ENDED);
        prop_assert!(nothing_new(&before, &after), "{:?}", after);
    }

    #[test]
    fn bytes_copied_within_the_trace_say_nothing_new(
        from in any::<prop::sample::Index>(), to in any::<prop::sample::Index>(), len in 1..200usize
    ) {
        let shared = shared();
        let slot = performed(&shared, 0, Key::draw());
        let before = slot.trace(&plan(), ENDED);
        let all: Vec<usize> = bytes_in_reach(slot).collect();
        // In whole words, as records are.
        let (from, to) = (from.index(all.len()) & !7, to.index(all.len()) & !7);
        let copied: Vec<u8> = all[from..].iter().take(len).map(|at| *byte(slot, *at)).collect();
        all[to..].iter().zip(copied).for_each(|(at, value)| *byte(slot, *at) = value);
        let after = slot.trace(&plan(), ENDED);
        prop_assert!(nothing_new(&before, &after), "{:?}", after);
    }
}

/// The runner has loaded the plan again; the trace is of the time before, or from another slot.
#[rstest]
#[case::stale(0)]
#[case::of_another_slot(1)]
fn a_trace_of_another_performance_is_noticed(#[case] from: usize) {
    let shared = shared();
    let secret = Key::draw();
    let old = performed(&shared, from, secret.nth(0));
    let trace: Vec<(usize, u8)> = bytes_in_reach(old).map(|at| (at, *byte(old, at))).collect();
    old.wipe(shared.file(from));
    let slot = loaded(&shared, 0, secret.nth(1));
    assert_eq!(slot.trace(&plan(), ENDED).steps[0].state, State::NotReached);
    trace.into_iter().for_each(|(at, value)| *byte(slot, at) = value);
    assert_eq!(slot.trace(&plan(), ENDED), Trace { end: End::Forged, ..Trace::default() });
}

#[test]
fn the_key_is_taken_out_of_the_shared_memory() {
    let shared = shared();
    let key = Key::draw();
    let slot = performed(&shared, 0, key);
    let control = std::ptr::from_ref(shared.control()).cast::<u8>();
    // SAFETY: the control file.
    let control = unsafe { std::slice::from_raw_parts(control, crate::exec::shared::slot::CONTROL_SIZE) };
    let bytes: Vec<u8> = bytes_in_reach(slot).map(|at| *byte(slot, at)).chain(control.iter().copied()).collect();
    for word in key.words() {
        assert!(!bytes.windows(8).any(|window| window == word.to_ne_bytes()));
    }
}

#[test]
fn keys_and_addresses_differ() {
    let secret = Key::draw();
    assert_ne!(secret.words(), Key::draw().words());
    assert_ne!(secret.nth(0).words(), secret.nth(1).words());
    let (one, other) = (shared(), shared());
    let bases = || one.slots().into_iter().chain(other.slots()).map(|base| base as usize);
    let apart = |(i, base): (usize, usize)| {
        bases().enumerate().all(|(j, of)| i == j || base.abs_diff(of) > crate::exec::shared::slot::SLOT_SIZE)
    };
    assert!(bases().enumerate().all(apart));
}

/// Steps and variables are looked at before they are relied upon.
#[test]
fn a_changed_step_or_variable_is_noticed_by_the_child() {
    let shared = shared();
    let slot = loaded(&shared, SLOTS as usize - 1, Key::draw());
    let sound = || (0..plan().steps.len()).all(|step| slot.raw().planned(step).is_some());
    assert!(sound());
    let noticed = bytes_in_reach(slot).filter(|&at| {
        *byte(slot, at) ^= 1;
        let noticed = !sound();
        *byte(slot, at) ^= 1;
        noticed
    });
    // Each step and its entry in the table; and no set-up, which is over by then, and no record.
    let steps: usize =
        crate::exec::shared::wire::encode(&plan(), Kernel::Right).iter().skip(1).map(|step| step.len() + 3 * 8).sum();
    assert_eq!(noticed.count(), steps);
    slot.raw().vars().set(5, 42);
    let at = slot.raw().vars().address(5) as usize - slot.raw().base() as usize;
    *byte(slot, at) ^= 1;
    assert_eq!(slot.raw().vars().get(5), None);
}

/// A case's process begins with nothing that the runner has not written.
#[test]
fn a_changed_set_up_or_layout_is_noticed_before_the_first_step() {
    let shared = shared();
    let mut slot = slot(&shared, 2);
    let plan = Plan { steps: vec![], ..plan() };
    let key = Key::draw();
    slot.load(&plan, 1_000_000, Kernel::Right, key).expect("it fits");
    let sound = || lent(slot).is_ok();
    assert!(sound());
    let noticed = bytes_in_reach(slot).filter(|&at| {
        *byte(slot, at) ^= 0xff;
        let noticed = !sound();
        *byte(slot, at) ^= 0xff;
        noticed
    });
    // The layout, two requests, all bytes of the set-up, and its entry in the table.
    let setup = crate::exec::shared::wire::encode(&plan, Kernel::Right)[0].len();
    assert_eq!(noticed.count(), (6 + 2) * 8 + setup + 3 * 8);
    assert!(sound());
}

#[test]
fn nothing_of_a_case_stays_in_its_slot() {
    let shared = shared();
    let slot = performed(&shared, 3, Key::draw());
    let (end, far) = (slot.raw().data() as usize - slot.raw().base() as usize, 48 << 20);
    *byte(slot, far) = 1;
    // Fewer pages than were used, and still one too many.
    // SAFETY: no reference is into that page.
    let removed = unsafe { syscall!(madvise, slot.raw().base(), 4096, libc::MADV_REMOVE) };
    assert_eq!(removed, 0);
    *byte(slot, end) = 1;
    slot.wipe(shared.file(3));
    assert!(bytes_in_reach(slot).chain([end, far]).all(|at| *byte(slot, at) == 0));
    let blocks = nix::sys::stat::fstat(shared.file(3)).expect("a file").st_blocks;
    assert!(blocks <= 24, "{blocks}");
}

#[test]
fn a_slot_is_all_of_its_file() {
    let shared = shared();
    let base = shared.slots()[0];
    let more = crate::exec::shared::slot::SLOT_SIZE * 2;
    // SAFETY: of a length of 0, it is a second mapping, and the first one stays.
    let far = unsafe { syscall!(mremap, base, 0, more, libc::MREMAP_MAYMOVE) };
    assert!(far > 0, "{far}");
    assert!(crate::exec::sys::is_readable(far as u64, 1));
    assert!(!crate::exec::sys::is_readable(far as u64 + crate::exec::shared::slot::SLOT_SIZE as u64, 1));
    // SAFETY: the second mapping.
    unsafe { syscall!(munmap, far, more) };
    assert_eq!(nix::unistd::ftruncate(shared.file(0), more as i64), Err(nix::Error::EPERM));
}

/// What a child reads of a plan is the plan.
#[test]
fn what_is_archived_of_every_case_is_its_plan() {
    use rkyv::rancor::Panic;
    let tree = crate::case::load_with(crate::builtin::origin(), |case| crate::plan::plan(&case));
    let cases = tree.unwrap_or_else(|diagnostics| panic!("{}", crate::case::render(&diagnostics, false))).cases;
    let text = |plan: &Plan| postcard::to_stdvec(plan).expect("it can be written");
    assert!(cases.len() > 1000);
    for planned in cases {
        let parts = crate::exec::shared::wire::encode(&planned.plan, Kernel::Right);
        // SAFETY: what was just encoded.
        let set_up = unsafe { crate::exec::shared::wire::set_up(&parts[0]) };
        let steps = parts[1..].iter().map(|part| {
            // SAFETY: as above.
            let step = unsafe { crate::exec::shared::wire::step(part) };
            rkyv::deserialize::<crate::plan::PlanStep, Panic>(&step.step).unwrap_or_else(|never| match never {})
        });
        let decoded = Plan {
            actors: rkyv::deserialize::<_, Panic>(&set_up.actors).unwrap_or_else(|never| match never {}),
            setup: rkyv::deserialize::<_, Panic>(&set_up.setup).unwrap_or_else(|never| match never {}),
            regions: rkyv::deserialize::<_, Panic>(&set_up.regions).unwrap_or_else(|never| match never {}),
            image: rkyv::deserialize::<_, Panic>(&set_up.image).unwrap_or_else(|never| match never {}),
            steps: steps.collect(),
            ..planned.plan.clone()
        };
        assert_eq!(text(&decoded), text(&planned.plan), "{}", planned.plan.id);
    }
}

/// A module of a process knows those below it alone: what is its own, what that process forks, what all share.
#[test]
fn modules_know_those_below_them() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/exec");
    let order = ["runner", "launcher", "worker", "child", "shared"];
    let mut seen = 0;
    for (at, module) in order.iter().enumerate() {
        for file in std::fs::read_dir(root.join(module)).expect("a module").flatten() {
            let text = std::fs::read_to_string(file.path()).expect("a file");
            let code: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
            for above in &order[..at] {
                assert!(!code.contains(&format!("exec::{above}::")), "{} knows {above}", file.path().display());
            }
            seen += 1;
        }
    }
    assert!(seen > 30, "{seen}");
}
