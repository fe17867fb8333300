//! Kernel versions and sets of them.

use std::fmt;

use semver::{Comparator, Op, VersionReq};

use super::{
    diagnostic::Diagnostic,
    model::Ranged,
    node::{Span, Spanned},
};

/// A kernel version as far as ranges speak of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KernelVersion {
    /// The 6 of 6.18.44.
    pub major: u64,
    /// The 18 of 6.18.44.
    pub minor: u64,
    /// The 44 of 6.18.44: the stable release.
    pub patch: u64,
}

impl KernelVersion {
    const ZERO: KernelVersion = KernelVersion { major: 0, minor: 0, patch: 0 };

    /// Reads what `uname -r` shows, such as `6.18.44-fc-v669`: the numbers at its beginning.
    pub fn parse(release: &str) -> Option<Self> {
        let end = release.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(release.len());
        let mut numbers = release[..end].trim_end_matches('.').split('.').map(str::parse::<u64>);
        let major = numbers.next()?.ok()?;
        let minor = numbers.next()?.ok()?;
        let patch = numbers.next().unwrap_or(Ok(0)).ok()?;
        Some(KernelVersion { major, minor, patch })
    }
}

impl fmt::Display for KernelVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)?;
        if self.patch != 0 {
            write!(f, ".{}", self.patch)?;
        }
        Ok(())
    }
}

/// From a version (inclusive) up to a version (exclusive), or without end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Interval {
    from: KernelVersion,
    until: Option<KernelVersion>,
}

impl Interval {
    const ALL: Interval = Interval { from: KernelVersion::ZERO, until: None };

    /// The versions in both.
    fn and(self, other: Interval) -> Option<Interval> {
        let until = match (self.until, other.until) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        let both = Interval { from: self.from.max(other.from), until };
        until.is_none_or(|until| both.from < until).then_some(both)
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.until {
            None if self.from == KernelVersion::ZERO => write!(f, "any version"),
            None => write!(f, "{} and later", self.from),
            Some(until) if self.from == KernelVersion::ZERO => write!(f, "versions before {until}"),
            Some(until) => write!(f, "{} up to {until}", self.from),
        }
    }
}

/// A set of kernel versions: intervals in order that neither overlap nor touch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ranges(Vec<Interval>);

impl Ranges {
    /// Whether the version is one of them.
    pub fn contains(&self, version: KernelVersion) -> bool {
        self.0.iter().any(|i| i.from <= version && i.until.is_none_or(|until| version < until))
    }
}

impl Ranges {
    /// The versions that the set begins with and ends before: where behaviour changes.
    pub fn bounds(&self) -> impl Iterator<Item = KernelVersion> {
        self.0.iter().flat_map(|i| [Some(i.from), i.until]).flatten()
    }
}

/// Reads version ranges: a comma means *and*, the list means *or*. No range at all: every version.
pub fn parse_ranges(ranges: &[Spanned<String>]) -> Result<Ranges, Diagnostic> {
    if ranges.is_empty() {
        return Ok(Ranges(vec![Interval::ALL]));
    }
    let mut intervals = ranges.iter().map(parse_range).collect::<Result<Vec<_>, _>>()?;
    intervals.sort();
    intervals.dedup_by(|next, last| {
        let touches = last.until.is_none_or(|until| next.from <= until);
        if touches {
            last.until = last.until.zip(next.until).map(|(a, b)| a.max(b));
        }
        touches
    });
    Ok(Ranges(intervals))
}

fn parse_range(range: &Spanned<String>) -> Result<Interval, Diagnostic> {
    let wrong = |label: String| {
        Diagnostic::at(&range.span, format!("`{}` is not a range of kernel versions", range.value), label)
            .help("a range reads `<5.9`, `>=5.11` or `>=5.9, <5.11`")
    };
    let req = VersionReq::parse(range).map_err(|e| wrong(e.to_string()))?;
    if req.comparators.is_empty() {
        return Err(wrong("expected a version after `>=`, `>`, `<`, `<=` or `=`".into()));
    }
    let mut both = Interval::ALL;
    for comparator in &req.comparators {
        let interval = interval_of(comparator).map_err(|label| wrong(label.into()))?;
        both = both.and(interval).ok_or_else(|| wrong("no version is in this range".into()))?;
    }
    Ok(both)
}

/// What a comparator admits. A part left out stands for all its values: `<=5.9` admits 5.9.7.
fn interval_of(c: &Comparator) -> Result<Interval, &'static str> {
    if !c.pre.is_empty() {
        return Err("a range is made of numbers; release candidates have no place in it");
    }
    let first = KernelVersion { major: c.major, minor: c.minor.unwrap_or(0), patch: c.patch.unwrap_or(0) };
    let next = match (c.minor, c.patch) {
        (Some(_), Some(patch)) => patch.checked_add(1).map(|patch| KernelVersion { patch, ..first }),
        (Some(minor), None) => minor.checked_add(1).map(|minor| KernelVersion { minor, ..first }),
        _ => c.major.checked_add(1).map(|major| KernelVersion { major, ..first }),
    }
    .ok_or("the number is too large")?;
    let nothing = "no version is in this range";
    Ok(match c.op {
        Op::GreaterEq => Interval { from: first, until: None },
        Op::Greater => Interval { from: next, until: None },
        Op::Less if first == KernelVersion::ZERO => return Err(nothing),
        Op::Less => Interval { from: KernelVersion::ZERO, until: Some(first) },
        Op::LessEq => Interval { from: KernelVersion::ZERO, until: Some(next) },
        Op::Exact => Interval { from: first, until: Some(next) },
        _ => return Err("expected `>=`, `>`, `<`, `<=` or `=` before the version"),
    })
}

/// Checks that the entries of a history exclude each other and leave no version out.
pub(super) fn check_history<T>(whole: &Span, entries: &[Ranged<T>]) -> Vec<Diagnostic> {
    let mut diags = Vec::new();
    let mut intervals = Vec::new();
    for entry in entries {
        match parse_ranges(&entry.kernel) {
            Ok(ranges) => intervals.extend(ranges.0.into_iter().map(|interval| (interval, &entry.span))),
            Err(diag) => diags.push(diag),
        }
    }
    if !diags.is_empty() {
        return diags;
    }
    intervals.sort_by_key(|(interval, _)| *interval);
    let gap = |gap| Diagnostic::at(whole, format!("no entry covers {gap}"), "the ranges leave a gap");
    // The interval that reaches furthest so far.
    let mut last: Option<(Interval, &Span)> = None;
    for (interval, span) in intervals {
        let covered = last.map_or(Some(KernelVersion::ZERO), |(last, _)| last.until);
        if let Some(until) = covered.filter(|until| *until < interval.from) {
            diags.push(gap(Interval { from: until, until: Some(interval.from) }));
        }
        if let Some((both, other)) = last.and_then(|(last, other)| Some((last.and(interval)?, other))) {
            diags.push(
                Diagnostic::at(span, format!("two entries cover {both}"), "this one").related(other, "and this one"),
            );
        }
        if last.is_none_or(|(last, _)| last.until.is_some_and(|end| interval.until.is_none_or(|until| end < until))) {
            last = Some((interval, span));
        }
    }
    if let Some(until) = last.map_or(Some(KernelVersion::ZERO), |(last, _)| last.until) {
        diags.push(gap(Interval { from: until, until: None }));
    }
    diags
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rstest::rstest;

    use super::*;
    use crate::case::Source;

    fn version(text: &str) -> KernelVersion {
        KernelVersion::parse(text).unwrap()
    }

    fn ranges(texts: &[&str]) -> Result<Ranges, Diagnostic> {
        let source = Arc::new(Source { path: "a.yaml".into(), text: String::new() });
        let span = Span { source, start: 0, end: 0, line: 1, column: 1 };
        let spanned = |text: &&str| Spanned { value: (*text).to_owned(), span: span.clone() };
        parse_ranges(&texts.iter().map(spanned).collect::<Vec<_>>())
    }

    #[rstest]
    #[case("6.18.44-fc-v669", (6, 18, 44))]
    #[case("5.10", (5, 10, 0))]
    #[case("6.1-rc3", (6, 1, 0))]
    #[case("4.4.0", (4, 4, 0))]
    #[case("5.15.167.4-microsoft-standard-WSL2", (5, 15, 167))]
    #[case("6.8.0+", (6, 8, 0))]
    fn releases_are_read(#[case] release: &str, #[case] (major, minor, patch): (u64, u64, u64)) {
        assert_eq!(KernelVersion::parse(release), Some(KernelVersion { major, minor, patch }));
    }

    #[rstest]
    #[case("")]
    #[case("linux")]
    #[case("6")]
    #[case("6..1")]
    #[case("99999999999999999999.1")]
    fn what_is_no_release_is_none(#[case] release: &str) {
        assert_eq!(KernelVersion::parse(release), None);
    }

    #[rstest]
    #[case(&[], "0.0", true)]
    #[case(&["<5.9"], "5.8.18", true)]
    #[case(&["<5.9"], "5.9", false)]
    #[case(&["<=5.9"], "5.9.7", true)]
    #[case(&["<=5.9"], "5.10", false)]
    #[case(&[">5.9"], "5.9.7", false)]
    #[case(&[">5.9"], "5.10", true)]
    #[case(&[">5.9.3"], "5.9.4", true)]
    #[case(&["=5.9"], "5.9.7", true)]
    #[case(&["=5"], "5.19", true)]
    #[case(&[">=5.9, <5.11"], "5.10.3", true)]
    #[case(&[">=5.9, <5.11"], "5.11", false)]
    #[case(&[">=5.12", ">=5.10.50, <5.11"], "5.10.50", true)]
    #[case(&[">=5.12", ">=5.10.50, <5.11"], "5.11", false)]
    #[case(&["<5", ">=4.4"], "7.0", true)]
    fn ranges_contain(#[case] texts: &[&str], #[case] release: &str, #[case] contained: bool) {
        assert_eq!(ranges(texts).unwrap().contains(version(release)), contained);
    }

    #[rstest]
    #[case("5.9")]
    #[case("^5.9")]
    #[case("5.*")]
    #[case("*")]
    #[case(">=")]
    #[case("")]
    #[case(">=6.1-rc1")]
    #[case(">=5.11, <5.9")]
    #[case("=18446744073709551615")]
    fn what_is_no_range_is_refused(#[case] text: &str) {
        assert!(ranges(&[text]).is_err());
    }

    proptest::proptest! {
        #[test]
        fn a_union_contains_what_its_parts_contain(
            parts in proptest::collection::vec((0u64..4, 0u64..4, 0u64..4, 0usize..5), 1..5),
            at in (0u64..5, 0u64..5, 0u64..5),
        ) {
            let text = |&(a, b, c, op): &(u64, u64, u64, usize)| format!("{}{a}.{b}.{c}", ["<", "<=", ">", ">=", "="][op]);
            let texts: Vec<String> = parts.iter().map(text).filter(|text| ranges(&[text]).is_ok()).collect();
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            let at = KernelVersion { major: at.0, minor: at.1, patch: at.2 };
            let any = texts.iter().any(|text| ranges(&[text]).unwrap().contains(at));
            proptest::prop_assert_eq!(any, !texts.is_empty() && ranges(&texts).unwrap().contains(at));
        }
    }
}
