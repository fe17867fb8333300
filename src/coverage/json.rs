//! What machines read of it. The names of the fields are an interface: add fields, never change one.

use std::io::{self, Write};

use serde::Serialize;

use crate::target::Target;

use super::measure::{Coverage, PageOf, Status, Totals};
use super::uncoverable::ReasonKind;

#[derive(Serialize)]
#[serde(tag = "type", rename = "coverage")]
struct PairLine<'a> {
    call: &'a str,
    page: Option<&'a str>,
    errno: &'a str,
    status: Status,
    cases: &'a [String],
    kind: Option<ReasonKind>,
    reason: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(tag = "type", rename = "summary")]
struct Summary<'a> {
    kernel: &'a str,
    arch: &'a str,
    manual: &'a str,
    calls: usize,
    documented: usize,
    covered: usize,
    uncoverable: usize,
    missing: usize,
    undocumented: usize,
    without_page: Vec<&'a str>,
    unreadable: Vec<Unreadable<'a>>,
}

#[derive(Serialize)]
struct Unreadable<'a> {
    call: &'a str,
    page: &'a str,
    reason: &'a str,
}

/// Writes a coverage as JSON lines: one a pair, then a summary.
///
/// # Errors
/// When it cannot be written.
pub fn write_json(coverage: &Coverage, target: &Target, out: &mut dyn Write) -> io::Result<()> {
    for call in &coverage.calls {
        for pair in &call.pairs {
            let line = PairLine {
                call: call.call,
                page: pair.page.as_deref(),
                errno: &pair.errno,
                status: pair.status,
                cases: &pair.cases,
                kind: pair.reason.as_ref().map(|(kind, _)| *kind),
                reason: pair.reason.as_ref().map(|(_, because)| because.as_str()),
            };
            write_line(out, &line)?;
        }
    }
    let Totals { documented, covered, uncoverable, missing, undocumented } = coverage.totals();
    let summary = Summary {
        kernel: &target.kernel,
        arch: &target.arch,
        manual: &coverage.source,
        calls: coverage.calls.len(),
        documented,
        covered,
        uncoverable,
        missing,
        undocumented,
        without_page: coverage.calls.iter().filter(|c| matches!(c.page, PageOf::Missing)).map(|c| c.call).collect(),
        unreadable: coverage
            .calls
            .iter()
            .filter_map(|c| match &c.page {
                PageOf::Unreadable(page, reason) => Some(Unreadable { call: c.call, page, reason }),
                _ => None,
            })
            .collect(),
    };
    write_line(out, &summary)?;
    out.flush()
}

fn write_line(out: &mut dyn Write, line: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    out.write_all(b"\n")
}
