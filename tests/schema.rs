//! The editors' schema agrees with the loader.

use std::path::Path;
use std::sync::LazyLock;
use std::{fs, iter};

use jsonschema::Validator;
use rstest::rstest;
use serde_json::{Map, Value as Json};
use serde_yaml::Value as Yaml;
use syscase::{case, schema};

mod examples;

#[test]
fn the_schema_that_is_checked_in_is_current() {
    let checked_in = fs::read_to_string("cases/case.schema.json").unwrap_or_default();
    assert!(
        checked_in == schema::text(),
        "cases/case.schema.json is out of date: run `cargo run -p syscase-runner -- schema > cases/case.schema.json`"
    );
}

#[test]
fn every_key_is_described() {
    for (table, key) in case::tables().iter().flat_map(|(table, keys)| keys.iter().map(move |key| (table, key))) {
        assert!(!key.says.is_empty(), "{table}: `{}`", key.name);
    }
}

/// The compiler sees to the keys of other tables: each is read into a field.
#[rstest]
#[case::file("key of a file", in_file)]
#[case::case("key of a case", in_case)]
#[case::step("key of a step", in_step)]
fn every_key_is_read(#[case] table: &str, #[case] text: fn(&str) -> String) {
    let (_, keys) = case::tables().into_iter().find(|(head, _)| *head == table).unwrap();
    for key in keys.iter().map(|key| key.name) {
        let path = if key == "documents" { "documents.yaml" } else { "a.yaml" };
        let told = case::load_texts([(path, text(key).as_str())]).err().unwrap_or_default();
        // A list in a list stands nowhere: what reads it says so.
        let places = told.iter().filter_map(|diag| diag.span.as_ref());
        let mut found = places.map(|span| &span.source.text[span.start..span.end]);
        assert!(found.any(|text| text == "[[]]" || text == "[]"), "nothing reads `{key}`: {told:?}");
    }
}

fn in_file(key: &str) -> String {
    match key {
        "cases" => "subject: write(2)\ncases: [[]]\n".to_owned(),
        key => format!("{key}: [[]]\ncases: {{}}\n"),
    }
}

fn in_case(key: &str) -> String {
    let others = ["summary: A.", "steps: [{call: getpid}]"].into_iter().filter(|other| !other.starts_with(key));
    let entries: Vec<String> = others.map(str::to_owned).chain([format!("{key}: [[]]")]).collect();
    format!("subject: write(2)\ncases:\n  a: {{{}}}\n", entries.join(", "))
}

fn in_step(key: &str) -> String {
    match key {
        "call" | "blocked" | "finish" | "store" | "load" | "check" => file(&format!("{key}: [[]]")),
        key => file(&format!("call: getpid, {key}: [[]]")),
    }
}

#[test]
fn cases_and_examples_are_valid() {
    let mut files = Vec::new();
    walk(Path::new("cases"), &mut files);
    let examples = examples::examples();
    assert!(examples.len() >= 8, "only {} examples", examples.len());
    files.extend(
        examples
            .into_iter()
            .chain(examples::documents())
            .map(|e| (format!("{}:{} {}", e.document, e.line, e.heading), e.text)),
    );
    let problems: Vec<String> = files.iter().flat_map(|(path, text)| problems(&VALIDATOR, path, text)).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// What the loader or the planner refuses in a step or a case, and the schema sees as well.
#[rstest]
#[case::key_of_a_file("subject: write(2)\ncasess: {}\n")]
#[case::nothing_but_a_subject("subject: write(2)\n")]
#[case::subject(&file("").replace("write(2)", "write"))]
#[case::name_of_a_case(&file("").replace("  a:", "  A_b:"))]
#[case::no_summary(&file("").replace("summary: A.", "deadline: 1"))]
#[case::key_of_a_case(&case("sumary: B."))]
#[case::key_of_a_fixture("fixtures:\n  f: {summary: A., steps: []}\n")]
#[case::actor(&case("actors: {peer: fiber}"))]
#[case::disposition(&case("signals: {SIGPIPE: catch}"))]
#[case::signal(&case("signals: {SIGPIP: record}"))]
#[case::capability(&case("needs: {caps: [CAP_SYS_ADMN]}"))]
#[case::range(&case("needs: {kernel: [\"5.9\"]}"))]
#[case::limit(&case("given: {rlimits: {RLIMIT_NOFILES: 1}}"))]
#[case::namespace(&case("given: {namespaces: [usr]}"))]
#[case::absolute_path(&case("given: {dirs: [/etc]}"))]
#[case::path_upwards(&case("given: {dirs: [a/../b]}"))]
#[case::umask(&case("given: {umask: 0o1000}"))]
#[case::region(&case("memory: {page: {prot: [PROT_READ]}}"))]
#[case::protection(&case("memory: {page: {len: 1, prot: [PROT_RAED]}}"))]
#[case::params(&case("params: {count: 1}"))]
#[case::claim(&case("claim: {id: A1, document: d, section: s, states: S., finding: refuted}"))]
#[case::claim_id(&case("claim: {id: a1, document: d, section: s, states: S., finding: holds}"))]
#[case::key_of_a_step(&file("call: close, arg: {fd: 1}"))]
#[case::idle_step(&file("on: peer"))]
#[case::two_kinds(&file("call: getpid, blocked: reading"))]
#[case::key_of_another_kind(&file("blocked: reading, bind: {return: n}"))]
#[case::start_without_actor(&file("start: reading, call: getpid"))]
#[case::start_with_result(&file("start: reading, on: peer, call: getpid, expect: {return: 0}"))]
#[case::unknown_call(&file("call: wrtie, args: {fd: 1}"))]
#[case::unknown_argument(&file("call: close, args: {fd: 1, flags: 0}"))]
#[case::missing_argument(&file("call: dup2, args: {oldfd: 1}"))]
#[case::unknown_constant(&file("call: pipe2, args: {flags: [O_NONBLOK]}"))]
#[case::constant_of_another_set(&file("call: pipe2, args: {flags: [SPLICE_F_MOVE]}"))]
#[case::list_for_a_number(&file("call: close, args: {fd: [1]}"))]
#[case::mapping_for_a_number(&file("call: close, args: {fd: {u8: 1}}"))]
#[case::number_for_a_buffer(&file("call: write, args: {fd: 1, buf: 5, count: 1}"))]
#[case::content_for_a_room(&file("call: read, args: {fd: 1, buf: \"text\", count: 1}"))]
#[case::fill_without_length(&file("call: write, args: {fd: 1, buf: {fill: 0}}"))]
#[case::odd_digits(&file("call: write, args: {fd: 1, buf: {hex: \"abc\"}}"))]
#[case::unknown_field(&file("call: fcntl, args: {fd: 1, op: F_SETLK, arg: {l_typ: F_RDLCK}}"))]
#[case::argument_of_another_operation(&file("call: fcntl, args: {fd: 1, op: F_SETFD, arg: O_NONBLOCK}"))]
#[case::unknown_errno(&file("call: getpid, expect: {errno: EBAD}"))]
#[case::two_outcomes(&file("call: getpid, expect: {return: 0, errno: EBADF}"))]
#[case::no_outcome(&file("call: getpid, expect: {signals: []}"))]
#[case::text_for_a_return(&file("call: getpid, expect: {return: zero}"))]
#[case::bounds(&file("call: getpid, expect: {return: {min: 0, not: 1}}"))]
#[case::unknown_output(&file("call: pipe, expect: {return: 0, out: {fds: [3, 4]}}"))]
#[case::too_many_elements(&file("call: pipe, expect: {return: 0, out: {pipefd: [3, 4, 5]}}"))]
#[case::bytes_of_a_call(&file("call: getpid, expect: {return: 0, bytes: \"x\"}"))]
#[case::name_with_dollar(&file("call: getpid, bind: {return: $n}"))]
#[case::both_expectations(&file("call: getpid, expect: {return: 0}, expect_when: []"))]
#[case::history_without_versions(&file("call: getpid, expect_when: [{return: 0}]"))]
#[case::repeat(&file("call: getpid, repeat: {times: 1, max: 2}"))]
fn mistakes_are_seen(#[case] text: &str) {
    assert_ne!(problems(&VALIDATOR, "a.yaml", text), [""; 0], "valid:\n{text}");
    let planned = case::load_texts([("a.yaml", text)]).and_then(|cases| syscase::plan::plan_all(&cases));
    // A file that holds only fixtures has no cases to be wrong.
    assert!(planned.is_err() || text.starts_with("fixtures"), "the loader accepts it:\n{text}");
}

/// What a narrower schema would refuse.
#[rstest]
#[case::bare("call: close, args: {fd: 1}, expect: {errno: EBADF}")]
#[case::sum("call: write, args: {fd: 1, buf: \"x\", count: 4 * $page_size - PIPE_BUF}, expect: {errno: EBADF}")]
#[case::negative_hexadecimal("call: write, args: {fd: 1, buf: \"x\", count: -0x10}, expect: {errno: EBADF}")]
#[case::separated_digits("call: write, args: {fd: 1, buf: \"x\", count: 0x1_0000}, expect: {errno: EBADF}")]
#[case::raw("call: write, args: {fd: {raw: 0xffffffffffffffff}, buf: {raw: 1}, count: 0}, expect: {errno: EBADF}")]
#[case::null("call: write, args: {fd: 1, buf: NULL, count: 0}, expect: {errno: EBADF}")]
#[case::unmapped("call: read, args: {fd: 1, buf: $unmapped + 16, count: 1}, expect: {errno: EBADF}")]
#[case::unknown_bits("call: pipe2, args: {flags: [O_CLOEXEC, 0x10]}, expect: {errno: EBADF}")]
#[case::operation_by_number("call: fcntl, args: {fd: 1, op: 6, arg: {l_type: F_RDLCK}}, expect: {errno: EBADF}")]
#[case::second_name(
    "call: fcntl, args: {fd: 1, op: F_SETLK, arg: {l_type: F_RDLCK, l_whence: SEEK_SET}}, expect: {errno: EBADF}"
)]
#[case::untyped(
    "call: bind, args: {sockfd: 1, addr: {sockaddr_un: {sun_family: AF_UNIX, sun_path: \"s\"}}}, expect: {errno: EBADF}"
)]
#[case::signals("call: rt_sigpending, expect: {return: 0, out: {set: [SIGUSR1]}}")]
#[case::masked(
    "call: fstat, args: {fd: 1}, expect: {return: 0, out: {statbuf: {st_mode: {mask: S_IFMT, is: S_IFIFO}}}}"
)]
#[case::real_time("call: getpid, expect: {return: $pid, signals: [SIGRTMIN+3]}")]
fn notations_are_valid(#[case] step: &str) {
    let text = file(step);
    assert_eq!(problems(&VALIDATOR, "a.yaml", &text), [""; 0]);
    let cases = case::load_texts([("a.yaml", text.as_str())]).unwrap_or_else(|d| panic!("{}", case::render(&d, false)));
    syscase::plan::plan_all(&cases).unwrap_or_else(|d| panic!("{}", case::render(&d, false)));
}

#[test]
fn shared_fixtures_are_valid() {
    let text = "fixtures:\n  pipe:\n    steps: [{call: pipe, bind: {pipefd: [r, w]}}]\n";
    assert_eq!(problems(&VALIDATOR, "fixtures.yaml", text), [""; 0]);
}

/// A parameter may stand for what is no number: a call, arguments, expectations, keys.
#[test]
fn parameters_are_valid() {
    let text = "subject: pipe(2)\ncases:\n  a:\n    summary: A.\n    rows:\n      r: {call: pipe, outcome: {return: 0}, arg: flags}\n    \
                given: {umask: $mask, files: {$path: $content}}\n    steps:\n      - {call: $call, args: $args, expect: $outcome}\n      \
                - {call: pipe2, args: {$arg: 0}, expect: {errno: $errno}}\n";
    assert_eq!(problems(&VALIDATOR, "a.yaml", text), [""; 0]);
}

/// A file with a case of one step.
fn file(step: &str) -> String {
    let step = if step.is_empty() { "call: getpid" } else { step };
    format!("subject: write(2)\ncases:\n  a:\n    summary: A.\n    steps:\n      - {{{step}}}\n")
}

/// A file with a case that has this key.
fn case(key: &str) -> String {
    file("").replace("    steps:", &format!("    {key}\n    steps:"))
}

static VALIDATOR: LazyLock<Validator> = LazyLock::new(|| {
    let schema: Json = serde_json::from_str(&schema::text()).unwrap();
    assert!(jsonschema::draft7::meta::is_valid(&schema));
    jsonschema::draft7::new(&schema).unwrap()
});

fn problems(validator: &Validator, path: &str, text: &str) -> Vec<String> {
    let tree = json(serde_yaml::from_str(text).unwrap());
    validator.iter_errors(&tree).map(|e| format!("{path}: {} {e}", e.instance_path())).collect()
}

/// As editors see it: keys are text.
fn json(yaml: Yaml) -> Json {
    let key = |key: Yaml| match json(key) {
        Json::String(text) => text,
        other => other.to_string(),
    };
    match yaml {
        Yaml::Mapping(map) => Json::Object(map.into_iter().map(|(k, v)| (key(k), json(v))).collect::<Map<_, _>>()),
        Yaml::Sequence(items) => Json::Array(items.into_iter().map(json).collect()),
        scalar => serde_json::to_value(scalar).unwrap(),
    }
}

fn walk(dir: &Path, files: &mut Vec<(String, String)>) {
    let entries = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    for path in entries {
        if path.is_dir() {
            walk(&path, files);
        } else if path.extension().is_some_and(|e| e == "yaml") {
            files.extend(iter::once((path.display().to_string(), fs::read_to_string(&path).unwrap())));
        }
    }
}
