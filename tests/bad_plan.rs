//! The planner's negative corpus: each file below `tests/bad/plan` loads and cannot be planned, and its
//! golden beside it shows what the user is told. `INSTA_UPDATE=always cargo test` proposes new goldens.

use std::{collections::BTreeSet, fs, path::Path};

use syscase::{case, plan};

/// What planning one file says; panics if it says nothing.
fn said(path: &Path) -> String {
    let cases = case::load_paths(&[path.to_owned()])
        .unwrap_or_else(|problems| panic!("{} does not load:\n{}", path.display(), case::render(&problems, false)));
    match plan::plan_all(&cases) {
        Ok(_) => panic!("{} is not broken", path.display()),
        Err(problems) => case::render(&problems, false),
    }
}

fn names(dir: &Path, end: &str) -> BTreeSet<String> {
    let files = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    files.filter_map(|name| Some(name.strip_suffix(end)?.to_owned())).collect()
}

#[test]
fn every_broken_file_is_explained() {
    let dir = Path::new("tests/bad/plan");
    let broken = names(dir, ".yaml");
    assert!(broken.len() > 80, "only {} broken files", broken.len());
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("bad/plan");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for name in &broken {
            insta::assert_snapshot!(name.as_str(), said(&dir.join(format!("{name}.yaml"))));
        }
    });
    assert_eq!(names(dir, ".snap"), broken, "each golden belongs to a file");
}
