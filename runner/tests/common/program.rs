//! The program under test, where anybody can execute it.

use std::path::Path;
use std::process::Command;

/// Puts a copy of the program there. Made by another process: a child of this one that begins meanwhile would have
/// the copy open for writing, and nobody could execute it.
pub(crate) fn copy_program(to: &Path) {
    let copied = Command::new("cp").arg(env!("CARGO_BIN_EXE_syscase")).arg(to).status();
    assert!(copied.is_ok_and(|status| status.success()), "the program");
}
