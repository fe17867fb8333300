//! [`Node`](super::node::Node)s → the words of the model, strictly.

mod case;
mod claim;
mod expect;
mod given;
mod shape;
mod step;

pub(crate) use shape::{Decoder, Fields};
pub(super) use step::is_variable;
