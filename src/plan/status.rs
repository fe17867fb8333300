//! How a child changed, in words: `{exited: 3}`, `{killed: SIGKILL}`, `{stopped: SIGTRAP, event: PTRACE_EVENT_STOP}`.

use super::data::bits;
use super::expr;
use super::names::{self, Consts};
use super::result::{PlanResult, refuse, suggest};
use super::vars::Scope;
use crate::abi::PTRACE_EVENT;
use crate::case::{Diagnostic, Node, Value};

/// What may be said beside a word, and what that says.
type Beside = &'static [(&'static str, &'static str)];

/// The words, what they say, and what may be said beside them.
pub(crate) const STATUS: [(&str, &str, Beside); 3] = [
    ("exited", "it ended by itself, with this number", &[]),
    ("killed", "this signal killed it", &[("core", "whether its memory was dumped")]),
    (
        "stopped",
        "this signal stopped it",
        &[
            ("event", "the event for which its tracer is told"),
            ("syscall", "whether it stopped at a system call (0x80)"),
        ],
    ),
];

/// The word for one that goes on.
pub(crate) const CONTINUED: &str = "continued";

/// The status of one that goes on.
const GOES_ON: u32 = 0xffff;
/// The bits for a signal, and the one that says that memory was dumped.
const SIGNAL_BITS: u32 = 0x7f;
const DUMPED: u32 = 0x80;
/// Of one that is stopped, the lowest byte; and the bit of the signal that says that it is a system call.
const STOPPED: u32 = 0x7f;
const SYSCALL: u32 = 0x80;

/// Whether a status is given in words.
pub(super) fn is_word(node: &Node) -> bool {
    let known = |key: &str| STATUS.iter().any(|(word, _, more)| *word == key || more.iter().any(|(k, _)| *k == key));
    match &node.value {
        Value::Scalar { text, quoted } => !quoted && text == CONTINUED,
        Value::Map(entries) => {
            entries.iter().any(|(key, _)| known(key))
                || entries.iter().all(|(key, _)| !["min", "max", "not", "mask", "is", "raw"].contains(&key.as_str()))
        }
        Value::List(_) => false,
    }
}

/// The status, and which of its bits are compared.
pub(super) fn read(node: &Node, what: &str, scope: &Scope) -> PlanResult<(u32, u32)> {
    let Value::Map(entries) = &node.value else { return Ok((GOES_ON, u32::MAX)) };
    let get = |name: &str| entries.iter().find(|(key, _)| key.value == name).map(|(_, node)| node);
    let Some((word, _, more)) = STATUS.iter().find(|(word, ..)| get(word).is_some()) else {
        let words = STATUS.map(|(word, ..)| word);
        let Some((key, _)) = entries.first() else {
            return refuse(Diagnostic::at(&node.span, format!("`{what}` says nothing"), "empty"));
        };
        let title = format!("`{}` is not how a child changes", key.value);
        return refuse(suggest(
            Diagnostic::at(&key.span, title, "`exited`, `killed`, `stopped` or `continued`"),
            key,
            words,
        ));
    };
    if let Some((key, _)) =
        entries.iter().find(|(key, _)| key.value != *word && !more.iter().any(|(k, _)| *k == key.value))
    {
        let title = format!("`{}` does not go with `{word}`", key.value);
        return refuse(suggest(
            Diagnostic::at(&key.span, title, "not expected here"),
            key,
            more.iter().map(|(key, _)| *key),
        ));
    }
    let is = |name: &str| get(name).map(|node| truth(node, name)).transpose();
    let Some(value) = get(word) else { return Ok((GOES_ON, u32::MAX)) };
    match *word {
        "exited" => Ok(((bits(8, value, word, scope)? as u32) << 8, u32::MAX)),
        "killed" => {
            let signal = names::signal_node(value)?;
            Ok(match is("core")? {
                Some(dumped) => (signal | if dumped { DUMPED } else { 0 }, u32::MAX),
                None => (signal, !DUMPED),
            })
        }
        _ => {
            let signal = names::signal_node(value)?;
            let event =
                get("event").map(|node| expr::parse(node, "event", Consts::Set(&PTRACE_EVENT), scope)).transpose()?;
            let event = event.map_or(Some(0), |event| event.known()).and_then(|event| u32::try_from(event).ok());
            let Some(event) = event else {
                return refuse(Diagnostic::at(&node.span, "`event` is known while planning", "no variables here"));
            };
            let syscall = if is("syscall")?.unwrap_or(false) { SYSCALL } else { 0 };
            Ok((STOPPED | (signal & SIGNAL_BITS | syscall) << 8 | event << 16, u32::MAX))
        }
    }
}

fn truth(node: &Node, what: &str) -> PlanResult<bool> {
    match node.plain() {
        Some("true") => Ok(true),
        Some("false") => Ok(false),
        _ => refuse(Diagnostic::at(&node.span, format!("`{what}` is `true` or `false`"), "neither")),
    }
}
