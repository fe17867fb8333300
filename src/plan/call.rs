//! The arguments of one call: given, derived, made room for, or left out.

use super::arg::Word;
use super::expected::Datum;
use super::memory::Memory;
use super::performed::Operand;
use super::result::{PlanResult, refuse};
use super::siblings::Siblings;
use crate::abi::{Arg, Dir, Kind, Syscall};
use crate::case::{Call, Diagnostic, Spanned, did_you_mean};

/// Register contents of a call.
#[derive(Debug)]
pub(super) struct Registers {
    /// One a register argument.
    pub(super) words: Vec<Word>,
    /// How many of them are shown: optional ones that are left out and come last are not.
    pub(super) shown: usize,
}

impl Registers {
    /// The registers of the plan.
    pub(super) fn operands(&self) -> [Operand; 6] {
        let mut operands = [Operand::constant(0); 6];
        for (operand, word) in operands.iter_mut().zip(&self.words) {
            *operand = word.operand;
        }
        operands
    }

    /// The arguments to show.
    pub(super) fn data(&self) -> Vec<Datum> {
        self.words[..self.shown].iter().map(|word| word.datum.clone()).collect()
    }
}

/// Works out every register. `asked` says whether `bind` or an expectation names an output.
pub(super) fn registers(
    entry: &'static Syscall,
    call: &Call,
    asked: &dyn Fn(&str) -> bool,
    memory: &mut Memory,
    problems: &mut Vec<Diagnostic>,
) -> Option<Registers> {
    let before = problems.len();
    for (name, _) in &call.args {
        if let Err(problem) = known(entry, name) {
            problems.push(*problem);
        }
    }
    let siblings = Siblings { kinds: entry.args.iter().map(|a| (a.name, &a.kind)).collect(), given: &call.args };
    let mut words: Vec<Option<Word>> = vec![];
    let mut missing = vec![];
    for arg in entry.args {
        match given(arg, &siblings, call, asked, memory) {
            Ok(word) => words.push(word),
            Err(problem) => {
                problems.push(*problem);
                words.push(Some(Word::zero(&arg.kind)));
            }
        }
    }
    for (i, arg) in entry.args.iter().enumerate() {
        if words[i].is_some() {
            continue;
        }
        let word =
            siblings.resolve(&arg.kind, memory.scope).and_then(|kind| derived(arg, kind, entry, &words, call, memory));
        match word {
            Ok(Some(word)) => words[i] = Some(word),
            Ok(None) if arg.optional => {}
            Ok(None) => missing.push(arg.name),
            Err(problem) => problems.push(*problem),
        }
    }
    for (arg, word) in entry.args.iter().zip(&words) {
        let extent = word.as_ref().and_then(|word| word.extent);
        if let Err(problem) = siblings.has_room(arg.name, extent, memory.scope) {
            problems.push(*problem);
        }
    }
    // With a name that is wrong, it is known what is missing.
    if !missing.is_empty() && problems.len() == before {
        let plural = if missing.len() > 1 { "s" } else { "" };
        problems.push(
            Diagnostic::at(
                &call.name.span,
                format!("missing argument{plural} of `{}`: {}", entry.name, missing.join(", ")),
                "required",
            )
            .help(format!("the call is {}({})", entry.name, argument_names(entry).join(", "))),
        );
    }
    if problems.len() > before {
        return None;
    }
    if call.number.is_some() {
        words.iter_mut().flatten().for_each(Word::in_hexadecimal);
    }
    let shown = words.iter().rposition(Option::is_some).map_or(0, |last| last + 1);
    let zero = |(word, arg): (Option<Word>, &Arg)| word.unwrap_or_else(|| Word::zero(&arg.kind));
    Some(Registers { words: words.into_iter().zip(entry.args).map(zero).collect(), shown })
}

fn argument_names(entry: &'static Syscall) -> Vec<&'static str> {
    entry.args.iter().map(|arg| arg.name).collect()
}

fn known(entry: &'static Syscall, name: &Spanned<String>) -> PlanResult<()> {
    if entry.args.iter().any(|arg| arg.name == name.value) {
        return Ok(());
    }
    let unknown =
        Diagnostic::at(&name.span, format!("`{}` has no argument `{}`", entry.name, name.value), "unknown argument");
    let call = format!("the call is {}({})", entry.name, argument_names(entry).join(", "));
    refuse(match did_you_mean(name, argument_names(entry)) {
        Some(near) => unknown.help(format!("did you mean `{near}`? {call}")),
        None => unknown.help(call),
    })
}

/// What the case gives, or room for what the kernel writes.
fn given(
    arg: &'static Arg,
    siblings: &Siblings,
    call: &Call,
    asked: &dyn Fn(&str) -> bool,
    memory: &mut Memory,
) -> PlanResult<Option<Word>> {
    if let Some(node) = siblings.node(arg.name) {
        return memory.word(&arg.kind, node, arg.name, siblings).map(Some);
    }
    match siblings.resolve(&arg.kind, memory.scope)? {
        // A length that both sides write is derived.
        Kind::Ptr(_, Kind::Len(..)) => Ok(None),
        // An operation that writes there needs the room, even if others do without the argument.
        Kind::Ptr(Dir::Out, inner) if !arg.optional || asked(arg.name) || matches!(arg.kind, Kind::By(..)) => {
            memory.room_for(siblings.resolve(inner, memory.scope)?, &call.name.span).map(Some)
        }
        _ => Ok(None),
    }
}

/// A length, from what it is the length of.
fn derived(
    arg: &'static Arg,
    kind: &'static Kind,
    entry: &'static Syscall,
    words: &[Option<Word>],
    call: &Call,
    memory: &mut Memory,
) -> PlanResult<Option<Word>> {
    let (Kind::Len(_, of) | Kind::Ptr(_, Kind::Len(_, of))) = kind else { return Ok(None) };
    let Some(i) = entry.args.iter().position(|a| a.name == *of) else { return Ok(None) };
    let Some(word) = &words[i] else {
        // Of what is left out, the length is 0.
        let zero = matches!(kind, Kind::Len(..)) && entry.args[i].optional;
        return Ok(zero.then(|| Word::zero(kind)));
    };
    let Some(extent) = word.extent else {
        if arg.optional {
            return Ok(None);
        }
        let place = call.args.iter().find(|(name, _)| name.value == *of).map_or(&call.name.span, |(_, n)| &n.span);
        return refuse(
            Diagnostic::at(place, format!("`{}` cannot be derived", arg.name), "an address has no length")
                .help(format!("write `{}: N`", arg.name)),
        );
    };
    match kind {
        Kind::Ptr(..) if extent == Operand::constant(0) && word.operand == extent => Ok(None),
        Kind::Ptr(dir, inner) => memory.number_behind(*dir, inner, extent, &call.name.span).map(Some),
        _ => Ok(Some(Word { operand: extent, datum: Datum::Number(extent, *kind), output: None, extent: None })),
    }
}
