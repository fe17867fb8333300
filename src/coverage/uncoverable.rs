//! The list of pairs that cannot be brought about, with the reason for each.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::abi;
use crate::case::{self, Decoder, Diagnostic, Node, Span, Spanned, did_you_mean};

/// Why a pair cannot be brought about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReasonKind {
    /// The page describes several calls, and the error is that of another one.
    AnotherCall,
    /// Needs a machine of another architecture.
    Architecture,
    /// Needs a kernel that is configured in another way.
    Configuration,
    /// Would endanger the machine, or other users of it.
    Danger,
    /// Needs a device that fails.
    FailingHardware,
    /// Needs a file system that is not part of a usual kernel.
    ForeignFileSystem,
    /// Needs the kernel to run out of memory.
    MemoryExhaustion,
    /// Current kernels never return it.
    NeverReturned,
    /// Needs two things to happen at once, which no caller can make sure of.
    Race,
    /// Needs a file, a number or a count beyond what a machine has.
    Size,
}

const KINDS: &[(&str, ReasonKind)] = &[
    ("another-call", ReasonKind::AnotherCall),
    ("architecture", ReasonKind::Architecture),
    ("configuration", ReasonKind::Configuration),
    ("danger", ReasonKind::Danger),
    ("failing-hardware", ReasonKind::FailingHardware),
    ("foreign-file-system", ReasonKind::ForeignFileSystem),
    ("memory-exhaustion", ReasonKind::MemoryExhaustion),
    ("never-returned", ReasonKind::NeverReturned),
    ("race", ReasonKind::Race),
    ("size", ReasonKind::Size),
];

impl ReasonKind {
    /// Its name in the list.
    pub fn name(self) -> &'static str {
        KINDS.iter().find(|(_, kind)| *kind == self).map_or("", |(name, _)| name)
    }
}

/// Why one pair cannot be brought about.
#[derive(Clone, Debug)]
pub struct Reason {
    /// Of what kind the reason is.
    pub kind: ReasonKind,
    /// The reason, in a sentence.
    pub because: String,
    /// How it is known.
    pub evidence: Option<String>,
    /// Where the list says so.
    pub span: Span,
}

/// Reasons by call and error number.
#[derive(Clone, Debug, Default)]
pub struct Uncoverable {
    pub(super) reasons: BTreeMap<(&'static str, i32), Reason>,
}

impl Uncoverable {
    /// The list that is built in.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn builtin() -> Result<Self, Vec<Diagnostic>> {
        Self::parse("ci/uncoverable.yaml", include_str!("../../ci/uncoverable.yaml"))
    }

    /// Reads a list.
    ///
    /// # Errors
    /// With everything that is wrong with it.
    pub fn parse(path: &str, text: &str) -> Result<Self, Vec<Diagnostic>> {
        let root = case::parse(path, text)?;
        let mut reader = Reader::default();
        if let Some(fields) = reader.decoder.fields(&root, "list of uncoverable pairs", &["uncoverable"])
            && let Some(node) = reader.decoder.required(&fields, "uncoverable")
        {
            for entry in reader.decoder.items(node, "a list of reasons") {
                reader.entry(entry);
            }
        }
        let problems = reader.decoder.diags;
        if problems.is_empty() { Ok(Uncoverable { reasons: reader.reasons }) } else { Err(problems) }
    }
}

#[derive(Default)]
struct Reader {
    decoder: Decoder,
    reasons: BTreeMap<(&'static str, i32), Reason>,
}

impl Reader {
    fn entry(&mut self, node: &Node) {
        let known = ["calls", "errnos", "kind", "because", "evidence"];
        let Some(fields) = self.decoder.fields(node, "reason", &known) else { return };
        let mut required = |key| self.decoder.required(&fields, key);
        let (calls, errnos) = (required("calls"), required("errnos"));
        let (kind, because) = (required("kind"), required("because"));
        let calls = calls.map(|n| self.decoder.names(n, "a list of calls")).unwrap_or_default();
        let errnos = errnos.map(|n| self.decoder.names(n, "a list of errors")).unwrap_or_default();
        let kind = kind.and_then(|n| self.decoder.word(n, "kind", KINDS));
        let because = because.and_then(|n| self.decoder.name(n, "a sentence"));
        let evidence = fields.get("evidence").and_then(|n| self.decoder.name(n, "a sentence"));
        let calls: Vec<_> = calls.iter().filter_map(|name| self.call(name)).collect();
        let errnos: Vec<_> = errnos.iter().filter_map(|name| Some((self.errno(name)?, &name.span))).collect();
        let (Some(kind), Some(because)) = (kind, because) else { return };
        if kind.value == ReasonKind::NeverReturned && evidence.is_none() {
            let title = "that no kernel returns an error needs evidence";
            self.decoder.report(Diagnostic::at(&kind.span, title, "`evidence` is required beside this kind"));
        }
        for call in calls {
            for (errno, span) in &errnos {
                let reason = Reason {
                    kind: kind.value,
                    because: because.value.clone(),
                    evidence: evidence.as_ref().map(|e| e.value.clone()),
                    span: (*span).clone(),
                };
                self.keep(call, *errno, reason);
            }
        }
    }

    fn call(&mut self, name: &Spanned<String>) -> Option<&'static str> {
        let call = abi::syscall(name);
        if call.is_none() {
            self.unknown("system call", name, "no call of the table", abi::syscalls().map(|call| call.name));
        }
        call.map(|call| call.name)
    }

    fn errno(&mut self, name: &Spanned<String>) -> Option<i32> {
        let errno = abi::errno(name);
        if errno.is_none() {
            self.unknown("error", name, "no error of the kernel", abi::errno_names());
        }
        errno
    }

    /// Notes a name that is none of these, which are too many to list.
    fn unknown(&mut self, what: &str, name: &Spanned<String>, label: &str, known: impl Iterator<Item = &'static str>) {
        let problem = Diagnostic::at(&name.span, format!("unknown {what} `{}`", name.value), label);
        self.decoder.report(match did_you_mean(name, known) {
            Some(near) => problem.help(format!("did you mean `{near}`?")),
            None => problem,
        });
    }

    fn keep(&mut self, call: &'static str, errno: i32, reason: Reason) {
        if let Some(first) = self.reasons.get(&(call, errno)) {
            let title = format!("{call} {} is listed twice", abi::errno_name(errno).unwrap_or_default());
            let twice = Diagnostic::at(&reason.span, title, "this one").related(&first.span, "and this one");
            return self.decoder.report(twice);
        }
        self.reasons.insert((call, errno), reason);
    }
}
