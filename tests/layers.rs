//! What the compiler does not see to: which part of the library may know of which.

mod layers {
    pub(crate) mod imports;
}

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use layers::imports::{circles, imports};

/// The names of the public types that a source file defines.
fn types(source: &str) -> Vec<&str> {
    let named = source.lines().filter_map(|line| {
        let rest = line.strip_prefix("pub struct ").or(line.strip_prefix("pub enum "))?;
        rest.split(|c: char| !c.is_alphanumeric()).next()
    });
    named.collect()
}

/// The source files below a folder: path and text.
fn sources(dir: &Path) -> Vec<(String, String)> {
    let entries = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    let found = entries.flat_map(|path| match path.is_dir() {
        true => sources(&path),
        false => vec![(path.display().to_string(), fs::read_to_string(&path).unwrap())],
    });
    found.collect()
}

/// Who performs a case cannot do it as is expected rather than as it is.
#[test]
fn execution_knows_no_expectation() {
    let expected = fs::read_to_string("src/plan/expected.rs").unwrap();
    let expected = types(&expected);
    assert!(expected.len() > 3, "{expected:?}");
    let files = sources(Path::new("src/exec"));
    assert!(!files.is_empty());
    for (path, text) in &files {
        let code = text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"));
        for (nth, line) in code {
            let mut words = line.split(|c: char| !c.is_alphanumeric() && c != '_');
            let known = words.find(|word| expected.contains(word) || *word == "judge");
            assert_eq!(known, None, "{path}:{}: {line}", nth + 1);
            assert!(!line.contains("plan::*"), "{path}:{}: {line}", nth + 1);
        }
    }
}

/// No files know each other but these.
#[test]
fn files_form_no_circles() {
    let known: [&[&str]; 13] = [
        // What holds a value holds values: the grammar of a case, and what its notation shows, are recursive.
        &["schema::input", "schema::value"],
        &["plan::expect", "plan::held"],
        &["plan::arg", "plan::pointer"],
        &["judge::content", "judge::records"],
        &["judge::notation::siginfo", "judge::notation::value"],
        // Structures of one subsystem hold those of another, as in the kernel's headers.
        &["abi::table::net", "abi::table::sockopt"],
        &["abi::table::poll", "abi::table::signal", "abi::table::time"],
        // To be opened: a type that both need stands in one of the two.
        &["claims::book", "claims::collect", "claims::history"],
        &["exec::child::actor", "exec::child::interp"],
        &["exec::counters", "exec::guest"],
        &["exec::shared::slot", "exec::shared::wire"],
        &["kernel_coverage::measure", "kernel_coverage::unreachable"],
        // The same: types of a plan stand beside what makes them: `Setup`, `LinePiece`, `Formula`, `Output`.
        &PLAN,
    ];
    let known: BTreeSet<Vec<String>> =
        known.iter().map(|files| files.iter().map(|&file| file.to_owned()).collect()).collect();
    let found = |root| circles(&imports(root, &sources(Path::new(root))));
    assert_eq!(found("src"), known);
    let known = vec!["matrix::kvm".to_owned(), "matrix::machine".to_owned()];
    assert_eq!(found("runner/src"), BTreeSet::from([known]));
}

const PLAN: [&str; 19] = [
    "plan::bytes",
    "plan::disk",
    "plan::expected",
    "plan::expr",
    "plan::formula",
    "plan::fuse",
    "plan::layout",
    "plan::line",
    "plan::memory",
    "plan::names",
    "plan::number",
    "plan::op",
    "plan::output",
    "plan::performed",
    "plan::program",
    "plan::setup",
    "plan::sysctls",
    "plan::text",
    "plan::vars",
];
