//! What the compiler does not see to: which part of the library may know of which.

use std::fs;
use std::path::Path;

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
