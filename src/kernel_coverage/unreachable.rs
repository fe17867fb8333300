//! The list of lines that no case can reach, with the reason for each.

use std::collections::BTreeMap;

use wildmatch::WildMatch;

use crate::case::{self, Decoder, Diagnostic, Node, Span};

use super::measure::MeasuredFile;
use super::model::File;

/// Of what kind a reason is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// Needs a machine of another architecture.
    Architecture,
    /// Runs while the kernel starts, or when the machine is turned off.
    Boot,
    /// Needs a kernel that is configured in another way, or a part that is not built in.
    Configuration,
    /// Would endanger the machine, or other users of it.
    Danger,
    /// Needs an allocation to fail: cases with a kernel that makes them fail show it.
    FailingAllocation,
    /// Needs a device that fails.
    FailingHardware,
    /// Needs a file system or protocol that is not part of a usual kernel.
    Foreign,
    /// Is there in case the kernel itself is wrong: no caller can bring it about.
    Never,
    /// Needs two things to happen at once, which no caller can make sure of.
    Race,
    /// Needs more than one processor.
    Smp,
    /// Needs a file, a number or a count beyond what a machine has.
    Size,
}

const CAUSES: &[(&str, Cause)] = &[
    ("architecture", Cause::Architecture),
    ("boot", Cause::Boot),
    ("configuration", Cause::Configuration),
    ("danger", Cause::Danger),
    ("failing-allocation", Cause::FailingAllocation),
    ("failing-hardware", Cause::FailingHardware),
    ("foreign", Cause::Foreign),
    ("never", Cause::Never),
    ("race", Cause::Race),
    ("smp", Cause::Smp),
    ("size", Cause::Size),
];

impl Cause {
    /// Its name in the list.
    pub fn name(self) -> &'static str {
        CAUSES.iter().find(|(_, cause)| *cause == self).map_or("", |(name, _)| name)
    }
}

/// Lines that cannot be reached.
#[derive(Clone, Debug, Default)]
pub struct Unreachable {
    entries: Vec<Entry>,
}

/// Some lines of some files.
#[derive(Clone, Debug)]
struct Entry {
    files: WildMatch,
    /// The function that they are in; any, if none.
    function: Option<String>,
    /// The first line of the function that they are in; any, if none.
    definition: Option<WildMatch>,
    /// Their texts; all lines of the function, if none.
    lines: Vec<WildMatch>,
    reason: Reason,
    span: Span,
}

/// Why lines cannot be reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// Of what kind it is.
    pub cause: Cause,
    /// In a sentence.
    pub because: String,
}

impl Entry {
    /// Whether it speaks of a line of a file that it speaks of.
    fn covers(&self, file: &File, number: u32, text: &str) -> bool {
        let first = file.routine(number);
        let name = || first.and_then(|first| Some(file.routines.get(&first)?.name.as_str()));
        let definition = || first.and_then(|first| Some(file.lines.get(&first)?.text.as_str()));
        let here = self.function.as_deref().is_none_or(|function| name() == Some(function))
            && self.definition.as_ref().is_none_or(|glob| definition().is_some_and(|text| glob.matches(text)));
        here && (self.lines.is_empty() || self.lines.iter().any(|line| line.matches(text)))
    }
}

impl Unreachable {
    /// The list that is built in.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn builtin() -> Result<Self, Vec<Diagnostic>> {
        Self::parse("ci/unreachable.yaml", include_str!("../../ci/unreachable.yaml"))
    }

    /// Reads a list.
    ///
    /// # Errors
    /// With everything that is wrong with it.
    pub fn parse(path: &str, text: &str) -> Result<Self, Vec<Diagnostic>> {
        let root = case::parse(path, text)?;
        let (mut decoder, mut entries) = (Decoder::default(), Vec::new());
        if let Some(fields) = decoder.fields(&root, "list of lines out of reach", &["unreachable"])
            && let Some(node) = decoder.required(&fields, "unreachable")
        {
            let items = decoder.items(node, "a list of reasons").iter();
            entries.extend(items.filter_map(|node| entry(&mut decoder, node)));
        }
        if decoder.diags.is_empty() { Ok(Unreachable { entries }) } else { Err(decoder.diags) }
    }

    /// The lines of a file that are not wholly reached, and listed; with why.
    pub(super) fn of(&self, path: &str, file: &File) -> BTreeMap<u32, &Reason> {
        let entries: Vec<_> = self.entries.iter().filter(|entry| entry.files.matches(path)).collect();
        let missed = file.lines.iter().filter(|(_, line)| !line.is_whole());
        let listed = missed.filter_map(|(&number, line)| {
            let entry = entries.iter().find(|entry| entry.covers(file, number, &line.text))?;
            Some((number, &entry.reason))
        });
        listed.collect()
    }

    /// Entries of lines that are there and of which everything is reached: they can be, after all. An entry with a `*` for
    /// its files is a rule, not a fact about lines.
    pub(super) fn stale(&self, files: &[MeasuredFile<'_>]) -> Vec<Diagnostic> {
        let facts = self.entries.iter().filter(|entry| !entry.files.pattern_chars().contains(&'*'));
        let stale = facts.filter_map(|entry| {
            let file = files.iter().find(|file| entry.files.matches(file.path))?.file;
            let mut lines =
                file.lines.iter().filter(|(number, line)| entry.covers(file, **number, &line.text)).peekable();
            let (&number, _) = *lines.peek()?;
            lines.all(|(_, line)| line.is_whole()).then(|| {
                let title = "what is listed as out of reach is reached, wholly";
                let place = format!("such as line {number} of {}", entry.files.pattern());
                Diagnostic::at(&entry.span, title, place).help("remove the entry")
            })
        });
        stale.collect()
    }
}

fn entry(decoder: &mut Decoder, node: &Node) -> Option<Entry> {
    let fields = decoder.fields(node, "reason", &["file", "function", "definition", "lines", "cause", "because"])?;
    let mut required = |key| decoder.required(&fields, key);
    let (files, cause, because) = (required("file"), required("cause"), required("because"));
    let files = files.and_then(|node| decoder.name(node, "a file of the kernel's source"));
    let cause = cause.and_then(|node| decoder.word(node, "cause", CAUSES));
    let because = because.and_then(|node| decoder.name(node, "a sentence"));
    let function = fields.get("function").and_then(|node| decoder.name(node, "a function's name"));
    let definition = fields.get("definition").and_then(|node| decoder.name(node, "a function's first line"));
    let lines = fields.get("lines").map(|node| decoder.names(node, "a list of lines, as the source has them"));
    if function.is_none() && definition.is_none() && lines.is_none() {
        let title = "an entry that speaks of a whole file";
        decoder.report(Diagnostic::at(fields.span, title, "`function`, `definition` or `lines` is required"));
    }
    let (files, cause, because) = (files?, cause?, because?);
    Some(Entry {
        files: WildMatch::new(&files.value),
        function: function.map(|function| function.value),
        definition: definition.map(|definition| WildMatch::new(&definition.value)),
        lines: lines.unwrap_or_default().iter().map(|line| WildMatch::new(line.value.trim())).collect(),
        reason: Reason { cause: cause.value, because: because.value },
        span: node.span.clone(),
    })
}
