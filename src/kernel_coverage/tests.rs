//! From what gcov says to what is shown.

use super::*;

/// What gcov says of two functions: one reached in part, one never; and of a header.
const SAID: &str = r#"{"format_version":"1","files":[
 {"file":"/src/fs/pipe.c","functions":[
   {"name":"__se_sys_pipe2","start_line":10,"end_line":13,"execution_count":3,"blocks":4,"blocks_executed":3},
   {"name":"__do_sys_tee.part.0","start_line":20,"end_line":22,"execution_count":0,"blocks":2,"blocks_executed":0}],
  "lines":[
   {"line_number":10,"count":3,"branches":[],"unexecuted_block":false},
   {"line_number":11,"count":3,"branches":[{"count":2,"throw":false,"fallthrough":true},{"count":0,"throw":false,"fallthrough":false}]},
   {"line_number":12,"count":0,"branches":[]},
   {"line_number":20,"count":0,"branches":[]},
   {"line_number":21,"count":0,"branches":[{"count":0},{"count":0}]}]},
 {"file":"/src/include/linux/fs.h","functions":[],"lines":[{"line_number":1,"count":9,"branches":[]}]}]}
"#;

const SOURCE: &str = "\n\n\n\n\n\n\n\n\nSYSCALL_DEFINE2(pipe2)\n\tif (WARN_ON(a))\n\t\treturn -EINVAL;\n}\n\n\n\n\n\n\ntee()\n\tif (b)\n";

fn reached() -> Reached {
    let mut reached = Reached { run: Run { kernel: "6.1".into(), cases: 2, ..Run::default() }, ..Reached::default() };
    let path = |file: &str| file.strip_prefix("/src/").filter(|file| file.ends_with(".c")).map(str::to_owned);
    reached.run.read_table("# table\n293 common pipe2 sys_pipe2\n276\tcommon\ttee\tsys_tee\n512 x32 rt_sigaction compat_sys_rt_sigaction\n");
    reached.add_gcov(SAID.as_bytes(), path).unwrap();
    reached.add_texts(|_| Some(SOURCE.to_owned()));
    reached
}

fn listed(entries: &str) -> Unreachable {
    Unreachable::parse("list.yaml", &format!("unreachable:\n{entries}"))
        .unwrap_or_else(|wrong| panic!("{}", crate::case::render(&wrong, false)))
}

#[test]
fn what_is_not_reached_is_shown_with_its_source() {
    let (reached, list) = (reached(), Unreachable::default());
    let measured = measure(&reached, &list, |_| true);
    insta::assert_snapshot!(Text { measured: &measured, folders: false, shown: 5, gains: None });
    let folders = Text { measured: &measured, folders: true, shown: 0, gains: None }.to_string();
    assert!(folders.starts_with("folder  lines") && folders.contains("\nfs "), "{folders}");
    insta::assert_snapshot!(uncovered(&measured));
    insta::assert_snapshot!(section(&measured, |file| file == "fs/pipe.c"));
}

#[test]
fn the_page_shows_tables_and_source() {
    let (reached, list) = (reached(), Unreachable::default());
    let page = html(&measure(&reached, &list, |_| true)).unwrap();
    for part in [
        "<th scope=\"row\">fs/pipe.c</th><td>5</td>",
        "   12   #####  return -EINVAL;",
        "Never called: <code>__do_sys_tee.part.0",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
}

#[test]
fn what_is_out_of_reach_is_counted_apart() {
    let reached = reached();
    let list = listed(
        "  - {file: '*', lines: ['*WARN_ON(*'], cause: never, because: It checks itself.}\n  - {file: '*', definition: 'tee()', cause: boot, because: B.}\n",
    );
    let measured = measure(&reached, &list, |_| true);
    let totals = measured.totals();
    assert_eq!((totals.lines, totals.lines_reached, totals.lines_missed()), (5, 2, 1));
    assert_eq!((totals.branches, totals.branches_reached, totals.branches_missed()), (4, 1, 0));
    assert_eq!(measured.stale.len(), 0);
    assert!(
        uncovered(&measured).contains("- B (boot): 20, 21\n- It checks itself (never): 11\n"),
        "{}",
        uncovered(&measured)
    );
}

#[test]
fn an_entry_of_what_is_reached_is_stale() {
    let reached = reached();
    let stale = |entry: &str| measure(&reached, &listed(entry), |_| true).stale.len();
    assert_eq!(stale("  - {file: fs/pipe.c, lines: ['SYSCALL_DEFINE2(pipe2)'], cause: boot, because: B.}\n"), 1);
    assert_eq!(stale("  - {file: fs/pipe.c, function: __se_sys_pipe2, cause: boot, because: B.}\n"), 0);
    assert_eq!(stale("  - {file: 'fs/*', lines: ['SYSCALL_DEFINE2(pipe2)'], cause: boot, because: B.}\n"), 0);
    assert_eq!(stale("  - {file: fs/pipe.c, definition: 'tee()', cause: boot, because: B.}\n"), 0);
    assert_eq!(stale("  - {file: fs/other.c, lines: ['SYSCALL_DEFINE2(pipe2)'], cause: boot, because: B.}\n"), 0);
}

#[test]
fn a_run_is_read_as_it_was_written() {
    let reached = reached();
    let mut saved = Vec::new();
    reached.write(&mut saved).unwrap();
    assert_eq!(Reached::read(saved.as_slice()).unwrap(), reached);
    assert!(Reached::read(&b""[..]).is_err());
    assert!(Reached::read(&b"{\"type\":\"kernel-file\"}\n"[..]).is_err());
}

#[test]
fn what_was_gained_and_lost_is_told() {
    let (now, list) = (reached(), Unreachable::default());
    let mut before = reached();
    let lines = &mut before.files.get_mut("fs/pipe.c").unwrap().lines;
    lines.get_mut(&11).unwrap().branches = vec![0, 1];
    lines.get_mut(&10).unwrap().count = 0;
    lines.get_mut(&12).unwrap().count = 1;
    let measured = measure(&now, &list, |_| true);
    let gains = gain(&measured, &before).unwrap();
    let expected =
        Gain { file: "fs/pipe.c", lines: [10].into(), branches: 1, lines_lost: [12].into(), branches_lost: 1 };
    assert_eq!(gains, [expected]);
    assert_eq!(gain(&measured, &now).unwrap(), []);
    before.run.kernel = "6.12".into();
    assert!(gain(&measured, &before).is_err());
}

#[test]
fn what_two_objects_say_of_a_file_is_added() {
    let (once, mut twice) = (reached(), reached());
    let path = |file: &str| file.strip_prefix("/src/").filter(|file| file.ends_with(".c")).map(str::to_owned);
    twice.add_gcov(SAID.as_bytes(), path).unwrap();
    let (once, twice) = (&once.files["fs/pipe.c"], &twice.files["fs/pipe.c"]);
    assert_eq!(twice.lines[&11].count, 2 * once.lines[&11].count);
    assert_eq!(twice.lines[&11].branches, [4, 0]);
    assert_eq!(twice.routines[&10].calls, 6);
}

#[test]
fn the_list_is_read_strictly() {
    assert!(Unreachable::builtin().is_ok());
    for wrong in [
        "unreachable:\n  - {file: fs/pipe.c, cause: boot, because: B.}\n",
        "unreachable:\n  - {file: fs/pipe.c, function: f, cause: bot, because: B.}\n",
        "unreachable:\n  - {file: fs/pipe.c, function: f, cause: boot}\n",
        "unreachable:\n  - {file: fs/pipe.c, function: f, cause: boot, because: B., line: 1}\n",
        "entries: []\n",
    ] {
        assert!(Unreachable::parse("list.yaml", wrong).is_err(), "{wrong}");
    }
}

#[test]
fn what_most_cases_enter_is_told_once() {
    let case = |id: &str, functions: &[&str]| (id.to_owned(), functions.iter().map(|f| (*f).to_owned()).collect());
    let cases =
        [case("a", &["fork", "read"]), case("b", &["fork"]), case("c", &["fork", "write"]), case("d", &["read2"])];
    let mut saved = Vec::new();
    Entered { cases: cases.into_iter().collect() }.write(&mut saved).unwrap();
    let saved = String::from_utf8(saved).unwrap();
    let lines: Vec<&str> = saved.lines().collect();
    assert_eq!(lines[0], r#"{"type":"kernel-case","id":null,"functions":["fork"]}"#);
    assert_eq!(lines[1], r#"{"type":"kernel-case","id":"a","functions":["read"]}"#);
    assert_eq!(lines.len(), 5);
}
