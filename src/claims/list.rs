//! A line or two a claim, for a terminal.

use std::fmt::Write;

use crate::report::{ClaimFinding, printable};

use super::book::Book;
use super::view::{ChapterView, kernel};

/// All claims, by document, in the order of their ids.
pub fn list(book: &Book) -> String {
    let mut text = String::new();
    for target in &book.targets {
        let _ = writeln!(text, "target {}", printable(&kernel(target)));
    }
    for chapter in &book.chapters {
        let _ = writeln!(text, "\n{}: {}\n", chapter.name, printable(&chapter.title));
        for claim in &chapter.claims {
            let word = match claim.finding {
                ClaimFinding::Holds => "holds",
                ClaimFinding::HoldsAsTested => "as tested",
                ClaimFinding::Refuted => "refuted",
                ClaimFinding::Partly => "partly",
                ClaimFinding::Untested => "untested",
            };
            let _ = writeln!(text, "{word:9} {:5} {}", claim.id, printable(&claim.states));
            let more = [("", &claim.reason), ("", &claim.history), ("instead: ", &claim.instead)];
            for (what, said) in more {
                if let Some(said) = said {
                    let _ = writeln!(text, "{:16}{what}{}", "", printable(said));
                }
            }
        }
        let _ = writeln!(text, "\n{}", ChapterView::new(book, chapter).counts());
    }
    text
}
