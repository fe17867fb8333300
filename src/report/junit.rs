//! JUnit XML: a suite for each subject.

use std::io::{self, Write};
use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use crate::case::Rests;
use crate::judge::Verdict;

use super::block;
use super::event::{CaseEvent, Event};
use super::reporter::{NotRun, Reporter};

/// The suite of the run itself, and the test in it that fails if the run was broken off.
const RUN: (&str, &str) = ("syscase", "syscase/run");

/// JUnit XML, written when the run is over. A run that was broken off has an error for itself, and one for each case
/// that was not run.
#[derive(Debug)]
pub struct JUnit<W: Write> {
    out: W,
    target: String,
    name: String,
    suites: Vec<TestSuite>,
    micros: u64,
}

impl<W: Write> JUnit<W> {
    /// Writes to `out`.
    pub fn new(out: W) -> Self {
        JUnit { out, target: "syscase".to_owned(), name: String::new(), suites: Vec::new(), micros: 0 }
    }

    fn case(&mut self, case: &CaseEvent) {
        let mut test = TestCase::new(&case.id, status(case));
        if let Some(Rests { level, source }) = &case.rests {
            test.add_property(("rests", level.name()));
            if let Some(source) = source {
                test.add_property(("source", block::printable(source).as_str()));
            }
        }
        self.test(&case.subject, test, Duration::from_micros(case.micros));
    }

    fn test(&mut self, subject: &str, mut test: TestCase, time: Duration) {
        test.set_classname(subject).set_time(time);
        let known = self.suites.iter().position(|suite| suite.name.as_str() == subject);
        let index = known.unwrap_or_else(|| {
            let mut suite = TestSuite::new(subject);
            suite.add_property(("target", self.name.as_str()));
            self.suites.push(suite);
            self.suites.len() - 1
        });
        let suite = &mut self.suites[index];
        suite.set_time(suite.time.unwrap_or_default() + time);
        suite.add_test_case(test);
    }

    fn error(&mut self, subject: &str, id: &str, kind: &str, message: &str) {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_type(kind).set_message(message);
        self.test(subject, TestCase::new(id, status), Duration::ZERO);
    }
}

fn status(case: &CaseEvent) -> TestCaseStatus {
    let reason = case.reason.as_deref().unwrap_or_default();
    let (mut status, message) = match case.verdict {
        Verdict::Pass => return TestCaseStatus::success(),
        Verdict::Fail => (TestCaseStatus::non_success(NonSuccessKind::Failure), reason.to_owned()),
        Verdict::Xpass => {
            let message = format!("a known deviation is gone: {reason}");
            (TestCaseStatus::non_success(NonSuccessKind::Failure), message)
        }
        Verdict::Error => (TestCaseStatus::non_success(NonSuccessKind::Error), reason.to_owned()),
        Verdict::Skip => (TestCaseStatus::skipped(), reason.to_owned()),
        Verdict::Xfail => (TestCaseStatus::skipped(), format!("known deviation: {reason}")),
    };
    status.set_message(block::printable(&message));
    if case.verdict != Verdict::Skip {
        let mut text = vec![block::printable(&case.summary), block::printable(&case.place())];
        text.extend(block::text(case));
        text.extend(case.grounds().iter().map(|ground| block::printable(ground)));
        status.set_description(text.join("\n"));
    }
    status
}

impl<W: Write> Reporter for JUnit<W> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::Target(target) => {
                self.target = format!("{} {}", target.name, target.kernel);
                self.name.clone_from(&target.name);
            }
            Event::Case(case) => self.case(case),
            Event::Claim(_) => {}
            Event::Summary(counts) => self.micros = counts.micros,
        }
        Ok(())
    }

    fn broken_off(&mut self, why: &str, not_run: &[NotRun]) -> io::Result<()> {
        let message = format!("not run: {why}");
        not_run.iter().for_each(|case| self.error(&case.subject, &case.id, "not run", &message));
        let (suite, run) = RUN;
        self.error(suite, run, "broken off", why);
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        let mut report = Report::new(&self.target);
        report.set_time(Duration::from_micros(self.micros));
        report.add_test_suites(std::mem::take(&mut self.suites));
        report.serialize(&mut self.out).map_err(io::Error::other)?;
        self.out.flush()
    }
}
