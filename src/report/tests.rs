//! One stream, every format.

use std::collections::BTreeMap;

use insta::assert_snapshot;
use rstest::rstest;
use serde_json::{Value, json};

use super::*;
use crate::case::{Level, Rests};
use crate::exec::{End, StepTrace};
use crate::judge::tests::sample::{call, done, fails, fd, planned, returns, span, target, trace, write};
use crate::judge::{Judgement, Verdict, judge};
use crate::plan::Expectation;

fn case(id: &str, verdict: Verdict, reason: Option<&str>) -> CaseEvent {
    CaseEvent {
        id: id.into(),
        subject: format!("{}(2)", id.split('/').next().unwrap()),
        summary: "A sample does what it does.".into(),
        file: "cases/write/pipe.yaml".into(),
        line: 3,
        verdict,
        reason: reason.map(str::to_owned),
        rests: None,
        micros: 1500,
        trace: Vec::new(),
        claim: None,
        performed: None,
    }
}

/// A case that was judged: a pipe that is not full.
fn failure() -> CaseEvent {
    let expectation = Expectation { span: Some(span(18)), ..fails(libc::EAGAIN) };
    let planned = planned(vec![call("close", vec![fd(3)]), write().expect(expectation)]);
    let signalled = StepTrace { signals: vec![13], ..done(1) };
    let judgement = judge(&planned, &trace(vec![done(0), signalled], End::Finished), &target());
    CaseEvent::new(&planned, &judgement, 250)
}

/// One case of each verdict, with text that no format may trip over.
fn stream() -> Vec<Event> {
    let nasty = "needs <a & \"b\"> # and\x1b[31m\x07\u{202e} more";
    let cases = vec![
        case("read/pipe/empty", Verdict::Pass, None),
        failure(),
        case("write/pipe/broken[what=a # b]", Verdict::Error, Some("set-up: pipe2: failed with EMFILE")),
        case("write/limits/cap", Verdict::Skip, Some("needs CAP_SYS_RESOURCE")),
        case("write/limits/other-cap", Verdict::Skip, Some("needs CAP_SYS_RESOURCE")),
        case("tee/errors/nasty", Verdict::Skip, Some(nasty)),
        case("read/known", Verdict::Xfail, Some("bug 7")),
        case("read/gone", Verdict::Xpass, Some("bug 8")),
    ];
    let mut counts = Counts { micros: 412_000, ..Counts::default() };
    cases.iter().for_each(|case| counts.add(case.verdict));
    let mut events = vec![Event::Target(Box::new(target()))];
    events.extend(cases.into_iter().map(|case| Event::Case(Box::new(case))));
    events.push(Event::Summary(counts));
    events
}

fn written<'a, R: Reporter>(out: &'a mut Vec<u8>, new: impl FnOnce(&'a mut Vec<u8>) -> R) {
    let mut reporter = new(out);
    stream().iter().for_each(|event| reporter.event(event).unwrap());
    reporter.finish().unwrap();
}

#[test]
fn on_a_terminal() {
    let mut out = Vec::new();
    written(&mut out, |out| Terminal::new(out, false));
    let text = String::from_utf8(out).unwrap();
    assert_snapshot!(text, @r#"
    target native: Linux 6.18.44-test x86_64

    FAIL write/pipe/sample   A sample does what it does.
      --> cases/write/pipe.yaml:18:9
       |   close(3) = 0
       | - write(4, "x", 1) = -1 EAGAIN (Resource temporarily unavailable)
       | + write(4, "x", 1) = 1 --- SIGPIPE ---
       |     signals: expected none, found SIGPIPE

    ERROR write/pipe/broken[what=a # b]   A sample does what it does.
      --> cases/write/pipe.yaml:3
       = set-up: pipe2: failed with EMFILE

    XFAIL read/known   bug 7
    XPASS read/gone   A sample does what it does.
      --> cases/write/pipe.yaml:3
       = a known deviation is gone: bug 8

    SKIP tee/errors/nasty   needs <a & "b"> # and\u{1b}[31m\u{7}\u{202e} more
    SKIP 2 cases   needs CAP_SYS_RESOURCE

    subject    pass   fail  error   skip  xfail  xpass
    read(2)       1      ·      ·      ·      1      1
    tee(2)        ·      ·      ·      1      ·      ·
    write(2)      ·      1      1      2      ·      ·

    8 cases: 1 passed, 1 failed, 1 error, 3 skipped, 1 known deviation, 1 known deviation gone in 0.4 s
    "#);
}

/// A failure, a case that rests on what a document says, and one that rests on an accident.
fn grounded() -> Vec<CaseEvent> {
    let rests = |level, source: Option<&str>| Some(Rests { level, source: source.map(str::to_owned) });
    let mut changed = failure();
    changed.rests = rests(Level::Documented, Some("pipe(7), PIPE_BUF"));
    changed.trace[1].evidence = vec!["278a5fbaed89".to_owned(), "v5.9".to_owned()];
    let accident =
        CaseEvent { rests: rests(Level::Accident, None), ..case("tee/errors/first", Verdict::Error, Some("broke")) };
    let practice = CaseEvent { rests: rests(Level::Practice, None), ..case("read/pipe/empty", Verdict::Pass, None) };
    vec![changed, accident, practice, case("read/pipe/full", Verdict::Pass, None)]
}

#[test]
fn a_failure_says_what_it_rests_on() {
    let (mut terminal, mut junit, mut ktap, mut transcript) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut reporters: [Box<dyn Reporter>; 4] = [
        Box::new(Terminal::new(&mut terminal, false).showing_levels()),
        Box::new(JUnit::new(&mut junit)),
        Box::new(Ktap::new(&mut ktap)),
        Box::new(Transcript::new(&mut transcript)),
    ];
    let mut counts = Counts::default();
    grounded().iter().for_each(|case| counts.add(case.verdict));
    let cases = grounded().into_iter().map(|case| Event::Case(Box::new(case)));
    for event in cases.chain([Event::Summary(counts)]) {
        reporters.iter_mut().for_each(|reporter| reporter.event(&event).unwrap());
    }
    reporters.iter_mut().for_each(|reporter| reporter.finish().unwrap());
    drop(reporters);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    assert_snapshot!(text(terminal), @r#"
    FAIL write/pipe/sample   A sample does what it does.
      --> cases/write/pipe.yaml:18:9
       |   close(3) = 0
       | - write(4, "x", 1) = -1 EAGAIN (Resource temporarily unavailable)
       | + write(4, "x", 1) = 1 --- SIGPIPE ---
       |     signals: expected none, found SIGPIPE
       = documented: pipe(7), PIPE_BUF
       = evidence: 278a5fbaed89, v5.9

    ERROR tee/errors/first   A sample does what it does.
      --> cases/write/pipe.yaml:3
       = broke
       = rests on an accident of Linux


    subject    pass   fail  error   skip  xfail  xpass
    read(2)       2      ·      ·      ·      ·      ·
    tee(2)        ·      ·      1      ·      ·      ·
    write(2)      ·      1      ·      ·      ·      ·

    rests on       pass   fail  error   skip  xfail  xpass
    accident          ·      ·      1      ·      ·      ·
    documented        ·      1      ·      ·      ·      ·
    nothing said      1      ·      ·      ·      ·      ·
    practice          1      ·      ·      ·      ·      ·

    4 cases: 2 passed, 1 failed, 1 error, 0 skipped in 0.0 s
    "#);
    let (ktap, transcript) = (text(ktap), text(transcript));
    let before = [
        "  # rests on practice\n  ok 1 read/pipe/empty\n",
        "  # evidence: 278a5fbaed89, v5.9\n  not ok 1 write/pipe/sample\n",
    ];
    before.iter().for_each(|lines| assert!(ktap.contains(lines), "{lines} is missing in {ktap}"));
    assert_eq!(ktap.matches("rests on an accident of Linux").count(), 1, "{ktap}");
    let told = "   = documented: pipe(7), PIPE_BUF\n   = evidence: 278a5fbaed89, v5.9\n   = FAIL: ";
    assert!(transcript.contains(told), "{transcript}");
    let junit = text(junit);
    for part in [
        r#"<property name="rests" value="documented"/>"#,
        r#"<property name="source" value="pipe(7), PIPE_BUF"/>"#,
        r#"<property name="rests" value="accident"/>"#,
        "evidence: 278a5fbaed89, v5.9",
    ] {
        assert!(junit.contains(part), "{part} is missing in {junit}");
    }
    let json = serde_json::to_value(&grounded()[0]).unwrap();
    assert_eq!(json["rests"], json!({"level": "documented", "source": "pipe(7), PIPE_BUF"}));
    assert_eq!(json["trace"][1]["evidence"], json!(["278a5fbaed89", "v5.9"]));
    assert_eq!(serde_json::from_value::<CaseEvent>(json).unwrap(), grounded()[0]);
}

#[test]
fn colour_is_all_that_colour_adds() {
    let plain = {
        let mut out = Vec::new();
        Terminal::new(&mut out, false).event(&Event::Case(Box::new(failure()))).unwrap();
        String::from_utf8(out).unwrap()
    };
    let mut out = Vec::new();
    Terminal::new(&mut out, true).event(&Event::Case(Box::new(failure()))).unwrap();
    let coloured = String::from_utf8(out).unwrap();
    // As in a diff.
    assert!(coloured.contains("\x1b[31m- write(4"), "{coloured:?}");
    assert!(coloured.contains("\x1b[32m+ write(4"), "{coloured:?}");
    let stripped = ["31", "32", "33", "1", "2", "0"]
        .iter()
        .fold(coloured, |text, code| text.replace(&format!("\x1b[{code}m"), ""));
    assert_eq!(stripped, plain);
}

#[rstest]
#[case::whole(false, "\x1b[32m1 case: ")]
#[case::broken_off(true, "\x1b[31m1 case: ")]
fn only_a_whole_run_ends_in_green(#[case] partial: bool, #[case] line: &str) {
    let mut out = Vec::new();
    Terminal::new(&mut out, true).event(&Event::Summary(Counts { pass: 1, partial, ..Counts::default() })).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(text.contains(line), "{text:?}");
}

#[test]
fn in_a_transcript() {
    let mut out = Vec::new();
    Transcript::new(&mut out).event(&Event::Case(Box::new(failure()))).unwrap();
    assert_snapshot!(String::from_utf8(out).unwrap(), @r#"
    write/pipe/sample   A sample does what it does.
      --> cases/write/pipe.yaml:18:9
       |   close(3) = 0
       | - write(4, "x", 1) = -1 EAGAIN (Resource temporarily unavailable)
       | + write(4, "x", 1) = 1 --- SIGPIPE ---
       |     signals: expected none, found SIGPIPE
       = FAIL: write: expected EAGAIN, returned 1 (250 µs)
    "#);
}

#[test]
fn in_ktap() {
    let mut out = Vec::new();
    written(&mut out, Ktap::new);
    assert_snapshot!(String::from_utf8(out).unwrap(), @r#"
    KTAP version 1
    1..3
    # target: native 6.18.44-test x86_64
      KTAP version 1
      # Subtest: read(2)
      1..3
      ok 1 read/pipe/empty
      ok 2 read/known # XFAIL bug 7
      # read/gone: A sample does what it does.
      # cases/write/pipe.yaml:3
      # a known deviation is gone: bug 8
      not ok 3 read/gone
    not ok 1 read(2)
      KTAP version 1
      # Subtest: write(2)
      1..4
      # write/pipe/sample: A sample does what it does.
      # cases/write/pipe.yaml:18:9
      # write: expected EAGAIN, returned 1
      #   close(3) = 0
      # - write(4, "x", 1) = -1 EAGAIN (Resource temporarily unavailable)
      # + write(4, "x", 1) = 1 --- SIGPIPE ---
      #     signals: expected none, found SIGPIPE
      not ok 1 write/pipe/sample
      # write/pipe/broken[what=a # b]: A sample does what it does.
      # cases/write/pipe.yaml:3
      # set-up: pipe2: failed with EMFILE
      not ok 2 write/pipe/broken[what=a _ b] # ERROR set-up: pipe2: failed with EMFILE
      ok 3 write/limits/cap # SKIP needs CAP_SYS_RESOURCE
      ok 4 write/limits/other-cap # SKIP needs CAP_SYS_RESOURCE
    not ok 2 write(2)
      KTAP version 1
      # Subtest: tee(2)
      1..1
      ok 1 tee/errors/nasty # SKIP needs <a & "b"> _ and\u{1b}[31m\u{7}\u{202e} more
    ok 3 tee(2) # SKIP
    "#);
}

#[test]
fn in_junit() {
    let mut out = Vec::new();
    written(&mut out, JUnit::new);
    let text = String::from_utf8(out).unwrap();
    assert!(text.chars().all(|c| !c.is_control() && c != '\u{202e}' || c == '\n'));
    // Reading it back shows that it is well-formed and says what was meant.
    let report = quick_junit::Report::deserialize_from_str(&text).unwrap();
    let names: Vec<_> = report.test_suites.iter().map(|s| (s.name.as_str(), s.tests, s.failures, s.errors)).collect();
    assert_eq!(names, [("read(2)", 3, 1, 0), ("write(2)", 4, 1, 1), ("tee(2)", 1, 0, 0)]);
    assert_snapshot!(text, @r#"
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="native 6.18.44-test" tests="8" skipped="4" failures="2" errors="1" time="0.412">
        <testsuite name="read(2)" tests="3" skipped="1" errors="0" failures="1" time="0.004">
            <properties>
                <property name="target" value="native"/>
            </properties>
            <testcase name="read/pipe/empty" classname="read(2)" time="0.002"/>
            <testcase name="read/known" classname="read(2)" time="0.002">
                <skipped message="known deviation: bug 7">A sample does what it does.
    cases/write/pipe.yaml:3</skipped>
            </testcase>
            <testcase name="read/gone" classname="read(2)" time="0.002">
                <failure message="a known deviation is gone: bug 8">A sample does what it does.
    cases/write/pipe.yaml:3</failure>
            </testcase>
        </testsuite>
        <testsuite name="write(2)" tests="4" skipped="2" errors="1" failures="1" time="0.005">
            <properties>
                <property name="target" value="native"/>
            </properties>
            <testcase name="write/pipe/sample" classname="write(2)" time="0.000">
                <failure message="write: expected EAGAIN, returned 1">A sample does what it does.
    cases/write/pipe.yaml:18:9
      close(3) = 0
    - write(4, &quot;x&quot;, 1) = -1 EAGAIN (Resource temporarily unavailable)
    + write(4, &quot;x&quot;, 1) = 1 --- SIGPIPE ---
        signals: expected none, found SIGPIPE</failure>
            </testcase>
            <testcase name="write/pipe/broken[what=a # b]" classname="write(2)" time="0.002">
                <error message="set-up: pipe2: failed with EMFILE">A sample does what it does.
    cases/write/pipe.yaml:3</error>
            </testcase>
            <testcase name="write/limits/cap" classname="write(2)" time="0.002">
                <skipped message="needs CAP_SYS_RESOURCE"/>
            </testcase>
            <testcase name="write/limits/other-cap" classname="write(2)" time="0.002">
                <skipped message="needs CAP_SYS_RESOURCE"/>
            </testcase>
        </testsuite>
        <testsuite name="tee(2)" tests="1" skipped="1" errors="0" failures="0" time="0.002">
            <properties>
                <property name="target" value="native"/>
            </properties>
            <testcase name="tee/errors/nasty" classname="tee(2)" time="0.002">
                <skipped message="needs &lt;a &amp; &quot;b&quot;&gt; # and\u{1b}[31m\u{7}\u{202e} more"/>
            </testcase>
        </testsuite>
    </testsuites>
    "#);
}

/// A run that did not get past its first case, of three.
fn broken_off<'a, R: Reporter>(out: &'a mut Vec<u8>, new: impl FnOnce(&'a mut Vec<u8>) -> R) {
    let mut reporter = new(out);
    let not_run = |id: &str, subject: &str| NotRun { id: id.to_owned(), subject: subject.to_owned() };
    let first = case("read/pipe/empty", Verdict::Pass, None);
    reporter.event(&Event::Target(Box::new(target()))).unwrap();
    reporter.event(&Event::Case(Box::new(first))).unwrap();
    let not_run = [not_run("read/pipe/full", "read(2)"), not_run("tee/a[b # c]", "tee(2)")];
    reporter.broken_off("its kernel panicked (no <init> # found)", &not_run).unwrap();
    reporter.event(&Event::Summary(Counts { pass: 1, partial: true, ..Counts::default() })).unwrap();
    reporter.finish().unwrap();
}

#[test]
fn a_run_that_was_broken_off_in_ktap() {
    let mut out = Vec::new();
    broken_off(&mut out, Ktap::new);
    assert_snapshot!(String::from_utf8(out).unwrap(), @r"
    KTAP version 1
    1..2
    # target: native 6.18.44-test x86_64
      KTAP version 1
      # Subtest: read(2)
      1..2
      ok 1 read/pipe/empty
      not ok 2 read/pipe/full # ERROR not run: its kernel panicked (no <init> _ found)
    not ok 1 read(2)
      KTAP version 1
      # Subtest: tee(2)
      1..1
      not ok 1 tee/a[b _ c] # ERROR not run: its kernel panicked (no <init> _ found)
    not ok 2 tee(2)
    Bail out! its kernel panicked (no <init> _ found)
    ");
}

#[test]
fn a_run_that_was_broken_off_in_junit() {
    let mut out = Vec::new();
    broken_off(&mut out, JUnit::new);
    let text = String::from_utf8(out).unwrap();
    quick_junit::Report::deserialize_from_str(&text).unwrap();
    assert_snapshot!(text, @r#"
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="native 6.18.44-test" tests="4" skipped="0" failures="0" errors="3" time="0.000">
        <testsuite name="read(2)" tests="2" skipped="0" errors="1" failures="0" time="0.002">
            <properties>
                <property name="target" value="native"/>
            </properties>
            <testcase name="read/pipe/empty" classname="read(2)" time="0.002"/>
            <testcase name="read/pipe/full" classname="read(2)" time="0.000">
                <error message="not run: its kernel panicked (no &lt;init&gt; # found)" type="not run"/>
            </testcase>
        </testsuite>
        <testsuite name="tee(2)" tests="1" skipped="0" errors="1" failures="0" time="0.000">
            <properties>
                <property name="target" value="native"/>
            </properties>
            <testcase name="tee/a[b # c]" classname="tee(2)" time="0.000">
                <error message="not run: its kernel panicked (no &lt;init&gt; # found)" type="not run"/>
            </testcase>
        </testsuite>
        <testsuite name="syscase" tests="1" skipped="0" errors="1" failures="0" time="0.000">
            <properties>
                <property name="target" value="native"/>
            </properties>
            <testcase name="syscase/run" classname="syscase" time="0.000">
                <error message="its kernel panicked (no &lt;init&gt; # found)" type="broken off"/>
            </testcase>
        </testsuite>
    </testsuites>
    "#);
}

#[test]
fn in_json_lines() {
    let mut out = Vec::new();
    written(&mut out, JsonLines::new);
    let text = String::from_utf8(out).unwrap();
    let events: Vec<Event> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(events, stream());
    let values: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let fields = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ");
    assert_eq!(values[0]["type"], "target");
    assert_eq!((&values[0]["name"], &values[0]["kernel"]), (&json!("native"), &json!("6.18.44-test")));
    assert_eq!(fields(&values[1]), "claim file id line micros reason subject summary trace type verdict");
    assert_eq!(fields(values.last().unwrap()), "error fail micros pass skip type xfail xpass");
    assert_eq!(
        values[2]["trace"],
        json!([
            {"call": "close", "shown": "close(3) = 0", "return": 0, "errno": null, "signals": [], "blocked": false},
            {
                "call": "write", "shown": "write(4, \"x\", 1) = 1 --- SIGPIPE ---",
                "return": 1, "errno": null, "signals": ["SIGPIPE"], "blocked": false,
                "expected": "write(4, \"x\", 1) = -1 EAGAIN (Resource temporarily unavailable)",
                "notes": ["signals: expected none, found SIGPIPE"],
                "at": "cases/write/pipe.yaml:18:9",
            },
        ])
    );
}

/// A writer that tells what had arrived by each flush.
#[derive(Default)]
struct Flushed {
    pending: Vec<u8>,
    lines: Vec<String>,
}

impl std::io::Write for &mut Flushed {
    fn write(&mut self, buf: &[u8]) -> std::io::Result<usize> {
        self.pending.extend(buf);
        Ok(buf.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.lines.push(String::from_utf8(std::mem::take(&mut self.pending)).unwrap());
        Ok(())
    }
}

#[test]
fn json_lines_are_flushed_one_by_one() {
    let mut out = Flushed::default();
    let mut reporter = JsonLines::new(&mut out);
    stream().iter().for_each(|event| reporter.event(event).unwrap());
    assert_eq!(out.lines.len(), stream().len());
    assert!(out.lines.iter().all(|line| line.ends_with('\n') && line.matches('\n').count() == 1));
}

#[rstest]
#[case::all_passed(&[Verdict::Pass], 0)]
#[case::skips_beside_passes(&[Verdict::Pass, Verdict::Skip], 0)]
#[case::known_deviations(&[Verdict::Xfail], 0)]
#[case::failure(&[Verdict::Pass, Verdict::Fail], 1)]
#[case::error(&[Verdict::Pass, Verdict::Error], 1)]
#[case::deviation_gone(&[Verdict::Pass, Verdict::Xpass], 1)]
#[case::all_skipped(&[Verdict::Skip], 3)]
#[case::no_case(&[], 3)]
fn exit_codes(#[case] verdicts: &[Verdict], #[case] code: u8) {
    let mut counts = Counts::default();
    verdicts.iter().for_each(|verdict| counts.add(*verdict));
    assert_eq!((counts.exit_code(), counts.total()), (code, verdicts.len() as u64));
}

#[test]
fn a_target_is_written_with_all_that_is_known() {
    let config = Some(BTreeMap::from([("CONFIG_PIPE".to_owned(), "y".to_owned())]));
    let target = crate::target::Target { config, ..target() };
    let value = serde_json::to_value(Event::Target(Box::new(target))).unwrap();
    assert_eq!(value["config"]["CONFIG_PIPE"], "y");
    assert_eq!(value["arch"], "x86_64");
}

#[test]
fn a_skip_carries_its_reason_and_no_trace() {
    let event = CaseEvent::new(&planned(vec![write().expect(returns(1))]), &Judgement::skip("needs uid 0"), 0);
    assert_eq!((event.verdict, event.reason.as_deref()), (Verdict::Skip, Some("needs uid 0")));
    assert_eq!((event.file.as_str(), event.line), ("cases/write/pipe.yaml", 3));
    assert!(event.trace.is_empty());
}
