//! `expect`, `expect_when` and `claimed`.

use serde_json::{Value as Json, json};

use super::decoder::{Decoder, Fields, either};
use super::history::{ENTRY, entry_names, is_of_entry};
use super::key::{Key, Mapping, Shape, mapping};
use super::shapes::{Entries, List, Name, Number, OrParameter, Placed, Unread, UnreadEntries};
use crate::case::{
    diagnostic::Diagnostic,
    model::Ranged,
    node::{Node, Spanned},
};
use crate::schema::{
    Definitions, any_of, bounds, bytes, carrying, closed, described, errno, held_bytes, keyed, lines, list, metadata,
    or_chosen, or_reference, signal, time, value,
};

mapping! {
    /// What must come of a step. What is left out says nothing.
    #[derive(Clone, Debug, Default)]
    pub struct Expect: "expectation" at span {
        /// the return value: a number, flags or an expression, `{min: A, max: B}` (either may be left out), `{not: N}`
        "return" optional ret: Node = Return,
        /// it fails with this error
        "errno" optional errno: Spanned<String> = Name("the name of an error, such as `EBADF`", errno),
        /// the actor is killed by this signal (the last step of that actor)
        "killed" optional killed: Spanned<String> = Name("the name of a signal", signal),
        /// contents of output arguments, by name, in the argument's own notation
        "out" default out: Vec<(Spanned<String>, Node)> =
            OrParameter(UnreadEntries("a mapping of output arguments to what they hold")),
        /// signals recorded during the step by its actor, in order
        "signals" optional signals: Spanned<Vec<Arrival>> =
            Placed(OrParameter(List("a list of signals", AnArrival))),
        /// what a `load` finds
        "bytes" optional bytes: Node = Unread(held_bytes),
        /// what a `check` comes to: a number or an expression, `{min: A, max: B}` (either may be left out), `{not: N}`
        "value" optional value: Node = Amount,
        /// how long the call took, in nanoseconds or with a unit: `{min: 20ms}`, `{max: 5s}`
        "elapsed" optional elapsed: Node = Elapsed,
        /// how many calls of a `repeat` succeed
        "repeats" optional repeats: Node = Unread(value),
        /// descriptor → file offset after the step: `{$fd: 5}`
        "offsets" default offsets: Vec<(Spanned<String>, Node)> =
            OrParameter(Entries::of("a mapping of descriptors to offsets", Unread(|d| Return.schema(d)))),
        /// path → content after the step, or lines that it has then: `{lines: ["VmLck: ${kb} kB"]}`
        "files" default files: Vec<(Spanned<String>, Node)> =
            OrParameter(Entries::of("a mapping of paths to content", Content)),
        /// path → fields of what `statx` tells of it after the step, not following a symbolic link; or an error
        "statx" default statx: Vec<(Spanned<String>, Node)> =
            OrParameter(Entries::of("a mapping of paths to fields or an error", Metadata)),
        /// how many more descriptors are open than before the step
        "opens" optional opens: Spanned<i64> = Number(-1024..=1024),
    }
}

/// A signal that is recorded.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// Its name.
    pub signal: Spanned<String>,
    /// What it carries, and what its handler runs with, as far as that is compared.
    pub carries: Vec<(Spanned<String>, Node)>,
}

/// A signal's name, or a mapping of that one name to what the signal carries.
struct AnArrival;

impl Shape for AnArrival {
    type Value = Arrival;

    fn read(&self, d: &mut Decoder, _: &Spanned<String>, node: &Node) -> Option<Arrival> {
        let expected = "a signal's name, or `{NAME: {MEMBER: VALUE, …}}`";
        match node.as_map() {
            None => d.name(node, expected).map(|signal| Arrival { signal, carries: Vec::new() }),
            Some([(signal, carries)]) => {
                let carries = d.entries(carries, "a mapping of members of a siginfo to what they hold").to_vec();
                Some(Arrival { signal: signal.clone(), carries })
            }
            Some(_) => {
                d.expected(node, expected);
                None
            }
        }
    }

    fn schema(&self, d: &mut Definitions) -> Json {
        any_of([signal(d), carrying(d)])
    }
}

/// What a number may be within, and what is said of it. The planner reads them.
pub(crate) const BOUNDS: [(&str, &str); 3] = [("min", "at least"), ("max", "at most"), ("not", "anything but")];

/// What kind of step an expectation speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Of {
    /// A call, or the finish of one.
    Call,
    Load,
    Store,
    Blocked,
    Check,
}

impl Of {
    fn what(self) -> &'static str {
        match self {
            Of::Call => "call's expectation",
            Of::Load => "load's expectation",
            Of::Store => "store's expectation",
            Of::Blocked => "blocked call's expectation",
            Of::Check => "check's expectation",
        }
    }

    /// In the names of definitions of the schema.
    fn word(self) -> &'static str {
        match self {
            Of::Call => "call",
            Of::Load => "load",
            Of::Store => "store",
            Of::Blocked => "blocked",
            Of::Check => "check",
        }
    }

    /// What may be said, in the order in which messages list it.
    fn names(self) -> Vec<&'static str> {
        match self {
            Of::Call => Expect::NAMES.iter().copied().filter(|name| !["bytes", "value"].contains(name)).collect(),
            Of::Load => vec!["bytes", "signals", "killed", "elapsed"],
            Of::Store => vec!["signals", "killed", "elapsed"],
            Of::Blocked => vec!["signals"],
            Of::Check => vec!["value"],
        }
    }

    fn keys(self) -> impl Iterator<Item = &'static Key> {
        let names = self.names();
        Expect::KEYS.iter().filter(move |key| names.contains(&key.name))
    }

    /// Of these, an expectation has at most one.
    fn outcomes(self) -> &'static [&'static str] {
        match self {
            Of::Call => &["return", "errno", "killed"],
            Of::Load => &["bytes", "killed"],
            Of::Check => &["value"],
            Of::Store | Of::Blocked => &[],
        }
    }

    /// `expect`.
    pub(super) fn expect(self, d: &mut Definitions) -> Json {
        let schema = d.share(&format!("expect.{}", self.word()), |d| self.whole(keyed(d, self.keys())));
        // A cell may be a history, or choose in its turn.
        let history = self.expect_when(d);
        let cell = any_of([schema.clone(), history]);
        or_chosen(d, schema, cell)
    }

    /// `expect_when`: the same for sets of kernel versions.
    pub(super) fn expect_when(self, d: &mut Definitions) -> Json {
        let schema = d.share(&format!("expect-when.{}", self.word()), |d| {
            let entry = self.whole(keyed(d, ENTRY.iter().chain(self.keys())));
            let entry = or_reference(d, entry);
            list(entry)
        });
        or_reference(d, schema)
    }

    /// `claimed`: need not speak of the outcome.
    pub(super) fn claimed(self, d: &mut Definitions) -> Json {
        let schema = d.share(&format!("claimed.{}", self.word()), |d| {
            let mut claimed = keyed(d, self.keys());
            claimed["minProperties"] = json!(1);
            claimed
        });
        or_reference(d, schema)
    }

    /// Of a call, exactly one thing comes; of other steps, something.
    fn whole(self, mut expect: Json) -> Json {
        if self == Of::Call {
            let one: Vec<Json> = self.outcomes().iter().map(|name| json!({"required": [name]})).collect();
            expect["oneOf"] = json!(one);
        } else {
            expect["minProperties"] = json!(1);
        }
        expect
    }
}

/// An operand (constants OR-ed as a list), `{min, max}` or `{not}`.
struct Return;

impl Shape for Return {
    type Value = Node;

    fn read(&self, d: &mut Decoder, _: &Spanned<String>, node: &Node) -> Option<Node> {
        let expected = "a number, `{min: A, max: B}` or `{not: N}`";
        if node.as_list().is_some() {
            // The planner knows constants.
        } else if node.as_map().is_some() {
            let fields = d.fields(node, "return value", &BOUNDS.map(|(name, _)| name))?;
            let inverted = fields.get("not").is_some();
            if inverted && fields.entries.len() > 1 || fields.entries.is_empty() {
                d.expected(node, expected);
            }
        } else if node.plain().is_none_or(str::is_empty) {
            d.expected(node, expected);
        }
        Some(node.clone())
    }

    fn schema(&self, d: &mut Definitions) -> Json {
        d.share("return", |d| {
            let number = value(d);
            let bounds = bounds(d, &number);
            or_reference(d, any_of([number.clone(), list(number.clone()), bounds]))
        })
    }
}

/// The same, or times.
struct Amount;

impl Shape for Amount {
    type Value = Node;

    fn read(&self, d: &mut Decoder, key: &Spanned<String>, node: &Node) -> Option<Node> {
        Return.read(d, key, node)
    }

    fn schema(&self, d: &mut Definitions) -> Json {
        let time = time(d);
        any_of([Return.schema(d), time.clone(), bounds(d, &time)])
    }
}

/// Bounds of a time.
struct Elapsed;

impl Shape for Elapsed {
    type Value = Node;

    fn read(&self, d: &mut Decoder, _: &Spanned<String>, node: &Node) -> Option<Node> {
        let fields = d.fields(node, "lapse of time", &["min", "max"])?;
        if fields.entries.is_empty() {
            d.expected(node, "`{min: TIME}` or `{max: TIME}`");
        }
        Some(node.clone())
    }

    fn schema(&self, d: &mut Definitions) -> Json {
        let bound = time(d);
        let says = [("min", "at least"), ("max", "at most; generous, since a machine may be busy")];
        let bounds = says.map(|(name, says)| (name.to_owned(), described(says, bound.clone())));
        let mut bounds = closed(bounds.into_iter().collect());
        bounds["minProperties"] = json!(1);
        or_reference(d, bounds)
    }
}

/// Fields of `struct statx`, or an error, under a path.
struct Metadata;

impl Shape for Metadata {
    type Value = Node;

    fn read(&self, d: &mut Decoder, path: &Spanned<String>, node: &Node) -> Option<Node> {
        d.seen_path(path);
        if node.as_map().is_none_or(<[_]>::is_empty) && node.plain().is_none_or(str::is_empty) {
            d.expected(node, "fields of `struct statx`, or an error");
            return None;
        }
        Some(node.clone())
    }

    fn schema(&self, d: &mut Definitions) -> Json {
        any_of([metadata(d), errno(d)])
    }
}

/// Bytes under a path.
struct Content;

impl Shape for Content {
    type Value = Node;

    fn read(&self, d: &mut Decoder, path: &Spanned<String>, node: &Node) -> Option<Node> {
        d.seen_path(path);
        Some(node.clone())
    }

    fn schema(&self, d: &mut Definitions) -> Json {
        any_of([bytes(d), lines(d)])
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
            (Some((key, node)), None) => {
                let expect = self.expect(key, node, of, true);
                expect
                    .map(|value| Ranged { kernel: Vec::new(), evidence: Vec::new(), span: node.span.clone(), value })
                    .into_iter()
                    .collect()
            }
            (None, Some((key, node))) => self.history(key, node, |d, entry, fields| {
                d.fields(entry, of.what(), &entry_names(&of.names()))?;
                d.one_outcome(fields, of, true);
                Expect::read(d, key, fields)
            }),
            (None, None) => Vec::new(),
        }
    }

    /// One expectation; one that is not `whole` need not speak of the outcome.
    pub(super) fn expect(&mut self, key: &Spanned<String>, node: &Node, of: Of, whole: bool) -> Option<Expect> {
        if node.as_list().is_some() {
            let title = format!("a list under `{}`", key.value);
            let help = "a history by kernel versions stands under `expect_when`";
            self.report(Diagnostic::at(&node.span, title, format!("one {} is meant", of.what())).help(help));
            return None;
        }
        let fields = self.fields(node, of.what(), &of.names())?;
        self.one_outcome(&fields, of, whole);
        Expect::read(self, key, &fields)
    }

    /// Exactly one thing comes of a step.
    fn one_outcome(&mut self, fields: &Fields<'_>, of: Of, whole: bool) {
        let outcomes = of.outcomes();
        let mut given = fields.entries.iter().map(|(key, _)| key).filter(|key| outcomes.contains(&key.as_str()));
        if let (Some(first), Some(second)) = (given.next(), given.next()) {
            let title = format!("both `{}` and `{}` are expected", first.value, second.value);
            self.report(
                Diagnostic::at(&second.span, title, "exactly one answer is right")
                    .related(&first.span, "the other is here"),
            );
        }
        let names = of.names();
        let says = fields.entries.iter().any(|(key, _)| match of {
            Of::Call if whole => outcomes.contains(&key.as_str()),
            _ => !is_of_entry(&key.value),
        });
        let mistyped = fields.entries.iter().any(|(key, _)| !is_of_entry(&key.value) && !names.contains(&key.as_str()));
        if !says && !mistyped {
            let needed = if of == Of::Call { outcomes } else { &names };
            let title = "the expectation does not say what comes of the step";
            let label = match needed {
                [one] => format!("expected `{one}`"),
                _ => format!("expected {}", either(needed)),
            };
            self.report(Diagnostic::at(fields.span, title, label));
        }
    }
}
