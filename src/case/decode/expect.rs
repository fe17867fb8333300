//! `expect`, `expect_when` and `claimed`.

use super::shape::{Decoder, Fields, either};
use crate::case::{
    diagnostic::Diagnostic,
    kernel,
    model::{Expect, Ranged},
    node::{Node, Spanned},
};

/// What kind of step an expectation speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Of {
    /// A call, or the finish of one.
    Call,
    Load,
    Store,
    Blocked,
}

pub(crate) const CALL: [&str; 9] =
    ["return", "errno", "killed", "out", "signals", "repeats", "offsets", "files", "opens"];
pub(crate) const LOAD: [&str; 3] = ["bytes", "signals", "killed"];
pub(crate) const STORE: [&str; 2] = ["signals", "killed"];
pub(crate) const BLOCKED: [&str; 1] = ["signals"];
pub(crate) const BOUNDS: [&str; 3] = ["min", "max", "not"];
pub(crate) const OUTCOMES: [&str; 3] = ["return", "errno", "killed"];

impl Of {
    fn what(self) -> &'static str {
        match self {
            Of::Call => "call's expectation",
            Of::Load => "load's expectation",
            Of::Store => "store's expectation",
            Of::Blocked => "blocked call's expectation",
        }
    }

    fn keys(self) -> &'static [&'static str] {
        match self {
            Of::Call => &CALL,
            Of::Load => &LOAD,
            Of::Store => &STORE,
            Of::Blocked => &BLOCKED,
        }
    }
}

impl Decoder {
    /// What must come of a step: `expect`, or `expect_when`, or nothing.
    pub(super) fn expectations(&mut self, step: &Fields<'_>, of: Of) -> Vec<Ranged<Expect>> {
        match (step.entry("expect"), step.entry("expect_when")) {
            (Some((expect, _)), Some((when, _))) => {
                self.report(
                    Diagnostic::at(&when.span, "`expect` and `expect_when` in one step", "one of them is too many")
                        .related(&expect.span, "`expect` is here"),
                );
                Vec::new()
            }
            (Some((_, node)), None) => {
                let expect = self.expect(node, of);
                expect.map(|value| Ranged { kernel: Vec::new(), span: node.span.clone(), value }).into_iter().collect()
            }
            (None, Some((key, node))) => self.history(key, node, |d, entry, fields| {
                d.fields(entry, of.what(), &[&["kernel"], of.keys()].concat())?;
                Some(d.expect_fields(fields, of, true))
            }),
            (None, None) => Vec::new(),
        }
    }

    /// `[{kernel: [ranges], …}, …]`, checked for overlap and gaps.
    pub(super) fn history<T>(
        &mut self,
        key: &Spanned<String>,
        node: &Node,
        mut read: impl FnMut(&mut Self, &Node, &Fields<'_>) -> Option<T>,
    ) -> Vec<Ranged<T>> {
        let before = self.diags.len();
        let mut entries = Vec::new();
        for item in self.items(node, "a list of entries, each with its `kernel` ranges") {
            let Some(map) = item.as_map() else {
                self.wrong(item, "an entry with its `kernel` ranges");
                continue;
            };
            let fields = Fields::new("entry", &item.span, map);
            let ranges = self.required(&fields, "kernel").map(|node| self.ranges(node));
            let value = read(self, item, &fields);
            if let (Some(kernel), Some(value)) = (ranges, value) {
                entries.push(Ranged { kernel, span: item.span.clone(), value });
            }
        }
        // Entries that could not be read would show as gaps.
        if self.diags.len() == before {
            self.diags.extend(kernel::check_history(&key.span, &entries));
        }
        entries
    }

    /// A list of version ranges that is not empty.
    pub(super) fn ranges(&mut self, node: &Node) -> Vec<Spanned<String>> {
        let expected = "a list of version ranges, such as `[\">=5.9, <5.11\"]`";
        if node.as_list().is_some_and(<[Node]>::is_empty) {
            self.report(Diagnostic::at(&node.span, "no version is in an empty list", format!("expected {expected}")));
        }
        self.names(node, expected)
    }

    /// One expectation.
    pub(super) fn expect(&mut self, node: &Node, of: Of) -> Option<Expect> {
        let fields = self.fields(node, of.what(), of.keys())?;
        Some(self.expect_fields(&fields, of, true))
    }

    /// What a document claims of a step: need not speak of the outcome.
    pub(super) fn claimed(&mut self, node: &Node, of: Of) -> Option<Expect> {
        let fields = self.fields(node, of.what(), of.keys())?;
        Some(self.expect_fields(&fields, of, false))
    }

    fn expect_fields(&mut self, fields: &Fields<'_>, of: Of, whole: bool) -> Expect {
        self.one_outcome(fields, of, whole);
        let mut expect = Expect { span: Some(fields.span.clone()), ..Expect::default() };
        for (key, node) in fields.entries {
            match key.as_str() {
                "return" => expect.ret = self.bounds(node),
                "errno" => expect.errno = self.name(node, "the name of an error, such as `EBADF`"),
                "killed" => expect.killed = self.name(node, "the name of a signal"),
                "out" => expect.out = self.entries(node, "a mapping of output arguments to what they hold").to_vec(),
                "signals" => {
                    let value = self.names(node, "a list of signals");
                    expect.signals = Some(Spanned { value, span: node.span.clone() });
                }
                "bytes" => expect.bytes = Some(node.clone()),
                "repeats" => expect.repeats = Some(node.clone()),
                "offsets" => expect.offsets = self.entries(node, "a mapping of descriptors to offsets").to_vec(),
                "files" => {
                    expect.files = self.entries(node, "a mapping of paths to content").to_vec();
                    expect.files.iter().for_each(|(path, _)| self.path(path));
                }
                "opens" => expect.opens = self.number(node, -1024..=1024),
                _ => {}
            }
        }
        expect
    }

    /// Exactly one thing comes of a step.
    fn one_outcome(&mut self, fields: &Fields<'_>, of: Of, whole: bool) {
        let outcomes: &[&str] = match of {
            Of::Call => &OUTCOMES,
            Of::Load => &["bytes", "killed"],
            Of::Store | Of::Blocked => &[],
        };
        let mut given = fields.entries.iter().map(|(key, _)| key).filter(|key| outcomes.contains(&key.as_str()));
        if let (Some(first), Some(second)) = (given.next(), given.next()) {
            let title = format!("both `{}` and `{}` are expected", first.value, second.value);
            self.report(
                Diagnostic::at(&second.span, title, "exactly one answer is right")
                    .related(&first.span, "the other is here"),
            );
        }
        let says = fields.entries.iter().any(|(key, _)| match of {
            Of::Call if whole => OUTCOMES.contains(&key.as_str()),
            _ => key.value != "kernel",
        });
        let mistyped =
            fields.entries.iter().any(|(key, _)| key.value != "kernel" && !of.keys().contains(&key.as_str()));
        if !says && !mistyped {
            let needed: &[&str] = if of == Of::Call { &OUTCOMES } else { of.keys() };
            let title = "the expectation does not say what comes of the step";
            let label = match needed {
                [one] => format!("expected `{one}`"),
                _ => format!("expected {}", either(needed)),
            };
            self.report(Diagnostic::at(fields.span, title, label));
        }
    }

    /// An operand (constants OR-ed as a list), `{min, max}` or `{not}`.
    fn bounds(&mut self, node: &Node) -> Option<Node> {
        let expected = "a number, `{min: A, max: B}` or `{not: N}`";
        if node.as_list().is_some() {
            // The planner knows constants.
        } else if node.as_map().is_some() {
            let fields = self.fields(node, "return value", &BOUNDS)?;
            let inverted = fields.get("not").is_some();
            if inverted && fields.entries.len() > 1 || fields.entries.is_empty() {
                self.wrong(node, expected);
            }
        } else if node.plain().is_none_or(str::is_empty) {
            self.wrong(node, expected);
        }
        Some(node.clone())
    }
}
