//! Text in which `${…}` stands for something.

/// A part of such text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextPart<'t> {
    /// As it stands.
    Plain(&'t str),
    /// What is between `${` and `}`.
    Hole(&'t str),
}

/// The parts of a text; an error where a `${` is not closed, from which on.
pub fn text_parts(text: &str) -> Result<Vec<TextPart<'_>>, &str> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        let (before, hole) = rest.split_at(at);
        let end = hole.find('}').ok_or(hole)?;
        parts.extend((!before.is_empty()).then_some(TextPart::Plain(before)));
        parts.push(TextPart::Hole(&hole[2..end]));
        rest = &hole[end + 1..];
    }
    parts.extend((!rest.is_empty()).then_some(TextPart::Plain(rest)));
    Ok(parts)
}

/// The expression in a hole, and the base that stands after it: `${mask:x}`.
pub fn hole_parts(hole: &str) -> (&str, Option<&str>) {
    hole.split_once(':').map_or((hole, None), |(expression, base)| (expression, Some(base)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dollar_alone_is_plain() {
        assert_eq!(text_parts("a $b"), Ok(vec![TextPart::Plain("a $b")]));
        assert_eq!(text_parts("${a}b"), Ok(vec![TextPart::Hole("a"), TextPart::Plain("b")]));
        assert_eq!(text_parts("x${a"), Err("${a"));
    }
}
