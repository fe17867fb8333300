//! A log that says something else: each way of that must be noticed at each step.

use super::calls::Told;
use super::case::View;
use super::line::Call;
use super::log::Seen;

/// No argument of a case.
const NONSENSE: &str = "0x5ca1ab1e";

/// What strace might have seen instead, by what is wrong with it.
pub(crate) fn all(told: &Told<'_>, seen: &Seen, view: View) -> Vec<(String, Seen)> {
    let mut all = vec![
        ("a name", with(seen, |call| call.name.push('2'))),
        ("a call more", Seen { calls: seen.calls.iter().chain(seen.calls.last()).cloned().collect(), ..seen.clone() }),
    ];
    if !told.cut_off(seen) {
        all.push(("no end, or one", Seen { ended: !seen.ended, ..seen.clone() }));
        let fewer = seen.calls.get(1..).unwrap_or_default().to_vec();
        all.push(("a call less", Seen { calls: fewer, ..seen.clone() }));
    }
    if told.returned() {
        // Of the last call alone: of two, one more and one less might be the same sum.
        let mut other = seen.clone();
        other.calls.last_mut().into_iter().for_each(|call| call.ret = call.ret.map(|ret| ret ^ 1));
        all.push(("a return value", other));
        all.push((
            "an error",
            with(seen, |call| {
                call.ret = Some(-1);
                call.errno = Some("EUCLEAN".to_owned());
            }),
        ));
        all.push((
            "no error",
            with(seen, |call| {
                call.ret = Some(if call.errno.is_some() { 0 } else { -1 });
                call.errno = None;
            }),
        ));
        all.push(("no return", with(seen, |call| call.ret = None)));
    }
    let mut all: Vec<_> = all.into_iter().map(|(what, seen)| (what.to_owned(), seen)).collect();
    let args = if view == View::Registers { seen.calls.iter().map(|call| call.args.len()).max() } else { None };
    all.extend((0..args.unwrap_or(0)).map(|n| (format!("argument {}", n + 1), nonsense(seen, n))));
    all
}

/// The same with a nonsensical argument in all calls.
pub(crate) fn nonsense(seen: &Seen, n: usize) -> Seen {
    with(seen, |call| {
        if let Some(arg) = call.args.get_mut(n) {
            NONSENSE.clone_into(arg);
        }
    })
}

/// The same with another first byte in the first string of an argument of all calls.
pub(crate) fn other_byte(seen: &Seen, n: usize) -> Seen {
    with(seen, |call| {
        let Some(arg) = call.args.get_mut(n) else { return };
        let Some(at) = arg.find('"').filter(|at| !arg[at + 1..].starts_with('"')) else { return };
        arg.insert(at + 1, if arg[at + 1..].starts_with('#') { '+' } else { '#' });
    })
}

fn with(seen: &Seen, change: impl Fn(&mut Call)) -> Seen {
    let mut seen = seen.clone();
    seen.calls.iter_mut().for_each(change);
    seen
}
