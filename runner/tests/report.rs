//! `syscase report`: pages of saved results.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use rstest::rstest;
use serde_json::{Value, json};
use tempfile::TempDir;

const FLAG: &str = "write/pipe/flag[odd]";
const FLAG_SUMMARY: &str = r#"A write fails with EINVAL & "quotes" <i>before</i> 6.12."#;

fn target(name: &str, kernel: &str) -> Value {
    json!({
        "type": "target", "name": name, "kernel": kernel, "judge_as": null, "arch": "x86_64", "build": "#1",
        "page_size": 4096, "uid": 0, "caps": 0, "config": null, "filesystem": "tmpfs", "disk_filesystem": null,
        "isolation": "namespaces", "proc": true, "seccomp": 0, "lsm": null, "sysctls": {},
    })
}

/// The case `flag` with one step that returns that, or fails with EINVAL.
fn flag(verdict: &str, returned: Option<i64>) -> Value {
    let shown = match returned {
        Some(n) => format!("write(400, \"</script>\u{1b}[31m\", 1) = {n}"),
        None => "write(400, \"</script>\u{1b}[31m\", 1) = -1 EINVAL (Invalid argument)".to_owned(),
    };
    json!({
        "type": "case", "id": FLAG, "subject": "write(2)", "summary": FLAG_SUMMARY, "file": "cases/write/pipe.yaml",
        "line": 4, "verdict": verdict, "reason": null, "micros": 1, "claim": null,
        "trace": [{
            "call": "write", "shown": shown, "return": returned.unwrap_or(-1),
            "errno": returned.map_or(Some("EINVAL"), |_| None), "signals": [], "blocked": false,
        }],
    })
}

fn claimed() -> Value {
    json!({
        "type": "case", "id": "write/pipe/claimed", "subject": "write(2)", "summary": "A claim is shown.",
        "file": "cases/write/pipe.yaml", "line": 15, "verdict": "pass", "reason": null, "micros": 1, "trace": [],
        "claim": {"id": "A1", "document": "notes", "recorded": "refuted", "found": "refuted"},
    })
}

fn summary() -> Value {
    json!({"type": "summary", "pass": 1, "fail": 0, "error": 0, "skip": 0, "xfail": 0, "xpass": 0, "micros": 1})
}

/// A place for results and pages.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Place(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn save(&self, name: &str, lines: &[Value]) -> String {
        self.save_text(name, &lines.iter().map(|line| format!("{line}\n")).collect::<String>())
    }

    fn save_text(&self, name: &str, text: &str) -> String {
        fs::write(self.path(name), text).unwrap();
        self.path(name).display().to_string()
    }

    /// Exit code, standard output, standard error.
    fn report(&self, results: &[String], site: &Path) -> (i32, String, String) {
        let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/report/cases");
        let mut command = Command::new(env!("CARGO_BIN_EXE_syscase"));
        command.args(["report", "--results"]).args(results).arg("--html").arg(site).arg("--cases").arg(cases);
        let output = command.output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
    }

    /// The data of a site that must come about.
    fn site(&self, results: &[String]) -> Site {
        let site = self.path("site");
        let (code, _, errors) = self.report(results, &site);
        assert_eq!(code, 0, "{errors}");
        let mut chunk = data(&site.join("data/0.js"));
        let [cases, fixtures] = ["cases", "fixtures"].map(|key| chunk[key].take());
        Site { index: data(&site.join("data/index.js")), cases, fixtures, errors }
    }
}

struct Site {
    index: Value,
    /// Of the first chunk.
    cases: Value,
    fixtures: Value,
    errors: String,
}

/// What a script of data calls its function with.
fn data(path: &Path) -> Value {
    let script = fs::read_to_string(path).unwrap();
    let arguments = script.strip_suffix(");\n").unwrap().split_once('(').unwrap().1;
    let start = arguments.find(['{', '[']).unwrap();
    serde_json::from_str(&arguments[start..]).unwrap()
}

/// The history of the case `flag` on these targets: name, kernel, what is returned.
fn history(results: &[(&str, &str, Option<i64>)]) -> Value {
    let place = Place::new();
    let save = |(name, kernel, returned): &(&str, &str, Option<i64>)| {
        place.save(name, &[target(name, kernel), flag("pass", *returned), summary()])
    };
    let site = place.site(&results.iter().map(save).collect::<Vec<_>>());
    site.index["cases"][0].get(6).cloned().unwrap_or_default()
}

#[rstest]
#[case::change(&[("a", "5.10.0", None), ("b", "6.1.9", None), ("c", "6.12.1", Some(64)), ("d", "7.0.1", Some(64))],
    "EINVAL up to 6.1, 64 bytes from 6.12 on")]
#[case::any_order(&[("d", "7.0.1", Some(64)), ("a", "6.1", None)], "EINVAL up to 6.1, 64 bytes from 7.0 on")]
#[case::there_and_back(&[("a", "5.10", Some(1)), ("b", "6.1", None), ("c", "6.12", Some(1))],
    "1 byte up to 5.10, EINVAL at 6.1, 1 byte from 6.12 on")]
#[case::in_a_stable_release(&[("a", "6.1.5", None), ("b", "6.1.9", Some(1)), ("c", "6.12", Some(1))],
    "EINVAL up to 6.1.5, 1 byte from 6.1.9 on")]
#[case::an_emulator(&[("native", "6.12", Some(1)), ("other", "6.1", Some(1)), ("emulator", "6.12", None)],
    "1 byte from 6.1 to 6.12; EINVAL on emulator")]
#[case::all_the_same(&[("a", "5.10", Some(1)), ("b", "6.1", Some(1))], "")]
fn history_is_told_in_words(#[case] results: &[(&str, &str, Option<i64>)], #[case] words: &str) {
    assert_eq!(history(results).as_str().unwrap_or_default(), words);
}

#[test]
fn what_is_judged_as_another_version_is_no_part_of_history() {
    let place = Place::new();
    let mut gvisor = target("gvisor", "4.4.0");
    gvisor["judge_as"] = "6.1".into();
    let results = [
        place.save("g", &[gvisor, flag("fail", Some(1)), summary()]),
        place.save("l", &[target("linux", "6.1"), flag("pass", None), summary()]),
    ];
    let site = place.site(&results);
    assert_eq!(site.index["cases"][0][6], "EINVAL at 6.1; 1 byte on gvisor");
    assert_eq!(site.index["targets"][0]["name"], "linux");
}

#[test]
fn pages_show_verdicts_behaviours_source_and_claim() {
    let place = Place::new();
    let mut grounded = claimed();
    grounded["rests"] = json!({"level": "documented", "source": "write(2), ERRORS"});
    let results = [
        place.save("new", &[target("new", "7.0"), flag("fail", Some(64)), grounded, summary()]),
        place.save("old", &[target("old", "5.10"), flag("pass", None), summary()]),
    ];
    let Site { index, cases, .. } = place.site(&results);
    assert_eq!(index["cases"][0], json!(["write/pipe/claimed", 0, "A claim is shown.", " p", "documented"]));
    assert_eq!(cases[0]["source"], "write(2), ERRORS");
    assert_eq!(index["cases"][1][4], "", "the results do not say what the case rests on");
    assert_eq!(index["cases"][1][3], "pf", "targets stand in the order of their versions");
    assert_eq!(index["cases"][1][5], json!([0, 1]));
    assert_eq!(cases[0]["claim"]["states"], "A write to a closed descriptor returns 0.");
    assert_eq!(cases[0]["runs"], json!([{"target": 1, "trace": 0, "found": "refuted"}]));
    let yaml = cases[1]["yaml"].as_str().unwrap();
    assert!(yaml.starts_with("flag:\n  summary:") && yaml.ends_with("return: 64}"), "{yaml}");
    assert_eq!(cases[1]["traces"].as_array().unwrap().len(), 2);
}

#[test]
fn fixtures_stand_beside_the_cases_that_use_them() {
    let place = Place::new();
    let case = |name: &str, summary: &str| {
        let mut case = with(claimed(), "id", &format!("write/pipe/{name}"));
        case["claim"] = Value::Null;
        with(case, "summary", summary)
    };
    let lines = [
        target("a", "6.1"),
        claimed(),
        case("piped", "A case uses fixtures of its file and of its tree."),
        case("piped-again[count=1]", "Another one uses one of them."),
        case("piped-again[count=2]", "Another one uses one of them."),
        summary(),
    ];
    let Site { cases, fixtures, .. } = place.site(&[place.save("a", &lines)]);
    let shown = |case: usize| {
        let used = cases[case]["fixtures"].as_array().cloned().unwrap_or_default();
        used.iter().map(|n| fixtures[n.as_u64().unwrap() as usize].clone()).collect::<Vec<_>>()
    };
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/report/cases");
    let fixture = |file: &str, line: u32, yaml: &str| json!({"file": dir.join(file), "line": line, "yaml": yaml});
    let comment = "# Far from what a case opens.";
    let pipe = format!(
        "far-pipe:\n  steps:\n    {comment}\n    - {{call: pipe2, args: {{flags: []}}, bind: {{pipefd: [r, w]}}}}"
    );
    let pipe = fixture("write/pipe.yaml", 4, &pipe);
    let umask = fixture("fixtures.yaml", 2, "small-umask:\n  given: {umask: 0}");
    assert_eq!(shown(0), [] as [Value; 0]);
    assert_eq!(shown(1), [pipe.clone(), umask]);
    assert_eq!((shown(2), shown(3)), (vec![pipe.clone()], vec![pipe]));
    assert_eq!(fixtures.as_array().unwrap().len(), 2, "each once, and those that are used");
}

#[test]
fn nothing_of_a_result_is_markup_or_controls_anything() {
    let place = Place::new();
    let results = [place.save("a", &[target("<b>a</b>", "6.1"), flag("pass", None), summary()])];
    let site = place.site(&results);
    let shown = site.cases[0]["traces"][0][0][0].as_str().unwrap();
    assert_eq!(shown, r#"write(400, "</script>\u{1b}[31m", 1) = -1 EINVAL (Invalid argument)"#);
    let read = |name: &str| fs::read_to_string(place.path("site").join(name)).unwrap();
    assert!(!read("index.html").contains("<b>"), "results stand in scripts alone");
    // Text becomes text: no page function that reads markup is used.
    for name in ["app.js", "list.js", "case.js"] {
        let script = read(name);
        assert!(
            !["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("]
                .iter()
                .any(|f| script.contains(f))
        );
    }
}

#[test]
fn no_file_names_a_host() {
    let place = Place::new();
    place.site(&[place.save("a", &[target("a", "6.1"), flag("pass", None), summary()])]);
    for name in ["index.html", "style.css", "app.js", "list.js", "case.js"] {
        let text = fs::read_to_string(place.path("site").join(name)).unwrap();
        assert!(!text.contains("http:") && !text.contains("https:") && !text.contains("fetch("), "{name}");
    }
}

#[test]
fn parts_of_a_run_are_put_together() {
    let place = Place::new();
    let results = [
        place.save("1", &[target("a", "6.1"), flag("pass", None), summary()]),
        place.save("2", &[target("a", "6.1"), claimed(), summary()]),
    ];
    let index = place.site(&results).index;
    assert_eq!(index["targets"].as_array().unwrap().len(), 1);
    assert_eq!(index["targets"][0]["counts"]["pass"], 2);
}

#[rstest]
#[case::whole(&[flag("pass", None), summary()], Value::Null)]
#[case::killed(&[flag("pass", None)], Value::Bool(true))]
#[case::as_it_says(&[flag("pass", None), json!({"type": "summary", "pass": 1, "fail": 0, "error": 0, "skip": 0,
    "xfail": 0, "xpass": 0, "micros": 1, "partial": true})], Value::Bool(true))]
fn partial_results_are_marked(#[case] rest: &[Value], #[case] partial: Value) {
    let place = Place::new();
    let lines: Vec<Value> = [&[target("a", "6.1")], rest].concat();
    let index = place.site(&[place.save("a", &lines)]).index;
    assert_eq!(index["targets"][0]["counts"]["partial"], partial);
}

#[test]
fn a_target_that_did_not_start_is_left_out_and_named() {
    let place = Place::new();
    let dead = place.save("dead", &[summary()]);
    let site = place.site(&[dead.clone(), place.save("a", &[target("a", "6.1"), claimed(), summary()])]);
    assert!(site.errors.contains(&format!("warning: {dead} is left out")), "{}", site.errors);
    assert_eq!(site.index["targets"].as_array().unwrap().len(), 1);
}

fn text(lines: &[Value]) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
}

fn with(mut case: Value, key: &str, value: &str) -> Value {
    case[key] = value.into();
    case
}

#[rstest]
#[case::empty("", "there are no results in it")]
#[case::cut(&text(&[target("a", "6.1"), claimed()])[..400], "line 2: an event is cut short")]
#[case::prose("Hello.\n", "line 1: no event of a run")]
#[case::binary("\u{0}\u{1}\n", "line 1: no event of a run")]
#[case::other_json("{\"a\": 1}\n", "line 1: no event of a run: missing field `type`")]
#[case::no_target(&text(&[claimed(), summary()]), "line 1: the results do not begin with a target")]
#[case::two_runs(&text(&[target("a", "6.1"), target("b", "6.1")]), "line 2: a second run begins")]
#[case::after_the_end(&text(&[target("a", "6.1"), summary(), claimed()]), "line 3: the run is over, and something follows")]
#[case::twice(&text(&[target("a", "6.1"), claimed(), claimed()]), "line 3: `write/pipe/claimed` is there twice for the target `a`\n")]
#[case::unknown_case(&text(&[target("a", "6.1"), with(claimed(), "id", "write/gone")]),
    "line 2: `write/gone` is not among the cases at hand: the results are of another version of the suite; --cases DIR")]
#[case::other_case(&text(&[target("a", "6.1"), with(claimed(), "summary", "Other.")]),
    "line 2: `write/pipe/claimed` is another one among the cases at hand: the results are of another version")]
#[case::no_case(&text(&[target("a", "6.1"), summary()]), "there is no case in the results")]
fn bad_results_are_refused(#[case] text: &str, #[case] message: &str) {
    let place = Place::new();
    let results = [place.save_text("bad", text)];
    let (code, out, errors) = place.report(&results, &place.path("site"));
    assert_eq!((code, out.as_str()), (2, ""), "{errors}");
    assert!(errors.starts_with("error: ") && errors.contains(message), "{errors}");
    assert!(!place.path("site").exists());
}

#[rstest]
#[case::overlapping("6.1", "`write/pipe/claimed` is there twice for the target `a`, first in ")]
#[case::another_kernel("6.12", "the target `a` is on 6.12 here and on 6.1 in ")]
fn two_runs_need_two_names(#[case] kernel: &str, #[case] message: &str) {
    let place = Place::new();
    let one = place.save("one", &[target("a", "6.1"), claimed(), summary()]);
    let two = place.save("two", &[target("a", kernel), claimed(), summary()]);
    let (code, _, errors) = place.report(&[one.clone(), two.clone()], &place.path("site"));
    assert_eq!(code, 2);
    assert!(errors.starts_with(&format!("error: {two}: ")) && errors.contains(&format!("{message}{one}")), "{errors}");
}

#[test]
fn two_runs_of_one_target_are_told_apart_by_names() {
    let place = Place::new();
    let one = place.save("one", &[target("a", "6.1"), claimed(), summary()]);
    let two = place.save("two", &[target("a", "6.1"), claimed(), summary()]);
    let (code, _, errors) = place.report(&[one.clone(), two.clone()], &place.path("refused"));
    assert_eq!(code, 2);
    assert!(errors.contains(&format!("two runs need two names: give one by `--results NAME={two}`")), "{errors}");
    let index = place.site(&[one, format!("b={two}")]).index;
    assert_eq!((&index["targets"][0]["name"], &index["targets"][1]["name"]), (&json!("a"), &json!("b")));
}

#[test]
fn a_missing_file_is_named() {
    let place = Place::new();
    let (code, _, errors) = place.report(&["none.jsonl".to_owned()], &place.path("site"));
    assert_eq!((code, errors.as_str()), (2, "error: cannot open none.jsonl: No such file or directory (os error 2)\n"));
}

#[test]
fn pages_need_an_empty_directory() {
    let place = Place::new();
    let results = [place.save("a", &[target("a", "6.1"), claimed(), summary()])];
    let refused = |site: &Path, message: &str| {
        let (code, _, errors) = place.report(&results, site);
        assert_eq!(code, 2, "{errors}");
        assert!(errors.contains(message), "{errors}");
    };
    let full = place.path("full");
    fs::create_dir(&full).unwrap();
    fs::write(full.join("mine"), "kept").unwrap();
    refused(&full, "is not empty; the pages need a directory of their own");
    assert_eq!(fs::read_to_string(full.join("mine")).unwrap(), "kept");
    refused(&full.join("mine"), "as a directory: Not a directory");
    refused(Path::new("/proc/self/site"), "cannot make the directory /proc/self/site: ");
    // One that is there and empty will do.
    fs::create_dir(place.path("empty")).unwrap();
    assert_eq!(place.report(&results, &place.path("empty")).0, 0);
}

#[test]
fn pages_do_not_depend_on_the_order_of_files() {
    let place = Place::new();
    let a = place.save("a", &[target("a", "6.1"), flag("pass", None), claimed(), summary()]);
    let b = place.save("b", &[target("b", "6.12"), claimed(), flag("pass", Some(1)), summary()]);
    assert_eq!(place.report(&[a.clone(), b.clone()], &place.path("ab")).0, 0);
    assert_eq!(place.report(&[b, a], &place.path("ba")).0, 0);
    let read = |site: &str| fs::read_to_string(place.path(site).join("data/index.js")).unwrap();
    assert_eq!(read("ab"), read("ba"));
}
