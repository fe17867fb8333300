//! Fixtures, parameters and rows: which cases come of a file.

use insta::assert_snapshot;
use syscase::case::{self, Action, Case, Node, Value};

fn load(text: &str) -> Vec<Case> {
    case::load_texts([("write/a.yaml", text)]).unwrap_or_else(|d| panic!("{}", case::render(&d, false)))
}

/// Ids, summaries and the first step's arguments.
fn shown(cases: &[Case]) -> String {
    let line = |case: &Case| {
        let Action::Call(call) = &case.steps[0].action else { panic!("{} begins with no call", case.id) };
        let args: Vec<_> = call.args.iter().map(|(name, node)| format!("{}={}", name.value, text(node))).collect();
        format!("{} | {} | {}\n", case.id, case.summary, args.join(" "))
    };
    cases.iter().map(line).collect()
}

fn text(node: &Node) -> String {
    match &node.value {
        Value::Scalar { text, quoted: true } => format!("{text:?}"),
        Value::Scalar { text, quoted: false } => text.clone(),
        Value::List(items) => format!("[{}]", items.iter().map(text).collect::<Vec<_>>().join(", ")),
        Value::Map(entries) => {
            let entries: Vec<_> = entries.iter().map(|(k, v)| format!("{}: {}", k.value, text(v))).collect();
            format!("{{{}}}", entries.join(", "))
        }
    }
}

#[test]
fn params_are_multiplied_out() {
    let cases = load(
        r#"
subject: write(2)
cases:
  one:
    summary: Flags $flags on $end.
    params: {end: [$r, $w], flags: [[], [O_RDWR, 0x10], "x"]}
    steps:
      - {call: write, args: {fd: $end, flags: $flags, sum: $other + 1, text: "$end"}}
"#,
    );
    assert_snapshot!(shown(&cases), @r#"
    write/a/one[end=r,flags=0] | Flags 0 on r. | fd=$r flags=[] sum=$other + 1 text="$end"
    write/a/one[end=r,flags=O_RDWR|0x10] | Flags O_RDWR|0x10 on r. | fd=$r flags=[O_RDWR, 0x10] sum=$other + 1 text="$end"
    write/a/one[end=r,flags=x] | Flags x on r. | fd=$r flags="x" sum=$other + 1 text="$end"
    write/a/one[end=w,flags=0] | Flags 0 on w. | fd=$w flags=[] sum=$other + 1 text="$end"
    write/a/one[end=w,flags=O_RDWR|0x10] | Flags O_RDWR|0x10 on w. | fd=$w flags=[O_RDWR, 0x10] sum=$other + 1 text="$end"
    write/a/one[end=w,flags=x] | Flags x on w. | fd=$w flags="x" sum=$other + 1 text="$end"
    "#);
}

/// Each cell has its own fixture and its own expectation: a history, or one answer.
#[test]
fn fixtures_and_expectations_are_chosen_by_a_parameter() {
    let cases = load(
        r#"
subject: lseek(2)
fixtures:
  a-file: {given: {files: {f: ""}}, steps: [{call: open, args: {pathname: f}, bind: {return: fd}}]}
  a-pipe: {needs: {arch: [pdp11]}, steps: [{call: pipe, bind: {pipefd: [fd, w]}}]}
  an-eventfd: {steps: [{call: eventfd, bind: {return: fd}}]}
cases:
  one:
    summary: $call is tried on $kind, $how, and comes to $outcome.
    rests: {by: $kind, a-file: practice, else: accident}
    params: {kind: [a-file, a-pipe, an-eventfd], how: {far: 7, near: 0}}
    rows:
      seek: {call: lseek, args: {fd: $fd, offset: $how}, outcome: {by: $how, near: {return: 0}, else: {return: 7}}}
    use: [$kind]
    steps:
      - call: $call
        args: $args
        expect:
          by: $kind
          a-file: $outcome
          an-eventfd: [{kernel: ["<6.0"], errno: ESPIPE}, {kernel: [">=6.0"], return: $how}]
          else: {errno: ESPIPE}
"#,
    );
    let line = |case: &Case| {
        let first = |at: usize| match &case.steps[at].action {
            Action::Call(call) => {
                (call.name.value.clone(), call.args.iter().map(|(_, node)| text(node)).collect::<Vec<_>>())
            }
            _ => panic!("{} has other steps", case.id),
        };
        let outcome = |e: &case::Expect| {
            e.errno.as_ref().map_or_else(|| e.ret.as_ref().map_or_else(String::new, text), |errno| errno.value.clone())
        };
        let outcomes: Vec<_> = case.steps[1].expect.iter().map(|entry| outcome(&entry.value)).collect();
        let rests = case.rests.as_ref().unwrap().level;
        let needs = case.needs.arch.len();
        let ((made, _), (called, args)) = (first(0), first(1));
        format!(
            "{} | {} | {made} {called}({}) {outcomes:?} {rests:?} {needs}\n",
            case.id,
            case.summary,
            args.join(", ")
        )
    };
    assert_snapshot!(cases.iter().map(line).collect::<String>(), @r#"
    write/a/one[seek,kind=a-file,how=far] | lseek is tried on a-file, far, and comes to {return: 7}. | open lseek($fd, 7) ["7"] Practice 0
    write/a/one[seek,kind=a-file,how=near] | lseek is tried on a-file, near, and comes to {return: 0}. | open lseek($fd, 0) ["0"] Practice 0
    write/a/one[seek,kind=a-pipe,how=far] | lseek is tried on a-pipe, far, and comes to {return: 7}. | pipe lseek($fd, 7) ["ESPIPE"] Accident 1
    write/a/one[seek,kind=a-pipe,how=near] | lseek is tried on a-pipe, near, and comes to {return: 0}. | pipe lseek($fd, 0) ["ESPIPE"] Accident 1
    write/a/one[seek,kind=an-eventfd,how=far] | lseek is tried on an-eventfd, far, and comes to {return: 7}. | eventfd lseek($fd, 7) ["ESPIPE", "7"] Accident 0
    write/a/one[seek,kind=an-eventfd,how=near] | lseek is tried on an-eventfd, near, and comes to {return: 0}. | eventfd lseek($fd, 0) ["ESPIPE", "0"] Accident 0
    "#);
}

#[test]
fn rows_and_params_go_together() {
    let cases = load(
        r#"
subject: write(2)
cases:
  one:
    summary: $what is refused.
    rows:
      append: {what: O_APPEND, bit: 0x400}
      low: {bit: 1, what: the lowest bit}
    params: {n: [1, $m]}
    steps:
      - {call: write, args: {count: 2 * $n + $bit, iov: [{base: $bit}]}}
"#,
    );
    assert_snapshot!(shown(&cases), @"
    write/a/one[append,n=1] | O_APPEND is refused. | count=2 * 1 + 0x400 iov=[{base: 0x400}]
    write/a/one[append,n=m] | O_APPEND is refused. | count=2 * $m + 0x400 iov=[{base: 0x400}]
    write/a/one[low,n=1] | the lowest bit is refused. | count=2 * 1 + 1 iov=[{base: 1}]
    write/a/one[low,n=m] | the lowest bit is refused. | count=2 * $m + 1 iov=[{base: 1}]
    ");
}

#[test]
fn fixtures_come_first_and_are_merged() {
    let shared = r#"
fixtures:
  file:
    given: {files: {a: "x"}}
    needs: {config: {CONFIG_A: y}}
    steps: [{call: openat, args: {path: a}}]
"#;
    let own = r#"
subject: write(2)
fixtures:
  pipe:
    signals: {SIGPIPE: record}
    steps: [{call: pipe2}]
cases:
  one:
    summary: It writes.
    use: [file, pipe]
    given: {files: {b: "y"}, umask: 0o77}
    steps: [{call: write, expect: {return: 0}}]
"#;
    let cases = case::load_texts([("fixtures.yaml", shared), ("write/a.yaml", own)]).unwrap();
    let [case] = &cases[..] else { panic!("{} cases", cases.len()) };
    let calls = case.steps.iter().map(|step| match &step.action {
        Action::Call(call) => call.name.as_str(),
        other => panic!("{other:?}"),
    });
    assert_eq!(calls.collect::<Vec<_>>(), ["openat", "pipe2", "write"]);
    let files: Vec<_> = case.given.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(files, ["a", "b"]);
    assert_eq!(case.given.umask.as_ref().map(|mask| mask.value), Some(0o77));
    assert_eq!(case.signals.len(), 1);
    assert_eq!(case.needs.config.len(), 1);
    assert_eq!(case.steps[0].span.source.path, "fixtures.yaml");
}

#[test]
fn places_are_exact_behind_wide_characters() {
    let cases = load(
        r#"# «漢字»
subject: write(2)
cases: {one: {summary: Das é., steps: [{call: write, args: {buf: "漢", fd: $w}}]}}
"#,
    );
    let Action::Call(call) = &cases[0].steps[0].action else { panic!() };
    let (_, fd) = &call.args[1];
    let span = &fd.span;
    assert_eq!(&span.source.text[span.start..span.end], "$w");
    let line = span.source.text.lines().nth(span.line as usize - 1).unwrap();
    assert_eq!(line.chars().skip(span.column as usize - 1).take(2).collect::<String>(), "$w");
}
