//! HTML: one page that needs no other file.

use askama::Template;

use super::book::Book;
use super::view::{ChapterView, kernels};

#[derive(Template)]
#[template(path = "claims.html")]
struct Page<'a> {
    kernels: String,
    chapters: Vec<ChapterView<'a>>,
}

/// All documents on one page.
///
/// # Errors
/// When the page cannot be rendered.
pub fn html(book: &Book) -> Result<String, String> {
    let chapters = book.chapters.iter().map(|chapter| ChapterView::new(book, chapter)).collect();
    Page { kernels: kernels(book), chapters }.render().map_err(|error| error.to_string())
}
