//! What became of bugs. As JSON, field names are an interface that scripts depend on.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::{Deserialize, Serialize};

use crate::mutate::score::percent;
use crate::mutate::table::list;

/// What became of a bug.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// A case does not pass on the kernel that has it.
    Noticed,
    /// Every case passes, though the kernel did something else in some.
    Unnoticed,
    /// The same, and a list says why no case could notice.
    Equivalent,
    /// In no case the kernel did anything else.
    NotFired,
    /// No case makes the call.
    NotMade,
}

/// A bug, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename = "bug")]
pub struct Tried {
    /// `pread64/moves-offset:fd`.
    pub bug: String,
    /// What the kernel does: `moves the offset of fd though one is given`.
    pub does: String,
    /// What became of it.
    pub outcome: Outcome,
    /// The case that noticed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// By what it was noticed; why no case could.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Cases in which it fired without being noticed, the first of them.
    pub fired_in: Vec<String>,
    /// How many those were.
    pub fired: u64,
    /// Cases that were performed.
    pub performed: u64,
    /// Milliseconds that it took.
    pub millis: u64,
}

/// A count of bugs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Count {
    noticed: u64,
    unnoticed: u64,
    equivalent: u64,
    not_fired: u64,
    not_made: u64,
}

impl Count {
    fn add(&mut self, outcome: Outcome) {
        *match outcome {
            Outcome::Noticed => &mut self.noticed,
            Outcome::Unnoticed => &mut self.unnoticed,
            Outcome::Equivalent => &mut self.equivalent,
            Outcome::NotFired => &mut self.not_fired,
            Outcome::NotMade => &mut self.not_made,
        } += 1;
    }

    /// Bugs noticed in percent of those that fired, rounded down to a tenth.
    fn percent(&self) -> f64 {
        percent(self.noticed, self.unnoticed)
    }
}

/// The score of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename = "summary")]
pub struct WideScore {
    /// Of all bugs.
    #[serde(flatten)]
    pub all: Count,
    /// By call; none of calls that no case makes.
    pub by_call: BTreeMap<String, Count>,
    /// Bugs on the list of those that no case could notice, which one did.
    pub listed_in_vain: Vec<String>,
}

impl WideScore {
    /// Of these bugs.
    pub fn of(tried: &[Tried]) -> Self {
        let mut score = WideScore::default();
        for Tried { bug, outcome, .. } in tried {
            score.all.add(*outcome);
            let call = bug.split('/').next().unwrap_or_default();
            if *outcome != Outcome::NotMade {
                score.by_call.entry(call.to_owned()).or_default().add(*outcome);
            }
            if *outcome == Outcome::Noticed && super::equivalent::is_listed_by_name(bug) {
                score.listed_in_vain.push(bug.clone());
            }
        }
        score
    }

    /// Whether every bug that fired was noticed, or is listed with the reason why it cannot be.
    pub fn is_good(&self) -> bool {
        self.all.unnoticed == 0 && self.listed_in_vain.is_empty()
    }
}

/// The results of a run as Markdown: what was noticed by call, and what was not, with where it fired.
pub fn markdown(score: &WideScore, tried: &[Tried], kernel: &str, cases: usize) -> String {
    let mut text = format!(
        "## Bugs of a whole kernel\n\n{cases} cases, on kernels that are wrong in every call of a kind \
         ([how](mutation.md#kernel-wide-bugs)); Linux {kernel}. Made by `syscase mutate --kernel-wide --results \
         docs/results.md`. {} more bugs are in calls that no case makes.\n\n\
         | call | noticed | unnoticed | equivalent | never fired | score |\n|---|--:|--:|--:|--:|--:|\n",
        score.all.not_made
    );
    let rows =
        std::iter::once(("all".to_owned(), &score.all)).chain(score.by_call.iter().map(|(c, n)| (format!("`{c}`"), n)));
    for (call, count) in rows {
        let Count { noticed, unnoticed, equivalent, not_fired, .. } = count;
        let _ = writeln!(
            text,
            "| {call} | {noticed} | {unnoticed} | {equivalent} | {not_fired} | {:.1} % |",
            count.percent()
        );
    }
    text.push('\n');
    let with = |outcome: Outcome| tried.iter().filter(move |bug| bug.outcome == outcome);
    list(&mut text, "Bugs that nobody notices", with(Outcome::Unnoticed).map(unnoticed));
    let reason = |bug: &Tried| format!("`{}`: {}", bug.bug, bug.reason.as_deref().unwrap_or_default());
    list(&mut text, "Bugs that no case could notice", with(Outcome::Equivalent).map(reason));
    list(
        &mut text,
        "Bugs that are noticed though they are listed as those that cannot be",
        score.listed_in_vain.iter().cloned(),
    );
    text
}

/// `pread64/moves-offset`: moves the offset; in 12 cases, such as `pread64/file/x`.
fn unnoticed(bug: &Tried) -> String {
    let first = bug.fired_in.first().map(String::as_str).unwrap_or_default();
    let cases = if bug.fired == 1 { "case" } else { "cases" };
    format!("`{}`: the kernel {}; it did in {} {cases}, such as `{first}`", bug.bug, bug.does, bug.fired)
}
