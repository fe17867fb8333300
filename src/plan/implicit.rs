//! `offsets`, `files` and `opens`: steps that look at what a step left behind.

use super::bind::LINE;
use super::bytes::content;
use super::expect::lines;
use super::expected::{Expectation, ReturnIs};
use super::expr;
use super::performed::{Operand, Var};
use super::planner::Planner;
use crate::case::{Action, Call, Expect, Node, Ranged, Repeat, Span, Spanned, Step, Value};

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

/// Results that are bound by steps that look at them.
pub(super) const BOUND: [&str; 2] = ["files", "statx"];

/// What of a file is read for its lines, in bytes.
const READ: &str = "65536";

/// Where a step's expectations need steps after it.
pub(super) fn place(step: &Step) -> Option<&Span> {
    let expected = all(step).find_map(|Expect { offsets, files, statx, opens, .. }| {
        let named = offsets.first().or(files.first()).or(statx.first()).map(|(name, _)| &name.span);
        named.or(opens.as_ref().map(|n| &n.span))
    });
    let bound = step.bind.iter().find(|(name, _)| BOUND.contains(&name.as_str()));
    expected.or(bound.map(|(name, _)| &name.span))
}

/// Adds the steps after a step.
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
    for (what, paths) in step.bind.iter().filter(|(name, _)| BOUND.contains(&name.as_str())) {
        for (path, pattern) in paths.as_map().unwrap_or_default() {
            match what.value.as_str() {
                "files" => text(planner, path, pattern, on.as_ref()),
                _ => metadata(planner, path, vec![(key("statxbuf", &what.span), pattern.clone())], on.as_ref(), None),
            }
        }
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

type LookStep<'a> = dyn Fn(Expect) -> In<'a> + 'a;

fn look(planner: &mut Planner, expect: &Expect, on: Option<&Spanned<String>>, place: &LookStep) {
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
    for (path, wanted) in &expect.statx {
        let span = &wanted.span;
        let holds = match wanted.plain() {
            Some(errno) => Expect { errno: Some(key(errno, span)), ..Expect::default() },
            None => {
                let out = vec![(key("statxbuf", span), wanted.clone())];
                Expect { ret: Some(plain("0", span)), out, ..Expect::default() }
            }
        };
        let holds = place(Expect { span: Some(span.clone()), ..holds });
        metadata(planner, path, vec![], on, Some(holds));
    }
}

/// Asks for the metadata of a path, of a symbolic link itself.
fn metadata(
    planner: &mut Planner,
    path: &Spanned<String>,
    bind: Vec<(Spanned<String>, Node)>,
    on: Option<&Spanned<String>>,
    holds: Option<In<'_>>,
) {
    let span = &path.span;
    let list = |names: &[&str]| Node {
        value: Value::List(names.iter().map(|name| plain(name, span)).collect()),
        span: span.clone(),
    };
    let args = [
        ("dirfd", plain("AT_FDCWD", span)),
        ("pathname", name(path)),
        ("flags", list(&["AT_SYMLINK_NOFOLLOW"])),
        ("mask", list(&["STATX_BASIC_STATS", "STATX_BTIME"])),
    ];
    let mut asked = call("statx", args, on, span);
    asked.bind = bind;
    if let Some(holds) = holds {
        holds.apply(&mut asked);
    }
    planner.implicit(asked);
}

/// A path, in which `${…}` stands for a number.
fn name(path: &Spanned<String>) -> Node {
    let text = Node { value: Value::Scalar { text: path.value.clone(), quoted: true }, span: path.span.clone() };
    if !path.contains("${") {
        return text;
    }
    Node { value: Value::Map(vec![(key("text", &path.span), text)]), span: path.span.clone() }
}

/// Reads what a file has to tell, and names numbers in it.
fn text(planner: &mut Planner, path: &Spanned<String>, pattern: &Node, on: Option<&Spanned<String>>) {
    let line =
        Node { value: Value::Map(vec![(key(LINE, &pattern.span), pattern.clone())]), span: pattern.span.clone() };
    let reading = Reading { path, on, span: &pattern.span, count: READ, whole: true };
    reading.steps(planner, |_, _| (), |read| read.bind = vec![(key("buf", &pattern.span), line)]);
}

/// Reads one byte more than is expected of a file; all, where lines are expected.
fn file(planner: &mut Planner, path: &Spanned<String>, wanted: &Node, on: Option<&Spanned<String>>, place: &LookStep) {
    let span = &wanted.span;
    let (returns, more) = match lines(wanted) {
        Some(_) => (at_least_0(span), READ.to_owned()),
        None => {
            let length = match content(wanted, "files", &planner.scope) {
                Ok(content) => content.len,
                Err(problem) => return planner.problems.push(*problem),
            };
            let more = expr::render(&Operand { base: length.base + 1, ..length }, &planner.scope);
            (plain(&expr::render(&length, &planner.scope), span), more)
        }
    };
    let reading = Reading { path, on, span, count: &more, whole: lines(wanted).is_some() };
    let done = |returns: Node, step: &mut Step| {
        place(Expect { span: Some(span.clone()), ret: Some(returns), ..Expect::default() }).apply(step);
    };
    reading.steps(planner, done, |read| {
        let out = vec![(key("buf", span), wanted.clone())];
        place(Expect { span: Some(span.clone()), ret: Some(returns), out, ..Expect::default() }).apply(read);
    });
}

fn at_least_0(span: &Span) -> Node {
    Node { value: Value::Map(vec![(key("min", span), plain("0", span))]), span: span.clone() }
}

/// A file that is opened, read and closed.
struct Reading<'a> {
    path: &'a Spanned<String>,
    on: Option<&'a Spanned<String>>,
    /// Where it is asked for.
    span: &'a Span,
    /// Bytes.
    count: &'a str,
    /// Read until the end.
    whole: bool,
}

impl Reading<'_> {
    /// Adds the steps; `done` says what opening and closing return, `read` what reading is for.
    fn steps(&self, planner: &mut Planner, done: impl Fn(Node, &mut Step), read: impl FnOnce(&mut Step)) {
        let Reading { path, on, span, count, whole } = *self;
        let fd = planner.scope.hidden(span);
        let fd_used = plain(&format!("${}", fd.value), span);
        let flags =
            Node { value: Value::List(vec![plain("O_RDONLY", span), plain("O_CLOEXEC", span)]), span: span.clone() };

        let args = [("dirfd", plain("AT_FDCWD", span)), ("pathname", name(path)), ("flags", flags)];
        let mut open = call("openat", args, on, span);
        done(at_least_0(span), &mut open);
        open.bind = vec![(key("return", span), plain(&fd.value, span))];
        planner.implicit(open);

        let room = Node { value: Value::Map(vec![(key("room", span), plain(count, span))]), span: span.clone() };
        let args = [("fd", fd_used.clone()), ("buf", room), ("count", plain(count, span))];
        let mut reading = call("read", args, on, span);
        if let (true, Action::Call(call)) = (whole, &mut reading.action) {
            call.repeat = Some(Spanned { value: Repeat::Advance, span: span.clone() });
        }
        read(&mut reading);
        planner.implicit(reading);

        let mut close = call("close", [("fd", fd_used)], on, span);
        done(plain("0", span), &mut close);
        planner.implicit(close);
    }
}

fn opens(planner: &mut Planner, step: &Step, actor: u16, before: Var) {
    let expectation = |expect: &Expect| {
        let more = |n: &Spanned<i64>| ReturnIs::Exactly(Operand { base: n.value, terms: [(1, before), (0, 0)] });
        let span = expect.opens.as_ref().map(|n| n.span.clone());
        Expectation { span, ret: expect.opens.as_ref().map(more), ..Expectation::default() }
    };
    let ranged = |range: &Ranged<Expect>| range.with(expectation(&range.value));
    let span = all(step).find_map(|e| e.opens.as_ref()).map_or(&step.span, |n| &n.span);
    planner.count(span, actor, vec![]);
    if let Some(line) = planner.lines.last_mut() {
        line.expect = step.expect.iter().map(ranged).collect();
        line.claimed = step.claimed.as_ref().filter(|c| c.opens.is_some()).map(expectation);
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
