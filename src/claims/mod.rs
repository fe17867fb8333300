//! Documents on trial: what came of their claims, by the cases that judge them, for people.

mod book;
mod collect;
mod history;
mod html;
mod list;
mod markdown;
mod outline;
mod view;

#[cfg(test)]
mod tests;

pub use book::{Book, Chapter, Evidence, EvidenceLine, Said};
pub use collect::{Run, collect};
pub use html::html;
pub use list::list;
pub use markdown::markdown;
pub use outline::{Claimed, Decided, Outline, Part, outlines};
