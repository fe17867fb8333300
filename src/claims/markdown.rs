//! Markdown: an erratum to each document.

use std::fmt::{self, Write};

use super::book::Book;
use super::view::{ChapterView, ClaimView, Group, PartView, kernels};
use crate::report::{ClaimFinding, ClaimReport, PartReport};

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
    write_wrong(text, view)?;
    writeln!(text, "\n# Evidence")?;
    writeln!(
        text,
        "\nCalls are shown as strace shows them. Where document and kernel differ, `claimed` stands before what would"
    )?;
    writeln!(text, "come of a call if the document were right, and `happens` before what the kernel does.")?;
    view.groups.iter().try_for_each(|group| write_group(text, group))
}

/// What is to be corrected, a line each.
fn write_wrong(text: &mut String, view: &ChapterView<'_>) -> fmt::Result {
    let wrong = view.wrong();
    if wrong.is_empty() {
        return Ok(());
    }
    writeln!(text, "\n| line | claim | the document says | true instead |\n|---:|---|---|---|")?;
    for PartView { part, .. } in wrong {
        let line = part.line.map_or_else(String::new, |line| line.to_string());
        let instead = plain(part.instead.as_deref().unwrap_or_default());
        writeln!(text, "| {line} | {} | {} | {instead} |", part.id, plain(&part.states))?;
    }
    Ok(())
}

fn write_group(text: &mut String, group: &Group<'_>) -> fmt::Result {
    writeln!(text, "\n## {}", group.title())?;
    match group.finding {
        ClaimFinding::Refuted | ClaimFinding::Partly | ClaimFinding::HoldsAsTested => {
            group.claims.iter().try_for_each(|claim| write_claim(text, claim))
        }
        ClaimFinding::Holds => {
            writeln!(text)?;
            for ClaimView { claim, .. } in &group.claims {
                let history = claim.history.as_ref().map_or_else(String::new, |words| format!(" _{}._", plain(words)));
                writeln!(text, "- **{}** ({}): {}{history}", claim.id, places(claim), plain(&claim.states))?;
            }
            let parts = group.claims.iter().flat_map(|claim| &claim.parts).filter(|part| !part.traces.is_empty());
            for part in parts {
                writeln!(text, "\n**{}**: {}", part.part.id, plain(&part.part.states))?;
                write_traces(text, part)?;
            }
            Ok(())
        }
        ClaimFinding::Untested => {
            writeln!(text)?;
            for ClaimView { claim, .. } in &group.claims {
                let reason = plain(claim.reason.as_deref().unwrap_or("no reason is known"));
                let states = plain(&claim.states);
                writeln!(text, "- **{}** ({}): {states} _Not tested: {reason}._", claim.id, places(claim))?;
            }
            Ok(())
        }
    }
}

/// `example 1, line 418: “vmsplice(999”`, of each part.
fn places(claim: &ClaimReport) -> String {
    let mut places: Vec<String> = claim.parts.iter().map(place).collect();
    places.dedup();
    places.join("; ")
}

fn place(part: &PartReport) -> String {
    let term = part.term.as_ref().map_or_else(String::new, |term| format!(": “{}”", plain(term)));
    format!("{}{term}", plain(&part.place()))
}

/// A claim that is not kept, or not all of it.
fn write_claim(text: &mut String, view: &ClaimView<'_>) -> fmt::Result {
    let claim = view.claim;
    if view.divided() {
        writeln!(text, "\n### {} ({})", claim.id, plain(&claim.section))?;
        writeln!(text, "\nThe document states several things:\n")?;
        for PartView { part, came, .. } in &view.parts {
            writeln!(text, "- {} ({}) **{} {came}.**{}", plain(&part.states), place(part), part.id, more(part))?;
        }
    } else {
        writeln!(text, "\n### {} ({})", claim.id, places(claim))?;
        for PartView { part, came, .. } in &view.parts {
            writeln!(text, "\nThe document states: {} **This {came}.**{}", plain(&part.states), more(part))?;
        }
    }
    if let Some(history) = claim.history.as_ref().filter(|_| view.divided()) {
        writeln!(text, "\nThe claim as a whole {}.", plain(history))?;
    }
    view.parts.iter().try_for_each(|part| write_traces(text, part))
}

/// What is true instead, which rows or versions it is about, and since when it is so.
fn more(part: &PartReport) -> String {
    let instead = part.instead.as_ref().map(|instead| format!(" True instead: {}", plain(instead)));
    let reason = part.reason.as_ref().map(|reason| format!(" In detail: {}.", plain(reason)));
    let known = part.known.as_ref().map(|known| format!(" By version of Linux: {}.", plain(known)));
    let history = part.history.as_ref().map(|history| format!(" _It {}._", plain(history)));
    [instead, reason, known, history].into_iter().flatten().collect()
}

fn write_traces(text: &mut String, part: &PartView<'_>) -> fmt::Result {
    for trace in &part.traces {
        let on = trace.evidence.on.as_ref().map_or_else(String::new, |label| format!(" on {label}"));
        writeln!(text, "\n{}, case `{}`{on}:\n", part.part.id, trace.case)?;
        let lines: Vec<String> =
            trace.evidence.lines.iter().map(|line| line.to_string().trim_end().to_owned()).collect();
        let fence = fence(&lines);
        writeln!(text, "{fence}text")?;
        for line in &lines {
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
