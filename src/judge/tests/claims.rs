//! Findings.

use rstest::rstest;

use super::sample::*;
use crate::case::{Claim, Finding, Ranged};
use crate::exec::End;
use crate::judge::{Judgement, Verdict, judge};
use crate::plan::{Expectation, Fill};

fn claim(finding: Finding) -> Claim {
    Claim {
        id: spanned("A18".into()),
        document: spanned("vmsplice-article".into()),
        section: "example 1".into(),
        line: None,
        term: None,
        states: "Passing an empty vector is an error.".into(),
        instead: Some("It returns 0.".into()),
        finding: vec![Ranged { kernel: vec![], evidence: vec![], span: span(2), value: finding }],
    }
}

fn claiming(step: Step, ret: i64, finding: Finding) -> Judgement {
    let mut planned = planned(vec![step]);
    planned.claim = Some(claim(finding));
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

#[rstest]
#[case::a_document_names_the_error(0, fails(9), Some("write(4, \"x\", 1) = -1 EBADF (Bad file descriptor)"))]
#[case::any_error(0, returns(-1), Some("write(4, \"x\", 1) = -1"))]
#[case::it_came_true(-9, fails(9), None)]
fn the_document_is_shown_where_it_is_wrong(
    #[case] ret: i64,
    #[case] claimed: Expectation,
    #[case] shown: Option<&str>,
) {
    let judgement = claiming(write().expect(returns(0)).claimed(claimed), ret, Finding::Refuted);
    assert_eq!(judgement.steps[0].claimed.as_deref(), shown);
}

#[test]
fn what_the_notation_cuts_short_is_told_in_words() {
    let claimed = Expectation { out: vec![holds("buf", Fill::Byte(b'a'), 40)], ..returns(40) };
    let mut planned = planned(vec![read().expect(returns(40)).claimed(claimed)]);
    planned.claim = Some(claim(Finding::Refuted));
    let mut bytes = [b'a'; 40];
    bytes[39] = b'b';
    let judgement = judge(&planned, &trace(vec![wrote(40, &[&bytes])], End::Finished), &target());
    let [step] = judgement.steps.as_slice() else { panic!("{judgement:?}") };
    let cut = r#"read(3, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"..., 5) = 40"#;
    assert_eq!(step.shown, cut);
    let told = format!("{cut} /* buf: differs at byte 39: expected 0x61, found 0x62 */");
    assert_eq!(step.claimed.as_deref(), Some(told.as_str()));
}
