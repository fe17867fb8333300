//! From cases to parts, from parts to claims, from kernels to histories.

use std::collections::{BTreeSet, HashMap};

use crate::report::{CaseEvent, ClaimFinding, ClaimReport, KernelFinding, PartReport};
use crate::target::Target;

use super::book::{Book, Chapter};
use super::history::{self, At};
use super::outline::{Claimed, Decided, Outline, Part};

/// What came of the cases on one kernel.
#[derive(Clone, Debug)]
pub struct Run {
    /// The kernel.
    pub target: Target,
    /// The cases, those that judge no claim among them or not.
    pub cases: Vec<CaseEvent>,
}

/// What one of several things (rows, parts, kernels) came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// What it is called.
    pub(super) name: String,
    pub(super) finding: ClaimFinding,
    /// Whether anything in it is refuted.
    pub(super) refuted: bool,
    pub(super) reason: Option<String>,
}

impl Found {
    fn new(name: &str, finding: ClaimFinding, reason: Option<String>) -> Self {
        Found { name: name.to_owned(), finding, refuted: finding == ClaimFinding::Refuted, reason }
    }
}

/// What came of all claims. With several runs, each claim has a history.
pub fn collect(outlines: &[Outline], mut runs: Vec<Run>) -> Book {
    runs.sort_by_cached_key(|run| history::order(&run.target));
    let events: Vec<HashMap<&str, &CaseEvent>> =
        runs.iter().map(|run| run.cases.iter().map(|case| (case.id.as_str(), case)).collect()).collect();
    let kernels = history::kernels(&runs);
    let chapter = |outline: &Outline| {
        let claim = |claimed: &Claimed| report(&outline.name, claimed, &events, &kernels);
        Chapter {
            name: outline.name.clone(),
            title: outline.title.clone(),
            claims: outline.claims.iter().map(claim).collect(),
        }
    };
    let chapters = outlines.iter().map(chapter).collect();
    Book::new(chapters, &runs, &kernels)
}

fn report(
    document: &str,
    claimed: &Claimed,
    events: &[HashMap<&str, &CaseEvent>],
    kernels: &[history::MeasuredKernel],
) -> ClaimReport {
    // What each part came to on each kernel.
    let found: Vec<Vec<Found>> =
        claimed.parts.iter().map(|part| events.iter().map(|events| on_kernel(part, events)).collect()).collect();
    let whole: Vec<Found> = (0..events.len())
        .map(|kernel| together(&claimed.id, found.iter().map(|part| part[kernel].clone()).collect()))
        .collect();
    let several = events.len() > 1;
    let parts: Vec<PartReport> =
        claimed.parts.iter().zip(&found).map(|(part, found)| part_report(part, found, kernels)).collect();
    let (finding, history) = over_kernels(&whole, kernels);
    let of_part = |part: &PartReport| Found::new(&part.id, part.finding, part.reason.clone());
    let reason = together(&claimed.id, parts.iter().map(of_part).collect()).reason;
    let kernels = kernels.iter().zip(whole).filter(|_| several).map(|(kernel, found)| KernelFinding {
        target: kernel.target.clone(),
        kernel: kernel.kernel.clone(),
        finding: found.finding,
        reason: found.reason,
    });
    ClaimReport {
        id: claimed.id.clone(),
        document: document.to_owned(),
        finding,
        cases: parts.iter().flat_map(|part| part.cases.clone()).collect(),
        instead: joined(parts.iter().filter_map(|part| part.instead.as_deref()), " "),
        section: joined(parts.iter().map(|part| part.section.as_str()), ", ").unwrap_or_default(),
        states: joined(parts.iter().map(|part| part.states.as_str()), " ").unwrap_or_default(),
        reason,
        history,
        kernels: kernels.collect(),
        parts,
    }
}

fn part_report(part: &Part, found: &[Found], kernels: &[history::MeasuredKernel]) -> PartReport {
    let (finding, history) = over_kernels(found, kernels);
    // A part may hold in part for a row that was skipped: then nothing is known to be true instead.
    let refuted = found.iter().any(|f| f.refuted);
    // Where kernels differ, the history tells.
    let alike = found.iter().all(|f| f.finding == found[0].finding && f.reason == found[0].reason);
    let told = alike || finding == ClaimFinding::Untested;
    PartReport {
        id: part.id.clone(),
        section: part.section.clone(),
        line: part.line,
        term: part.term.clone(),
        states: part.states.clone(),
        finding,
        cases: match &part.decided {
            Decided::ByCases(rows) => rows.clone(),
            Decided::ByReading(_) | Decided::ByNothing(_) => Vec::new(),
        },
        instead: part.instead.clone().filter(|_| refuted),
        reason: joined(found.iter().filter_map(|f| f.reason.as_deref()), "; ").filter(|_| told),
        known: part.known.clone(),
        // What is read is the same on every kernel.
        history: history.filter(|_| matches!(part.decided, Decided::ByCases(_))),
    }
}

/// What a part came to on one kernel.
fn on_kernel(part: &Part, events: &HashMap<&str, &CaseEvent>) -> Found {
    match &part.decided {
        Decided::ByReading(reason) => {
            Found::new(&part.id, ClaimFinding::Refuted, Some(format!("by reading: {reason}")))
        }
        Decided::ByNothing(reason) => Found::new(&part.id, ClaimFinding::Untested, Some(reason.clone())),
        Decided::ByCases(rows) => {
            let found = rows.iter().map(|row| row_found(row, events.get(row.as_str()).copied())).collect();
            together(&part.id, found)
        }
    }
}

/// What one row of a case came to.
fn row_found(id: &str, event: Option<&CaseEvent>) -> Found {
    let (finding, reason) = match event.map(|event| (event, event.claim.as_ref())) {
        None => (ClaimFinding::Untested, Some("its case was not run".to_owned())),
        Some((event, None)) => (ClaimFinding::Untested, event.reason.clone()),
        Some((_, Some(claim))) if claim.found == "holds" => (ClaimFinding::Holds, None),
        Some((_, Some(_))) => (ClaimFinding::Refuted, None),
    };
    let row = id.find('[').map_or(id, |at| &id[at..]);
    Found::new(row, finding, reason)
}

/// What several things, of which all must hold, come to together; names those that do and that do not.
pub(super) fn together(name: &str, found: Vec<Found>) -> Found {
    let finding = fold(found.iter().map(|f| f.finding));
    let refuted = found.iter().any(|f| f.refuted);
    let reason = match found.as_slice() {
        [only] => only.reason.clone(),
        all if all.iter().all(|f| f.finding == ClaimFinding::Untested) => {
            joined(all.iter().filter_map(|f| f.reason.as_deref()), "; ")
        }
        all => differing(all),
    };
    Found { name: name.to_owned(), finding, refuted, reason }
}

/// Holds if all hold; refuted if all that is known is; partly if something holds and something else is refuted; and as
/// far as it is tested if something holds and the rest is untested.
pub(super) fn fold(findings: impl Iterator<Item = ClaimFinding>) -> ClaimFinding {
    use ClaimFinding::{Holds, HoldsAsTested, Partly, Refuted, Untested};
    let distinct: BTreeSet<_> = findings.collect();
    let has = |finding| distinct.contains(&finding);
    let holds = has(Holds) || has(HoldsAsTested);
    match (holds, has(Refuted)) {
        _ if has(Partly) => Partly,
        (true, true) => Partly,
        (true, false) if has(Untested) || has(HoldsAsTested) => HoldsAsTested,
        (true, false) => Holds,
        (false, true) => Refuted,
        (false, false) => Untested,
    }
}

/// `holds: A12a, A12c; refuted: A12b; untested: A12d (needs CAP_SYS_ADMIN)`; none if all agree.
fn differing(all: &[Found]) -> Option<String> {
    let whole = |f: &Found| matches!(f.finding, ClaimFinding::Holds | ClaimFinding::Refuted | ClaimFinding::Untested);
    if all.iter().all(|f| f.finding == all[0].finding && whole(f) && f.reason.is_none()) {
        return None;
    }
    let words = [
        (ClaimFinding::Holds, "holds"),
        (ClaimFinding::HoldsAsTested, "holds as far as it is tested"),
        (ClaimFinding::Partly, "in part"),
        (ClaimFinding::Refuted, "refuted"),
        (ClaimFinding::Untested, "untested"),
    ];
    let group = |(finding, word): (ClaimFinding, &str)| {
        let name = |f: &Found| match &f.reason {
            Some(reason) => format!("{} ({reason})", f.name),
            None => f.name.clone(),
        };
        let names: Vec<String> = all.iter().filter(|f| f.finding == finding).map(name).collect();
        (!names.is_empty()).then(|| format!("{word}: {}", names.join(", ")))
    };
    Some(words.into_iter().filter_map(group).collect::<Vec<_>>().join("; "))
}

/// What a claim came to over all kernels that could tell, and from which version to which it holds.
fn over_kernels(found: &[Found], kernels: &[history::MeasuredKernel]) -> (ClaimFinding, Option<String>) {
    if let [only] = found {
        return (only.finding, None);
    }
    let finding = fold(found.iter().map(|f| f.finding).filter(|f| *f != ClaimFinding::Untested));
    let at = |(kernel, found)| At { kernel, found };
    (finding, history::in_words(&kernels.iter().zip(found).map(at).collect::<Vec<_>>()))
}

/// Distinct texts in a row; none if there is none.
fn joined<'a>(texts: impl Iterator<Item = &'a str>, by: &str) -> Option<String> {
    let mut distinct: Vec<&str> = Vec::new();
    for text in texts {
        if !distinct.contains(&text) {
            distinct.push(text);
        }
    }
    (!distinct.is_empty()).then(|| distinct.join(by))
}
