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

/// The name among `known` that is nearest to `found`, if it may be what was meant.
pub fn did_you_mean<'a>(found: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let found = found.to_lowercase();
    let near = known.into_iter().filter_map(|name| {
        let lower = name.to_lowercase();
        let distance = strsim::damerau_levenshtein(&found, &lower);
        (distance <= tolerance(&found, &lower)).then_some((distance, name))
    });
    near.min_by_key(|(distance, _)| *distance).map(|(_, name)| name)
}

/// How many mistakes make one name of another: one in four letters. The beginning of a name is what is known best of
/// it, and says of what family it is: where it is another, it is likely another name.
fn tolerance(one: &str, other: &str) -> usize {
    let family = |name: &str| name.split('_').next().unwrap_or_default().chars().take(3).collect::<String>();
    let shorter = one.len().min(other.len());
    let same_family = family(one) == family(other);
    (shorter / 4).max(1) + usize::from(same_family && shorter > 4)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::letter_too_many("wriite", "write", true)]
    #[case::letters_swapped("wirte", "write", true)]
    #[case::short("dop", "dup", true)]
    #[case::beginning_of_another("uname", "rename", false)]
    #[case::family_of_another("IPC_PRIVATE", "MS_PRIVATE", false)]
    #[case::member_of_the_family("O_NOBLOCK", "O_NONBLOCK", true)]
    #[case::two_in_a_family("SPLICE_F_MOR", "SPLICE_F_MORE", true)]
    #[case::other_flags("MAP_SYNC", "MS_SYNC", false)]
    #[case::capital("sigpipe", "SIGPIPE", true)]
    #[case::short_and_other("send", "read", false)]
    #[case::dash("pipe-2", "pipe2", true)]
    fn what_may_be_meant_is_near(#[case] found: &str, #[case] known: &str, #[case] near: bool) {
        assert_eq!(did_you_mean(found, [known]).is_some(), near);
    }
}
