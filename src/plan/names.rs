//! Names of the kernel interface, and what to say of those that nobody knows.

use super::expected::Datum;
use super::performed::Operand;
use super::result::{PlanResult, refuse, suggest};
use crate::abi::{self, Int, Kind, Set, Syscall};
use crate::case::{Call, Diagnostic, Node, Span, Spanned, Value};

/// The constants that may stand in a place.
#[derive(Clone, Copy, Debug)]
pub(super) enum Consts {
    /// Those that fit anywhere, such as `PIPE_BUF`.
    General,
    /// Those of a set beside.
    Set(&'static Set),
    /// Any that there is.
    All,
    /// Those that fit anywhere; a number may have a unit of time.
    Time,
}

/// The value of a constant, extended to 64 bits by its sign.
pub(super) fn constant(name: &str, span: &Span, what: &str, consts: Consts) -> PlanResult<i64> {
    let own = match consts {
        Consts::Set(set) => set.value(name),
        _ => None,
    };
    if let Some(value) = own.or_else(|| abi::GENERAL.value(name)) {
        return Ok(value as i64);
    }
    let owners = abi::constant_anywhere(name);
    let elsewhere = owners.first().and_then(|set| Some((set, set.value(name)?)));
    match (consts, elsewhere) {
        (Consts::All, Some((_, value))) => Ok(value as i64),
        (Consts::Set(set), Some((owner, value))) => refuse(
            Diagnostic::at(span, format!("`{name}` is not one of {}", set.name), format!("belongs to {}", owner.name))
                .help(format!("to pass that bit regardless write its value, {value:#x}")),
        ),
        (Consts::General | Consts::Time, Some((owner, value))) => refuse(
            Diagnostic::at(span, format!("`{what}` takes no {}", owner.name), "a constant of another kind")
                .help(format!("write its value, {value}")),
        ),
        (Consts::Set(set), None) => {
            let unknown =
                Diagnostic::at(span, format!("unknown constant `{name}`"), format!("`{what}` takes {}", set.name));
            refuse(suggest(unknown, name, set.names()))
        }
        (_, None) => {
            let unknown = Diagnostic::at(span, format!("unknown name `{name}`"), format!("no value of `{what}`"));
            refuse(suggest(unknown, name, abi::all_sets().flat_map(Set::names)))
        }
    }
}

/// The call of this name.
pub(super) fn syscall(name: &Spanned<String>) -> PlanResult<&'static Syscall> {
    if let Some(call) = abi::syscall(name) {
        return Ok(call);
    }
    let unknown = Diagnostic::at(&name.span, format!("unknown system call `{}`", name.value), "not in the table");
    refuse(match abi::made_by(name) {
        Some(call) => unknown.help(format!("`{}` is a function of the C library, which calls `{call}`", name.value)),
        None => suggest(unknown, name, abi::syscalls().map(|call| call.name)),
    })
}

/// The call that a step makes.
pub(super) fn called(call: &Call) -> PlanResult<&'static Syscall> {
    let Some(nr) = call.number else { return syscall(&call.name) };
    let Some(known) = abi::syscall_of(nr) else { return Ok(abi::unknown_call(nr)) };
    let title = format!("the call of number {nr} is `{}`", known.name);
    let refused = Diagnostic::at(&call.name.span, title, "a number is for a call without a name");
    refuse(match abi::syscall(known.name) {
        Some(_) => refused.help(format!("write `call: {}`", known.name)),
        None => refused.help("no case can make it"),
    })
}

/// The structure of this name.
pub(super) fn structure(name: &Spanned<String>) -> PlanResult<&'static Kind> {
    match abi::structure(name) {
        Some(layout) => Ok(abi::structure_kind(layout)),
        None => refuse(suggest(
            Diagnostic::at(&name.span, format!("unknown structure `{}`", name.value), "no notation of a value")
                .help("write bytes, `{room: N}`, a number or a structure named by its type"),
            name,
            abi::structures().map(|layout| layout.name).chain(super::bytes::NOTATIONS),
        )),
    }
}

/// The number of an error.
pub(super) fn errno(name: &Spanned<String>) -> PlanResult<i32> {
    match abi::errno(name) {
        Some(errno) => Ok(errno),
        None => refuse(suggest(
            Diagnostic::at(&name.span, format!("unknown error `{}`", name.value), "errors have names such as `EBADF`"),
            name,
            abi::errno_names(),
        )),
    }
}

/// The number of a signal.
pub(super) fn signal(name: &Spanned<String>) -> PlanResult<u32> {
    match abi::signal(name) {
        Some(signal) => Ok(signal),
        None => refuse(suggest(
            Diagnostic::at(
                &name.span,
                format!("unknown signal `{}`", name.value),
                "signals have names such as `SIGPIPE`",
            ),
            name,
            abi::signal_names(),
        )),
    }
}

/// The number of a signal named by a scalar.
pub(super) fn signal_node(node: &Node) -> PlanResult<u32> {
    match &node.value {
        Value::Scalar { text, .. } => signal(&Spanned { value: text.clone(), span: node.span.clone() }),
        _ => refuse(Diagnostic::at(&node.span, "a signal is named", "not a name")),
    }
}

/// A signal as it is shown.
pub(super) fn signal_datum(signal: u32) -> Datum {
    let int = Int { size: 4, signed: true, big: false };
    Datum::Number(Operand::constant(signal.into()), Kind::Enum(int, &abi::SIGNAL))
}

/// A mask of capabilities.
pub(super) fn capabilities(names: &[Spanned<String>]) -> PlanResult<u64> {
    let mut mask = 0;
    for name in names {
        match abi::capability(name) {
            Some(bit) => mask |= 1 << bit,
            None => {
                return refuse(suggest(
                    Diagnostic::at(
                        &name.span,
                        format!("unknown capability `{}`", name.value),
                        "such as `CAP_SYS_ADMIN`",
                    ),
                    name,
                    abi::capability_names(),
                ));
            }
        }
    }
    Ok(mask)
}

/// The number of a resource limit.
pub(super) fn rlimit(name: &Spanned<String>) -> PlanResult<u32> {
    match abi::rlimit(name) {
        Some(resource) => Ok(resource),
        None => refuse(suggest(
            Diagnostic::at(&name.span, format!("unknown resource limit `{}`", name.value), "such as `RLIMIT_NOFILE`"),
            name,
            abi::rlimit_names(),
        )),
    }
}

/// The constants of a register argument of a call of the table.
pub(super) fn set_of(call: &str, arg: &str) -> Option<&'static Set> {
    let arg = abi::syscall(call)?.args.iter().find(|a| a.name == arg)?;
    match arg.kind {
        Kind::Flags(_, set) | Kind::Enum(_, set) => Some(set),
        _ => None,
    }
}
