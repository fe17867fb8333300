//! What the ERRORS section of a manual page lists.

use super::roff::{self, RoffLine};

/// A manual page, as far as errors go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// File name without compression: `open.2`.
    pub name: String,
    /// Where it comes from, as it says: a project and its version.
    pub source: String,
    /// The entries of its ERRORS section; empty without such a section.
    pub entries: Vec<Entry>,
}

/// An entry of the ERRORS section: names that share a paragraph.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// Errors by name.
    pub errnos: Vec<String>,
    /// The functions that it speaks of, where it says so: `(pipe2())`. Empty: all of the page's.
    pub only: Vec<String>,
}

impl Page {
    /// Reads a page.
    ///
    /// # Errors
    /// With the reason, if it is not written with the man macros.
    pub fn parse(name: &str, text: &str) -> Result<Page, String> {
        let mut page = Page { name: name.to_owned(), ..Page::default() };
        let (mut titled, mut sections) = (false, 0);
        let mut errors = Errors::default();
        let mut in_errors = false;
        for line in roff::lines(text) {
            match &line {
                RoffLine::Macro(name, args) if name == "TH" => {
                    titled = true;
                    page.source = args.get(3).cloned().unwrap_or_default();
                }
                RoffLine::Macro(name, args) if name == "SH" => {
                    sections += 1;
                    in_errors = args.join(" ").eq_ignore_ascii_case("ERRORS");
                    errors.close();
                }
                _ if in_errors => errors.line(&line),
                _ => {}
            }
        }
        errors.close();
        match (titled, sections) {
            (false, _) => Err("it does not begin with the macro TH of manual pages".to_owned()),
            (true, 0) => Err("it has no sections".to_owned()),
            _ => Ok(Page { entries: errors.entries, ..page }),
        }
    }

    /// Errors that the page lists for a function by any of these names, and by which name it lists them.
    pub fn errnos<'a>(&'a self, names: &'a [&str]) -> impl Iterator<Item = &'a str> {
        let concerns = |entry: &&Entry| entry.only.is_empty() || entry.only.iter().any(|n| names.contains(&n.as_str()));
        self.entries.iter().filter(concerns).flat_map(|entry| &entry.errnos).map(String::as_str)
    }

    /// Every error of the page, whichever function it is listed for.
    pub fn all_errnos(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().flat_map(|entry| &entry.errnos).map(String::as_str)
    }
}

/// The file that a page consists of a reference to: `man2/open.2`.
pub(super) fn link(text: &str) -> Option<String> {
    roff::lines(text).find_map(|line| match line {
        RoffLine::Text(text) if text.trim().is_empty() => None,
        RoffLine::Macro(name, mut args) if name == "so" && !args.is_empty() => Some(Some(args.swap_remove(0))),
        _ => Some(None),
    })?
}

/// The section while it is being read.
#[derive(Default)]
struct Errors {
    entries: Vec<Entry>,
    /// The entry that text belongs to.
    open: Option<Entry>,
    /// Its text, as far as it may say which functions it is about.
    body: String,
    /// The next text is a tag.
    tag_follows: bool,
}

/// Of an entry's text, only so much is looked at.
const BEGINNING: usize = 200;

impl Errors {
    fn line(&mut self, line: &RoffLine) {
        match line {
            RoffLine::Macro(name, args) => match name.as_str() {
                "TP" | "TQ" | "HP" => {
                    self.tag_follows = true;
                    return;
                }
                "IP" => {
                    if let Some(tag) = args.first() {
                        self.tag(tag);
                    }
                    return;
                }
                "PP" | "P" | "LP" | "SS" => {
                    self.close();
                    return;
                }
                _ => {}
            },
            RoffLine::Text(_) => {}
        }
        let Some(text) = line.text() else { return };
        if std::mem::take(&mut self.tag_follows) {
            self.tag(&text);
        } else if self.open.is_some() && self.body.len() < BEGINNING && !text.is_empty() {
            self.body += &text;
            self.body.push(' ');
        }
    }

    fn tag(&mut self, tag: &str) {
        let (names, remark) = tag.split_once('(').unwrap_or((tag, ""));
        let mut words =
            names.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|w| !w.is_empty()).peekable();
        // A list of another kind (signals, or within an entry).
        if !words.peek().is_some_and(|word| is_error(word)) {
            return;
        }
        // Tags one right after the other share the text that follows.
        if !self.body.is_empty() {
            self.close();
        }
        let entry = self.open.get_or_insert_default();
        entry.errnos.extend(words.filter(|word| is_error(word)).map(str::to_owned));
        entry.only.extend(functions(remark.trim_end_matches([' ', ')'])));
    }

    fn close(&mut self) {
        let body = std::mem::take(&mut self.body);
        self.tag_follows = false;
        let Some(mut entry) = self.open.take() else { return };
        if let Some(remark) = body.trim_start().strip_prefix('(') {
            let end = end_of_remark(remark);
            entry.only.extend(functions(&remark[..end]));
        }
        self.entries.push(entry);
    }
}

/// Where the parenthesis closes that a text is within.
fn end_of_remark(text: &str) -> usize {
    let mut depth = 1;
    let closes = |c: char| {
        depth += i32::from(c == '(') - i32::from(c == ')');
        depth == 0
    };
    text.find(closes).unwrap_or(text.len())
}

/// The functions that a remark limits an entry to: `pipe2()`, `dup2() and dup3() only`. None if it says anything else.
fn functions(remark: &str) -> Vec<String> {
    let mut functions = Vec::new();
    for word in remark.replace(',', " ").split_whitespace() {
        match word.strip_suffix("()").or_else(|| word.strip_suffix('(')) {
            Some(function) => functions.push(function.to_owned()),
            None if matches!(word, "and" | "or" | "only" | "()") => {}
            None => return Vec::new(),
        }
    }
    functions
}

/// Whether a word has the form of an error's name.
fn is_error(word: &str) -> bool {
    let Some(rest) = word.strip_prefix('E') else { return false };
    rest.len() >= 2 && rest.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
}
