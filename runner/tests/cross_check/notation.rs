//! Arguments and results as they are shown: strace's line beside syscase's.

use std::collections::BTreeMap;

use syscase::plan::PlanRepeat;

use super::calls::Told;
use super::line::Call;
use super::log::Seen;
use super::rules::Rules;
use super::tree::Tree;
use super::value::{Context, agree, is_empty, set_of};

/// The arguments that a line shows.
pub(crate) fn arguments(shown: &str) -> Vec<String> {
    read(shown).map_or(Vec::new(), |call| call.args)
}

fn read(shown: &str) -> Option<Call> {
    Call::read(without_actor(shown))
}

fn without_actor(shown: &str) -> &str {
    shown.strip_prefix('[').and_then(|s| s.split_once("] ")).map_or(shown, |(_, text)| text)
}

/// Whether syscase shows the step as strace does. If not, says what differs.
pub(crate) fn agrees(told: &Told<'_>, shown: &str, seen: &Seen, rules: &mut Rules) -> Result<(), String> {
    let text = without_actor(shown);
    let ours = read(shown).ok_or("syscase shows no call")?;
    let advances = matches!(told.repeat, PlanRepeat::Advance { .. });
    let theirs = if advances { seen.calls.first() } else { seen.calls.last() };
    let Some(theirs) = theirs else { return Err("strace saw no call".to_owned()) };
    if ours.name != theirs.name {
        return Err("another call".to_owned());
    }
    result(told, text, &ours, theirs, seen, rules)?;
    let finished = !text.ends_with("<unfinished ...>") && !text.contains("+++ killed by ");
    compare_arguments(told, &ours, theirs, finished, rules)
}

fn result(
    told: &Told<'_>,
    text: &str,
    ours: &Call,
    theirs: &Call,
    seen: &Seen,
    rules: &mut Rules,
) -> Result<(), String> {
    if let Some(signal) = text.split_once("+++ killed by ").and_then(|(_, rest)| rest.split(' ').next()) {
        let same = seen.killed.as_deref() == Some(signal);
        return if same { Ok(()) } else { Err(format!("killed by {:?}, not {signal}", seen.killed)) };
    }
    if text.ends_with("<unfinished ...>") {
        return Ok(());
    }
    let summed = matches!(told.repeat, PlanRepeat::Advance { .. })
        && ours.errno.is_none()
        && (seen.calls.len() == 1 || rules.explains("sum"));
    let same = (ours.ret, &ours.errno) == (theirs.ret, &theirs.errno)
        && (ours.ret.is_none_or(|ret| ret >= 0) || ours.errno.is_some() || rules.explains("negative"));
    if !same && !summed {
        return Err("another result".to_owned());
    }
    let alike = ours.remark == theirs.remark
        || theirs.errno.is_none() && !theirs.remark.is_empty() && rules.explains("meaning");
    if alike || ours.remark.starts_with('×') { Ok(()) } else { Err(format!("({})", theirs.remark)) }
}

fn compare_arguments(
    told: &Told<'_>,
    ours: &Call,
    theirs: &Call,
    finished: bool,
    rules: &mut Rules,
) -> Result<(), String> {
    let mut args: Vec<Tree> = ours.args.iter().map(|arg| Tree::read(arg)).collect();
    let mut registers = told.registers.to_vec();
    if ["preadv2", "pwritev2"].contains(&&*ours.name) && args.len() == 6 && rules.explains("halves") {
        args.remove(4);
        registers.remove(4);
    }
    let seen: Vec<Tree> = theirs.args.iter().map(|arg| Tree::read(arg)).collect();
    let context = |n| Context {
        call: &ours.name,
        register: registers.get(n).copied(),
        count: registers.get(n + 1).copied(),
        moved: theirs.ret.filter(|_| theirs.errno.is_none()),
    };
    let sets = select(ours, theirs);
    for (n, (ours, theirs)) in args.iter().zip(&seen).enumerate() {
        if let Some(Some(set)) = sets.as_ref().filter(|_| finished && (1..4).contains(&n)).map(|sets| &sets[n - 1]) {
            let within = |fd: &u64| registers.first().is_some_and(|nfds| fd < nfds);
            let left = set_of(ours).map(|set| set.into_iter().filter(within).collect());
            if left.as_ref() == Some(set) && (ours == theirs || rules.explains("sets")) {
                continue;
            }
            return Err(format!("set {n}"));
        }
        if !agree(ours, theirs, &context(n), rules) {
            return Err(format!("argument {}", n + 1));
        }
    }
    let common = args.len().min(seen.len());
    if seen.len() > args.len() && finished {
        let empty = seen[common..].iter().all(is_empty);
        return if empty && rules.explains("left-out") { Ok(()) } else { Err("more arguments".to_owned()) };
    }
    let unused = match &*ours.name {
        "syslog" => 1,
        "open" => 2,
        "openat" => 3,
        "mremap" => 4,
        "fcntl" | "ioctl" => 2,
        _ => usize::MAX,
    };
    // What was not known before the call returned is cut off in both.
    if args.len() > seen.len() && theirs.ret.is_some() && !(common >= unused && rules.explains("unused")) {
        return Err("fewer arguments".to_owned());
    }
    Ok(())
}

/// The three sets as a select that did not fail left them.
fn select(ours: &Call, theirs: &Call) -> Option<[Option<Vec<u64>>; 3]> {
    if !["select", "pselect6"].contains(&&*ours.name) || theirs.errno.is_some() {
        return None;
    }
    // `in [3], out [4], left {…}`
    let mut left: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    for (name, rest) in ["in", "out", "except"].iter().filter_map(|name| {
        let at = theirs.remark.find(&format!("{name} ["))?;
        Some((*name, &theirs.remark[at + name.len() + 1..]))
    }) {
        let end = rest.find(']').map_or(rest.len(), |end| end + 1);
        left.insert(name, set_of(&Tree::read(&rest[..end])).unwrap_or_default());
    }
    let mut names = ["in", "out", "except"].into_iter();
    Some([1, 2, 3].map(|n| {
        let name = names.next()?;
        let given = theirs.args.get(n).is_some_and(|arg| arg.starts_with('['));
        given.then(|| left.get(name).cloned().unwrap_or_default())
    }))
}
