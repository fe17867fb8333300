//! The score as tables for people.

use std::fmt::Write;

use super::event::MutationEvent;
use super::score::{Score, Tally};

/// The results of a run as Markdown: what was noticed by mutation and by subject, and what survived.
pub fn results(score: &Score, survivors: &[MutationEvent], kernel: &str) -> String {
    let mut text = format!(
        "## Mutation score\n\n{} cases, each on kernels made wrong on purpose ([how](mutation.md)); Linux {kernel}. \
         Made by `syscase mutate --results docs/results.md`.\n\n",
        score.cases
    );
    let totals = [("wrong answers", &score.answers), ("wrong effects", &score.effects), ("all", &score.all)];
    table(&mut text, "mutants", totals.into_iter().map(|(name, tally)| (name.to_owned(), tally)));
    table(&mut text, "mutation", score.by_mutation.iter().map(|(kind, tally)| (kind.name().to_owned(), tally)));
    table(&mut text, "subject", score.by_subject.iter().map(|(subject, tally)| (subject.clone(), tally)));
    list(&mut text, "Survivors", survivors.iter().map(survivor));
    list(&mut text, "Cases that notice nothing", score.toothless.iter().map(|id| format!("`{id}`")));
    list(
        &mut text,
        "Cases that do not pass on this kernel as it is",
        score.not_passing.iter().map(|(id, reason)| format!("`{id}`: {reason}")),
    );
    text
}

/// `read/pipe/x`: flag-ignored O_NONBLOCK in `read(3, …) = 5`.
fn survivor(event: &MutationEvent) -> String {
    let detail = if event.detail.is_empty() { String::new() } else { format!(" {}", event.detail) };
    format!("`{}`: {}{detail} in `{}`", event.id, event.mutation.name(), event.shown.replace('`', "'"))
}

fn table<'a>(text: &mut String, what: &str, rows: impl Iterator<Item = (String, &'a Tally)>) {
    let _ = writeln!(text, "| {what} | noticed | survived | equivalent | score |\n|---|--:|--:|--:|--:|");
    for (name, tally) in rows {
        let Tally { noticed, survived, equivalent } = tally;
        let _ = writeln!(text, "| {name} | {noticed} | {survived} | {equivalent} | {:.1} % |", tally.percent());
    }
    text.push('\n');
}

pub(super) fn list(text: &mut String, title: &str, items: impl Iterator<Item = String>) {
    let items: Vec<_> = items.collect();
    if !items.is_empty() {
        let _ = writeln!(text, "### {title}\n");
        items.iter().for_each(|item| text.push_str(&format!("- {item}\n")));
        text.push('\n');
    }
}
