//! Whole lines.

use crate::abi::{Ret, Syscall, errno_shown};
use crate::judge::names;
use crate::plan::{Datum, Line, Planned, Shown};

use super::datum::{Shower, is_written};
use super::view::{Ending, View, delivered};

/// A line with what came, or should have come, of it.
pub(in crate::judge) fn line(planned: &Planned, index: usize, view: &View, vars: &[i64]) -> String {
    let line = &planned.lines[index];
    let shower = Shower { view, vars };
    let (actor, text) = match &line.shown {
        Shown::Call { start: Some(_), .. } => return unfinished(planned, index, "<unfinished ...>", vars),
        Shown::Blocked(started) => return unfinished(planned, *started, "<blocked>", vars),
        Shown::Call { start: None, .. } => return returned(planned, index, view, vars),
        Shown::Finish(started) => (&planned.lines[*started], resumed(planned, *started, view, vars)),
        Shown::Store { at, bytes } => {
            (line, format!("store({}, {}){}", place(at, &shower), shower.show(bytes), faulted(view)))
        }
        Shown::Load { at, len } => {
            let found = match view.ending {
                Ending::Returned(_) | Ending::Expected(_) => {
                    format!(" = {}", shower.loaded())
                }
                _ => faulted(view),
            };
            (line, format!("load({}, {}){found}", place(at, &shower), len.value(vars)))
        }
        Shown::Check(expression) => (line, format!("check({expression}){}", result(Ret::Int, view))),
        Shown::CountFds => (line, format!("open descriptors{}", result(Ret::Int, view))),
    };
    format!("{}{text}{}", prefix(actor), delivered(view))
}

/// What comes of a call after it was shown unfinished or asleep.
pub(in crate::judge) fn resumed(planned: &Planned, started: usize, view: &View, vars: &[i64]) -> String {
    let Shown::Call { call, args, .. } = &planned.lines[started].shown else { return String::new() };
    let rest = show_all(&args[before_output(args)..], &Shower { view, vars });
    format!("<... {} resumed>{rest}){}", call.name, result_of(call, view))
}

/// A call on one line, whether it was started or not.
pub(in crate::judge) fn returned(planned: &Planned, index: usize, view: &View, vars: &[i64]) -> String {
    let line = &planned.lines[index];
    let Shown::Call { call, args, .. } = &line.shown else { return String::new() };
    let args = show_all(args, &Shower { view, vars });
    format!("{}{}({args}){}{}", prefix(line), call.name, result_of(call, view), delivered(view))
}

/// A call up to the first argument that the kernel writes to, as strace shows one that has not returned.
pub(in crate::judge) fn unfinished(planned: &Planned, index: usize, why: &str, vars: &[i64]) -> String {
    let line = &planned.lines[index];
    let Shown::Call { call, args, .. } = &line.shown else { return why.to_owned() };
    let view = View::default();
    let shower = Shower { view: &view, vars };
    let known = &args[..before_output(args)];
    let mut text = format!("{}{}({}", prefix(line), call.name, show_all(known, &shower));
    if !known.is_empty() {
        text.push_str(if known.len() < args.len() { ", " } else { " " });
    }
    text + why
}

fn prefix(line: &Line) -> String {
    line.actor.as_ref().map_or_else(String::new, |actor| format!("[{actor}] "))
}

fn show_all(args: &[Datum], shower: &Shower<'_>) -> String {
    args.iter().map(|arg| shower.show(arg)).collect::<Vec<_>>().join(", ")
}

fn before_output(args: &[Datum]) -> usize {
    args.iter().position(is_written).unwrap_or(args.len())
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
