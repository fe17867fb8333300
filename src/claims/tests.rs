//! Folding of findings, and the words for histories.

use rstest::rstest;

use super::collect::{Found, Run, fold, together};
use super::history::{At, in_words, kernels, order};
use crate::report::ClaimFinding::{self, Holds, HoldsAsTested, Partly, Refuted, Untested};
use crate::target::Target;

#[rstest]
#[case::one(&[Holds], Holds)]
#[case::all_hold(&[Holds, Holds], Holds)]
#[case::all_refuted(&[Refuted, Refuted], Refuted)]
#[case::mixed(&[Refuted, Holds], Partly)]
#[case::part_of_a_part(&[Partly], Partly)]
#[case::parts_of_parts(&[Partly, Partly], Partly)]
#[case::nothing_known(&[Untested, Untested], Untested)]
#[case::nothing_there(&[], Untested)]
#[case::held_as_far_as_known(&[Holds, Untested], HoldsAsTested)]
#[case::kernels_that_could_not_all_tell(&[Holds, HoldsAsTested], HoldsAsTested)]
#[case::untested_beside_wrong(&[HoldsAsTested, Refuted], Partly)]
#[case::all_known_is_refuted(&[Refuted, Untested], Refuted)]
#[case::everything(&[Untested, Partly, Refuted, Holds], Partly)]
fn findings_fold(#[case] all: &[ClaimFinding], #[case] expected: ClaimFinding) {
    assert_eq!(fold(all.iter().copied()), expected);
    assert_eq!(fold(all.iter().rev().copied()), expected);
}

fn found(name: &str, finding: ClaimFinding, reason: Option<&str>) -> Found {
    Found { name: name.into(), finding, refuted: finding == Refuted, reason: reason.map(str::to_owned) }
}

#[rstest]
#[case::agreeing(&[("a", Holds, None), ("b", Holds, None)], None)]
#[case::alone(&[("a", Untested, Some("no disk"))], Some("no disk"))]
#[case::one_reason(&[("a", Untested, Some("no disk")), ("b", Untested, Some("no disk"))], Some("no disk"))]
#[case::differing(
    &[("a", Refuted, None), ("b", Holds, None), ("c", Untested, Some("no disk")), ("d", Holds, None)],
    Some("holds: b, d; refuted: a; untested: c (no disk)")
)]
#[case::by_reading(
    &[("a", Refuted, Some("by reading: it is a minute")), ("b", Refuted, None)],
    Some("refuted: a (by reading: it is a minute), b")
)]
#[case::nested(&[("a", Partly, Some("holds: x; refuted: y")), ("b", Partly, None)], Some("in part: a (holds: x; refuted: y), b"))]
fn parts_are_named(#[case] all: &[(&str, ClaimFinding, Option<&str>)], #[case] expected: Option<&str>) {
    let all = all.iter().map(|(name, finding, reason)| found(name, *finding, *reason)).collect();
    assert_eq!(together("whole", all).reason.as_deref(), expected);
}

#[rstest]
#[case::always(&[("5.10", Holds), ("6.1", Holds), ("6.12", Holds)], Some("holds from 5.10 to 6.12"))]
#[case::once(&[("6.1", Refuted)], Some("is refuted on 6.1"))]
#[case::until(&[("5.10", Holds), ("6.1", Holds), ("6.12", Refuted)], Some("holds up to 6.1; is refuted from 6.12 on"))]
#[case::between(
    &[("5.10", Holds), ("6.1", Partly), ("6.5", Partly), ("6.12", Refuted), ("7.0", Holds)],
    Some("holds up to 5.10; holds in part from 6.1 to 6.5; is refuted on 6.12; holds from 7.0 on")
)]
#[case::unknown(
    &[("5.10", Untested), ("6.1", Holds), ("6.12", Untested), ("7.0", Holds)],
    Some("holds from 6.1 to 7.0; is untested on 5.10, 6.12 (no reason)")
)]
#[case::another_order(&[("6.12", Refuted), ("6.9", Holds)], Some("holds up to 6.9; is refuted from 6.12 on"))]
#[case::twice(&[("6.1", Holds), ("6.1", Holds)], Some("holds on 6.1 (native)"))]
#[case::never(&[("6.1", Untested), ("6.5", Untested)], None)]
#[case::not_a_version(&[("6.1", Holds), ("next", Refuted)], Some("holds on 6.1; is refuted on native"))]
fn histories_read_well(#[case] all: &[(&str, ClaimFinding)], #[case] expected: Option<&str>) {
    let mut all: Vec<(Run, Found)> = all
        .iter()
        .map(|(kernel, finding)| {
            let target = Target { name: "native".into(), kernel: (*kernel).into(), ..Target::default() };
            let reason = (*finding == Untested).then_some("no reason");
            (Run { target, cases: vec![] }, found("A1", *finding, reason))
        })
        .collect();
    all.sort_by_cached_key(|(run, _)| order(&run.target));
    let (runs, found): (Vec<_>, Vec<_>) = all.into_iter().unzip();
    let kernels = kernels(&runs);
    let at: Vec<At<'_>> = kernels.iter().zip(&found).map(|(kernel, found)| At { kernel, found }).collect();
    assert_eq!(in_words(&at).as_deref(), expected);
}
