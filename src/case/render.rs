//! Diagnostics as rustc shows them.

use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet, normalize_untrusted_str};

use super::{
    diagnostic::Diagnostic,
    node::{Source, Span},
};

/// Columns that a diagnostic takes; longer source lines are cut to what matters.
const WIDTH: usize = 120;

/// Shows diagnostics, each with its place in the source.
pub fn render(diags: &[Diagnostic], color: bool) -> String {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() }.term_width(WIDTH);
    let mut shown = String::new();
    for diag in diags {
        shown.push_str(&renderer.render(&[group(diag)]));
        shown.push_str("\n\n");
    }
    shown
}

/// A place to mark and what to say there.
struct Mark<'d> {
    kind: AnnotationKind,
    span: &'d Span,
    label: &'d str,
}

fn group(diag: &Diagnostic) -> Group<'_> {
    let title = Level::ERROR.primary_title(normalize_untrusted_str(&diag.title));
    let Some(span) = &diag.span else {
        let group = Group::with_title(title).elements(diag.file.as_deref().map(Origin::path));
        return help(group.element(Level::NOTE.message(normalize_untrusted_str(&diag.label))), diag);
    };
    let mut marks = vec![Mark { kind: AnnotationKind::Primary, span, label: &diag.label }];
    let related = diag.related.iter();
    marks.extend(related.map(|(span, label)| Mark { kind: AnnotationKind::Context, span, label }));

    let mut group = Group::with_title(title);
    while let Some(first) = marks.first() {
        let source = first.span.source.clone();
        let same = |mark: &Mark<'_>| Arc::ptr_eq(&mark.span.source, &source);
        let (here, elsewhere) = marks.into_iter().partition(same);
        group = group.element(snippet(&source, here));
        marks = elsewhere;
    }
    help(group, diag)
}

fn help<'d>(group: Group<'d>, diag: &'d Diagnostic) -> Group<'d> {
    group.elements(diag.help.as_deref().map(|help| Level::HELP.message(normalize_untrusted_str(help))))
}

/// The lines of the marks: all that the renderer needs of a long file.
fn snippet<'d>(source: &Source, marks: Vec<Mark<'d>>) -> Snippet<'d, annotate_snippets::Annotation<'d>> {
    let text = &source.text;
    let first = marks.iter().map(|mark| mark.span).min_by_key(|span| span.start);
    let line = first.map_or(1, |span| span.line as usize);
    let start = first.map_or(0, |span| text[..span.start].rfind('\n').map_or(0, |at| at + 1));
    let end = marks.iter().map(|mark| line_end(text, mark.span.start)).max().unwrap_or(start);
    Snippet::source(text[start..end].to_owned()).line_start(line).path(source.path.clone()).annotations(
        marks.into_iter().map(|mark| {
            // A mark of many lines would hide what matters; its first line says where it is.
            let until = mark.span.end.min(line_end(text, mark.span.start));
            let until = text[mark.span.start..until].trim_end().len() + mark.span.start;
            mark.kind.span(mark.span.start - start..until - start).label(mark.label)
        }),
    )
}

/// Where the line of a byte ends.
fn line_end(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |end| at + end)
}
