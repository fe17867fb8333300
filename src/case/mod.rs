//! YAML text in, [`Case`]s or diagnostics out.

mod decode;
mod diagnostic;
mod documents;
mod expand;
mod fixtures;
mod kernel;
mod load;
mod model;
mod node;
mod places;
mod render;
mod substitute;
mod yaml;

/// What may be written, for the schema.
pub(crate) mod keys {
    pub(crate) use super::decode::keys::*;
    pub(crate) use super::expand::{CASE, FILE as CASE_FILE, SUBSTITUTED};
    pub(crate) use super::fixtures::FIXTURE;
}

pub(crate) use decode::Decoder;
pub use diagnostic::*;
pub use documents::parts_of_claim_id;
pub use kernel::{KernelVersion, Ranges, parse_ranges};
pub use load::{Origin, Tree, load_dir, load_paths, load_texts, load_with};
pub use model::*;
pub use node::*;
pub use render::render;
pub use yaml::{MAX_DEPTH, MAX_FILE, MAX_NODES, parse};
