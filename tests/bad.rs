//! The negative corpus: each file below `tests/bad` is broken in one way, and its golden beside it
//! shows what the user is told. `INSTA_UPDATE=always cargo test` proposes new goldens.

use std::{collections::BTreeSet, fs, path::Path};

use syscase::case;

/// What loading one file says; panics if it says nothing.
fn said(path: &Path) -> String {
    match case::load_paths(&[path.to_owned()]) {
        Ok(cases) => panic!("{} is not broken: {} cases", path.display(), cases.len()),
        Err(diags) => case::render(&diags, false),
    }
}

fn names(dir: &Path, end: &str) -> BTreeSet<String> {
    let files = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    files.filter_map(|name| Some(name.strip_suffix(end)?.to_owned())).collect()
}

#[test]
fn every_broken_file_is_explained() {
    let dir = Path::new("tests/bad/load");
    let broken = names(dir, ".yaml");
    assert!(broken.len() > 100, "only {} broken files", broken.len());
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("bad/load");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for name in &broken {
            insta::assert_snapshot!(name.as_str(), said(&dir.join(format!("{name}.yaml"))));
        }
    });
    assert_eq!(names(dir, ".snap"), broken, "each golden belongs to a file");
}
