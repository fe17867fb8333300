//! How often a call or a load is performed.

use super::expect::Subject;
use super::expected::{ContentIs, OutIs, ReturnIs};
use super::expr;
use super::names::{self, Consts};
use super::op::{Condition, MOST_AWAITED, NumberIs, PlanRepeat, Wait};
use super::output::Outputs;
use super::performed::Operand;
use super::result::{PlanResult, refuse};
use super::vars::Scope;
use crate::abi::{Dir, Kind, Syscall};
use crate::case::{Call, Diagnostic, Node, Repeat, Span, Spanned};

/// Between two looks, if the case does not say: a millisecond.
const PAUSE: u64 = 1_000_000;

/// How often a call is performed, whose outputs are these.
pub(super) fn repeat(entry: &'static Syscall, call: &Call, scope: &Scope, outputs: &Outputs) -> PlanResult<PlanRepeat> {
    let Some(repeat) = &call.repeat else { return Ok(PlanRepeat::Once) };
    Ok(match &repeat.value {
        Repeat::Times(times) => PlanRepeat::Times(count(times, scope)?),
        Repeat::Until { errno, max } => PlanRepeat::Until { errno: names::errno(errno)?, max: *max },
        Repeat::Comes { .. } => PlanRepeat::Comes(wait(repeat, scope, outputs, Some(entry.name))?),
        Repeat::Advance => {
            let moves =
                |kind: &Kind| matches!(kind, Kind::Bytes(Dir::In | Dir::Out) | Kind::Records(Dir::In | Dir::Out, _));
            let buf = entry.args.iter().position(|a| moves(&a.kind));
            let count = buf.and_then(|buf| {
                let name = entry.args[buf].name;
                entry.args.iter().position(|a| matches!(a.kind, Kind::Len(_, of) if of == name))
            });
            match (buf, count) {
                (Some(buf), Some(count)) => PlanRepeat::Advance { buf: buf as u8, count: count as u8 },
                _ => {
                    return refuse(Diagnostic::at(
                        &repeat.span,
                        format!("`{}` has no buffer and count to advance", entry.name),
                        "only for calls such as `read` and `write`",
                    ));
                }
            }
        }
    })
}

fn count(times: &Node, scope: &Scope) -> PlanResult<Operand> {
    let sum = expr::parse(times, "times", Consts::General, scope)?;
    match sum.known() {
        Some(n) if !(0..=1 << 48).contains(&n) => {
            refuse(Diagnostic::at(&times.span, format!("{n} is not a number of times"), "0 to 2 to the power of 48"))
        }
        _ => Ok(sum.operand()),
    }
}

/// What is waited for. Of a load, which has no name, bytes.
pub(super) fn wait(repeat: &Spanned<Repeat>, scope: &Scope, outputs: &Outputs, call: Option<&str>) -> PlanResult<Wait> {
    let Repeat::Comes { to, max, pause } = &repeat.value else {
        return refuse(
            Diagnostic::at(&repeat.span, "a load is repeated until something is found", "this says nothing of that")
                .help("write `{until: {bytes: {u32: 1}}}`"),
        );
    };
    let wrong = match call {
        Some(_) => to.bytes.as_ref().map(|node| (&node.span, "`bytes` is what a load finds", "say `return` or `out`")),
        None => {
            let other = to.ret.as_ref().map(|node| &node.span).or(to.out.first().map(|(name, _)| &name.span));
            other.map(|span| (span, "a load has neither a return value nor outputs", "say `bytes`"))
        }
    };
    if let Some((span, title, label)) = wrong {
        return refuse(Diagnostic::at(span, title, label));
    }
    let mut problems = vec![];
    let subject = Subject { scope, outputs, call, claimed: false, repeated: true, elapsed: None };
    let expectation = subject.expectation(to, &mut problems);
    if let Some(problem) = problems.into_iter().next() {
        return refuse(problem);
    }
    let returns = expectation.ret.map(|is| Ok(Condition::Return(number_is(is))));
    let memory = expectation.out.into_iter().map(|out| condition(out, outputs));
    let conditions = returns.into_iter().chain(memory).collect::<PlanResult<Vec<_>>>()?;
    Ok(Wait {
        conditions,
        max: *max,
        pause: pause.as_ref().map_or(Ok(PAUSE), |pause| expr::pause(pause, "pause", scope))?,
    })
}

fn number_is(is: ReturnIs) -> NumberIs {
    let bound = |bound: Option<Operand>, none: i64| bound.unwrap_or(Operand::constant(none));
    match is {
        ReturnIs::Exactly(number) => NumberIs::Equal(number),
        ReturnIs::Not(number) => NumberIs::Other(number),
        ReturnIs::Within(min, max) => NumberIs::Between(bound(min, i64::MIN), bound(max, i64::MAX)),
    }
}

fn condition(out: OutIs, outputs: &Outputs) -> PlanResult<Condition> {
    let addr = outputs.captures[out.capture].addr;
    let addr = Operand { base: addr.base + out.offset as i64, ..addr };
    match out.is {
        ContentIs::Number { int, is, mask, .. } => {
            Ok(Condition::Number { addr, size: int.size, signed: int.signed, big: int.big, mask, is: number_is(is) })
        }
        ContentIs::Bytes { parts, .. } => {
            let known = parts.iter().map(|part| Some((part, part.len.known()?))).collect::<Option<Vec<_>>>();
            let Some(known) = known else { return refuse(too_much(&out.span)) };
            let bytes: Vec<u8> = known.into_iter().flat_map(|(part, len)| part.fill.bytes(len as usize, &[])).collect();
            if bytes.is_empty() || bytes.len() > MOST_AWAITED {
                refuse(too_much(&out.span))
            } else {
                Ok(Condition::Bytes { addr, bytes })
            }
        }
        _ => refuse(
            Diagnostic::at(&out.span, "numbers and bytes can be waited for", "this is something else")
                .help("wait for a number: `{u32: N}`"),
        ),
    }
}

fn too_much(span: &Span) -> Diagnostic {
    let title = format!("1 to {MOST_AWAITED} bytes can be waited for");
    Diagnostic::at(span, title, "not so many, or not known while planning").help("wait for a number: `{u32: N}`")
}
