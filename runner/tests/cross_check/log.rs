//! What strace saw: its files, a thread each, cut into the steps of cases by the marks.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use super::line::{Call, number};

/// The calls that a thread made for one step.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Seen {
    pub(crate) calls: Vec<Call>,
    /// The lines, to be shown.
    pub(crate) lines: Vec<String>,
    /// The signal that killed the thread before its next step.
    pub(crate) killed: Option<String>,
    /// A call was interrupted, and its error is what the signal handler returned to.
    pub(crate) interrupted: bool,
    /// A call was interrupted, and the kernel began it anew.
    pub(crate) restarted: bool,
    /// The step came to its end.
    pub(crate) ended: bool,
}

/// What a thread of a case did.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Thread {
    /// By step.
    pub(crate) steps: BTreeMap<usize, Seen>,
    /// The signals that it was given, in order: `SIGPIPE {si_signo=SIGPIPE, si_code=SI_USER}`.
    pub(crate) signals: Vec<String>,
}

/// What ends the line of a call that does not return under this id.
const REPLACED: &str = " <pid changed to";

/// All threads, by the digest of their plan.
pub(crate) type Log = BTreeMap<u64, Vec<Thread>>;

/// Reads what `strace -ff -A -o DIR/…` wrote.
pub(crate) fn read(dir: &Path, mark: u32) -> io::Result<Log> {
    let mut log = Log::new();
    for file in fs::read_dir(dir)? {
        let text = fs::read(file?.path())?;
        for (digest, thread) in threads(&String::from_utf8_lossy(&text), mark) {
            log.entry(digest).or_default().push(thread);
        }
    }
    Ok(log)
}

/// Reads a file: a thread, and others after it if its id came again.
pub(crate) fn threads(text: &str, mark: u32) -> Vec<(u64, Thread)> {
    let lines: Vec<&str> = text.lines().collect();
    let each = lines.split_inclusive(|line| line.starts_with("+++ ") || is_replaced(line));
    each.filter_map(|lines| thread(lines, mark)).collect()
}

/// Reads the lines of one thread; none if it did nothing for a case.
pub(crate) fn thread(lines: &[&str], mark: u32) -> Option<(u64, Thread)> {
    let mut thread = Thread::default();
    let mut digest = None;
    let (mut open, mut last): (Option<(usize, Reader)>, _) = (None, None);
    for line in lines {
        if let Some(signal) = line.strip_prefix("--- ") {
            thread.signals.push(signal.trim_end_matches(" ---").to_owned());
        }
        let marked = Call::read(line).filter(|call| {
            call.name == "prctl" && call.args.first().and_then(|arg| number(arg)) == Some(i64::from(mark))
        });
        if let Some(mark) = marked {
            let [of, step, n] = [1, 2, 3].map(|i| mark.args.get(i).and_then(|arg| number(arg)).unwrap_or(-1));
            assert!(
                digest.is_none_or(|digest| digest == of),
                "a thread works for one case: {line}\n{}",
                lines.join("\n")
            );
            digest = Some(of);
            if let Some((at, reader)) = open.take() {
                assert!((n, step) == (2, at as i64), "the marks of a step come in pairs: {line}");
                thread.steps.insert(at, Seen { ended: true, ..reader.seen });
                last = Some(at);
            } else {
                assert!(n == 1 && !thread.steps.contains_key(&(step as usize)), "a step is begun once: {line}");
                open = Some((step as usize, Reader::default()));
            }
        } else if let Some((_, reader)) = &mut open {
            reader.line(line);
        } else if let (Some(signal), Some(last)) = (killed(line), last) {
            thread.steps.entry(last).or_default().killed = Some(signal);
        }
    }
    if let Some((step, reader)) = open {
        thread.steps.insert(step, reader.seen);
    }
    Some((digest?.cast_unsigned(), thread))
}

/// Puts the lines of one step together.
#[derive(Default)]
struct Reader {
    seen: Seen,
    /// How many calls there were before each signal whose handler has not returned.
    handlers: Vec<usize>,
    /// The process has become another program.
    replaced: bool,
}

impl Reader {
    fn line(&mut self, line: &str) {
        // What another program does, of which the case has made this process, is not the step's.
        if self.replaced {
            return;
        }
        self.seen.lines.push(line.to_owned());
        if line.starts_with("--- ") {
            self.handlers.push(self.seen.calls.len());
        } else if let Some(signal) = killed(line) {
            self.seen.killed = Some(signal);
        } else if let Some(call) = Call::read(&returned(line)) {
            self.call(call);
        }
    }

    fn call(&mut self, call: Call) {
        if call.name == "rt_sigreturn" {
            // The calls of the handler are not the step's.
            self.seen.calls.truncate(self.handlers.pop().unwrap_or(0));
            // With SA_RESTART, it returns to the call itself, which is then made once more.
            let ends = call.errno.is_some();
            if let Some(last) = self.seen.calls.last_mut().filter(|last| ends && is_restart(last)) {
                // What the handler returns to is what the step sees.
                *last = Call { name: last.name.clone(), args: last.args.clone(), ..call };
                self.seen.interrupted = true;
            }
            return;
        }
        self.replaced = call.name.starts_with("execve") && call.ret == Some(0);
        let resumed = call.name == "restart_syscall";
        match self.seen.calls.last_mut() {
            Some(last) if is_restart(last) && (resumed || last.name == call.name) => {
                let args = if resumed { std::mem::take(&mut last.args) } else { call.args };
                *last = Call { name: std::mem::take(&mut last.name), args, ..call };
                self.seen.restarted = true;
            }
            _ => self.seen.calls.push(call),
        }
    }
}

/// Whether a thread that is not its process's first has executed a program: it has the first one's id from then on, and
/// its file no end.
fn is_replaced(line: &str) -> bool {
    line.contains(REPLACED)
}

/// The line of a call, which an execve by another thread than the first is cut off in: it returns under another id.
fn returned(line: &str) -> String {
    line.split_once(REPLACED).map_or_else(|| line.to_owned(), |(call, _)| format!("{call}) = 0"))
}

/// The signal in `+++ killed by SIGKILL +++`.
fn killed(line: &str) -> Option<String> {
    line.strip_prefix("+++ killed by ")?.split(' ').next().map(str::to_owned)
}

/// Whether a call was interrupted in a way that no program ever sees.
fn is_restart(call: &Call) -> bool {
    call.errno.as_deref().is_some_and(|errno| errno.starts_with("ERESTART"))
}
