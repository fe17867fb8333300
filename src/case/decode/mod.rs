//! [`Node`](super::node::Node)s → the words of the model, strictly. Each key is defined here, once.

mod case;
mod claim;
mod decoder;
mod document;
mod expect;
mod file;
mod given;
mod history;
mod key;
mod memory;
mod needs;
mod rests;
mod shapes;
mod step;

pub(crate) use case::{CaseContext, Keys as CaseKeys, SUBSTITUTED, shared_keys};
pub use claim::Claim;
pub(crate) use decoder::{Decoder, Fields, parse_number};
pub(crate) use document::DOCUMENTS;
pub use document::{Document, UnrunClaim};
pub(crate) use expect::BOUNDS;
pub use expect::{Arrival, Expect};
pub(crate) use file::{CASES, FIXTURES, Page, RESTS, SUBJECT};
pub use given::{Answer, Bounds, Disk, Does, File, Given, Handler, Limit, Mount, Program, Sysctl};
pub use key::Key;
pub(crate) use key::{Mapping, Shape};
pub use memory::Region;
pub use needs::{Machine, Needs};
pub(crate) use rests::Grounds;
pub(super) use step::is_variable;
pub use step::{Action, Call, Repeat, Step};

/// The tables of keys that the documentation has: what each lists, and the keys.
pub fn tables() -> [(&'static str, Vec<&'static Key>); 14] {
    [
        ("key of a file", vec![&SUBJECT, &RESTS, &FIXTURES, &CASES, &DOCUMENTS]),
        ("key of a case", CaseKeys::KEYS.iter().collect()),
        ("key of a step", step::Keys::KEYS.iter().collect()),
        ("key of a call by number", step::Numbered::KEYS.iter().collect()),
        ("key of a region", Region::KEYS.iter().collect()),
        ("key of an expectation", Expect::KEYS.iter().collect()),
        ("key of an entry", history::ENTRY.iter().collect()),
        ("key of `needs`", Needs::KEYS.iter().collect()),
        ("key of `given`", Given::KEYS.iter().collect()),
        ("key of a control group", given::Bounds::KEYS.iter().collect()),
        ("key of a disk", given::DiskKeys::KEYS.iter().collect()),
        ("key of a claim", Claim::KEYS.iter().collect()),
        ("key of a document", Document::KEYS.iter().collect()),
        ("key of a claim without a case", UnrunClaim::KEYS.iter().collect()),
    ]
}
