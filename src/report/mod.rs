//! One stream of events in; terminal, JSON lines, JUnit and KTAP out.

mod block;
mod counts;
mod event;
mod from_judgement;
mod jsonl;
mod junit;
mod ktap;
mod reporter;
mod saved;
mod terminal;
mod transcript;

#[cfg(test)]
mod tests;

pub use counts::*;
pub use event::*;
pub use jsonl::JsonLines;
pub use junit::JUnit;
pub use ktap::Ktap;
pub use reporter::Reporter;
pub use saved::Saved;
pub use terminal::Terminal;
pub use transcript::Transcript;
