//! Answers of a FUSE file system that the case has served.

use super::result::{PlanResult, refuse, suggest};
use super::setup::{Answers, Reply, With};
use super::vars::Scope;
use super::{expr, names};
use crate::abi;
use crate::case::{Answer, Diagnostic, Mount, Spanned};

/// The type of file systems that are answered by the case.
const ANSWERED: &str = "fuse";
/// Most answers to requests of a kind.
const MAX_ANSWERS: usize = 64;

/// What is answered to requests, by their number.
pub(super) fn answers(mount: &Mount, scope: &Scope) -> PlanResult<Option<Answers>> {
    let Some(answers) = &mount.answers else {
        let served = mount.fstype.as_str() == ANSWERED;
        let unserved = Diagnostic::at(&mount.fstype.span, "a FUSE file system that nobody serves", "of this mount");
        let help = "add `answers: {}`, with an error for each request that is to fail: `{FUSE_FSYNC: EIO}`";
        return if served { refuse(unserved.help(help)) } else { Ok(None) };
    };
    if mount.fstype.as_str() != ANSWERED {
        let title = format!("`answers` of a mount of type `{}`", mount.fstype.value);
        return refuse(Diagnostic::at(&mount.fstype.span, title, "only `fuse` is answered by the case"));
    }
    answers.iter().map(|(request, answers)| answered(request, answers, scope)).collect::<PlanResult<_>>().map(Some)
}

fn answered(request: &Spanned<String>, answers: &[Answer], scope: &Scope) -> PlanResult<(u32, Vec<Reply>)> {
    let Some(number) = abi::FUSE_OPCODES.value(request).and_then(|number| u32::try_from(number).ok()) else {
        let title = format!("unknown request `{}`", request.value);
        let unknown = Diagnostic::at(&request.span, title, "requests have names such as `FUSE_FSYNC`");
        return refuse(suggest(unknown, request, abi::FUSE_OPCODES.names()));
    };
    if ["FUSE_INIT", "FUSE_FORGET", "FUSE_BATCH_FORGET", "FUSE_INTERRUPT"].contains(&request.as_str()) {
        let title = format!("`{}` has no answer of the case's", request.value);
        return refuse(Diagnostic::at(&request.span, title, "the file system sees to it"));
    }
    if answers.len() > MAX_ANSWERS {
        let title = format!("more than {MAX_ANSWERS} answers to `{}`", request.value);
        return refuse(Diagnostic::at(&request.span, title, format!("{} answers", answers.len())));
    }
    let replies = answers.iter().map(|answer| reply(answer, scope)).collect::<PlanResult<_>>()?;
    Ok((number, replies))
}

fn reply(answer: &Answer, scope: &Scope) -> PlanResult<Reply> {
    let with = match &answer.errno {
        None => With::Done,
        Some(word) if word.as_str() == "never" => With::Nothing,
        Some(name) => With::Error(names::errno(name)? as u32),
    };
    let after = answer.after.as_ref().map_or(Ok(0), |after| expr::pause(after, "after", scope))?;
    Ok(Reply { after, with })
}
