//! Findings.

use rstest::rstest;

use super::sample::*;
use crate::case::{Claim, Finding, Ranged};
use crate::exec::End;
use crate::judge::{Judgement, Verdict, judge};

fn claiming(step: Step, ret: i64, finding: Finding) -> Judgement {
    let mut planned = planned(vec![step]);
    planned.claim = Some(Claim {
        id: spanned("A18".into()),
        document: spanned("vmsplice-article".into()),
        section: "example 1".into(),
        states: "Passing an empty vector is an error.".into(),
        instead: Some("It returns 0.".into()),
        finding: vec![Ranged { kernel: vec![], span: span(2), value: finding }],
    });
    judge(&planned, &trace(vec![done(ret)], End::Finished), &target())
}

#[rstest]
#[case::refuted_as_recorded(0, Finding::Refuted, Verdict::Pass, None)]
#[case::recorded_wrongly(0, Finding::Holds, Verdict::Fail, Some("claim A18: found refuted, recorded holds"))]
#[case::the_behaviour_is_broken_too(-22, Finding::Refuted, Verdict::Fail, Some("write: expected return 0, failed with EINVAL"))]
fn a_claim_of_its_own_words(
    #[case] ret: i64,
    #[case] recorded: Finding,
    #[case] verdict: Verdict,
    #[case] reason: Option<&str>,
) {
    // A document's -1 is any error.
    let judgement = claiming(write().expect(returns(0)).claimed(returns(-1)), ret, recorded);
    assert_eq!((judgement.verdict, judgement.reason.as_deref()), (verdict, reason));
    let found = if ret < 0 { Finding::Holds } else { Finding::Refuted };
    assert_eq!(judgement.claim.unwrap().found, found);
}

#[rstest]
#[case::holds(0, Finding::Holds, Verdict::Pass, Finding::Holds)]
#[case::recorded_wrongly(0, Finding::Refuted, Verdict::Fail, Finding::Holds)]
#[case::refuted(1, Finding::Holds, Verdict::Fail, Finding::Refuted)]
fn a_claim_that_is_what_the_case_says(
    #[case] ret: i64,
    #[case] recorded: Finding,
    #[case] verdict: Verdict,
    #[case] found: Finding,
) {
    let judgement = claiming(write().expect(returns(0)), ret, recorded);
    assert_eq!((judgement.verdict, judgement.claim.unwrap().found), (verdict, found));
}

#[test]
fn a_broken_set_up_says_nothing_of_a_claim() {
    let judgement = claiming(write(), -9, Finding::Holds);
    assert_eq!((judgement.verdict, judgement.claim), (Verdict::Error, None));
}
