//! The manual's errors, those that cases show, and those that cannot be shown: side by side.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::abi;
use crate::case::Diagnostic;

use super::manual::Manual;
use super::page::Page;
use super::shown::ShownErrnos;
use super::uncoverable::{ReasonKind, Uncoverable};

/// What is known of a pair of call and error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Documented, and a case shows it.
    Covered,
    /// Documented, and no case shows it.
    Missing,
    /// Documented, and cannot be brought about.
    Uncoverable,
    /// Shown by a case, and not documented.
    Undocumented,
}

/// A pair of call and error.
#[derive(Clone, Debug)]
pub struct Pair {
    /// The error: the canonical name, where it has two.
    pub errno: String,
    /// The page that documents it: `open.2`.
    pub page: Option<String>,
    /// What is known of it.
    pub status: Status,
    /// The cases that show it.
    pub cases: Vec<String>,
    /// Why it cannot be brought about.
    pub reason: Option<(ReasonKind, String)>,
}

/// The page of a call.
#[derive(Clone, Debug)]
pub enum PageOf {
    /// There is none.
    Missing,
    /// There is one that cannot be read: its name and why.
    Unreadable(String, String),
    /// Its name.
    Read(String),
}

/// A call with its errors, in alphabetical order.
#[derive(Clone, Debug)]
pub struct CallCoverage {
    /// The call.
    pub call: &'static str,
    /// Its page.
    pub page: PageOf,
    /// Its errors.
    pub pairs: Vec<Pair>,
}

/// How many pairs are of which status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// All that are documented.
    pub documented: usize,
    /// Of these, shown by a case.
    pub covered: usize,
    /// Of these, impossible to bring about.
    pub uncoverable: usize,
    /// Of these, the rest.
    pub missing: usize,
    /// Shown, and not documented.
    pub undocumented: usize,
}

impl std::ops::AddAssign for Totals {
    fn add_assign(&mut self, more: Totals) {
        self.documented += more.documented;
        self.covered += more.covered;
        self.uncoverable += more.uncoverable;
        self.missing += more.missing;
        self.undocumented += more.undocumented;
    }
}

impl CallCoverage {
    /// Its errors of one status.
    pub fn of(&self, status: Status) -> impl Iterator<Item = &Pair> {
        self.pairs.iter().filter(move |pair| pair.status == status)
    }

    /// How many there are of each.
    pub fn totals(&self) -> Totals {
        let count = |status| self.of(status).count();
        let undocumented = count(Status::Undocumented);
        Totals {
            documented: self.pairs.len() - undocumented,
            covered: count(Status::Covered),
            uncoverable: count(Status::Uncoverable),
            missing: count(Status::Missing),
            undocumented,
        }
    }
}

/// What came of the comparison.
#[derive(Clone, Debug)]
pub struct Coverage {
    /// Every call that was asked for, by name.
    pub calls: Vec<CallCoverage>,
    /// Where the pages come from, as most of them say.
    pub source: String,
    /// Entries of the list of uncoverable pairs that a case disproves.
    pub stale: Vec<Diagnostic>,
}

impl Coverage {
    /// How many pairs there are of each status.
    pub fn totals(&self) -> Totals {
        self.calls.iter().fold(Totals::default(), |mut sum, call| {
            sum += call.totals();
            sum
        })
    }
}

/// Compares what the manual says of these calls with what cases show.
pub fn measure(calls: &[&'static str], manual: &Manual, shown: &ShownErrnos, list: &Uncoverable) -> Coverage {
    let mut sources: BTreeMap<String, usize> = BTreeMap::new();
    let calls: Vec<_> = calls
        .iter()
        .map(|&call| {
            let (page, documented) = documented(call, manual, &mut sources);
            CallCoverage { call, pairs: pairs(call, &page, documented, shown, list), page }
        })
        .collect();
    let stale = calls.iter().flat_map(|c| stale(c, list)).collect();
    let source = sources.into_iter().max_by_key(|(_, pages)| *pages).map(|(name, _)| name);
    Coverage { calls, source: source.unwrap_or_default(), stale }
}

/// Errors that are documented for a call: by name, with the page.
type Documented = BTreeMap<String, String>;

fn documented(call: &str, manual: &Manual, sources: &mut BTreeMap<String, usize>) -> (PageOf, Documented) {
    let known = abi::syscall(call);
    let function = known.and_then(|known| known.page);
    let read = |name: &str| manual.page(name).map(|page| page.map_err(|why| (format!("{name}.2"), why)));
    let mut errnos = Documented::new();
    let page = match read(call).or_else(|| read(function?)) {
        None => return (PageOf::Missing, errnos),
        Some(Err((name, why))) => return (PageOf::Unreadable(name, why), errnos),
        Some(Ok(page)) => page,
    };
    let mut names = vec![call];
    names.extend(function);
    add(&mut errnos, &page, &names);
    if !page.source.is_empty() {
        *sources.entry(page.source).or_default() += 1;
    }
    for other in known.map_or(&[][..], |known| known.also) {
        match read(other) {
            None => {}
            Some(Err((name, why))) => return (PageOf::Unreadable(name, why), errnos),
            Some(Ok(page)) => add(&mut errnos, &page, &[other]),
        }
    }
    (PageOf::Read(page.name), errnos)
}

fn add(errnos: &mut Documented, page: &Page, names: &[&str]) {
    for name in page.errnos(names) {
        let canonical = abi::errno_canonical(name).unwrap_or(name);
        errnos.entry(canonical.to_owned()).or_insert_with(|| page.name.clone());
    }
}

fn pairs(
    call: &'static str,
    page: &PageOf,
    documented: Documented,
    shown: &ShownErrnos,
    list: &Uncoverable,
) -> Vec<Pair> {
    let mut pairs: BTreeMap<String, Pair> = BTreeMap::new();
    for (errno, page) in documented {
        let key = abi::errno(&errno).map(|number| (call, number));
        let cases = key.and_then(|key| shown.cases.get(&key)).cloned().unwrap_or_default();
        let reason = key.and_then(|key| list.reasons.get(&key)).map(|r| (r.kind, r.because.clone()));
        let (status, reason) = match (cases.is_empty(), reason) {
            (false, _) => (Status::Covered, None),
            (true, None) => (Status::Missing, None),
            (true, reason) => (Status::Uncoverable, reason),
        };
        pairs.insert(errno.clone(), Pair { errno, page: Some(page), status, cases, reason });
    }
    // Where there is nothing to read, nothing is undocumented.
    if let PageOf::Read(_) = page {
        for (&(_, number), cases) in shown.cases.range((call, i32::MIN)..=(call, i32::MAX)) {
            let errno = abi::errno_name(number).map_or_else(|| number.to_string(), str::to_owned);
            let undocumented = || Pair {
                errno: errno.clone(),
                page: None,
                status: Status::Undocumented,
                cases: cases.clone(),
                reason: None,
            };
            pairs.entry(errno.clone()).or_insert_with(undocumented);
        }
    }
    pairs.into_values().collect()
}

/// Reasons that are none: a case shows the error.
fn stale<'a>(coverage: &'a CallCoverage, list: &'a Uncoverable) -> impl Iterator<Item = Diagnostic> + 'a {
    let shown = coverage.pairs.iter().filter_map(|pair| Some((pair, pair.cases.first()?)));
    shown.filter_map(|(pair, case)| {
        let reason = list.reasons.get(&(coverage.call, abi::errno(&pair.errno)?))?;
        let title = format!("a case shows {} {}", coverage.call, pair.errno);
        let stale = Diagnostic::at(&reason.span, title, "listed as impossible to bring about");
        Some(stale.help(format!("`{case}` passes: remove it from the list")))
    })
}
