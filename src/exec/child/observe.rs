//! Numbers that a step looks up, of the process that does it: each by calls that change nothing.

use crate::exec::child::descriptors::Descriptors;
use crate::plan::ArchivedObservation;

pub(super) fn number(what: &ArchivedObservation) -> i64 {
    match what {
        ArchivedObservation::OpenDescriptors => Descriptors::open().count().into(),
    }
}
