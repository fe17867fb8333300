//! Markdown: an erratum to each document.

use std::fmt::{self, Write};

use super::book::Book;
use super::view::{ChapterView, ClaimView, PartView, kernels};
use crate::report::PartReport;

/// All documents, one after the other.
pub fn markdown(book: &Book) -> String {
    let mut text = String::new();
    for chapter in &book.chapters {
        // Writing to a string does not fail.
        let _ = write_chapter(&mut text, book, &ChapterView::new(book, chapter));
    }
    text
}

fn write_chapter(text: &mut String, book: &Book, view: &ChapterView<'_>) -> fmt::Result {
    if !text.is_empty() {
        writeln!(text)?;
    }
    writeln!(text, "# Erratum to “{}”\n", plain(&view.chapter.title))?;
    writeln!(text, "What the document claims of system calls, against what kernels do.")?;
    writeln!(text, "{}\n", view.counts())?;
    writeln!(text, "Measured on {}.", plain(&kernels(book)))?;
    if !view.refuted.is_empty() || !view.partly.is_empty() {
        writeln!(text, "\nThe calls are shown as strace shows them: `-` before what the document would have,")?;
        writeln!(text, "`+` before what happens instead.")?;
    }
    for (title, claims) in [("Wrong", &view.refuted), ("True in part", &view.partly)] {
        if !claims.is_empty() {
            writeln!(text, "\n## {title}")?;
        }
        for claim in claims {
            write_claim(text, claim)?;
        }
    }
    if !view.holds.is_empty() {
        writeln!(text, "\n## True\n")?;
        for ClaimView { claim, .. } in &view.holds {
            let history = claim.history.as_ref().map_or_else(String::new, |words| format!(" _{}._", plain(words)));
            writeln!(text, "- **{}** ({}): {}{history}", claim.id, plain(&claim.section), plain(&claim.states))?;
        }
    }
    if !view.untested.is_empty() {
        writeln!(text, "\n## Untested\n")?;
        for ClaimView { claim, .. } in &view.untested {
            let reason = plain(claim.reason.as_deref().unwrap_or("no reason is known"));
            let states = plain(&claim.states);
            writeln!(text, "- **{}** ({}): {states} _Not tested: {reason}._", claim.id, plain(&claim.section))?;
        }
    }
    if view.holds.iter().any(|claim| claim.parts.iter().any(|part| !part.traces.is_empty())) {
        writeln!(text, "\n## Traces of what is true")?;
        for part in view.holds.iter().flat_map(|claim| &claim.parts) {
            writeln!(text, "\n**{}**: {}", part.part.id, plain(&part.part.states))?;
            write_traces(text, part)?;
        }
    }
    Ok(())
}

/// A claim that is not kept, or not all of it.
fn write_claim(text: &mut String, view: &ClaimView<'_>) -> fmt::Result {
    let claim = view.claim;
    writeln!(text, "\n### {} ({})", claim.id, plain(&claim.section))?;
    if view.divided() {
        writeln!(text, "\nThe document states several things:\n")?;
        for PartView { part, came, .. } in &view.parts {
            writeln!(text, "- {} **{} {came}.**{}", plain(&part.states), part.id, more(part))?;
        }
    } else {
        for PartView { part, .. } in &view.parts {
            writeln!(text, "\nThe document states: {}", plain(&part.states))?;
            let more = more(part);
            if !more.is_empty() {
                writeln!(text, "\n{}", more.trim_start())?;
            }
        }
    }
    if let Some(history) = claim.history.as_ref().filter(|_| view.divided()) {
        writeln!(text, "\nThe claim as a whole {}.", plain(history))?;
    }
    view.parts.iter().try_for_each(|part| write_traces(text, part))
}

/// What is true instead, and which rows or versions it is about.
fn more(part: &PartReport) -> String {
    let instead = part.instead.as_ref().map(|instead| format!(" True instead: {}", plain(instead)));
    let reason = part.reason.as_ref().map(|reason| format!(" In detail: {}.", plain(reason)));
    let history = part.history.as_ref().map(|history| format!(" _It {}._", plain(history)));
    [instead, reason, history].into_iter().flatten().collect()
}

fn write_traces(text: &mut String, part: &PartView<'_>) -> fmt::Result {
    for trace in &part.traces {
        let on = trace.evidence.on.as_ref().map_or_else(String::new, |label| format!(" on {label}"));
        writeln!(text, "\n{}, case `{}`{on}:\n", part.part.id, trace.case)?;
        let fence = fence(&trace.evidence.lines);
        writeln!(text, "{fence}diff")?;
        for line in &trace.evidence.lines {
            writeln!(text, "{line}")?;
        }
        writeln!(text, "{fence}")?;
    }
    Ok(())
}

/// More backticks than the lines have in a row.
fn fence(lines: &[String]) -> String {
    let longest = lines.iter().flat_map(|line| line.split(|c| c != '`')).map(str::len).max().unwrap_or(0);
    "`".repeat(longest.max(2) + 1)
}

/// Text that Markdown shows as it is.
fn plain(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut shown, c| {
        if "\\*<>[]`|#".contains(c) {
            shown.push('\\');
        }
        // One paragraph it is, whatever the file made of it.
        shown.push(if c.is_control() { ' ' } else { c });
        shown
    })
}
