//! A small case, what strace writes of it, and what that is if something is falsified.

use rstest::rstest;
use syscase::case::load_texts;
use syscase::exec::{MARK, State, StepTrace, Trace};
use syscase::plan::{Planned, plan_all};
use syscase::report::StepEvent;

use super::case::{Account, View};
use super::log::{thread, threads};
use super::rules::Rules;

const CASE: &str = "\
subject: read(2)
cases:
  says-hello:
    summary: read returns what was written.
    signals: {SIGUSR1: record}
    steps:
      - {call: pipe2, args: {flags: []}, bind: {pipefd: [r, w]}}
      - {call: write, args: {fd: $w, buf: \"hello\", count: 5}, expect: {return: 5}}
      - {call: read, args: {fd: $r, buf: {room: 8}, count: 8}, expect: {errno: EINTR, signals: [SIGUSR1]}}
";

/// What syscase shows.
const SHOWN: [&str; 3] = [
    "pipe2([3, 4], 0) = 0",
    "write(4, \"hello\", 5) = 5",
    "read(3, 0x1000000020, 8) = -1 EINTR (Interrupted system call) --- SIGUSR1 {si_signo=SIGUSR1, si_code=SI_USER, si_pid=1, si_uid=0} ---",
];

/// What strace writes; `#0<` and `#0>` stand for the marks of step 0.
const MEANING: &str = "\
gettid() = 2
#0<
pipe2([3, 4], 0) = 0
#0>
#1<
write(4, \"hello\", 5) = 5
#1>
#2<
read(3, 0x1000000020, 8) = ? ERESTARTSYS (To be restarted if SA_RESTART is set)
--- SIGUSR1 {si_signo=SIGUSR1, si_code=SI_USER, si_pid=1, si_uid=0} ---
gettid() = 2
rt_sigreturn({mask=[]}) = -1 EINTR (Interrupted system call)
#2>
";

const REGISTERS: &str = "\
#0<
pipe2(0x1000000000, 0) = 0
#0>
#1<
write(0x4, 0x1000000010, 0x5) = 0x5
#1>
#2<
read(0x3, 0x1000000020, 0x8) = -1 ERESTARTSYS (Unknown error 512)
--- SIGUSR1 {si_signo=SIGUSR1, si_code=SI_USER, si_pid=1, si_uid=0} ---
gettid() = 0x2
rt_sigreturn() = -1 EINTR (Interrupted system call)
#2>
";

fn planned() -> Planned {
    let planned = load_texts([("read/sample.yaml", CASE)]).and_then(|cases| plan_all(&cases));
    planned.unwrap_or_else(|wrong| panic!("{}", syscase::case::render(&wrong, false))).remove(0)
}

fn trace(planned: &Planned) -> Trace {
    let done = |ret, signals| StepTrace { state: State::Done, ret, signals, ..StepTrace::default() };
    let steps = vec![done(0, vec![]), done(5, vec![]), done(-4, vec![10])];
    let mut vars = vec![4096, 2, 1, 0, 0, 3, 4];
    vars.resize(planned.plan.vars as usize, -1);
    Trace { steps, vars, ..Trace::default() }
}

/// What the comparison finds, if strace had written this.
fn compare(view: View, text: &str) -> Vec<String> {
    let planned = planned();
    let mark =
        |step: &str, n: u8| format!("prctl({MARK:#x}, {:#x}, {step}, {n}, 0) = -1 EINVAL", planned.plan.digest());
    let lines = text.lines().map(|line| match line.strip_prefix('#').map(|mark| mark.split_at(1)) {
        Some((step, end)) => mark(step, if end == "<" { 1 } else { 2 }),
        None => line.to_owned(),
    });
    let lines: Vec<String> = lines.collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let (digest, thread) = thread(&lines, MARK).expect("marks");
    assert_eq!(digest, planned.plan.digest());
    let shown = SHOWN.map(|shown| StepEvent {
        call: shown.split('(').next().unwrap_or_default().to_owned(),
        shown: shown.to_owned(),
        ..StepEvent::default()
    });
    let account = Account { planned: &planned, trace: &trace(&planned), shown: &shown };
    let (_, wrong) = account.compare(&[thread], view, &mut Rules::default());
    wrong.iter().map(ToString::to_string).collect()
}

#[test]
fn the_truth_agrees() {
    assert_eq!(compare(View::Meaning, MEANING), Vec::<String>::new());
    assert_eq!(compare(View::Registers, REGISTERS), Vec::<String>::new());
}

#[rstest]
#[case::argument("write(0x4,", "write(0x3,", "step 2: call 1: argument 1 is 0x3, not 0x4")]
#[case::pointer("0x1000000020", "0x1000000021", "step 3: call 1: argument 2")]
#[case::return_value("= 0x5", "= 0x4", "step 2: it returned 4, not 5")]
#[case::success("= 0x5", "= -1 EPIPE (Broken pipe)", "step 2: it returned EPIPE, not 5")]
#[case::error("= -1 EINTR", "= -1 EAGAIN", "step 3: it returned EAGAIN, not EINTR")]
#[case::another_call("write(", "pwrite64(", "step 2: call 1: another call")]
#[case::no_call("write(0x4, 0x1000000010, 0x5) = 0x5\n", "", "step 2: 0 calls")]
#[case::two_calls("#1>", "getpid() = 0x2\n#1>", "step 2: 2 calls")]
#[case::no_end("#2>\n", "", "step 3: it did not return")]
#[case::no_step("#1<\nwrite(0x4, 0x1000000010, 0x5) = 0x5\n#1>\n", "", "step 2: strace did not see it")]
#[case::a_step_more("#2>\n", "#2>\n#3<\n#3>\n", "step 4: the case has no such step")]
#[case::signal("--- SIGUSR1 {si_signo=SIGUSR1", "--- SIGUSR2 {si_signo=SIGUSR2", "signals of actor 0")]
fn falsified_registers_are_noticed(#[case] truth: &str, #[case] falsified: &str, #[case] told: &str) {
    let text = REGISTERS.replace(truth, falsified);
    assert_ne!(text, REGISTERS);
    let wrong = compare(View::Registers, &text);
    assert!(wrong.iter().any(|wrong| wrong.contains(told)), "{wrong:#?}");
}

#[rstest]
#[case::text("\"hello\"", "\"hallo\"", "step 2: argument 2")]
#[case::number("hello\", 5)", "hello\", 6)", "step 2: argument 3")]
#[case::output("[3, 4]", "[3, 5]", "step 1: argument 1")]
#[case::flags("], 0)", "], O_CLOEXEC)", "step 1: argument 2")]
#[case::address("0x1000000020", "0x1000000000", "step 3: argument 2")]
#[case::separator("[3, 4]", "[3 4]", "step 1: argument 1")]
#[case::siginfo("si_pid=1", "si_pid=3", "what signals carried")]
#[case::words("(Interrupted system call)", "(Broken pipe)", "")]
fn falsified_meanings_are_noticed(#[case] truth: &str, #[case] falsified: &str, #[case] told: &str) {
    let text = MEANING.replace(truth, falsified);
    assert_ne!(text, MEANING);
    let wrong = compare(View::Meaning, &text);
    assert!(wrong.iter().any(|wrong| wrong.contains(told)), "{wrong:#?}");
}

#[rstest]
#[case::exited("exit_group(0) = ?\n+++ exited with 0 +++\n")]
#[case::killed("pause( <unfinished ...>\n+++ killed by SIGKILL +++\n")]
// It is the thread 7 from then on, whose file goes on with it.
#[case::has_executed_a_program("execve(0x1000000060, 0x1000000070, 0 <pid changed to 7 ...>\n")]
fn a_thread_whose_id_comes_again_is_another_one(#[case] end: &str) {
    let mark = |of: u64, n: u8| format!("prctl({MARK:#x}, {of:#x}, 0, {n}, 0) = -1 EINVAL\n");
    let text = format!("{}{end}gettid() = 2\n{}close(0) = 0\n{}", mark(1, 1), mark(2, 1), mark(2, 2));
    let threads = threads(&text, MARK);
    let steps = threads.iter().map(|(digest, thread)| (*digest, thread.steps[&0].ended));
    assert_eq!(steps.collect::<Vec<_>>(), [(1, false), (2, true)]);
}
