//! `offsets`: where descriptors stand in their files.

use super::looks::{Look, Looks, call, plain};
use crate::case::Expect;
use crate::plan::planner::Planner;

pub(super) const LOOK: Look = Look { asked: |expect| expect.offsets.first().map(|(fd, _)| &fd.span), look, bind: None };

fn look(planner: &mut Planner, expect: &Expect, looks: &Looks<'_>) {
    for (fd, offset) in &expect.offsets {
        let span = &offset.span;
        let args = [("fd", plain(fd, &fd.span)), ("offset", plain("0", span)), ("whence", plain("SEEK_CUR", span))];
        let mut step = call("lseek", args, looks.on, span);
        looks.expect(&mut step, Expect { span: Some(span.clone()), ret: Some(offset.clone()), ..Expect::default() });
        planner.implicit(step);
    }
}
