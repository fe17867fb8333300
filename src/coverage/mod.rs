//! Which documented errors have a case that shows them: manual pages and a run in, gaps out.
//! Nothing of the pages' text is kept but the names of errors and functions.

mod json;
mod manual;
mod measure;
mod page;
mod roff;
mod shown;
#[cfg(test)]
mod tests;
mod text;
mod uncoverable;

pub use json::write_json;
pub use manual::Manual;
pub use measure::*;
pub use page::{Entry, Page};
pub use shown::{ShownErrnos, expected_errnos};
pub use text::Text;
pub use uncoverable::{Reason, ReasonKind, Uncoverable};
