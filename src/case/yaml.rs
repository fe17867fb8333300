//! YAML text → [`Node`] tree, within bounds, with a place for everything.

use std::{borrow::Cow, collections::HashMap, sync::Arc};

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Span as Marks, Tag};

use super::{
    diagnostic::Diagnostic,
    node::{Node, Source, Span, Spanned, Value},
    places::Places,
};

/// Longest file, in bytes.
pub const MAX_FILE: u64 = 4 << 20;

/// Deepest nesting of lists and mappings.
pub const MAX_DEPTH: usize = 64;

/// Most values in one file.
pub const MAX_NODES: usize = 100_000;

/// Reads one document. Everything that is wrong with the YAML itself is found here.
pub fn parse(path: &str, text: &str) -> Result<Node, Vec<Diagnostic>> {
    if text.len() as u64 > MAX_FILE {
        return Err(vec![too_long(path, text.len() as u64)]);
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    // The parser takes a NUL for the end, and would silently leave out what follows.
    let control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{85}');
    let control = text.find(|c| control(c) || misleads(c));
    let source = Arc::new(Source { path: path.to_owned(), text: text.to_owned() });
    let mut builder = Builder::new(source.clone());
    if let Some(at) = control {
        let nth = text[..at].chars().count();
        let (span, c) = (builder.places.span(nth, nth + 1), text[at..].chars().next().unwrap_or_default());
        if misleads(c) {
            return Err(vec![turned(&span, c)]);
        }
        let title = format!("a control character, {c:?}");
        let diag = Diagnostic::at(&span, title, "it has no place in a case file");
        return Err(vec![diag.help("in double quotes, write it as an escape, such as `\\x00`")]);
    }
    let built = builder.read(&source.text);
    let mut diags = builder.diags;
    match built {
        Err(fatal) => diags.push(*fatal),
        Ok(Some(root)) if diags.is_empty() => return Ok(root),
        Ok(Some(_)) => {}
        Ok(None) => diags.push(Diagnostic::file(path, "the file is empty", "expected `subject` and `cases`")),
    }
    diags.sort_by_key(|d| d.span.as_ref().map_or(0, |span| span.start));
    Err(diags)
}

/// Whether a character changes the direction of the text around it, or ends the line for some readers: what is shown
/// then reads as something else.
pub(crate) fn misleads(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}' | '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn turned(span: &Span, c: char) -> Diagnostic {
    let title = format!("a character that changes the direction of text, U+{:04X}", u32::from(c));
    let mut bytes = [0; 4];
    let hex = c.encode_utf8(&mut bytes).bytes().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ");
    Diagnostic::at(span, title, "what is shown would not read as it is")
        .help(format!("in bytes and paths, write `{{hex: \"{hex}\"}}`"))
}

/// The diagnostic for a file beyond [`MAX_FILE`].
pub(super) fn too_long(path: &str, len: u64) -> Diagnostic {
    Diagnostic::file(path, "the file is too long", format!("{len} bytes; at most {MAX_FILE} are read"))
}

/// A list or mapping that is not yet closed.
struct Open {
    start: Marks,
    /// End of the last child: block collections end there, not where the next token begins.
    end: usize,
    kind: Kind,
}

enum Kind {
    List(Vec<Node>),
    Map { entries: Vec<(Spanned<String>, Node)>, key: Option<Spanned<String>> },
}

/// A boxed error keeps `Result`s small on the way of every event.
type Fatal = Box<Diagnostic>;

struct Builder {
    places: Places,
    open: Vec<Open>,
    root: Option<Node>,
    nodes: usize,
    /// What is wrong without hindering the rest from being read.
    diags: Vec<Diagnostic>,
}

impl Builder {
    fn new(source: Arc<Source>) -> Self {
        Builder { places: Places::new(source), open: Vec::new(), root: None, nodes: 0, diags: Vec::new() }
    }

    fn read(&mut self, text: &str) -> Result<Option<Node>, Fatal> {
        for event in Parser::new_from_str(text) {
            let (event, at) = event.map_err(|e| self.syntax(e.marker(), e.info()))?;
            match event {
                Event::Scalar(text, style, anchor, tag) => {
                    self.check(at, anchor, tag)?;
                    self.scalar(text, style, at)?;
                }
                Event::SequenceStart(anchor, tag) => {
                    self.check(at, anchor, tag)?;
                    self.start(at, Kind::List(Vec::new()))?;
                }
                Event::MappingStart(anchor, tag) => {
                    self.check(at, anchor, tag)?;
                    self.start(at, Kind::Map { entries: Vec::new(), key: None })?;
                }
                Event::SequenceEnd | Event::MappingEnd => self.finish(at)?,
                Event::DocumentStart(_) if self.root.is_some() => {
                    let title = "a second document in one file";
                    return Err(Box::new(
                        Diagnostic::at(&self.span(at), title, "the file's first document ends here")
                            .help("put it into a file of its own"),
                    ));
                }
                Event::Alias(_) => return Err(self.anchor(at)),
                _ => {}
            }
        }
        Ok(self.root.take())
    }

    fn span(&self, at: Marks) -> Span {
        self.places.span(at.start.index(), at.end.index())
    }

    fn syntax(&self, marker: &Marker, info: &str) -> Fatal {
        let at = marker.index();
        if info.contains("recursion limit") {
            return Box::new(too_deep(&self.places.span(at, at + 1)));
        }
        if let Some(tab) = self.places.tab_near(at) {
            return Box::new(
                Diagnostic::at(&tab, "a tab in the indentation", "YAML indents with spaces alone")
                    .help("replace the tab by spaces"),
            );
        }
        if info.contains("unknown anchor") {
            return self.anchor(Marks::new(*marker, *marker));
        }
        let diag = Diagnostic::at(&self.places.span(at, at + 1), "this is not valid YAML", info);
        // The usual cause, and one that the parser's words do not tell.
        let colon = info.contains("mapping values are not allowed");
        Box::new(if colon { diag.help("put text that contains `: ` in quotes") } else { diag })
    }

    fn anchor(&self, at: Marks) -> Fatal {
        Box::new(
            Diagnostic::at(&self.span(at), "anchors and aliases are not part of the case format", "used here")
                .help("share set-up with `fixtures`, values with `params` or `rows`"),
        )
    }

    /// What every value is checked for.
    fn check(&mut self, at: Marks, anchor: usize, tag: Option<Cow<'_, Tag>>) -> Result<(), Fatal> {
        if anchor > 0 {
            return Err(self.anchor(at));
        }
        if tag.is_some() {
            let title = "tags are not part of the case format";
            let label = "the argument that a value is for decides its type";
            self.diags.push(Diagnostic::at(&self.span(at), title, label).help("leave the tag out"));
        }
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            let label = format!("more than {MAX_NODES} values");
            return Err(Box::new(
                Diagnostic::at(&self.span(at), "the file holds too much", label).help("divide it into several files"),
            ));
        }
        Ok(())
    }

    fn scalar(&mut self, text: Cow<'_, str>, style: ScalarStyle, at: Marks) -> Result<(), Fatal> {
        let quoted = style != ScalarStyle::Plain;
        // The parser places an absent value on the token after it.
        let absent = !quoted && text.is_empty();
        let span = match self.open.last() {
            Some(Open { kind: Kind::Map { key: Some(key), .. }, .. }) if absent => after(&key.span),
            _ => self.span(at),
        };
        // By an escape.
        if let Some(c) = text.chars().find(|c| misleads(*c)) {
            self.diags.push(turned(&span, c));
        }
        self.add(Node { value: Value::Scalar { text: text.into_owned(), quoted }, span }, at.end.index())
    }

    fn start(&mut self, at: Marks, kind: Kind) -> Result<(), Fatal> {
        if self.open.len() == MAX_DEPTH {
            return Err(Box::new(too_deep(&self.span(at))));
        }
        self.open.push(Open { start: at, end: at.end.index(), kind });
        Ok(())
    }

    fn finish(&mut self, at: Marks) -> Result<(), Fatal> {
        let Some(open) = self.open.pop() else { return Ok(()) };
        let flow = open.start.start.index() != open.start.end.index();
        let end = if flow { at.end.index() } else { open.end };
        let span = self.places.span(open.start.start.index(), end);
        let value = match open.kind {
            Kind::List(items) => Value::List(items),
            Kind::Map { entries, .. } => {
                self.refuse_duplicates(&entries);
                Value::Map(entries)
            }
        };
        self.add(Node { value, span }, end)
    }

    /// Puts a value where it belongs: into the innermost open collection, as a key, or at the top.
    fn add(&mut self, node: Node, end: usize) -> Result<(), Fatal> {
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        open.end = open.end.max(end);
        match &mut open.kind {
            Kind::List(items) => items.push(node),
            Kind::Map { entries, key } => match key.take() {
                Some(key) => entries.push((key, node)),
                None => *key = Some(as_key(node)?),
            },
        }
        Ok(())
    }

    fn refuse_duplicates(&mut self, entries: &[(Spanned<String>, Node)]) {
        let mut seen: HashMap<&str, &Span> = HashMap::new();
        // Most mappings are small, and a hash map for each would be most of the work.
        let small = entries.len() <= 16;
        for (nth, (key, _)) in entries.iter().enumerate() {
            let first = if small {
                entries[..nth].iter().find(|(k, _)| k.value == key.value).map(|(k, _)| &k.span)
            } else {
                let first = seen.get(key.as_str()).copied();
                seen.entry(key.as_str()).or_insert(&key.span);
                first
            };
            if let Some(first) = first {
                self.diags.push(
                    Diagnostic::at(&key.span, format!("duplicate key `{}`", key.value), "given again here")
                        .related(first, "first given here"),
                );
            }
        }
    }
}

fn as_key(node: Node) -> Result<Spanned<String>, Fatal> {
    match node.value {
        Value::Scalar { text, quoted: false } if text == "<<" => Err(Box::new(
            Diagnostic::at(&node.span, "merge keys are not part of the case format", "used here")
                .help("share set-up with `fixtures`"),
        )),
        Value::Scalar { text, quoted } if quoted || !text.is_empty() => Ok(Spanned { value: text, span: node.span }),
        _ => {
            let title = format!("found {} as a key", node.describe());
            Err(Box::new(Diagnostic::at(&node.span, title, "expected a name")))
        }
    }
}

fn after(span: &Span) -> Span {
    let width = span.source.text[span.start..span.end].chars().count();
    let column = span.column + u32::try_from(width).unwrap_or(0);
    Span { start: span.end, column, ..span.clone() }
}

fn too_deep(span: &Span) -> Diagnostic {
    Diagnostic::at(span, "lists and mappings are nested too deep", format!("more than {MAX_DEPTH} levels"))
}
