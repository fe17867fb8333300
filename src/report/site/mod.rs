//! A site of pages: what each target did in each case. It needs no server: data are scripts, loaded as needed.

mod collect;
mod data;
mod history;
mod model;
mod write;

pub use collect::other_name;
pub use model::{Site, Source, SourceClaim, SourceFixture};
