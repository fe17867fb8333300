//! What is wrong with a case file, shown as rustc shows it.

use super::node::Span;

/// One thing that is wrong, where, and the likely fix.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// What is wrong: `unknown system call `wriite``.
    pub title: String,
    /// The place; none for a file as a whole.
    pub span: Option<Span>,
    /// What was expected there, shown under the place.
    pub label: String,
    /// Other places that matter: `first defined here`.
    pub related: Vec<(Span, String)>,
    /// The likely fix: `did you mean `write`?`.
    pub help: Option<String>,
    /// The file, where there is no span.
    pub file: Option<String>,
}

impl Diagnostic {
    /// Something wrong at a place.
    pub fn at(span: &Span, title: impl Into<String>, label: impl Into<String>) -> Self {
        Diagnostic {
            title: title.into(),
            span: Some(span.clone()),
            label: label.into(),
            related: Vec::new(),
            help: None,
            file: None,
        }
    }

    /// Something wrong with a file as a whole.
    pub fn file(path: impl Into<String>, title: impl Into<String>, label: impl Into<String>) -> Self {
        Diagnostic {
            title: title.into(),
            span: None,
            label: label.into(),
            related: Vec::new(),
            help: None,
            file: Some(path.into()),
        }
    }

    /// Adds the likely fix.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds another place.
    #[must_use]
    pub fn related(mut self, span: &Span, label: impl Into<String>) -> Self {
        self.related.push((span.clone(), label.into()));
        self
    }
}

/// The name among `known` that is nearest to `found`, if any is near.
pub fn did_you_mean<'a>(found: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(&found.to_lowercase(), &name.to_lowercase()), name))
        .filter(|(distance, name)| *distance <= 1 + name.len() / 4)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}
