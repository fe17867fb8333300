//! [`Node`](super::node::Node)s → the words of the model, strictly.

mod case;
mod claim;
mod document;
mod expect;
mod given;
mod shape;
mod step;

/// Keys and words, for the schema.
pub(crate) mod keys {
    pub(crate) use super::case::{ACTORS, DISPOSITIONS};
    pub(crate) use super::claim::{CLAIM, FINDING, FINDINGS};
    pub(crate) use super::document::{DOCUMENT, UNTESTED_CLAIM};
    pub(crate) use super::expect::{BLOCKED, BOUNDS, CALL, LOAD, OUTCOMES, STORE};
    pub(crate) use super::given::{FILE, GIVEN, LIMIT, MOUNT, NAMESPACES, NEEDS, REGION, WORKDIRS};
    pub(crate) use super::step::{KINDS, LOADED, MAX_CALLS, OF_RETURN, REPEAT, STEP, STORED};
}

pub(crate) use case::Place;
pub(crate) use shape::{Decoder, Fields};
pub(super) use step::is_variable;
