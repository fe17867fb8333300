use std::collections::{BTreeMap, BTreeSet};

use super::equivalent::is_of;
use super::{EQUIVALENT, Outcome, Tried, WideScore, bugs, markdown};

#[test]
fn each_bug_has_a_name_of_its_own_and_there_are_many_over_all_subjects() {
    let all = bugs();
    let ids: BTreeSet<_> = all.iter().map(|bug| bug.id.as_str()).collect();
    assert_eq!(ids.len(), all.len());
    let mut by_call: BTreeMap<&str, usize> = BTreeMap::new();
    all.iter().for_each(|bug| *by_call.entry(bug.call.name).or_default() += 1);
    assert!(all.len() >= 300 && by_call.len() >= 200, "{} bugs of {} calls", all.len(), by_call.len());
    for call in ["splice", "tee", "vmsplice", "fcntl", "flock", "openat", "mmap", "futex", "epoll_ctl", "poll"] {
        assert!(by_call[call] >= 3, "{call}: {}", by_call[call]);
    }
}

#[test]
fn every_line_of_the_list_is_about_a_bug() {
    let all = bugs();
    for of in EQUIVALENT.iter().flat_map(|(of, _)| *of) {
        assert!(all.iter().any(|bug| is_of(&bug.id, of)), "no bug is {of}");
    }
}

#[test]
fn no_bug_steers_a_call_towards_the_machine() {
    for bug in bugs() {
        let edits = bug.wrongness.before.iter().any(|before| matches!(before, crate::exec::Before::Change { .. }));
        assert!(!(edits && ["reboot", "kexec_load", "swapon", "init_module"].contains(&bug.call.name)), "{}", bug.id);
        assert_ne!(bug.id, "mount/drops:MS_BIND");
    }
}

fn tried(bug: &str, outcome: Outcome) -> Tried {
    let fired_in = if outcome == Outcome::Unnoticed { vec!["read/pipe/x".to_owned()] } else { Vec::new() };
    let fired = fired_in.len() as u64;
    let (bug, does, by, reason) = (bug.to_owned(), "does it twice".to_owned(), None, None);
    Tried { bug, does, outcome, by, reason, fired_in, fired, performed: 1, millis: 1 }
}

#[test]
fn the_score_is_of_what_fired() {
    let all = [
        tried("read/one", Outcome::Noticed),
        tried("read/two", Outcome::Noticed),
        tried("read/three", Outcome::Unnoticed),
        tried("write/never", Outcome::NotFired),
        tried("quotactl/none", Outcome::NotMade),
    ];
    let score = WideScore::of(&all);
    assert!(!score.is_good());
    assert_eq!(score.by_call.len(), 2);
    let text = markdown(&score, &all, "6.1", 9);
    assert!(text.contains("| all | 2 | 1 | 0 | 1 | 66.6 % |"), "{text}");
    assert!(
        text.contains("- `read/three`: the kernel does it twice; it did in 1 case, such as `read/pipe/x`"),
        "{text}"
    );
    assert!(WideScore::of(&all[..2]).is_good());
}
