//! What must hold of everything that is read, whatever it says. The fuzz targets and `tests/robust.rs` share it.

use std::io;
use std::sync::LazyLock;

use syscase::kernel_coverage::Counters;
use syscase::plan::{Planned, plan, plan_all};
use syscase::remote::{Message, Messages, Pack, judged};
use syscase::report::{Event, JUnit, JsonLines, Ktap, Reporter, Saved, Site, Terminal, Transcript, read_events};
use syscase::{case, target::Target};

/// Cases that a target may speak of.
pub(crate) const KNOWN: &str = include_str!("cases/pipe/known.yaml");

static PLANNED: LazyLock<Vec<Planned>> = LazyLock::new(|| {
    let cases = case::load_texts([("pipe/known.yaml", KNOWN)]).and_then(|cases| plan_all(&cases));
    cases.unwrap_or_else(|wrong| panic!("{}", case::render(&wrong, false)))
});

/// A case file: it is loaded and planned, or what is said of it points into it and can be shown.
pub(crate) fn load_plan(text: &str) {
    let texts = [("write/a.yaml", text)];
    match case::load_with(case::Origin::Texts("", &texts), |case| plan(&case)) {
        Ok(tree) => {
            // What the planner lets pass, a kernel elsewhere can be given.
            let pack = Pack::new(&tree.cases, 1);
            let again = Pack::from_bytes(&pack.to_bytes()).expect("what was packed is unpacked");
            let prints = |pack: &Pack| pack.entries.iter().map(|e| e.plan.fingerprint()).collect::<Vec<_>>();
            assert_eq!(prints(&pack), prints(&again));
        }
        Err(wrong) => {
            assert!(!wrong.is_empty());
            for diag in &wrong {
                let Some(span) = &diag.span else { continue };
                assert!(span.source.text.get(span.start..span.end).is_some(), "{diag:?}");
            }
            assert!(case::render(&wrong, false).contains("error"));
        }
    }
}

/// A saved run: it is read and shown in every form, or refused with the line.
pub(crate) fn saved_results(bytes: &[u8]) {
    let mut reporters: [Box<dyn Reporter>; 4] = [
        Box::new(Terminal::new(io::sink(), true)),
        Box::new(Transcript::new(io::sink())),
        Box::new(JUnit::new(io::sink())),
        Box::new(Ktap::new(io::sink())),
    ];
    let read = read_events(bytes, |event| {
        written_is_read(&event);
        reporters.iter_mut().for_each(|reporter| reporter.event(&event).expect("a sink takes all"));
        Ok(())
    });
    reporters.iter_mut().for_each(|reporter| reporter.finish().expect("a sink takes all"));
    let saved = Saved::read(bytes);
    let added = Site::new(Default::default()).add("run.jsonl", bytes);
    for wrong in [read.err(), saved.err(), added.err()].into_iter().flatten() {
        assert!(!wrong.is_empty());
    }
}

/// What comes from a target: its messages are found, and what it performed is judged.
pub(crate) fn serial_stream(bytes: &[u8]) {
    let mut target = Target::default();
    for message in Messages::new(bytes) {
        match message {
            Message::Target(said) => target = *said,
            Message::Performed(performed) => {
                for case in PLANNED.iter().filter(|case| case.id == performed.id) {
                    // As if of this very plan, or there would be nothing to judge.
                    let performed = syscase::exec::Performed { plan: case.plan.fingerprint(), ..(*performed).clone() };
                    let event = judged(case, performed, &target, None);
                    let mut shown = Terminal::new(io::sink(), false);
                    let event = Event::Case(Box::new(event));
                    shown.event(&event).expect("a sink takes all");
                    written_is_read(&event);
                }
            }
            Message::Counters { data, .. } => kernel_counters(&data),
            Message::Begin { .. } | Message::Entered { .. } | Message::End { .. } => {}
        }
    }
}

/// A kernel's counters: they are read, added to themselves and written again, or refused.
fn kernel_counters(bytes: &[u8]) {
    match Counters::from_bytes(bytes) {
        Ok(mut counters) => {
            let once = counters.clone();
            counters.add(&once).expect("they are of one object");
            assert_eq!(counters.is_empty(), once.is_empty());
            assert!(once.entered(Some(&once)).is_empty());
            assert_eq!(Counters::from_bytes(&once.to_bytes()), Ok(once));
        }
        Err(wrong) => assert!(!wrong.is_empty()),
    }
}

/// An event is the same after it was saved and read.
fn written_is_read(event: &Event) {
    let mut line = Vec::new();
    JsonLines::new(&mut line).event(event).expect("memory takes all");
    let mut found = None;
    let read = read_events(line.as_slice(), |event| {
        found = Some(event);
        Ok(())
    });
    assert_eq!((read, found.as_ref()), (Ok(()), Some(event)));
}
