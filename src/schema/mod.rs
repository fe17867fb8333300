//! The JSON Schema of the case format: editors complete and check case files with it.
//!
//! Made of the table in [`crate::abi`] and of the keys as [`crate::case`] defines them. Draft 7, which editors'
//! YAML servers support best. A schema sees neither quotes nor what names stand for: the loader is
//! stricter.

mod call;
mod definitions;
mod document;
mod input;
mod output;
mod says;
mod value;

pub(crate) use call::{call_name, call_rules};
pub(crate) use definitions::{Definitions, any_of, closed, described, keyed, keyed_with, list, named, words};
pub use document::text;
pub(crate) use input::{flag_list, untyped};
pub(crate) use output::{bounds, carrying, held_bytes, lines, metadata, pattern};
pub(crate) use value::{
    REAL_TIME, REFERENCE_KEY, VARIABLE, address, bytes, capability, errno, length, literal, or_chosen, or_reference,
    path, scalar, signal, time, value,
};
