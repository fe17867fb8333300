//! Verdicts.

use insta::assert_snapshot;
use rstest::rstest;

use super::sample::*;
use crate::case::{Level, Rests};
use crate::exec::{End, State, StepTrace};
use crate::judge::{Judgement, KnownDeviation, Verdict, judge};
use crate::plan::{Expectation, Operand, PlanRepeat, Planned, ReturnIs};

#[test]
fn a_case_that_goes_as_expected_passes() {
    let steps = vec![call("close", vec![fd(3)]), write().expect(fails(libc::EPIPE))];
    let judgement = judged(steps, vec![done(0), done(-i64::from(libc::EPIPE))], End::Finished);
    assert_snapshot!(lines(&judgement), @r#"
    Pass: -
      close(3) = 0
      write(4, "x", 1) = -1 EPIPE (Broken pipe)
    "#);
    assert_eq!(judgement.steps[1].ret, Some(-1));
    assert_eq!(judgement.steps[1].errno.as_deref(), Some("EPIPE"));
    assert_eq!(judgement.steps[1].span, span(11));
}

#[test]
fn another_return_is_a_failure() {
    let judgement = judged(vec![write().expect(fails(libc::EAGAIN))], vec![done(1)], End::Finished);
    assert_snapshot!(lines(&judgement), @r#"
    Fail: write: expected EAGAIN, returned 1
    - write(4, "x", 1) = -1 EAGAIN (Resource temporarily unavailable)
    + write(4, "x", 1) = 1
    "#);
}

#[test]
fn another_error_is_a_failure() {
    let judgement = judged(vec![write().expect(fails(libc::EAGAIN))], vec![done(-9)], End::Finished);
    assert_snapshot!(lines(&judgement), @r#"
    Fail: write: expected EAGAIN, failed with EBADF
    - write(4, "x", 1) = -1 EAGAIN (Resource temporarily unavailable)
    + write(4, "x", 1) = -1 EBADF (Bad file descriptor)
    "#);
}

#[test]
fn a_missing_call_is_named_as_such() {
    let steps = vec![call("close_range", vec![fd(5), fd(6), fd(0)]).expect(returns(0))];
    let judgement = judged(steps, vec![done(-38)], End::Finished);
    assert_snapshot!(lines(&judgement), @"
    Fail: close_range: expected return 0, this kernel has no such call
    - close_range(5, 6, 0) = 0
    + close_range(5, 6, 0) = -1 ENOSYS (Function not implemented)
    ");
}

#[test]
fn a_missing_call_may_be_expected() {
    let judgement = judged(vec![write().expect(fails(libc::ENOSYS))], vec![done(-38)], End::Finished);
    assert_eq!(judgement.verdict, Verdict::Pass);
}

#[rstest]
#[case::forbidden(-1, 2, true)]
#[case::missing(-38, 2, true)]
#[case::another_error(-9, 2, false)]
#[case::no_filter(-1, 0, false)]
fn a_filter_that_may_have_answered_is_noted(#[case] ret: i64, #[case] seccomp: u32, #[case] noted: bool) {
    let planned = planned(vec![write().expect(returns(1))]);
    let target = crate::target::Target { seccomp, ..target() };
    let judgement = judge(&planned, &trace(vec![done(ret)], End::Finished), &target);
    assert_eq!(judgement.steps[0].notes.iter().any(|n| n.contains("seccomp")), noted);
}

#[rstest]
#[case::root_without_its_privileges(0, Some("auto"), -1, true)]
#[case::closed_to_it(0, Some("auto"), -13, true)]
#[case::another_error(0, Some("auto"), -9, false)]
#[case::somebody_else(1000, Some("auto"), -1, false)]
#[case::root_with_all_of_them(0, None, -1, false)]
#[case::a_stranger(0, Some("always"), -1, false)]
fn a_privilege_that_the_case_does_not_name_is_noted(
    #[case] uid: u32,
    #[case] sandbox: Option<&str>,
    #[case] ret: i64,
    #[case] noted: bool,
) {
    let target = crate::target::Target { uid, sandbox: sandbox.map(str::to_owned), ..target() };
    let notes = |planned: &Planned| {
        let judgement = judge(planned, &trace(vec![done(ret)], End::Finished), &target);
        judgement.steps[0].notes.iter().any(|note| note.contains("needs: {caps: …}"))
    };
    for step in [write(), write().expect(returns(1))] {
        let mut planned = planned(vec![step]);
        assert_eq!(notes(&planned), noted);
        // Given up on purpose, and kept because it is named.
        planned.plan.setup.unprivileged = true;
        assert!(!notes(&planned));
        planned.plan.setup.unprivileged = false;
        planned.needs.caps = vec![spanned("CAP_CHOWN".to_owned())];
        assert!(!notes(&planned));
    }
}

#[rstest]
#[case::exactly(ReturnIs::Exactly(Operand::constant(5)), 5, true)]
#[case::not_exactly(ReturnIs::Exactly(Operand::constant(5)), 4, false)]
#[case::lower_bound(ReturnIs::Within(Some(Operand::constant(5)), None), 5, true)]
#[case::below(ReturnIs::Within(Some(Operand::constant(5)), None), 4, false)]
#[case::upper_bound(ReturnIs::Within(None, Some(Operand::constant(5))), 5, true)]
#[case::above(ReturnIs::Within(None, Some(Operand::constant(5))), 6, false)]
#[case::an_error_is_not_at_most_five(ReturnIs::Within(None, Some(Operand::constant(5))), -9, false)]
#[case::other(ReturnIs::Not(Operand::constant(5)), 6, true)]
#[case::same(ReturnIs::Not(Operand::constant(5)), 5, false)]
#[case::an_error_is_not_something_else(ReturnIs::Not(Operand::constant(5)), -9, false)]
#[case::errors_begin_at_minus_4095(ReturnIs::Exactly(Operand::constant(-4096)), -4096, true)]
#[case::minus_one_is_an_error(ReturnIs::Exactly(Operand::constant(-1)), -1, false)]
fn returns_are_compared(#[case] is: ReturnIs, #[case] ret: i64, #[case] passes: bool) {
    let expectation = Expectation { ret: Some(is), ..Expectation::default() };
    let judgement = judged(vec![write().expect(expectation)], vec![done(ret)], End::Finished);
    assert_eq!(judgement.verdict == Verdict::Pass, passes, "{}", lines(&judgement));
}

#[test]
fn operands_take_the_values_of_variables() {
    let twice = Operand { base: 1, terms: [(2, 5), (0, 0)] };
    let expectation = Expectation { ret: Some(ReturnIs::Exactly(twice)), ..Expectation::default() };
    let mut planned = planned(vec![write().expect(expectation)]);
    planned.plan.vars = 6;
    let mut trace = trace(vec![done(9)], End::Finished);
    trace.vars = vec![4096, 1, 1, 0, 0, 4];
    assert_eq!(judge(&planned, &trace, &target()).verdict, Verdict::Pass);
    // A trace that is too short is judged, too.
    trace.vars.truncate(2);
    assert_eq!(judge(&planned, &trace, &target()).verdict, Verdict::Fail);
}

#[test]
fn a_broken_set_up_is_an_error_and_the_earliest_problem_decides() {
    let steps = vec![call("close", vec![fd(3)]), write().expect(fails(libc::EAGAIN))];
    let judgement = judged(steps, vec![done(-9), done(1)], End::Finished);
    assert_snapshot!(lines(&judgement), @r#"
    Error: set-up: close: failed with EBADF
      close(3) = -1 EBADF (Bad file descriptor)
      * this step is set-up and must not fail
    - write(4, "x", 1) = -1 EAGAIN (Resource temporarily unavailable)
    + write(4, "x", 1) = 1
    "#);
}

#[rstest]
#[case::as_set_up(None, 16, -11, Verdict::Pass)]
#[case::other_error(None, 16, -9, Verdict::Error)]
#[case::never_failed(None, 16, 1, Verdict::Error)]
#[case::counted(Some(16), 16, -11, Verdict::Pass)]
#[case::miscounted(Some(16), 15, -11, Verdict::Fail)]
fn a_repetition_ends_with_its_error(
    #[case] expected: Option<i64>,
    #[case] repeats: u64,
    #[case] ret: i64,
    #[case] verdict: Verdict,
) {
    let mut step = write().repeated(PlanRepeat::Until { errno: libc::EAGAIN, max: 100 });
    if let Some(count) = expected {
        step = step.expect(Expectation { repeats: Some(Operand::constant(count)), ..fails(libc::EAGAIN) });
    }
    let judgement = judged(vec![step], vec![StepTrace { repeats, ..done(ret) }], End::Finished);
    assert_eq!(judgement.verdict, verdict, "{}", lines(&judgement));
}

#[test]
fn a_miscounted_repetition_shows_both_counts() {
    let step = write()
        .repeated(PlanRepeat::Until { errno: libc::EAGAIN, max: 100 })
        .expect(Expectation { repeats: Some(Operand::constant(16)), ..fails(libc::EAGAIN) });
    let judgement = judged(vec![step], vec![StepTrace { repeats: 15, ..done(-11) }], End::Finished);
    assert_snapshot!(lines(&judgement), @r#"
    Fail: write: expected 16 calls to succeed, 15 did
    - write(4, "x", 1) = -1 EAGAIN (Resource temporarily unavailable) (×16)
    + write(4, "x", 1) = -1 EAGAIN (Resource temporarily unavailable) (×15)
      * expected 16 calls to succeed, 15 did
    "#);
}

#[test]
fn a_missing_signal_is_a_failure() {
    let expectation = Expectation { signals: Some(vec![libc::SIGPIPE as u32]), ..fails(libc::EPIPE) };
    let judgement = judged(vec![write().expect(expectation)], vec![done(-32)], End::Finished);
    assert_snapshot!(lines(&judgement), @r#"
    Fail: write: signals: expected SIGPIPE, found none
    - write(4, "x", 1) = -1 EPIPE (Broken pipe) --- SIGPIPE ---
    + write(4, "x", 1) = -1 EPIPE (Broken pipe)
      * signals: expected SIGPIPE, found none
    "#);
}

#[test]
fn a_signal_that_is_not_listed_is_a_failure_even_in_a_set_up() {
    let signals = vec![libc::SIGPIPE as u32];
    let came = StepTrace { signals: signals.clone(), ..done(-32) };
    let judgement = judged(vec![write().expect(fails(libc::EPIPE))], vec![came], End::Finished);
    assert_snapshot!(lines(&judgement), @r#"
    Fail: write: signals: expected none, found SIGPIPE
    - write(4, "x", 1) = -1 EPIPE (Broken pipe)
    + write(4, "x", 1) = -1 EPIPE (Broken pipe) --- SIGPIPE ---
      * signals: expected none, found SIGPIPE
    "#);
    let judgement = judged(vec![write()], vec![StepTrace { signals, ..done(1) }], End::Finished);
    assert_snapshot!(lines(&judgement), @r#"
    Fail: write: signals: expected none, found SIGPIPE
      write(4, "x", 1) = 1 --- SIGPIPE ---
      * signals: expected none, found SIGPIPE
    "#);
}

fn killed_by(signal: i32) -> Expectation {
    Expectation { killed: Some(signal as u32), ..Expectation::default() }
}

#[test]
fn an_expected_death_passes() {
    let step = write().expect(killed_by(libc::SIGXFSZ));
    let judgement = judged(vec![step], vec![begun()], End::Killed(libc::SIGXFSZ));
    assert_snapshot!(lines(&judgement), @r#"
    Pass: -
      write(4, "x", 1) = ? +++ killed by SIGXFSZ +++
    "#);
}

#[rstest]
#[case::another_signal(write().expect(killed_by(libc::SIGXFSZ)), begun(), End::Killed(libc::SIGBUS), Verdict::Fail)]
#[case::none(write().expect(killed_by(libc::SIGXFSZ)), done(1), End::Finished, Verdict::Fail)]
#[case::not_expected(write().expect(returns(1)), begun(), End::Killed(libc::SIGBUS), Verdict::Fail)]
#[case::in_set_up(write(), begun(), End::Killed(libc::SIGBUS), Verdict::Error)]
#[case::between_steps(write().expect(returns(1)), done(1), End::Killed(libc::SIGALRM), Verdict::Fail)]
fn any_other_death_does_not(#[case] step: Step, #[case] came: StepTrace, #[case] end: End, #[case] verdict: Verdict) {
    let judgement = judged(vec![step], vec![came], end);
    assert_eq!(judgement.verdict, verdict, "{}", lines(&judgement));
}

#[test]
fn a_process_that_is_killed_apart_is_found_where_it_is_waited_for() {
    let mut planned = planned(vec![write().started(), finish(0).expect(killed_by(libc::SIGKILL))]);
    planned.plan.actors[1] = crate::case::ActorKind::Process;
    let killed = StepTrace { killed: Some(9), ..begun() };
    let judgement = judge(&planned, &trace(vec![killed, done(0)], End::Finished), &target());
    assert_snapshot!(lines(&judgement), @r#"
    Pass: -
      [peer] write(4, "x", 1 <unfinished ...>
      [peer] <... write resumed>) = ? +++ killed by SIGKILL +++
    "#);
    let judgement = judge(&planned, &trace(vec![done(1), done(0)], End::Finished), &target());
    assert_snapshot!(lines(&judgement), @r#"
    Fail: write: expected death by SIGKILL, returned 1
      [peer] write(4, "x", 1 <unfinished ...>
    - [peer] <... write resumed>) = ? +++ killed by SIGKILL +++
    + [peer] <... write resumed>) = 1
    "#);
}

fn asleep() -> Vec<Step> {
    vec![read().started(), blocked(0), write().expect(returns(1)), finish(0).expect(returns(5))]
}

#[test]
fn a_call_that_blocks_and_wakes_passes() {
    let slept = StepTrace { blocked: true, ..wrote(5, &[b"hello\xa5\xa5\xa5"]) };
    let judgement = judged(asleep(), vec![slept, done(0), done(1), done(0)], End::Finished);
    assert_snapshot!(lines(&judgement), @r#"
    Pass: -
      [peer] read(3, <unfinished ...>
      [peer] read(3, <blocked>
      write(4, "x", 1) = 1
      [peer] <... read resumed>"hello", 5) = 5
    "#);
    assert!(judgement.steps[0].blocked);
}

#[test]
fn a_call_that_returns_instead_of_blocking_fails() {
    let came = vec![wrote(5, &[b"hello\xa5\xa5\xa5"]), done(0), done(1), done(0)];
    assert_snapshot!(lines(&judged(asleep(), came, End::Finished)), @r#"
    Fail: read: expected to block, returned 5
      [peer] read(3, <unfinished ...>
    - [peer] read(3, <blocked>
    + [peer] read(3, "hello", 5) = 5
      write(4, "x", 1) = 1
      [peer] <... read resumed>"hello", 5) = 5
    "#);
}

#[test]
fn signals_that_come_while_a_call_is_waited_for_to_sleep_are_judged() {
    let alarmed = StepTrace { signals: vec![libc::SIGALRM as u32], ..done(0) };
    let came = |waited: &StepTrace| {
        // What wakes the call comes to it later.
        let call = StepTrace { blocked: true, signals: vec![libc::SIGUSR1 as u32], ..done(-4) };
        vec![call, waited.clone(), done(0)]
    };
    let steps = |expectation: Option<Expectation>| {
        let wait = expectation.into_iter().fold(blocked(0), Step::expect);
        let woken = Expectation { signals: Some(vec![libc::SIGUSR1 as u32]), ..fails(libc::EINTR) };
        vec![read().started(), wait, finish(0).expect(woken)]
    };
    let listed = Expectation { signals: Some(vec![libc::SIGALRM as u32]), ..Expectation::default() };
    let verdict = |expectation, waited: &StepTrace| judged(steps(expectation), came(waited), End::Finished).verdict;
    assert_eq!(verdict(None, &done(0)), Verdict::Pass);
    assert_eq!(verdict(Some(listed.clone()), &alarmed), Verdict::Pass);
    assert_snapshot!(lines(&judged(steps(Some(listed)), came(&done(0)), End::Finished)), @r#"
    Fail: read: signals: expected SIGALRM, found none
      [peer] read(3, <unfinished ...>
      [peer] read(3, <blocked>
      * signals: expected SIGALRM, found none
      [peer] <... read resumed>0x1000000000, 5) = -1 EINTR (Interrupted system call) --- SIGUSR1 ---
    "#);
    assert_snapshot!(lines(&judged(steps(None), came(&alarmed), End::Finished)), @r#"
    Fail: read: signals: expected none, found SIGALRM
      [peer] read(3, <unfinished ...>
      [peer] read(3, <blocked>
      * signals: expected none, found SIGALRM
      [peer] <... read resumed>0x1000000000, 5) = -1 EINTR (Interrupted system call) --- SIGUSR1 ---
    "#);
}

#[test]
fn a_call_that_fails_and_is_never_finished_is_an_error() {
    let steps = || vec![write().started(), read().expect(returns(5))];
    let came = |call| vec![call, wrote(5, &[b"hello\xa5\xa5\xa5"])];
    assert_snapshot!(lines(&judged(steps(), came(done(-2)), End::Finished)), @r#"
    Error: write: failed with ENOENT, and no step finishes it
      [peer] write(4, "x", 1) = -1 ENOENT (No such file or directory)
      * no step finishes it: add `finish: label` with what comes of it
      read(3, "hello", 5) = 5
    "#);
    // Whether it returns before the case ends is a matter of time.
    assert_snapshot!(lines(&judged(steps(), came(done(1)), End::Finished)), @r#"
    Pass: -
      [peer] write(4, "x", 1) = 1
      read(3, "hello", 5) = 5
    "#);
    assert_snapshot!(lines(&judged(steps(), came(begun()), End::Finished)), @r#"
    Pass: -
      [peer] write(4, "x", 1 <unfinished ...>
      read(3, "hello", 5) = 5
    "#);
    let slept = StepTrace { blocked: true, ..wrote(5, &[b"hello\xa5\xa5\xa5"]) };
    let steps = vec![read().started(), blocked(0), write().expect(returns(1))];
    assert_snapshot!(lines(&judged(steps, vec![slept, done(0), done(1)], End::Finished)), @r#"
    Pass: -
      [peer] read(3, <unfinished ...>
      [peer] read(3, <blocked> <... read resumed>"hello", 5) = 5
      write(4, "x", 1) = 1
    "#);
    // So is what it returns once the main actor is dead.
    let steps = vec![write().started(), read().expect(killed_by(libc::SIGKILL))];
    assert_eq!(judged(steps, vec![done(-32), begun()], End::Killed(libc::SIGKILL)).verdict, Verdict::Pass);
}

#[test]
fn the_deadline_names_the_call_that_was_not_done() {
    let slept = StepTrace { blocked: true, ..begun() };
    let mut planned = planned(asleep());
    planned.plan.deadline = Some(5_000_000);
    let stuck = trace(vec![slept, done(0), done(1), begun()], End::Deadline);
    assert_snapshot!(lines(&judge(&planned, &stuck, &target())), @r#"
    Fail: deadline of 5 s: still in read
      [peer] read(3, <unfinished ...>
      [peer] read(3, <blocked>
      write(4, "x", 1) = 1
      [peer] read(3, <unfinished ...>
      * still in read after 5.0 s
    "#);
    let awake = trace(vec![begun(), begun()], End::Deadline);
    assert_snapshot!(lines(&judge(&planned, &awake, &target())), @"
    Fail: deadline of 5 s: read never slept
      [peer] read(3, <unfinished ...>
      [peer] read(3, <blocked>
      * was not seen asleep in the kernel
    ");
}

#[rstest]
#[case(End::Exited(3), "exited with status 3 in write")]
#[case(End::Stopped(libc::SIGSTOP), "stopped by SIGSTOP in write")]
#[case(End::TooManyProcesses, "too many processes in write")]
#[case(End::Unkillable, "does not die of SIGKILL in write")]
#[case(End::WorkerLost, "ended the process that performs the cases in write")]
#[case(End::Deadline, "deadline: still in write")]
fn an_untimely_end_is_a_failure(#[case] end: End, #[case] reason: &str) {
    let judgement = judged(vec![write().expect(returns(1))], vec![begun()], end);
    assert_eq!((judgement.verdict, judgement.reason.as_deref()), (Verdict::Fail, Some(reason)));
    assert_eq!(judgement.steps[0].shown, r#"write(4, "x", 1 <unfinished ...>"#);
    assert!(judgement.steps[0].differs());
}

#[rstest]
#[case::unavailable(true, Verdict::Skip)]
#[case::broken(false, Verdict::Error)]
fn circumstances_that_cannot_be_had(#[case] unavailable: bool, #[case] verdict: Verdict) {
    let end = End::SetupFailed { what: "mount tmpfs at small".into(), errno: libc::EPERM, unavailable };
    let judgement = judged(vec![write().expect(returns(1))], vec![], end);
    let reason = "cannot set up: mount tmpfs at small: EPERM";
    assert_eq!((judgement.verdict, judgement.reason.as_deref()), (verdict, Some(reason)));
}

#[test]
fn a_case_whose_steps_were_not_reached_does_not_pass() {
    let steps = vec![write().expect(returns(1)), write().expect(returns(1))];
    let judgement = judged(steps, vec![done(1)], End::Finished);
    assert_eq!((judgement.verdict, judgement.reason.as_deref()), (Verdict::Error, Some("write: not reached")));
    assert_eq!(judged(vec![write()], vec![], End::Interrupted).verdict, Verdict::Error);
    // Not even if all seems well.
    let forged = judged(vec![write().expect(returns(1))], vec![done(1)], End::Forged);
    assert_eq!((forged.verdict, forged.reason.as_deref()), (Verdict::Fail, Some("the trace was tampered with")));
}

#[rstest]
#[case("5.8.1", None, -38, Verdict::Pass)]
#[case("5.10.0-arch1", None, -22, Verdict::Pass)]
#[case("5.11", None, -22, Verdict::Fail)]
#[case("6.1", None, 0, Verdict::Pass)]
#[case("4.4.0", Some("6.1"), 0, Verdict::Pass)]
#[case("unknown", None, 0, Verdict::Error)]
fn history_is_judged_by_version(
    #[case] kernel: &str,
    #[case] judge_as: Option<&str>,
    #[case] ret: i64,
    #[case] verdict: Verdict,
) {
    let step = write()
        .expect_on("<5.9", fails(libc::ENOSYS))
        .expect_on(">=5.9, <5.11", fails(libc::EINVAL))
        .expect_on(">=5.11", returns(0));
    let target = crate::target::Target { kernel: kernel.into(), judge_as: judge_as.map(str::to_owned), ..target() };
    let judgement = judge(&planned(vec![step]), &trace(vec![done(ret)], End::Finished), &target);
    assert_eq!(judgement.verdict, verdict, "{}", lines(&judgement));
}

#[test]
fn implicit_counts_are_shown_only_where_they_are_wrong() {
    let steps = || vec![count_fds(), write().expect(returns(1)), count_fds().expect(returns(5))];
    assert_eq!(judged(steps(), vec![done(3), done(1), done(5)], End::Finished).steps.len(), 1);
    assert_snapshot!(lines(&judged(steps(), vec![done(3), done(1), done(4)], End::Finished)), @r#"
    Fail: descriptors: expected return 5, returned 4
      write(4, "x", 1) = 1
    - open descriptors = 5
    + open descriptors = 4
    "#);
}

/// Another kernel need not do what Linux happens to do; Linux is held to it, and so is who asks for it.
#[rstest]
#[case::linux(None, false, Some(Level::Accident), Verdict::Fail)]
#[case::other(Some("gVisor"), false, Some(Level::Accident), Verdict::Skip)]
#[case::asked_for(Some("gVisor"), true, Some(Level::Accident), Verdict::Fail)]
#[case::documented(Some("gVisor"), false, Some(Level::Documented), Verdict::Fail)]
#[case::practice(Some("gVisor"), false, Some(Level::Practice), Verdict::Fail)]
#[case::unsaid(Some("gVisor"), false, None, Verdict::Fail)]
fn an_accident_of_linux_is_not_expected_of_others(
    #[case] system: Option<&str>,
    #[case] accidents: bool,
    #[case] level: Option<Level>,
    #[case] verdict: Verdict,
) {
    let target = crate::target::Target { system: system.map(str::to_owned), accidents, ..target() };
    let rests = level.map(|level| Rests { level, source: None });
    let on = |judgement: Judgement| judgement.on(&target, rests.as_ref());
    let failed = on(judged(vec![write().expect(fails(libc::EAGAIN))], vec![done(1)], End::Finished));
    assert_eq!(failed.verdict, verdict);
    assert_eq!(failed.steps.len(), 1, "what was seen is kept");
    let reason = failed.reason.unwrap();
    assert!(reason.ends_with("write: expected EAGAIN, returned 1"), "{reason}");
    assert_eq!(reason.starts_with("an accident of Linux, which gVisor is not: "), verdict == Verdict::Skip, "{reason}");
    assert_eq!(on(judged(vec![write().expect(returns(1))], vec![done(1)], End::Finished)).verdict, Verdict::Pass);
    assert_eq!(on(judged(vec![write()], vec![done(-9)], End::Finished)).verdict, Verdict::Error);
}

#[test]
fn a_step_has_the_evidence_of_its_entry() {
    let mut step = write().expect_on("<5.9", fails(libc::ENOSYS)).expect_on(">=5.9", returns(0));
    step.line.expect[1].evidence = vec![spanned("278a5fbaed89".to_owned())];
    let judgement = |ret, kernel: &str| {
        let target = crate::target::Target { kernel: kernel.into(), ..target() };
        judge(&planned(vec![step.clone()]), &trace(vec![done(ret)], End::Finished), &target)
    };
    assert_eq!(judgement(0, "6.1").steps[0].evidence, ["278a5fbaed89"]);
    assert_eq!(judgement(-38, "5.4").steps[0].evidence, [""; 0]);
}

#[test]
fn known_deviations() {
    let fails = || judged(vec![write().expect(returns(1))], vec![done(0)], End::Finished);
    let passes = || judged(vec![write().expect(returns(1))], vec![done(1)], End::Finished);
    let breaks = || judged(vec![write()], vec![done(-9)], End::Finished);
    let bug = |sometimes| KnownDeviation { reason: "bug 7".to_owned(), sometimes };
    let known = [fails(), passes(), breaks()].map(|j| j.known_deviation(&bug(false)));
    assert_eq!(known.each_ref().map(|j| j.verdict), [Verdict::Xfail, Verdict::Xpass, Verdict::Xfail]);
    assert_eq!(known[0].reason.as_deref(), Some("bug 7"));
    assert_eq!(known[2].reason.as_deref(), Some("bug 7"));
    let at_times = [fails(), passes()].map(|j| j.known_deviation(&bug(true)).verdict);
    assert_eq!(at_times, [Verdict::Xfail, Verdict::Pass]);
    let skipped = Judgement::skip("needs CAP_KILL").known_deviation(&bug(false));
    assert_eq!((skipped.verdict, skipped.reason.as_deref()), (Verdict::Skip, Some("needs CAP_KILL")));
}

#[test]
fn a_probe_that_does_not_go_as_it_should_is_a_reason() {
    let probe = planned(vec![write().expect(returns(1))]);
    let unmet = |ret| crate::judge::unmet_probe(&probe, &trace(vec![done(ret)], End::Finished), &target());
    assert_eq!(unmet(1), None);
    assert_eq!(unmet(-22).as_deref(), Some("probe: write: expected return 1, failed with EINVAL"));
}

#[test]
fn a_fault_is_expected_as_a_death_or_as_a_signal() {
    let at = || crate::plan::Datum::Pointer(Operand::constant(BUF), Some("page".into()));
    let faulted = || StepTrace { state: State::Faulted, signals: vec![7], ..StepTrace::default() };
    let end = |step| judged(vec![step], vec![faulted()], End::Finished);
    assert_eq!(end(load(at(), 2).expect(killed_by(libc::SIGBUS))).verdict, Verdict::Pass);
    let signal = Expectation { signals: Some(vec![7]), ..Expectation::default() };
    assert_eq!(end(load(at(), 2).expect(signal)).verdict, Verdict::Pass);
    assert_snapshot!(lines(&end(store(at(), text("NEW!")))), @r#"
    Error: set-up: store: faulted with SIGBUS
      store(page, "NEW!") = ? --- SIGBUS ---
      * this step is set-up and must not fail
    "#);
    assert_snapshot!(lines(&end(store(at(), text("NEW!")).expect(killed_by(libc::SIGSEGV)))), @r#"
    Fail: store: expected death by SIGSEGV, faulted with SIGBUS
    - store(page, "NEW!") = ? +++ killed by SIGSEGV +++
    + store(page, "NEW!") = ? --- SIGBUS ---
    "#);
}
