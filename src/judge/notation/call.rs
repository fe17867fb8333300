//! Whole lines.

use crate::abi::{Ret, Syscall, errno_shown};
use crate::judge::names;
use crate::plan::{Datum, Line, Planned, Shown, observed};

use super::datum::{Shower, is_written};
use super::view::{Ending, View, delivered};

/// A line with what came, or should have come, of it.
pub(in crate::judge) fn line(planned: &Planned, index: usize, view: &View, vars: &[i64]) -> String {
    let line = &planned.lines[index];
    let (actor, text) = match &line.shown {
        _ if line.start.is_some() => return unfinished(planned, index, "<unfinished ...>", vars),
        Shown::Blocked(started) => return unfinished(planned, *started, "<blocked>", vars),
        Shown::Call { .. } | Shown::Store { .. } | Shown::Load { .. } => return returned(planned, index, view, vars),
        Shown::Finish(started) => (&planned.lines[*started], resumed(planned, *started, view, vars)),
        Shown::Check(expression) => (line, format!("check({expression}){}", result(Ret::Int, view))),
        Shown::Observed(what) => (line, format!("{}{}", observed(*what).shown, result(Ret::Int, view))),
    };
    format!("{}{text}{}", prefix(actor), delivered(view))
}

/// What comes of a step after it was shown unfinished or asleep.
pub(in crate::judge) fn resumed(planned: &Planned, started: usize, view: &View, vars: &[i64]) -> String {
    let shower = Shower { view, vars };
    let Some(Doing { name, rest, came, .. }) = doing(&planned.lines[started], &shower) else { return String::new() };
    let wrote = changed(&planned.lines[started].shown, &shower);
    format!("<... {name} resumed>{}){came}{wrote}", rest.join(", "))
}

/// ` ([{fd=3, revents=POLLIN}])`: arrays that were shown as they were given before the call slept, if they have changed.
fn changed(shown: &Shown, shower: &Shower<'_>) -> String {
    let Shown::Call { args, .. } = shown else { return String::new() };
    let known = args.iter().take_while(|arg| !is_written(arg));
    let arrays = known.filter_map(|arg| match arg {
        Datum::InOut { given, addr: None, .. } => Some((shower.show(given), shower.show(arg))),
        _ => None,
    });
    let changed: Vec<_> = arrays.filter(|(before, after)| before != after).map(|(_, after)| after).collect();
    if changed.is_empty() { String::new() } else { format!(" ({})", changed.join(", ")) }
}

/// A call, a store or a load on one line, whether it was started or not.
pub(in crate::judge) fn returned(planned: &Planned, index: usize, view: &View, vars: &[i64]) -> String {
    let line = &planned.lines[index];
    let Some(Doing { name, known: mut args, rest, came }) = doing(line, &Shower { view, vars }) else {
        return String::new();
    };
    args.extend(rest);
    format!("{}{name}({}){came}{}", prefix(line), args.join(", "), delivered(view))
}

/// What a line does that can be started: a call, a store or a load.
struct Doing {
    name: &'static str,
    /// Arguments that are known when it begins.
    known: Vec<String>,
    /// From the first one on that the kernel writes to.
    rest: Vec<String>,
    /// What came of it.
    came: String,
}

fn doing(line: &Line, shower: &Shower<'_>) -> Option<Doing> {
    let Shower { view, vars } = *shower;
    let show = |args: &[Datum]| args.iter().map(|arg| shower.show(arg)).collect::<Vec<_>>();
    Some(match &line.shown {
        Shown::Call { call, args } => {
            let (known, rest) = args.split_at(args.iter().position(is_written).unwrap_or(args.len()));
            Doing { name: call.name, known: show(known), rest: show(rest), came: result_of(call, view) }
        }
        Shown::Store { at, bytes } => Doing {
            name: "store",
            known: vec![place(at, shower), shower.show(bytes)],
            rest: Vec::new(),
            came: faulted(view),
        },
        Shown::Load { at, len } => {
            let came = match view.ending {
                Ending::Returned(_) | Ending::Expected(_) => format!(" = {}", shower.loaded()),
                _ => faulted(view),
            };
            Doing { name: "load", known: vec![place(at, shower), len.value(vars).to_string()], rest: Vec::new(), came }
        }
        _ => return None,
    })
}

/// The same up to the first argument that the kernel writes to, as strace shows one that has not returned.
pub(in crate::judge) fn unfinished(planned: &Planned, index: usize, why: &str, vars: &[i64]) -> String {
    let line = &planned.lines[index];
    let view = View::default();
    let Some(Doing { name, known, rest, .. }) = doing(line, &Shower { view: &view, vars }) else {
        return why.to_owned();
    };
    let mut text = format!("{}{name}({}", prefix(line), known.join(", "));
    if !known.is_empty() {
        text.push_str(if rest.is_empty() { " " } else { ", " });
    }
    text + why
}

fn prefix(line: &Line) -> String {
    line.actor.as_ref().map_or_else(String::new, |actor| format!("[{actor}] "))
}

/// A place in memory by its name, if it has one.
fn place(at: &Datum, shower: &Shower<'_>) -> String {
    match at {
        Datum::Pointer(_, Some(name)) => name.clone(),
        other => shower.show(other),
    }
}

fn result_of(call: &Syscall, view: &View) -> String {
    let repeats = view.repeats.map_or_else(String::new, |times| format!(" (×{times})"));
    format!("{}{repeats}", result(call.ret, view))
}

fn result(ret: Ret, view: &View) -> String {
    match &view.ending {
        Ending::Returned(_) if ret == Ret::Never => " = ?".to_owned(),
        Ending::Returned(value) if ret == Ret::Addr => format!(" = {:#x}", *value as u64),
        Ending::Returned(value) => format!(" = {value}"),
        Ending::Expected(words) => format!(" = {words}"),
        Ending::Error(errno) => format!(" = -1 {}", errno_shown(*errno)),
        Ending::Faulted | Ending::Unfinished => " = ?".to_owned(),
        Ending::Killed(signal) => format!(" = ? +++ killed by {} +++", names::signal(*signal)),
    }
}

/// What comes of a memory access: nothing if it went well.
fn faulted(view: &View) -> String {
    match &view.ending {
        Ending::Returned(_) | Ending::Expected(_) => String::new(),
        other => result(Ret::Int, &View::ended(other)),
    }
}
