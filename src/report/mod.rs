//! One stream of events in; terminal, JSON lines, JUnit, KTAP and a site of pages out.

mod behaviour;
mod block;
mod claim;
mod columns;
mod counts;
mod event;
mod from_judgement;
mod jsonl;
mod junit;
mod ktap;
mod lines;
mod reporter;
mod saved;
mod site;
mod terminal;
mod transcript;

#[cfg(test)]
mod tests;

pub use behaviour::Behaviour;
pub(crate) use block::printable;
pub use claim::*;
pub use columns::{Column, table};
pub use counts::*;
pub use event::*;
pub use jsonl::JsonLines;
pub use junit::JUnit;
pub use ktap::Ktap;
pub use lines::{MAX_LINE, kind, read_line};
pub use reporter::{NotRun, Reporter};
pub use saved::{Saved, read_events};
pub use site::{Site, Source, SourceClaim, SourceFixture, other_name};
pub use terminal::Terminal;
pub use transcript::Transcript;
