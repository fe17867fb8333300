//! Lists of what no case can bring about, with the reason for each.

use std::fs;
use std::path::Path;

use syscase::case::Diagnostic;

use crate::cases::say;
use crate::status::{Status, invalid};

/// The list of this name; if none is named, the usual one, where it exists, or that which is built in.
pub(crate) fn list<T>(
    named: Option<&Path>,
    usual: &str,
    builtin: impl FnOnce() -> Result<T, Vec<Diagnostic>>,
    parse: impl FnOnce(&str, &str) -> Result<T, Vec<Diagnostic>>,
) -> Result<T, Status> {
    let list = match named.or_else(|| Some(Path::new(usual)).filter(|usual| usual.is_file())) {
        None => builtin(),
        Some(path) => {
            let text = fs::read_to_string(path).map_err(|e| invalid(format!("cannot read {}: {e}", path.display())))?;
            parse(&path.display().to_string(), &text)
        }
    };
    list.map_err(|problems| {
        say(&problems);
        Status::Invalid
    })
}
