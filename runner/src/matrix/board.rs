//! The live view: how far each target is.

use std::sync::Mutex;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use syscase::report::Counts;

/// A bar for each target that runs; lines for what has happened.
pub(crate) struct Board {
    bars: MultiProgress,
    /// Without a terminal, lines are all there is.
    lines: Mutex<()>,
}

impl Board {
    pub(crate) fn new() -> Self {
        Board { bars: MultiProgress::with_draw_target(ProgressDrawTarget::stderr_with_hz(8)), lines: Mutex::new(()) }
    }

    /// A bar for a target that is about to start.
    pub(crate) fn bar(&self, name: &str, cases: usize) -> ProgressBar {
        let bar = self.bars.add(ProgressBar::new(cases as u64));
        let style = ProgressStyle::with_template("{prefix:16} {bar:30} {pos:>5}/{len} {elapsed:>4} {msg}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_prefix(name.to_owned());
        bar.set_message("starting");
        bar.enable_steady_tick(Duration::from_millis(500));
        bar
    }

    /// Says something above the bars.
    pub(crate) fn say(&self, text: &str) {
        let _guard = self.lines.lock();
        if self.bars.is_hidden() {
            eprintln!("{text}");
        } else {
            let _ = self.bars.println(text);
        }
    }
}

/// `1130 passed, 2 failed`: what there is to be said beside a bar.
pub(crate) fn brief(counts: &Counts) -> String {
    let bad = [(counts.fail, "failed"), (counts.error, "errors"), (counts.xpass, "known deviations gone")];
    let also = [(counts.skip, "skipped"), (counts.xfail, "known deviations")];
    let parts = bad.into_iter().chain(also).filter(|(n, _)| *n > 0).map(|(n, what)| format!(", {n} {what}"));
    format!("{} passed{}", counts.pass, parts.collect::<String>())
}
