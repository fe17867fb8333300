//! YAML text in, [`Case`]s or diagnostics out.

mod choice;
mod decode;
mod diagnostic;
mod documents;
mod expand;
mod filter;
mod fixtures;
mod kernel;
mod load;
mod model;
mod node;
mod places;
mod render;
mod strict;
mod substitute;
mod text;
mod yaml;

pub(crate) use choice::{BY, ELSE};
pub use decode::{
    Action, Answer, Arrival, Bounds, Call, Claim, Disk, Document, Does, Expect, File, Given, Handler, Key, Limit,
    Machine, Mount, Needs, Program, Region, Repeat, Step, Sysctl, UnrunClaim, tables,
};
pub(crate) use decode::{BOUNDS, CASES, DOCUMENTS, Decoder, FIXTURES, RESTS, SUBJECT, parse_number};
pub use diagnostic::*;
pub use documents::parts_of_claim_id;
pub use kernel::{KernelVersion, Ranges, parse_ranges};
pub use load::{Origin, Tree, load_dir, load_matching, load_paths, load_texts, load_with};
pub use model::*;
pub use node::*;
pub use render::render;
pub use strict::{ungrounded, without_place};
pub use text::{TextPart, hole_parts, text_parts};
pub(crate) use yaml::misleads;
pub use yaml::{MAX_DEPTH, MAX_FILE, MAX_NODES, parse};
