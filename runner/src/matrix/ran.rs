//! What came of a target: what was just run, or what was saved.

use std::collections::BTreeMap;

use syscase::report::{CaseEvent, Counts};
use syscase::target::Target;

/// A target with what it did.
#[derive(Debug, Default)]
pub(crate) struct Ran {
    pub(crate) name: String,
    /// None if it never got so far as to say what it is.
    pub(crate) target: Option<Target>,
    /// By id.
    pub(crate) cases: BTreeMap<String, CaseEvent>,
    /// Why it did not get through all cases.
    pub(crate) partial: Option<String>,
    /// Starts that went wrong, and what was done about it.
    pub(crate) notes: Vec<String>,
    pub(crate) micros: u64,
}

impl Ran {
    pub(crate) fn counts(&self) -> Counts {
        let mut counts = Counts { micros: self.micros, partial: self.partial.is_some(), ..Counts::default() };
        self.cases.values().for_each(|case| counts.add(case.verdict));
        counts
    }

    /// The kernel's version, as it reports it.
    pub(crate) fn kernel(&self) -> &str {
        self.target.as_ref().map_or("–", |target| &target.kernel)
    }

    /// A case that was performed here.
    pub(crate) fn performed(&self, id: &str) -> Option<&CaseEvent> {
        self.cases.get(id).filter(|case| case.was_performed())
    }
}
