//! How a thing that is wrong travels.

use crate::case::{Diagnostic, did_you_mean};

/// A value, or the one thing that is wrong (boxed: it is large, and rare).
pub(super) type PlanResult<T> = Result<T, Box<Diagnostic>>;

/// Ends here, with this.
pub(super) fn refuse<T>(diagnostic: Diagnostic) -> PlanResult<T> {
    Err(Box::new(diagnostic))
}

/// Adds `did you mean`, if a known name is near, or else the list of names, if it is short.
pub(super) fn suggest<'a>(diagnostic: Diagnostic, found: &str, known: impl IntoIterator<Item = &'a str>) -> Diagnostic {
    let known: Vec<&str> = known.into_iter().collect();
    match did_you_mean(found, known.iter().copied()) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None if known.is_empty() || known.len() > 12 => diagnostic,
        None => diagnostic.help(format!("known: {}", known.join(", "))),
    }
}
