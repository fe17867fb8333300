//! A behaviour's history in words: `EINVAL up to 6.1, 64 bytes from 6.12 on`.

use std::collections::HashSet;

use crate::case::KernelVersion;

use super::model::{Column, Row};
use crate::report::behaviour::{Behaviour, StepBehaviour};

/// The version that a target's behaviour tells of. None for one that is judged as another than it reports, which is
/// no Linux, and for one that runs on the kernel of a target before it, as an emulator does.
pub(super) fn versions(targets: &[Column]) -> Vec<Option<KernelVersion>> {
    let mut kernels = HashSet::new();
    for column in targets.iter().filter(|column| column.target.name == "native") {
        kernels.insert(kernel(column));
    }
    let mut versions = Vec::new();
    for column in targets {
        let target = &column.target;
        let first = kernels.insert(kernel(column)) || target.name == "native";
        let release = target.version.as_deref().unwrap_or(&target.kernel);
        let speaks = first && target.judge_as.is_none();
        versions.push(speaks.then(|| KernelVersion::parse(release)).flatten());
    }
    versions
}

fn kernel(column: &Column) -> (&str, &str) {
    (&column.target.kernel, &column.target.build)
}

/// The history of a case in which targets differ.
pub(super) fn words(row: &Row, targets: &[Column], versions: &[Option<KernelVersion>]) -> Option<String> {
    if !row.differs() {
        return None;
    }
    let labels = labels(&row.behaviours, row.subject.split('(').next().unwrap_or_default());
    let ran = row.runs.iter().filter_map(|run| Some((run.target, run.behaviour?)));
    let mut told: Vec<(KernelVersion, usize)> = ran.clone().filter_map(|(t, b)| Some((versions[t]?, b))).collect();
    told.sort_unstable();
    let period = |period: Period| format!("{} {}", labels[period.behaviour], period.when);
    let periods: Vec<String> = periods(&told).into_iter().map(period).collect();
    // Others that do as the newest kernel does need no words.
    let newest = told.last().map(|(_, behaviour)| *behaviour);
    let others = |behaviour: usize| {
        let who = ran.clone().filter(move |(t, b)| versions[*t].is_none() && *b == behaviour);
        let names: Vec<&str> = who.map(|(t, _)| targets[t].target.name.as_str()).collect();
        (!names.is_empty()).then(|| format!("{} on {}", labels[behaviour], names.join(", ")))
    };
    let others: Vec<String> = (0..labels.len()).filter(|b| Some(*b) != newest).filter_map(others).collect();
    let parts = [periods.join(", "), others.join("; ")];
    Some(parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; "))
}

struct Period {
    behaviour: usize,
    when: String,
}

/// Versions of one behaviour in a row.
fn periods(told: &[(KernelVersion, usize)]) -> Vec<Period> {
    let runs: Vec<_> = told.chunk_by(|a, b| a.1 == b.1).collect();
    let (first, last) = (0, runs.len().saturating_sub(1));
    let period = |(nth, run): (usize, &[(KernelVersion, usize)])| {
        let (from, to) = (shown(run[0], told), shown(run[run.len() - 1], told));
        let when = match nth {
            _ if first == last && from == to => format!("at {from}"),
            _ if first == last => format!("from {from} to {to}"),
            _ if nth == first => format!("up to {to}"),
            _ if nth == last => format!("from {from} on"),
            _ if from == to => format!("at {from}"),
            _ => format!("from {from} to {to}"),
        };
        Period { behaviour: run[0].1, when }
    };
    runs.into_iter().enumerate().map(period).collect()
}

/// `6.12`; with the stable release only where that makes a difference.
fn shown((version, behaviour): (KernelVersion, usize), told: &[(KernelVersion, usize)]) -> String {
    let series = |v: KernelVersion| (v.major, v.minor);
    let divided = told.iter().any(|(v, b)| series(*v) == series(version) && *b != behaviour);
    let KernelVersion { major, minor, .. } = version;
    if divided { version.to_string() } else { format!("{major}.{minor}") }
}

/// Of a trace without the step: the case had ended.
const ENDED: &str = "no more";

/// What to call each behaviour: what comes of the steps that tell it from the others.
fn labels(behaviours: &[Behaviour], subject: &str) -> Vec<String> {
    let mut labels = vec![Vec::<String>::new(); behaviours.len()];
    let kinds = |labels: &[Vec<String>]| labels.iter().collect::<HashSet<_>>().len();
    let longest = behaviours.iter().map(|b| b.steps.len()).max().unwrap_or(0);
    for step in 0..longest {
        let with: Vec<_> = std::iter::zip(&labels, at(behaviours, step, subject))
            .map(|(label, part)| {
                let ended = part == ENDED && label.last().is_some_and(|last| last == ENDED);
                label.iter().cloned().chain((!ended).then_some(part)).collect()
            })
            .collect();
        if kinds(&with) > kinds(&labels) {
            labels = with;
        }
    }
    labels.into_iter().map(|parts| parts.join(", then ")).collect()
}

/// What to call what each behaviour does in a step.
fn at(behaviours: &[Behaviour], step: usize, subject: &str) -> Vec<String> {
    let outcomes: Vec<Option<&StepBehaviour>> = behaviours.iter().map(|b| b.steps.get(step)).collect();
    let words = |outcome: &Option<&StepBehaviour>| match outcome {
        None => ENDED.to_owned(),
        Some(outcome) if *outcome.call == *subject => outcome.words(),
        Some(outcome) => format!("{} {}", outcome.call, outcome.words()),
    };
    let plain: Vec<String> = outcomes.iter().map(words).collect();
    let telling = |nth: usize| {
        // The same return with other contents.
        let twin = |other: usize| plain[other] == plain[nth] && outcomes[other] != outcomes[nth];
        let twins = (0..plain.len()).any(twin) && outcomes[nth].is_some_and(|outcome| outcome.wrong);
        if twins { format!("{} with other contents", plain[nth]) } else { plain[nth].clone() }
    };
    (0..plain.len()).map(telling).collect()
}
