//! Claims of a tree against the documents that they are from.

use std::collections::HashMap;

use super::{
    decode::{Claim, Document},
    diagnostic::{Diagnostic, did_you_mean},
    node::Span,
};

/// A claim's id without the letter of a part, and that letter: `A18b` is `A18` and `b`.
pub fn parts_of_claim_id(id: &str) -> (&str, Option<char>) {
    let whole = id.trim_end_matches(|c: char| c.is_ascii_lowercase());
    match id[whole.len()..].chars().collect::<Vec<_>>().as_slice() {
        [part] => (whole, Some(*part)),
        // More letters than one are no part.
        _ => (id, None),
    }
}

/// What is compared between the cases of a tree.
pub(super) struct Identity {
    pub(super) id: String,
    pub(super) span: Span,
    pub(super) claim: Option<Claim>,
}

/// Where a claim stands that was met before.
struct Met<'a> {
    id: &'a str,
    place: &'a Span,
    /// The case entry, which all its rows share; none for the list of documents.
    entry: Option<&'a Span>,
}

/// What is wrong with the claims of one tree; none is its list of documents.
pub(super) fn check(documents: Option<&[Document]>, cases: &[Identity]) -> Vec<Diagnostic> {
    let mut diags = Vec::new();
    // By document and id without the part's letter.
    let mut met: HashMap<(&str, &str), Vec<Met<'_>>> = HashMap::new();
    for document in documents.unwrap_or_default() {
        for claim in &document.claims {
            let new = Met { id: &claim.id, place: &claim.id.span, entry: None };
            diags.extend(add(&mut met, &document.name, new));
        }
    }
    for (case, claim) in cases.iter().filter_map(|case| Some((case, case.claim.as_ref()?))) {
        diags.extend(unknown_document(documents, claim));
        let new = Met { id: &claim.id, place: &claim.id.span, entry: Some(&case.span) };
        diags.extend(add(&mut met, &claim.document, new));
    }
    diags
}

/// Remembers a claim, unless the same one, or its whole or a part of it, has been met.
fn add<'a>(met: &mut HashMap<(&'a str, &'a str), Vec<Met<'a>>>, document: &'a str, new: Met<'a>) -> Option<Diagnostic> {
    let (whole, part) = parts_of_claim_id(new.id);
    let others = met.entry((document, whole)).or_default();
    let same = others.iter().find(|other| other.id == new.id);
    if let Some(other) = same {
        if other.entry.is_some() && other.entry == new.entry {
            return None;
        }
        let title = format!("two entries have the claim `{}` of `{document}`", new.id);
        let help = format!("a part of a claim has a letter after its id: `{whole}a`, `{whole}b`");
        return Some(Diagnostic::at(new.place, title, "this one").related(other.place, "and this one").help(help));
    }
    let mixed = others.iter().find(|other| parts_of_claim_id(other.id).1.is_some() != part.is_some());
    let diag = mixed.map(|other| {
        let title = format!("`{whole}` of `{document}` is both a claim and divided into parts");
        let name = |id: &str| if id == whole { "the whole" } else { "a part" };
        Diagnostic::at(new.place, title, name(new.id))
            .related(other.place, name(other.id))
            .help("give every part a letter")
    });
    others.push(new);
    diag
}

fn unknown_document(documents: Option<&[Document]>, claim: &Claim) -> Option<Diagnostic> {
    let known = documents.unwrap_or_default().iter().map(|document| document.name.as_str());
    if known.clone().any(|name| name == claim.document.value) {
        return None;
    }
    let label = match documents {
        Some(_) => "not listed in `documents.yaml`",
        None => "there is no `documents.yaml` at the top of the tree, which lists them",
    };
    let diag = Diagnostic::at(&claim.document.span, format!("unknown document `{}`", claim.document.value), label);
    Some(match did_you_mean(&claim.document, known) {
        Some(name) => diag.help(format!("did you mean `{name}`?")),
        None => diag,
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("A18", ("A18", None))]
    #[case("A18b", ("A18", Some('b')))]
    #[case("A18bc", ("A18bc", None))]
    #[case("", ("", None))]
    #[case("é", ("é", None))]
    fn a_claims_id_has_parts(#[case] id: &str, #[case] parts: (&str, Option<char>)) {
        assert_eq!(parts_of_claim_id(id), parts);
    }
}
