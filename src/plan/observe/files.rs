//! `files`: what files hold.

use super::On;
use super::looks::{Look, Looks, at_least_0, call, key, name, plain};
use crate::case::{Action, Expect, Node, Repeat, Span, Spanned, Step, Value};
use crate::plan::bytes::content;
use crate::plan::expect::lines;
use crate::plan::expr;
use crate::plan::line::LINE;
use crate::plan::performed::Operand;
use crate::plan::planner::Planner;

pub(super) const LOOK: Look = Look {
    asked: |expect| expect.files.first().map(|(path, _)| &path.span),
    look: |planner, expect, looks| expect.files.iter().for_each(|(path, wanted)| file(planner, path, wanted, looks)),
    bind: Some(("files", |planner, path, (_, pattern), on| text(planner, path, pattern, on))),
};

/// What of a file is read for its lines, in bytes.
const READ: &str = "65536";

/// Reads what a file has to tell, and names numbers in it.
fn text(planner: &mut Planner, path: &Spanned<String>, pattern: &Node, on: On<'_>) {
    let line =
        Node { value: Value::Map(vec![(key(LINE, &pattern.span), pattern.clone())]), span: pattern.span.clone() };
    let reading = Reading { path, on, span: &pattern.span, count: READ, whole: true };
    reading.steps(planner, |_, _| (), |read| read.bind = vec![(key("buf", &pattern.span), line)]);
}

/// Reads one byte more than is expected of a file; all, where lines are expected.
fn file(planner: &mut Planner, path: &Spanned<String>, wanted: &Node, looks: &Looks<'_>) {
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
    let reading = Reading { path, on: looks.on, span, count: &more, whole: lines(wanted).is_some() };
    let done = |returns: Node, step: &mut Step| {
        looks.expect(step, Expect { span: Some(span.clone()), ret: Some(returns), ..Expect::default() });
    };
    reading.steps(planner, done, |read| {
        let out = vec![(key("buf", span), wanted.clone())];
        looks.expect(read, Expect { span: Some(span.clone()), ret: Some(returns), out, ..Expect::default() });
    });
}

/// A file that is opened, read and closed.
struct Reading<'a> {
    path: &'a Spanned<String>,
    on: On<'a>,
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
