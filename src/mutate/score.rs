//! How many mutants were noticed.

use std::collections::BTreeMap;

use serde::Serialize;

use super::event::{Assessed, MutantStatus, MutationEvent, MutationKind};

/// Share of the mutants with a wrong effect that must be noticed, in percent.
const GOAL: u64 = 97;

/// A count by outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Noticed.
    pub noticed: u64,
    /// Survived.
    pub survived: u64,
    /// No other kernel to the case.
    pub equivalent: u64,
}

impl Tally {
    fn add(&mut self, outcome: MutantStatus) {
        match outcome {
            MutantStatus::Noticed => self.noticed += 1,
            MutantStatus::Survived => self.survived += 1,
            MutantStatus::Equivalent => self.equivalent += 1,
        }
    }

    /// Noticed mutants in percent of those that change what the case can see, rounded down to a tenth.
    pub fn percent(&self) -> f64 {
        percent(self.noticed, self.survived)
    }
}

/// What was noticed in percent of that and what was not, rounded down to a tenth; all of nothing is all.
pub(super) fn percent(noticed: u64, not: u64) -> f64 {
    match noticed + not {
        0 => 100.0,
        all => (noticed * 1000 / all) as f64 / 10.0,
    }
}

/// The score of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename = "summary")]
pub struct Score {
    /// All mutants.
    #[serde(flatten)]
    pub all: Tally,
    /// Those whose error or return value is wrong.
    pub answers: Tally,
    /// Those whose effects or timing are wrong.
    pub effects: Tally,
    /// By the cases' subject.
    pub by_subject: BTreeMap<String, Tally>,
    /// By the way in which the kernel was wrong.
    pub by_mutation: BTreeMap<MutationKind, Tally>,
    /// Cases that notice no mutant at all.
    pub toothless: Vec<String>,
    /// Cases that do not pass on the kernel as it is, with the reason.
    pub not_passing: BTreeMap<String, String>,
    /// Cases that were performed on wrong kernels.
    pub cases: u64,
}

impl Score {
    /// Counts what came of a case.
    pub fn add(&mut self, id: &str, assessed: &Assessed) {
        let events = match assessed {
            Assessed::Mutants(events) => events,
            Assessed::NotPassing(reason) => {
                self.not_passing.insert(id.to_owned(), reason.clone());
                return;
            }
        };
        self.cases += 1;
        for MutationEvent { subject, mutation, outcome, .. } in events {
            self.all.add(*outcome);
            if mutation.is_answer() { &mut self.answers } else { &mut self.effects }.add(*outcome);
            self.by_subject.entry(subject.clone()).or_default().add(*outcome);
            self.by_mutation.entry(*mutation).or_default().add(*outcome);
        }
        if !events.iter().any(|e| e.outcome == MutantStatus::Noticed) {
            self.toothless.push(id.to_owned());
        }
    }

    /// Whether every wrong answer is noticed, 97 % of the wrong effects are, and every case notices something.
    pub fn is_good(&self) -> bool {
        let Tally { noticed, survived, .. } = self.effects;
        self.answers.survived == 0 && noticed * 100 >= GOAL * (noticed + survived) && self.toothless.is_empty()
    }
}
