//! `opens`: how many descriptors are open.

use super::Number;
use crate::plan::op::Observation;

pub(super) const NUMBER: Number = Number {
    what: Observation::OpenDescriptors,
    name: "descriptors",
    shown: "open descriptors",
    more: |expect| expect.opens.as_ref(),
};
