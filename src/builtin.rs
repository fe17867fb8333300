//! The cases that are built into the program.

use crate::case::Origin;

/// Case files: path (below the directory of case files) and text.
const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/builtin.rs"));

/// Directory below the project's root that the case files are in.
const ROOT: &str = "cases";

/// The case tree that is built in.
pub fn origin() -> Origin<'static> {
    Origin::Texts(ROOT, FILES)
}

/// The case files that are built in: path below their directory, and text.
pub fn files() -> impl Iterator<Item = (&'static str, &'static str)> {
    FILES.iter().copied()
}
