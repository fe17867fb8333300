//! Case files load, and the tree that the loader reads is the tree that YAML means.

use std::{fs, path::Path};

use serde_yaml::Value as Yaml;
use syscase::case::{self, Node, Value};

/// The case files of the repository, as (path, text).
fn files() -> Vec<(String, String)> {
    let mut files = Vec::new();
    walk(Path::new("cases"), &mut files);
    files
}

/// The examples of its documents.
fn examples() -> Vec<(String, String)> {
    let mut files = Vec::new();
    for (document, folder) in [("docs/case-format.md", "doc"), ("README.md", "readme")] {
        let Ok(text) = fs::read_to_string(document) else { continue };
        let blocks = text.split("```yaml\n").skip(1).map(|block| block.split("```").next().unwrap());
        for (nth, block) in blocks.enumerate() {
            if block.starts_with("subject:") {
                files.push((format!("{folder}/example-{nth}.yaml"), block.to_owned()));
            } else if block.starts_with("documents:") {
                files.push(("documents.yaml".to_owned(), block.to_owned()));
            }
        }
    }
    files
}

fn walk(dir: &Path, files: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(dir).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, files);
        } else if path.extension().is_some_and(|e| e == "yaml") {
            let relative = path.strip_prefix("cases").unwrap().display().to_string();
            files.push((relative, fs::read_to_string(&path).unwrap()));
        }
    }
}

#[test]
fn every_example_and_case_loads() {
    for files in [files(), examples()] {
        let texts = files.iter().map(|(path, text)| (path.as_str(), text.as_str()));
        match case::load_texts(texts) {
            Ok(cases) => assert!(cases.len() >= 9, "only {} cases", cases.len()),
            Err(diags) => panic!("{}", case::render(&diags, false)),
        }
    }
}

/// And each history says what tells of its changes.
#[test]
fn every_case_says_what_it_rests_on() {
    let cases = case::load_dir(Path::new("cases")).unwrap_or_else(|d| panic!("{}", case::render(&d, false)));
    let missing: Vec<_> = cases.iter().flat_map(case::ungrounded).collect();
    assert!(missing.is_empty(), "{}", case::render(&missing, false));
}

/// The oldest entry of a history has no boundary before it.
#[test]
fn what_a_case_does_not_say_is_missed() {
    let text = r#"
subject: close_range(2)
cases:
  one:
    summary: It was not always there.
    steps:
      - call: close_range
        args: {first: 500, last: 600, flags: []}
        expect_when:
          - {kernel: ["<5.9"], errno: ENOSYS}
          - {kernel: [">=5.9, <5.11"], errno: EINVAL, evidence: 278a5fbaed89}
          - {kernel: [">=5.11"], return: 0}
"#;
    let cases =
        case::load_texts([("close_range/a.yaml", text)]).unwrap_or_else(|d| panic!("{}", case::render(&d, false)));
    let missing: Vec<_> =
        case::ungrounded(&cases[0]).into_iter().map(|diag| (diag.title, diag.span.unwrap().line)).collect();
    let expected = [
        ("the case does not say what it rests on".to_owned(), 4),
        ("the entry does not say what tells of its first version".to_owned(), 12),
    ];
    assert_eq!(missing, expected);
}

#[test]
fn the_tree_is_what_another_reader_reads() {
    for (path, text) in files().into_iter().chain(examples()) {
        let ours = case::parse(&path, &text).unwrap_or_else(|d| panic!("{}", case::render(&d, false)));
        let theirs: Yaml = serde_yaml::from_str(&text).unwrap();
        same(&ours, &theirs);
    }
}

/// Panics at the first difference.
fn same(ours: &Node, theirs: &Yaml) {
    match (&ours.value, theirs) {
        (Value::List(a), Yaml::Sequence(b)) => {
            assert_eq!(a.len(), b.len(), "{:?}", ours.span);
            a.iter().zip(b).for_each(|(a, b)| same(a, b));
        }
        (Value::Map(a), Yaml::Mapping(b)) => {
            assert_eq!(a.len(), b.len(), "{:?}", ours.span);
            for ((key, a), (other, b)) in a.iter().zip(b) {
                same_scalar(key, true, other, &key.span);
                same(a, b);
            }
        }
        (Value::Scalar { text, quoted }, theirs) => same_scalar(text, !quoted, theirs, &ours.span),
        _ => panic!("{:?}: {} is {theirs:?}", ours.span, ours.describe()),
    }
}

fn same_scalar(text: &str, plain: bool, theirs: &Yaml, place: &case::Span) {
    let matches = match theirs {
        Yaml::String(s) => s == text,
        Yaml::Null => plain && ["", "~", "null"].contains(&text.to_lowercase().as_str()),
        Yaml::Bool(b) => plain && text.to_lowercase() == b.to_string(),
        Yaml::Number(n) => plain && number(text) == n.as_f64(),
        _ => false,
    };
    assert!(matches, "{place:?}: `{text}` is {theirs:?}");
}

fn number(text: &str) -> Option<f64> {
    let (sign, digits) = text.strip_prefix('-').map_or((1.0, text), |digits| (-1.0, digits));
    let magnitude = match digits.get(..2) {
        Some("0x") => u64::from_str_radix(&digits[2..], 16).ok()? as f64,
        Some("0o") => u64::from_str_radix(&digits[2..], 8).ok()? as f64,
        _ => digits.parse().ok()?,
    };
    Some(sign * magnitude)
}
