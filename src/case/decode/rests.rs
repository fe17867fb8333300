//! What a case rests on: a document, practice, or an accident.

use serde_json::{Value as Json, json};

use super::decoder::Decoder;
use super::key::Shape;
use crate::case::{
    diagnostic::Diagnostic,
    model::{Level, Rests},
    node::{Node, Spanned},
};
use crate::schema::{Definitions, any_of, described};

/// The longest that the place in a document may be: what stands there belongs to the document.
const LONGEST: usize = 120;

const EXPECTED: &str = "`{documented: \"PAGE, SECTION\"}`, `practice` or `accident`";

/// What may stand alone: of a document, it is said which.
const ALONE: [(&str, Level); 2] = [("practice", Level::Practice), ("accident", Level::Accident)];

/// `{documented: "pipe(7), PIPE_BUF"}`, `practice` or `accident`.
pub(crate) struct Grounds;

impl Shape for Grounds {
    type Value = Rests;

    fn read(&self, d: &mut Decoder, _: &Spanned<String>, node: &Node) -> Option<Rests> {
        if node.plain() == Some("documented") {
            d.report(
                Diagnostic::at(&node.span, "`documented` without a place", "which page, and which section of it?")
                    .help("say it as `{documented: \"pipe(7), PIPE_BUF\"}`"),
            );
            return None;
        }
        if let Some(word) = node.plain().filter(|text| !text.is_empty()) {
            let known = ALONE.iter().find(|(name, _)| *name == word);
            if known.is_none() {
                let word = Spanned { value: word.to_owned(), span: node.span.clone() };
                let words = ["documented", "practice", "accident"];
                d.unknown("ground", &word, &words, &format!("expected {EXPECTED}"));
            }
            return known.map(|(_, level)| Rests { level: *level, source: None });
        }
        if node.as_map().is_none() {
            d.expected(node, EXPECTED);
            return None;
        }
        let fields = d.fields(node, "ground", &["documented"])?;
        let source = d.required(&fields, "documented")?;
        let text = d.name(source, "a page and a section of it, such as \"pipe(7), PIPE_BUF\"")?;
        if !is_place(&text) {
            let title = format!("`{}` is no place in a document", text.value);
            let label = "expected a page and a section of it, such as \"pipe(7), PIPE_BUF\"";
            d.report(Diagnostic::at(&source.span, title, label).help(
                "a page is a manual page, or begins with `POSIX`, `Documentation/` (of the kernel) or `RFC` and a number",
            ));
            return None;
        }
        if text.chars().count() > LONGEST {
            let title = "the place in a document is longer than any place";
            d.report(Diagnostic::at(&source.span, title, format!("at most {LONGEST} characters, none of its text")));
            return None;
        }
        Some(Rests { level: Level::Documented, source: Some(text.value) })
    }

    fn schema(&self, d: &mut Definitions) -> Json {
        d.share("rests", |_| {
            let page = r"^(?:[A-Za-z0-9_.+-]+\([1-9][a-z]*\)|POSIX[^,]*|Documentation/[^,]+|RFC [0-9]+), .+$";
            let source = described(
                "page and section, such as `pipe(7), PIPE_BUF`",
                json!({"type": "string", "pattern": page, "maxLength": LONGEST}),
            );
            let documented = json!({
                "type": "object",
                "properties": {"documented": source},
                "required": ["documented"],
                "additionalProperties": false,
            });
            let word = |(word, says): (&str, &str)| described(says, json!({"const": word}));
            any_of([
                described("a document says so", documented),
                word(("practice", "not documented, but programs rely on it, or nothing else is sane")),
                word(("accident", "how Linux happens to do it: another kernel may differ with right")),
            ])
        })
    }
}

/// A page that can be found, a comma, and where on it.
fn is_place(text: &str) -> bool {
    let Some((page, section)) = text.split_once(", ") else { return false };
    let manual = page.split_once('(').and_then(|(name, rest)| Some((name, rest.strip_suffix(')')?)));
    let is_manual = manual.is_some_and(|(name, section)| {
        let mut letters = section.chars();
        !name.is_empty()
            && name.chars().all(|c| c.is_ascii_alphanumeric() || "_.+-".contains(c))
            && letters.next().is_some_and(|c| ('1'..='9').contains(&c))
            && letters.all(|c| c.is_ascii_lowercase())
    });
    let rfc = page.strip_prefix("RFC ").is_some_and(|n| !n.is_empty() && n.chars().all(|c| c.is_ascii_digit()));
    let file = page.strip_prefix("Documentation/").is_some_and(|path| !path.is_empty());
    !section.trim().is_empty() && (is_manual || rfc || file || page.starts_with("POSIX"))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::manual("pipe(7), PIPE_BUF", true)]
    #[case::posix("POSIX.1-2024, write(), ERRORS", true)]
    #[case::kernel("Documentation/filesystems/path-lookup.rst, Symbolic links", true)]
    #[case::rfc("RFC 9293, 3.10.7", true)]
    #[case::no_section("pipe(7)", false)]
    #[case::empty_section("pipe(7),  ", false)]
    #[case::no_page("the manual, somewhere", false)]
    #[case::no_number("pipe(), ERRORS", false)]
    #[case::no_name("(2), ERRORS", false)]
    #[case::no_rfc("RFC, 1", false)]
    fn a_place_has_a_page_and_a_section(#[case] text: &str, #[case] is: bool) {
        assert_eq!(is_place(text), is);
    }

    /// The schema and the reader accept the same.
    #[test]
    fn the_schema_knows_places() {
        let mut d = Definitions::default();
        Grounds.schema(&mut d);
        let schema = d.into_sorted().remove("rests").unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        for text in
            ["pipe(7), PIPE_BUF", "POSIX, write()", "RFC 1, x", "Documentation/a, b", "pipe(7)", "RFC, 1", "x, y"]
        {
            assert_eq!(validator.is_valid(&json!({"documented": text})), is_place(text), "{text}");
        }
        for (word, is) in [("practice", true), ("accident", true), ("documented", false)] {
            assert_eq!(validator.is_valid(&json!(word)), is, "{word}");
        }
    }
}
