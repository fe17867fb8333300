//! What people read of it.

use std::fmt::{self, Display, Formatter};

use crate::report::{self, Column};

use super::measure::{CallCoverage, Coverage, PageOf, Status, Totals};

/// Writes a coverage as text: a table by call, then what is missing, impossible and undocumented.
#[derive(Clone, Copy, Debug)]
pub struct Text<'a>(pub &'a Coverage);

impl Display for Text<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        table(f, self.0)?;
        by_call(f, "Documented, and no case shows it:", self.0, Status::Missing)?;
        impossible(f, self.0)?;
        undocumented(f, self.0)?;
        pages(f, self.0)
    }
}

fn table(f: &mut Formatter<'_>, coverage: &Coverage) -> fmt::Result {
    let cells = |name: &str, [documented, covered, cannot, missing]: [String; 4]| {
        [name.to_owned(), documented, covered, cannot, missing]
    };
    let numbers = |t: Totals| [t.documented, t.covered, t.uncoverable, t.missing];
    let row = |name: &str, totals: Totals| cells(name, numbers(totals).map(|n| n.to_string()));
    let totals = coverage.totals();
    let share = |n: usize| format!("{:.1}%", 100.0 * n as f64 / totals.documented.max(1) as f64);
    let calls = coverage.calls.iter().filter(|c| matches!(c.page, PageOf::Read(_)) || !c.pairs.is_empty());
    let mut rows = vec![cells("call", ["documented", "covered", "cannot", "missing"].map(str::to_owned))];
    rows.extend(calls.map(|call| row(call.call, call.totals())));
    rows.extend([row("all calls", totals), cells("", numbers(totals).map(share))]);
    let column = |i| Column { right: i > 0, gap: [0, 2, 1, 1, 1][i], least: if i > 0 { 10 } else { 0 } };
    f.write_str(&report::table(std::array::from_fn(column), &rows))
}

fn by_call(f: &mut Formatter<'_>, title: &str, coverage: &Coverage, status: Status) -> fmt::Result {
    heading(f, title, coverage, status)?;
    for call in &coverage.calls {
        let errnos: Vec<_> = call.of(status).map(|pair| pair.errno.as_str()).collect();
        if !errnos.is_empty() {
            writeln!(f, "  {}: {}", call.call, errnos.join(" "))?;
        }
    }
    Ok(())
}

fn heading(f: &mut Formatter<'_>, title: &str, coverage: &Coverage, status: Status) -> fmt::Result {
    match coverage.calls.iter().any(|call| call.of(status).next().is_some()) {
        true => writeln!(f, "\n{title}"),
        false => Ok(()),
    }
}

fn impossible(f: &mut Formatter<'_>, coverage: &Coverage) -> fmt::Result {
    heading(f, "Documented, and cannot be brought about:", coverage, Status::Uncoverable)?;
    for call in &coverage.calls {
        for pair in call.of(Status::Uncoverable) {
            if let Some((kind, because)) = &pair.reason {
                writeln!(f, "  {} {} ({}): {because}", call.call, pair.errno, kind.name())?;
            }
        }
    }
    Ok(())
}

fn undocumented(f: &mut Formatter<'_>, coverage: &Coverage) -> fmt::Result {
    heading(f, "Shown by a case, and not documented:", coverage, Status::Undocumented)?;
    for call in &coverage.calls {
        for pair in call.of(Status::Undocumented) {
            let more = match pair.cases.len() {
                0 | 1 => String::new(),
                n => format!(" and {} more", n - 1),
            };
            writeln!(f, "  {} {}: {}{more}", call.call, pair.errno, pair.cases.first().map_or("", String::as_str))?;
        }
    }
    Ok(())
}

/// Which calls nothing could be said about.
fn pages(f: &mut Formatter<'_>, coverage: &Coverage) -> fmt::Result {
    let without: Vec<_> = coverage.calls.iter().filter(|c| matches!(c.page, PageOf::Missing)).map(|c| c.call).collect();
    if !without.is_empty() {
        writeln!(f, "\n{} without a page: {}", calls(without.len()), without.join(" "))?;
    }
    let unreadable = |call: &CallCoverage| match &call.page {
        PageOf::Unreadable(page, why) => Some(format!("  {} ({page}): {why}", call.call)),
        _ => None,
    };
    let unreadable: Vec<_> = coverage.calls.iter().filter_map(unreadable).collect();
    if !unreadable.is_empty() {
        writeln!(f, "\n{} whose page cannot be read:\n{}", calls(unreadable.len()), unreadable.join("\n"))?;
    }
    Ok(())
}

fn calls(n: usize) -> String {
    format!("{n} call{}", if n == 1 { "" } else { "s" })
}
