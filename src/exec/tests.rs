//! Traces that somebody else had a hand in.

use std::mem::offset_of;
use std::sync::atomic::Ordering;

use proptest::prelude::*;
use rstest::rstest;

use crate::case::ActorKind;
use crate::plan::{ARENA, Bind, BindFrom, Capture, FIXED_VARS, Op, Operand, Plan, PlanRepeat, PlanStep};

use super::map::Shared;
use super::record::state;
use super::seal::Key;
use super::slot::{Header, SLOTS, Slot, end, phase};
use super::trace::{End, State, Trace};

fn step(op: Op, binds: &[u16], captures: usize) -> PlanStep {
    let bind = |var: &u16| Bind { var: *var, from: BindFrom::Return };
    let capture = Capture { addr: Operand::constant(ARENA as i64), len: Operand::constant(5) };
    PlanStep {
        actor: 0,
        op,
        fills: vec![],
        patches: vec![],
        captures: vec![capture; captures],
        binds: binds.iter().map(bind).collect(),
    }
}

/// One step of every kind whose record differs: done with captures, repeated, begun by another, waited for, begun.
fn plan() -> Plan {
    let call = |start, repeat| Op::Call { nr: 39, args: [Operand::default(); 6], start, repeat, twice: false };
    let times = PlanRepeat::Times(Operand::constant(7));
    let mut started = step(call(true, PlanRepeat::Once), &[6], 1);
    started.actor = 1;
    Plan {
        id: "forged/or-not".into(),
        actors: vec![ActorKind::Thread, ActorKind::Process],
        vars: FIXED_VARS.len() + 2,
        steps: vec![
            step(call(false, PlanRepeat::Once), &[5], 2),
            step(call(false, times), &[], 0),
            started,
            step(Op::Blocked { step: 2 }, &[], 0),
            step(Op::Finish { step: 2 }, &[], 0),
            step(call(false, PlanRepeat::Once), &[], 0),
        ],
        ..Plan::default()
    }
}

/// A slot with that plan, performed up to the last step, by hand.
fn performed(shared: &Shared, index: usize, key: Key) -> Slot {
    let mut loaded = shared.slots()[index];
    loaded.load(&plan(), 1_000_000, None, key).expect("it fits");
    let slot = shared.slots()[index].taken();
    (0..FIXED_VARS.len()).for_each(|var| slot.vars().set(var, 1000 + var as i64));
    slot.reach(phase::STEPS);
    slot.begin(0);
    put(slot, 0, 0, b"hello");
    put(slot, 1, 5, b"world");
    slot.vars().set(5, 42);
    slot.note(0, 13);
    slot.end(0, state::DONE, 42, 0, 0..2);
    slot.note(0, 14);
    slot.begin(1);
    (1..=7).for_each(|times| slot.repeated(1, times));
    slot.end(1, state::DONE, 0, 7, 2..2);
    slot.begin(2);
    slot.seen_asleep(2, true);
    slot.begin(3);
    slot.end(3, state::DONE, slot.was_seen_asleep(2).into(), 0, 0..0);
    put(slot, 2, 10, b"again");
    slot.vars().set(6, 3);
    slot.end(2, state::DONE, 3, 0, 2..3);
    slot.begin(4);
    slot.end(4, state::DONE, 0, 0, 0..0);
    slot.begin(5);
    slot.header().end.store(end::REAPED, Ordering::Release);
    slot.header().status.store(libc::SIGPIPE, Ordering::Release);
    loaded
}

fn put(slot: Slot, capture: u64, at: u64, bytes: &[u8]) {
    // SAFETY: within the slot, as the plan has it.
    unsafe {
        slot.data().add(at as usize).copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
        slot.capture_record(capture).write(super::record::CaptureRecord { ok: 1, at, len: bytes.len() as u64 });
    }
}

/// All of the slot that holds something, without what the worker writes when nothing of the case is left.
fn bytes_in_reach(slot: Slot) -> impl Iterator<Item = usize> {
    let last = slot.data() as usize - slot.base() as usize + 15;
    let worker = [offset_of!(Header, end), offset_of!(Header, status), offset_of!(Header, micros)];
    (0..last).filter(move |at| !worker.iter().any(|word| (*word..word + 8).contains(at) && *at < word + 8))
}

fn byte(slot: Slot, at: usize) -> &'static mut u8 {
    // SAFETY: within the slot, whose mapping outlives the test's use of it.
    unsafe { &mut *slot.base().add(at) }
}

fn shared() -> Shared {
    Shared::new().expect("shared memory")
}

#[test]
fn what_was_written_is_read() {
    let shared = shared();
    let trace = performed(&shared, 0, Key::draw()).trace(&plan());
    assert_eq!(trace.end, End::Killed(libc::SIGPIPE));
    assert_eq!(trace.vars, [1000, 1001, 1002, 1003, 1004, 42, 3]);
    let [done, repeated, started, blocked, finish, begun] = &trace.steps[..] else { panic!("{trace:?}") };
    assert_eq!((done.state, done.ret, done.signals.as_slice()), (State::Done, 42, [13, 14].as_slice()));
    assert_eq!(done.captures, [Some(b"hello".to_vec()), Some(b"world".to_vec())]);
    assert_eq!((repeated.state, repeated.repeats), (State::Done, 7));
    assert_eq!((started.ret, started.blocked, blocked.blocked, blocked.ret), (3, true, true, 0));
    assert_eq!((finish.state, finish.ret), (State::Done, 3));
    assert_eq!((begun.state, begun.ret), (State::Begun, 0));
}

#[test]
fn a_case_is_at_its_steps_between_set_up_and_end() {
    let shared = shared();
    let mut loaded = shared.slots()[1];
    loaded.load(&plan(), 1_000_000, None, Key::draw()).expect("it fits");
    assert!(!loaded.is_at_steps());
    let slot = performed(&shared, 0, Key::draw());
    assert!(slot.is_at_steps());
    slot.reach(phase::FINISHED);
    assert!(!slot.is_at_steps());
}

#[test]
fn a_byte_that_is_changed_changes_nothing_or_is_noticed() {
    let shared = shared();
    let slot = performed(&shared, 0, Key::draw());
    let before = slot.trace(&plan());
    let mut noticed = 0;
    for at in bytes_in_reach(slot) {
        for bits in [0x01, 0x80, 0xff] {
            *byte(slot, at) ^= bits;
            let after = slot.trace(&plan());
            *byte(slot, at) ^= bits;
            assert!(after == before || after.end == End::Forged, "byte {at}: {after:?}");
            noticed += u32::from(after != before);
        }
    }
    assert!(noticed > 500, "{noticed}");
    assert_eq!(slot.trace(&plan()), before);
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
    after.end == End::Forged || same_or_less && before.vars.iter().zip(&after.vars).all(|(b, a)| a == b || *a == -1)
}

proptest! {
    #[test]
    fn a_stretch_that_is_overwritten_says_nothing_new(
        from in any::<prop::sample::Index>(), len in 1..400usize, with in prop::option::of(any::<u64>())
    ) {
        let shared = shared();
        let slot = performed(&shared, 0, Key::draw());
        let before = slot.trace(&plan());
        let all: Vec<usize> = bytes_in_reach(slot).collect();
        let from = from.index(all.len());
        let fill = with.unwrap_or(0).to_ne_bytes();
        for (i, at) in all[from..].iter().take(len).enumerate() {
            *byte(slot, *at) = fill[i % 8];
        }
        let after = slot.trace(&plan());
        prop_assert!(nothing_new(&before, &after), "{:?}", after);
    }

    #[test]
    fn bytes_copied_within_the_trace_say_nothing_new(
        from in any::<prop::sample::Index>(), to in any::<prop::sample::Index>(), len in 1..200usize
    ) {
        let shared = shared();
        let slot = performed(&shared, 0, Key::draw());
        let before = slot.trace(&plan());
        let all: Vec<usize> = bytes_in_reach(slot).collect();
        // In whole words, as records are.
        let (from, to) = (from.index(all.len()) & !7, to.index(all.len()) & !7);
        let copied: Vec<u8> = all[from..].iter().take(len).map(|at| *byte(slot, *at)).collect();
        all[to..].iter().zip(copied).for_each(|(at, value)| *byte(slot, *at) = value);
        let after = slot.trace(&plan());
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
    let mut slot = shared.slots()[0];
    slot.load(&plan(), 1_000_000, None, secret.nth(1)).expect("it fits");
    assert_eq!(slot.trace(&plan()).steps[0].state, State::NotReached);
    trace.into_iter().for_each(|(at, value)| *byte(slot, at) = value);
    assert_eq!(slot.trace(&plan()), Trace { end: End::Forged, ..Trace::default() });
}

#[test]
fn the_key_is_taken_out_of_the_shared_memory() {
    let shared = shared();
    let key = Key::draw();
    let slot = performed(&shared, 0, key);
    let bytes: Vec<u8> = bytes_in_reach(slot).map(|at| *byte(slot, at)).collect();
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
    assert!((one.base() as usize).abs_diff(other.base() as usize) > super::slot::SHARED_SIZE);
}

/// Steps and variables are looked at before they are relied upon.
#[test]
fn a_changed_step_or_variable_is_noticed_by_the_child() {
    let shared = shared();
    let mut slot = shared.slots()[SLOTS as usize - 1];
    slot.load(&plan(), 1_000_000, None, Key::draw()).expect("it fits");
    let words = (slot.words() as usize - slot.base() as usize)..bytes_in_reach(slot).last().expect("bytes");
    let sound = || (0..plan().steps.len()).all(|step| slot.step_words(step).is_some());
    assert!(sound());
    let noticed = words.filter(|&at| {
        *byte(slot, at) ^= 1;
        let noticed = !sound();
        *byte(slot, at) ^= 1;
        noticed
    });
    // Everything but the set-up, which is over by then, and the records.
    let steps: usize = plan().steps.len() * (1 + 2 + 6 + 3) * 8;
    assert!(noticed.count() > steps);
    slot.vars().set(5, 42);
    let at = slot.vars().address(5) as usize - slot.base() as usize;
    *byte(slot, at) ^= 1;
    assert_eq!(slot.vars().get(5), None);
}
