//! `offsets`, `files` and `opens`: steps that look at what a step left behind.

use super::bytes::content;
use super::expected::{Promise, ReturnIs};
use super::expr;
use super::performed::{Operand, Var};
use super::planner::Planner;
use crate::case::{Action, Call, Expect, Node, Ranged, Span, Spanned, Step, Value};

/// What has to be done before a step, too.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Implicit {
    /// Descriptors are counted.
    pub(super) opens: bool,
}

impl Implicit {
    /// What the expectations of a step need.
    pub(super) fn of(step: &Step) -> Self {
        Implicit { opens: all(step).any(|expect| expect.opens.is_some()) }
    }
}

fn all(step: &Step) -> impl Iterator<Item = &Expect> {
    step.expect.iter().map(|ranged| &ranged.value).chain(&step.claimed)
}

/// Where a step's expectations need steps behind it.
pub(super) fn place(step: &Step) -> Option<&Span> {
    all(step).find_map(|Expect { offsets, files, opens, .. }| {
        let named = offsets.first().or(files.first()).map(|(name, _)| &name.span);
        named.or(opens.as_ref().map(|n| &n.span))
    })
}

/// Adds the steps behind a step.
pub(super) fn after(planner: &mut Planner, step: &Step, actor: u16, before: Option<Var>) {
    if let Some(before) = before {
        opens(planner, step, actor, before);
    }
    let on = (actor > 0).then(|| planner.case.actors[usize::from(actor) - 1].0.clone());
    for (i, ranged) in step.expect.iter().enumerate() {
        look(planner, &ranged.value, on.as_ref(), &|value| In::Range(&step.expect, i, value));
    }
    if let Some(claimed) = &step.claimed {
        look(planner, claimed, on.as_ref(), &In::Claim);
    }
}

/// Where the expectation stands that an implicit step checks.
enum In<'a> {
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

type Place<'a> = dyn Fn(Expect) -> In<'a> + 'a;

fn look(planner: &mut Planner, expect: &Expect, on: Option<&Spanned<String>>, place: &Place) {
    for (fd, offset) in &expect.offsets {
        let span = &offset.span;
        let args = [("fd", plain(fd, &fd.span)), ("offset", plain("0", span)), ("whence", plain("SEEK_CUR", span))];
        let mut step = call("lseek", args, on, span);
        place(Expect { span: Some(span.clone()), ret: Some(offset.clone()), ..Expect::default() }).apply(&mut step);
        planner.implicit(step);
    }
    for (path, wanted) in &expect.files {
        file(planner, path, wanted, on, place);
    }
}

/// Opens the file, reads one byte more than is expected, and closes it.
fn file(planner: &mut Planner, path: &Spanned<String>, wanted: &Node, on: Option<&Spanned<String>>, place: &Place) {
    let span = &wanted.span;
    let length = match content(wanted, "files", &planner.scope) {
        Ok(content) => content.len,
        Err(problem) => return planner.problems.push(*problem),
    };
    let more = expr::render(&Operand { base: length.base + 1, ..length }, &planner.scope);
    let length = expr::render(&length, &planner.scope);
    let fd = planner.scope.hidden(span);
    let fd_used = plain(&format!("${}", fd.value), span);
    let flags =
        Node { value: Value::List(vec![plain("O_RDONLY", span), plain("O_CLOEXEC", span)]), span: span.clone() };
    let name = Node { value: Value::Scalar { text: path.value.clone(), quoted: true }, span: path.span.clone() };

    let args = [("dirfd", plain("AT_FDCWD", span)), ("pathname", name), ("flags", flags)];
    let mut open = call("openat", args, on, span);
    let at_least = |n: &str| Node { value: Value::Map(vec![(key("min", span), plain(n, span))]), span: span.clone() };
    place(Expect { span: Some(span.clone()), ret: Some(at_least("0")), ..Expect::default() }).apply(&mut open);
    open.bind = vec![(key("return", span), plain(&fd.value, span))];
    planner.implicit(open);

    let room = Node { value: Value::Map(vec![(key("room", span), plain(&more, span))]), span: span.clone() };
    let args = [("fd", fd_used.clone()), ("buf", room), ("count", plain(&more, span))];
    let mut read = call("read", args, on, span);
    let holds = Expect {
        span: Some(span.clone()),
        ret: Some(plain(&length, span)),
        out: vec![(key("buf", span), wanted.clone())],
        ..Expect::default()
    };
    place(holds).apply(&mut read);
    planner.implicit(read);

    let mut close = call("close", [("fd", fd_used)], on, span);
    place(Expect { span: Some(span.clone()), ret: Some(plain("0", span)), ..Expect::default() }).apply(&mut close);
    planner.implicit(close);
}

fn opens(planner: &mut Planner, step: &Step, actor: u16, before: Var) {
    let promise = |expect: &Expect| {
        let more = |n: &Spanned<i64>| ReturnIs::Exactly(Operand { base: n.value, terms: [(1, before), (0, 0)] });
        let span = expect.opens.as_ref().map(|n| n.span.clone());
        Promise { span, ret: expect.opens.as_ref().map(more), ..Promise::default() }
    };
    let ranged = |range: &Ranged<Expect>| range.with(promise(&range.value));
    let span = all(step).find_map(|e| e.opens.as_ref()).map_or(&step.span, |n| &n.span);
    planner.count(span.clone(), actor, vec![]);
    if let Some(line) = planner.lines.last_mut() {
        line.expect = step.expect.iter().map(ranged).collect();
        line.claimed = step.claimed.as_ref().filter(|c| c.opens.is_some()).map(promise);
    }
}

fn key(name: &str, span: &Span) -> Spanned<String> {
    Spanned { value: name.to_owned(), span: span.clone() }
}

fn plain(text: &str, span: &Span) -> Node {
    Node { value: Value::Scalar { text: text.to_owned(), quoted: false }, span: span.clone() }
}

fn call<const N: usize>(name: &str, args: [(&str, Node); N], on: Option<&Spanned<String>>, span: &Span) -> Step {
    let call = Call {
        name: key(name, span),
        number: None,
        args: args.into_iter().map(|(name, node)| (key(name, span), node)).collect(),
        start: None,
        child: None,
        repeat: None,
    };
    Step {
        span: span.clone(),
        on: on.cloned(),
        action: Action::Call(call),
        expect: vec![],
        claimed: None,
        bind: vec![],
    }
}
