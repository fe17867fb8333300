//! The JSON Schema of the case format: editors complete and check case files with it.
//!
//! Made of the table in [`crate::abi`] and of the loader's own lists of keys. Draft 7, which editors'
//! YAML servers support best. A schema sees neither quotes nor what names stand for: the loader is
//! stricter.

mod call;
mod case;
mod definitions;
mod document;
mod expect;
mod given;
mod input;
mod output;
mod step;
mod value;

pub use document::text;
