//! Numbers that fit their C type, constants and flags.

use super::expr::{self, Expr};
use super::formula::Operation;
use super::names::Consts;
use super::performed::Operand;
use super::result::{PlanResult, refuse};
use super::vars::Scope;
use crate::abi::{self, Int, Kind};
use crate::case::{Diagnostic, Node, Span, Value};

/// Width of file descriptors and process ids.
pub(super) const C_INT: Int = Int { size: 4, signed: true, big: false };

/// `unsigned long`, or a pointer.
pub(super) const U64: Int = Int { size: 8, signed: false, big: false };

/// Width and sign, and the constants, of a kind that is a number.
pub(super) fn shape(kind: &Kind) -> Option<(Int, Consts)> {
    let consts = match kind {
        Kind::Octal(_) => Consts::Set(&abi::MODE),
        Kind::Fd => Consts::Set(&abi::DESCRIPTOR),
        Kind::Flags(_, set) | Kind::Enum(_, set) => Consts::Set(set),
        _ => Consts::General,
    };
    Some((kind.int()?, consts))
}

/// A number of a kind that is one.
pub(super) fn number(kind: &Kind, node: &Node, what: &str, scope: &Scope) -> PlanResult<Operand> {
    let (int, consts) = shape(kind).unwrap_or((U64, Consts::General));
    if let Some(raw) = raw(node, scope)? {
        return Ok(raw);
    }
    if let (Kind::Flags(..) | Kind::Octal(_), Value::List(_)) = (kind, &node.value) {
        return fit(&flags(node, what, consts, scope)?, int, what, &node.span);
    }
    fit(&expr::parse(node, what, consts, scope)?, int, what, &node.span)
}

/// A list of flags, OR-ed.
pub(super) fn flags(node: &Node, what: &str, consts: Consts, scope: &Scope) -> PlanResult<Expr> {
    let Value::List(items) = &node.value else {
        return expr::parse(node, what, consts, scope);
    };
    let mut union = Expr::default();
    for item in items {
        let flag = expr::parse(item, what, consts, scope)?;
        if flag.known().is_some_and(|bits| bits < 0) {
            return refuse(
                Diagnostic::at(&item.span, "a flag is not negative", "among flags")
                    .help("write a negative number alone, without the list"),
            );
        }
        union = if items.len() == 1 { flag } else { union.bits(Operation::Or, flag, &item.span, scope)? };
    }
    Ok(union)
}

/// `{raw: N}`: this register value.
pub(super) fn raw(node: &Node, scope: &Scope) -> PlanResult<Option<Operand>> {
    let Value::Map(entries) = &node.value else { return Ok(None) };
    let Some((_, value)) = entries.iter().find(|(key, _)| key.value == "raw") else { return Ok(None) };
    if let Some((other, _)) = entries.iter().find(|(key, _)| key.value != "raw") {
        return refuse(Diagnostic::at(&other.span, "`raw` stands alone", "not beside `raw`"));
    }
    let sum = expr::parse(value, "raw", Consts::All, scope)?;
    in_register(&sum, &value.span)?;
    Ok(Some(sum.operand()))
}

/// Refuses what 64 bits cannot hold.
pub(super) fn in_register(sum: &Expr, span: &Span) -> PlanResult<()> {
    match sum.base {
        base if (i128::from(i64::MIN)..=i128::from(u64::MAX)).contains(&base) => Ok(()),
        base => refuse(Diagnostic::at(span, format!("{base} does not fit into 64 bits"), "too large")),
    }
}

/// Checks the range (either spelling of the sign is right) and extends to 64 bits as a C compiler would.
pub(super) fn fit(sum: &Expr, int: Int, what: &str, span: &Span) -> PlanResult<Operand> {
    in_register(sum, span)?;
    if let (Some((name, _)), true) = (&sum.anchor, int.size < 8) {
        return refuse(Diagnostic::at(span, format!("`${name}` is an address"), format!("`{what}` is a number")));
    }
    let Some(value) = sum.known() else { return Ok(sum.operand()) };
    let bits = u32::from(int.size) * 8;
    let (least, most) = (-(1_i128 << (bits - 1)), (1_i128 << bits) - 1);
    if !(least..=most).contains(&value) {
        let sign = if int.signed { "signed" } else { "unsigned" };
        let label = format!("the type is {sign} and has {bits} bits");
        let large = Diagnostic::at(span, format!("{value} does not fit `{what}`"), label);
        let bytes = super::bytes::NOTATIONS.contains(&what);
        return refuse(if bytes {
            large
        } else {
            large.help(format!("to pass it regardless write `{{raw: {value}}}`"))
        });
    }
    Ok(Operand::constant(extend(value as u64, int)))
}

/// Refuses a length that its field cannot hold.
pub(super) fn fit_length(len: Operand, int: Int, what: &str, span: &Span) -> PlanResult<()> {
    let base = len.known().unwrap_or(0);
    fit(&Expr::number(base.into()), int, &format!("the length of {what}"), span).map(|_| ())
}

/// The number that these low bits are.
pub(super) fn extend(bits: u64, int: Int) -> i64 {
    let unused = 64 - u32::from(int.size) * 8;
    if int.signed { ((bits << unused) as i64) >> unused } else { ((bits << unused) >> unused) as i64 }
}
