//! Steps that a case does not write out, with which something is looked at after a step.

use super::On;
use crate::case::{Action, Call, Expect, Node, Ranged, Span, Spanned, Step, Value};
use crate::plan::planner::Planner;

/// Something that calls look at.
pub(super) struct Look {
    /// Where an expectation asks for it.
    pub(super) asked: fn(&Expect) -> Option<&Span>,
    /// Adds the steps that compare it.
    pub(super) look: fn(&mut Planner, &Expect, &Looks<'_>),
    /// The name under which `bind` takes results from it, and how.
    pub(super) bind: Option<(&'static str, Bound)>,
}

/// Adds the steps that bind what is found: of which file, say; under which name of `bind`, and by which pattern.
pub(super) type Bound = fn(&mut Planner, &Spanned<String>, (&Spanned<String>, &Node), On<'_>);

/// Who looks, and where what is found is compared.
pub(super) struct Looks<'a> {
    pub(super) on: On<'a>,
    pub(super) place: &'a dyn Fn(Expect) -> In<'a>,
}

impl Looks<'_> {
    /// Says what must come of a step.
    pub(super) fn expect(&self, step: &mut Step, expect: Expect) {
        (self.place)(expect).apply(step);
    }
}

/// Where the expectation stands that an implicit step checks.
pub(super) enum In<'a> {
    /// In one of the kernel ranges; the others expect nothing.
    Range(&'a [Ranged<Expect>], usize, Expect),
    /// In the claim.
    Claim(Expect),
}

impl In<'_> {
    fn apply(self, step: &mut Step) {
        match self {
            In::Claim(value) => step.claimed = Some(value),
            In::Range(ranges, of, value) => {
                let mut value = Some(value);
                let here = |(i, range): (usize, &Ranged<Expect>)| {
                    range.with(if i == of { value.take().unwrap_or_default() } else { Expect::default() })
                };
                step.expect = ranges.iter().enumerate().map(here).collect();
            }
        }
    }
}

pub(super) fn at_least_0(span: &Span) -> Node {
    Node { value: Value::Map(vec![(key("min", span), plain("0", span))]), span: span.clone() }
}

/// A path, in which `${…}` stands for a number.
pub(super) fn name(path: &Spanned<String>) -> Node {
    let text = Node { value: Value::Scalar { text: path.value.clone(), quoted: true }, span: path.span.clone() };
    if !path.contains("${") {
        return text;
    }
    Node { value: Value::Map(vec![(key("text", &path.span), text)]), span: path.span.clone() }
}

pub(super) fn key(name: &str, span: &Span) -> Spanned<String> {
    Spanned { value: name.to_owned(), span: span.clone() }
}

pub(super) fn plain(text: &str, span: &Span) -> Node {
    Node { value: Value::Scalar { text: text.to_owned(), quoted: false }, span: span.clone() }
}

pub(super) fn call<const N: usize>(
    name: &str,
    args: [(&str, Node); N],
    on: Option<&Spanned<String>>,
    span: &Span,
) -> Step {
    let call = Call {
        name: key(name, span),
        number: None,
        args: args.into_iter().map(|(name, node)| (key(name, span), node)).collect(),
        child: None,
        repeat: None,
    };
    Step {
        span: span.clone(),
        on: on.cloned(),
        start: None,
        action: Action::Call(call),
        expect: vec![],
        claimed: None,
        bind: vec![],
    }
}
