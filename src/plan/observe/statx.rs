//! `statx`: metadata of paths, of a symbolic link itself.

use super::On;
use super::looks::{Look, Looks, call, key, name, plain};
use crate::case::{Expect, Node, Spanned, Step, Value};
use crate::plan::planner::Planner;

pub(super) const LOOK: Look = Look {
    asked: |expect| expect.statx.first().map(|(path, _)| &path.span),
    look,
    bind: Some(("statx", |planner, path, (what, pattern), on| {
        let mut step = asks(path, on);
        step.bind = vec![(key(BUFFER, &what.span), pattern.clone())];
        planner.implicit(step);
    })),
};

/// What the call writes to.
const BUFFER: &str = "statxbuf";

fn look(planner: &mut Planner, expect: &Expect, looks: &Looks<'_>) {
    for (path, wanted) in &expect.statx {
        let span = &wanted.span;
        let holds = match wanted.plain() {
            Some(errno) => Expect { errno: Some(key(errno, span)), ..Expect::default() },
            None => {
                let out = vec![(key(BUFFER, span), wanted.clone())];
                Expect { ret: Some(plain("0", span)), out, ..Expect::default() }
            }
        };
        let mut step = asks(path, looks.on);
        looks.expect(&mut step, Expect { span: Some(span.clone()), ..holds });
        planner.implicit(step);
    }
}

fn asks(path: &Spanned<String>, on: On<'_>) -> Step {
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
    call("statx", args, on, span)
}
