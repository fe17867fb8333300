//! Steps, and the order that started calls must keep.

use serde_json::{Map, Value as Json, json};

use super::{
    decoder::{Decoder, Fields, either, list},
    expect::{Expect, Of},
    key::{Mapping, Shape, mapping},
    shapes::{List, Number, OrParameter, Text, Unread, UnreadEntries, of},
};
use crate::abi;
use crate::case::{
    diagnostic::{Diagnostic, did_you_mean},
    model::{ActorKind, Ranged},
    node::{Node, Span, Spanned, Value},
};
use crate::schema::{
    self, Definitions, address, any_of, bytes, described, errno, keyed, length, or_reference, time, untyped, value,
};

mapping! {
    /// The keys of a step.
    pub(super) struct Keys: "step" {
        /// performs this system call; of one without a name, [the number](#calls-by-number)
        "call" optional call: Called = Callee,
        /// the call's arguments, by the names of its manual page
        "args" default args: Vec<(Spanned<String>, Node)> =
            OrParameter(UnreadEntries("a mapping of arguments by name")),
        /// starts the call, store or load under this label and goes on without waiting for it; needs `on`
        "start" optional start: Spanned<String> = LABEL,
        /// the actor that the call makes, which returns there as well: `fork`, `vfork`, `clone` or `clone3`
        "child" optional child: Spanned<String> = Text("the name of an actor"),
        /// performs the call, or the load, more than once: `advance`, `{times: N}`, `{until: ERRNO, max: M}` or
        /// `{until: CONDITION, max: M, pause: TIME}`
        "repeat" optional repeat: Spanned<Repeat> = OrParameter(Repetition),
        /// waits until the started call is seen asleep in the kernel; it is an error of the behaviour if it returns
        /// instead
        "blocked" optional blocked: Spanned<String> = LABEL,
        /// waits until the started call returns, or the store or load is done; `expect` and `bind` speak of that
        "finish" optional finish: Spanned<String> = LABEL,
        /// stores bytes into user memory: `{at, bytes}`
        "store" optional store: Store = OrParameter(of::<Store>()),
        /// loads bytes from user memory: `{at, len}`; `expect: {bytes: …}` says what is found
        "load" optional load: Load = OrParameter(of::<Load>()),
        /// works out an expression of what was bound; `expect: {value: …}` says what it is
        "check" optional check: Node = Expression,
        /// the actor that does it; left out, the main one
        "on" optional on: Spanned<String> = Text("the name of an actor"),
        /// what must come of it
        "expect" default expect: () = Said,
        /// what must come of it, by kernel versions
        "expect_when" default expect_when: () = Said,
        /// what would come of it if the claim's document were right
        "claimed" default claimed: () = Said,
        /// names for results
        "bind" default bind: Vec<(Spanned<String>, Node)> = OrParameter(Binds),
    }
}

const LABEL: Text = Text("the label of a started call");

mapping! {
    /// Stores bytes into user memory.
    pub(super) struct Store: "store" {
        /// where
        "at" required at: Node = Unread(pointer),
        /// what
        "bytes" required bytes: Node = Unread(bytes),
    }
}

mapping! {
    /// Loads bytes from user memory.
    pub(super) struct Load: "load" {
        /// where
        "at" required at: Node = Unread(pointer),
        /// how many bytes
        "len" required len: Node = Unread(length),
    }
}

mapping! {
    /// A call that has no name.
    pub(super) struct Numbered: "call by number" {
        /// the number; one that has a name is refused
        "number" required number: Spanned<i64> = Number(i32::MIN as i64..=u32::MAX as i64),
        /// up to six arguments, in the order of the registers, each as an [untyped one](#untyped-arguments); 0 where left out
        "args" default args: Vec<Node> = OrParameter(List("a list of arguments", Unread(untyped))),
    }
}

mapping! {
    /// How often a call is performed.
    struct Bounded: "repetition" {
        /// so many times; a failure ends it
        "times" optional times: Node = Unread(length),
        /// until it fails with this error, or comes to this: `{return: …}`, `{out: …}`; of a load, `{bytes: …}`
        "until" optional until: Node = Unread(until),
        /// at most so many times
        "max" optional max: Spanned<u64> = Number(1..=MAX_CALLS),
        /// how long to wait before the next time
        "pause" optional pause: Node = Unread(time),
    }
}

/// What each kind of step is named by, and the keys that it may have beside that.
const KINDS: [(&str, &[&str]); 6] = [
    ("call", &["on", "args", "start", "child", "repeat", "expect", "expect_when", "claimed", "bind"]),
    ("blocked", &["expect", "expect_when", "claimed"]),
    ("finish", &["expect", "expect_when", "claimed", "bind"]),
    ("store", &["on", "start", "expect", "expect_when", "claimed"]),
    ("load", &["on", "start", "repeat", "expect", "expect_when", "claimed", "bind"]),
    ("check", &["expect", "expect_when", "claimed"]),
];

/// What a step that is only started cannot have: nothing has come of it yet.
const OF_RETURN: [&str; 4] = ["expect", "expect_when", "claimed", "bind"];

/// What a call or a load can be repeated until.
const CONDITIONS: [&str; 3] = ["return", "out", "bytes"];

const MAX_CALLS: u64 = 1_000_000_000;

/// Most calls of a repetition for which the case gives no number.
const DEFAULT_CALLS: u64 = 1_000_000;

/// The same where there are pauses: 2 seconds, if they are not given either.
const DEFAULT_LOOKS: u64 = 2_000;

fn until(d: &mut Definitions) -> Json {
    let names = Expect::KEYS.iter().filter(|key| CONDITIONS.contains(&key.name));
    let mut condition = keyed(d, names);
    condition["minProperties"] = json!(1);
    any_of([errno(d), condition])
}

fn pointer(d: &mut Definitions) -> Json {
    any_of([address(d), value(d)])
}

/// What an expectation may speak of in a step that is named by this key. That of a `finish` speaks of what was started.
fn spoken_of(kind: &str) -> &'static [Of] {
    match kind {
        "load" => &[Of::Load],
        "store" => &[Of::Store],
        "blocked" => &[Of::Blocked],
        "check" => &[Of::Check],
        "finish" => &[Of::Call, Of::Load, Of::Store],
        _ => &[Of::Call],
    }
}

/// The labels of steps that are started but are no calls, and what expectations of them speak of.
struct Started(Vec<(String, Of)>);

impl Started {
    fn of(steps: &[Node]) -> Self {
        let one = |step: &Node| {
            let entries = step.as_map()?;
            let has = |name: &str| entries.iter().find(|(key, _)| key.value == name).map(|(_, node)| node);
            let access = ["load", "store"].into_iter().find(|kind| has(kind).is_some())?;
            Some((has("start")?.text()?.to_owned(), spoken_of(access)[0]))
        };
        Started(steps.iter().filter_map(one).collect())
    }

    /// What the expectation of a step of this kind speaks of.
    fn spoken_of(&self, kind: &str, step: &Fields<'_>) -> Of {
        let label = step.get("finish").and_then(Node::text).filter(|_| kind == "finish");
        let access = label.and_then(|label| self.0.iter().find(|(started, _)| started == label));
        access.map_or(spoken_of(kind)[0], |(_, of)| *of)
    }
}

/// An expression, which the planner reads.
struct Expression;

impl Shape for Expression {
    type Value = Node;

    fn read(&self, d: &mut Decoder, _: &Spanned<String>, node: &Node) -> Option<Node> {
        if node.plain().is_none_or(str::is_empty) {
            d.expected(node, "an expression");
            return None;
        }
        Some(node.clone())
    }

    fn schema(&self, d: &mut Definitions) -> Json {
        value(d)
    }
}

/// A list of steps.
pub(super) struct Steps;

impl Shape for Steps {
    type Value = Vec<Step>;

    fn read(&self, d: &mut Decoder, key: &Spanned<String>, node: &Node) -> Option<Vec<Step>> {
        let steps = d.items(node, "a list of steps");
        let started = Started::of(steps);
        Some(steps.iter().filter_map(|step| d.step(key, step, &started)).collect())
    }

    fn schema(&self, d: &mut Definitions) -> Json {
        let one = d.share("step", step_schema);
        let one = or_reference(d, one);
        schema::list(one)
    }
}

fn step_schema(d: &mut Definitions) -> Json {
    let mut step = of::<Keys>().schema(d);
    let kinds = KINDS.map(|(kind, _)| json!({"required": [kind]}));
    step["oneOf"] = json!(kinds);
    step["not"] = json!({"required": ["expect", "expect_when"]});
    step["dependencies"] = json!({"start": {
        "required": ["on"],
        "propertyNames": {"not": {"enum": OF_RETURN}},
    }});
    let mut rules: Vec<Json> = KINDS.iter().map(|(kind, beside)| rule(d, kind, beside)).collect();
    let numbered = json!({"required": ["call"], "properties": {"call": {"type": "object"}}});
    rules.push(json!({"if": numbered, "then": {"not": {"required": ["args"]}}}));
    rules.extend(schema::call_rules(d));
    step["allOf"] = json!(rules);
    step
}

/// What goes with a kind of step.
fn rule(d: &mut Definitions, kind: &str, beside: &[&str]) -> Json {
    let keys = [&[kind], beside].concat();
    let mut any = |schema: fn(Of, &mut Definitions) -> Json| match spoken_of(kind) {
        [of] => schema(*of, d),
        several => any_of(several.iter().map(|of| schema(*of, d)).collect::<Vec<_>>()),
    };
    let mut properties = Map::new();
    properties.insert("expect".to_owned(), any(Of::expect));
    properties.insert("expect_when".to_owned(), any(Of::expect_when));
    properties.insert("claimed".to_owned(), any(Of::claimed));
    json!({"if": {"required": [kind]}, "then": {"propertyNames": {"enum": keys}, "properties": properties}})
}

/// What is read once the kind of its step is known.
struct Said;

impl Shape for Said {
    type Value = ();

    fn read(&self, _: &mut Decoder, _: &Spanned<String>, _: &Node) -> Option<()> {
        Some(())
    }

    fn schema(&self, _: &mut Definitions) -> Json {
        json!({})
    }
}

/// Which call.
pub(super) struct Called {
    name: Spanned<String>,
    number: Option<u32>,
    args: Vec<(Spanned<String>, Node)>,
}

/// The name of a call, or its number with its arguments.
struct Callee;

impl Shape for Callee {
    type Value = Called;

    fn read(&self, d: &mut Decoder, key: &Spanned<String>, node: &Node) -> Option<Called> {
        if node.as_map().is_none() {
            let name = d.name(node, "the name of a system call, or `{number: N, args: […]}`")?;
            return Some(Called { name, number: None, args: Vec::new() });
        }
        let fields = d.fields(node, Numbered::WHAT, Numbered::NAMES)?;
        let Numbered { number, args } = Numbered::read(d, key, &fields)?;
        let entry = abi::unknown_call(number.value as u32);
        if let Some(more) = args.get(entry.args.len()) {
            let title = format!("a system call has at most {} arguments", entry.args.len());
            d.report(Diagnostic::at(&more.span, title, "one too many"));
        }
        let none = Node { value: Value::Scalar { text: "0".to_owned(), quoted: false }, span: number.span.clone() };
        let given = args.into_iter().chain(std::iter::repeat(none));
        let named =
            |(arg, node): (&abi::Arg, Node)| (Spanned { value: arg.name.to_owned(), span: node.span.clone() }, node);
        let args = entry.args.iter().zip(given).map(named).collect();
        let name = Spanned { value: entry.name.to_owned(), span: number.span };
        Some(Called { name, number: entry.nr, args })
    }

    fn schema(&self, d: &mut Definitions) -> Json {
        let mut numbered = of::<Numbered>().schema(d);
        numbered["properties"]["args"]["maxItems"] = json!(abi::unknown_call(0).args.len());
        let name = schema::call_name(d);
        any_of([name, numbered])
    }
}

/// `advance`, `{times: N}` or `{until: ERRNO, max: M}`.
struct Repetition;

impl Shape for Repetition {
    type Value = Spanned<Repeat>;

    fn read(&self, d: &mut Decoder, key: &Spanned<String>, node: &Node) -> Option<Spanned<Repeat>> {
        let spanned = |value| Some(Spanned { value, span: node.span.clone() });
        if node.plain() == Some("advance") {
            return spanned(Repeat::Advance);
        }
        if node.as_map().is_none() {
            d.expected(node, "`advance`, `{times: N}` or `{until: …, max: M}`");
            return None;
        }
        let fields = d.fields(node, Bounded::WHAT, Bounded::NAMES)?;
        let has = |name| fields.get(name).is_some();
        let bounded = has("max") || has("pause");
        if has("until") == has("times") || has("times") && bounded {
            d.expected(node, "`{times: N}` or `{until: …, max: M}`");
            return None;
        }
        match Bounded::read(d, key, &fields)? {
            Bounded { times: Some(times), .. } => spanned(Repeat::Times(times)),
            Bounded { until, max, pause, .. } => {
                let (until, max) = (until?, max.map(|max| max.value));
                if until.as_map().is_some() {
                    let fields = d.fields(&until, "condition", &CONDITIONS)?;
                    if fields.entries.is_empty() {
                        d.expected(&until, "`{return: …}`, `{out: …}` or `{bytes: …}`");
                    }
                    let comes = Box::new(Expect::read(d, key, &fields)?);
                    return spanned(Repeat::Comes { to: comes, max: max.unwrap_or(DEFAULT_LOOKS), pause });
                }
                let errno = d.name(&until, "the name of an error, or `{return: …}`")?;
                if let Some(pause) = pause {
                    d.expected(&pause, "no `pause` where the call is repeated until an error");
                }
                spanned(Repeat::Until { errno, max: max.unwrap_or(DEFAULT_CALLS) })
            }
        }
    }

    fn schema(&self, d: &mut Definitions) -> Json {
        let mut bounded = of::<Bounded>().schema(d);
        bounded["oneOf"] = json!([
            {"required": ["times"], "maxProperties": 1},
            {"required": ["until"]},
        ]);
        let advance =
            described("buffer and count move on by each return until all is transferred", json!({"const": "advance"}));
        any_of([advance, bounded])
    }
}

/// Results by name, and what they are called from there on.
struct Binds;

impl Shape for Binds {
    type Value = Vec<(Spanned<String>, Node)>;

    fn read(&self, d: &mut Decoder, _: &Spanned<String>, node: &Node) -> Option<Self::Value> {
        let entries = d.entries(node, "a mapping of results to the names they get");
        d.pattern(node);
        Some(entries.to_vec())
    }

    fn schema(&self, d: &mut Definitions) -> Json {
        json!({
            "type": "object",
            "properties": {"files": {"type": "object", "additionalProperties": {"type": "string"}}},
            "additionalProperties": schema::pattern(d),
        })
    }
}

impl Decoder {
    /// What only the case as a whole tells of its steps, which stand in this list.
    pub(super) fn check_steps(
        &mut self,
        list: &Node,
        steps: &[Step],
        actors: &[(Spanned<String>, Spanned<ActorKind>)],
        has_claim: bool,
    ) {
        let mut order = Order { actors, started: Vec::new(), killed: Vec::new(), made: Vec::new() };
        steps.iter().for_each(|step| order.check(self, step));
        order.all_made(self);
        let entries = list.as_list().unwrap_or_default().iter().filter_map(Node::as_map).flatten();
        for (key, _) in entries.filter(|(key, _)| key.value == "claimed" && !has_claim) {
            self.report(
                Diagnostic::at(&key.span, "`claimed` in a case without a claim", "who claims it?")
                    .help("add `claim` to the case"),
            );
        }
    }

    /// What is done at the end is the main actor's: the others may be dead, asleep, or not there.
    pub(super) fn check_finally(&mut self, steps: &[Step]) {
        for step in steps {
            let child = if let Action::Call(call) = &step.action { call.child.as_ref() } else { None };
            let waits = match &step.action {
                Action::Blocked(label) => Some(("blocked", label)),
                Action::Finish(label) => Some(("finish", label)),
                _ => None,
            };
            let others = [("on", step.on.as_ref()), ("start", step.start.as_ref()), ("child", child)];
            let others = others.into_iter().filter_map(|(key, name)| Some((key, name?)));
            if let Some((key, name)) = others.chain(waits).next() {
                let title = format!("`{key}` in `finally`");
                self.report(
                    Diagnostic::at(&name.span, title, "other actors may be dead or asleep by then")
                        .help("steps of `finally` are calls, stores and loads of the main actor"),
                );
            }
            let killed = step.expect.iter().find_map(|expect| expect.value.killed.as_ref());
            if let Some(killed) = killed {
                let title = "`killed` in `finally`";
                self.report(Diagnostic::at(&killed.span, title, "nobody would be left to do the rest"));
            }
            if step.claimed.is_some() {
                let title = "`claimed` in `finally`";
                self.report(Diagnostic::at(&step.span, title, "these steps put back what others have changed"));
            }
        }
    }

    fn step(&mut self, key: &Spanned<String>, node: &Node, started: &Started) -> Option<Step> {
        let step = self.fields(node, Keys::WHAT, Keys::NAMES)?;
        let kind = self.kind(node, &step)?;
        self.only_started(&step);
        self.numbered_alone(&step);
        let keys = Keys::read(self, key, &step)?;
        // Read below, since the kind is known here.
        let Keys { expect: (), expect_when: (), claimed: (), .. } = keys;
        let action = match kind.as_str() {
            "call" => {
                let Keys { child, repeat, .. } = keys;
                let Called { name, number, args } = keys.call?;
                let args = if number.is_some() { args } else { keys.args };
                Action::Call(Call { name, number, args, child, repeat })
            }
            "blocked" => Action::Blocked(keys.blocked?),
            "finish" => Action::Finish(keys.finish?),
            "check" => Action::Check(keys.check?),
            "store" => keys.store.map(|Store { at, bytes }| Action::Store { at, bytes })?,
            _ => keys.load.map(|Load { at, len }| Action::Load { at, len, repeat: keys.repeat.clone() })?,
        };
        let of = started.spoken_of(kind, &step);
        Some(Step {
            span: node.span.clone(),
            on: keys.on,
            start: keys.start,
            action,
            expect: self.expectations(&step, of),
            claimed: step.entry("claimed").and_then(|(key, node)| self.expect(key, node, of, false)),
            bind: keys.bind,
        })
    }

    /// The key that says what a step does, beside which stands what goes with it.
    fn kind<'n>(&mut self, node: &Node, step: &Fields<'n>) -> Option<&'n Spanned<String>> {
        let mut kinds = KINDS.iter().filter_map(|(kind, keys)| Some((step.entry(kind)?.0, *keys)));
        let Some((kind, allowed)) = kinds.next() else {
            let names = KINDS.map(|(kind, _)| kind);
            let label = format!("expected {}", either(&names));
            self.report(Diagnostic::at(&node.span, "the step does nothing", label));
            return None;
        };
        if let Some((other, _)) = kinds.next() {
            let title = format!("both `{}` and `{}` in one step", kind.value, other.value);
            self.report(
                Diagnostic::at(&other.span, title, "a step does one thing").related(&kind.span, "the other is here"),
            );
            return None;
        }
        for (key, _) in step.entries {
            let fits = key.value == kind.value || allowed.contains(&key.as_str());
            if !fits && Keys::NAMES.contains(&key.as_str()) {
                let title = format!("`{}` does not go with `{}`", key.value, kind.value);
                let help = match key.as_str() {
                    "on" if kind.value == "check" => "leave it out: what was bound is there for all actors".to_owned(),
                    "on" => "leave it out: the main actor waits for calls of the others".to_owned(),
                    _ => format!("beside `{}` go {}", kind.value, list(allowed)),
                };
                self.report(
                    Diagnostic::at(&key.span, title, "it has no meaning here")
                        .related(&kind.span, "the step is of this kind")
                        .help(help),
                );
            }
        }
        Some(kind)
    }

    /// Refuses what speaks of what comes of a step that is only started.
    fn only_started(&mut self, step: &Fields<'_>) {
        let kind = ["call", "store", "load"].into_iter().find(|kind| step.get(kind).is_some());
        let (Some(kind), Some(label)) = (kind, step.get("start")) else { return };
        let Some(name) = label.text().filter(|name| !name.is_empty()) else { return };
        for late in OF_RETURN {
            if let Some((key, _)) = step.entry(late) {
                let title = format!("`{late}` on a {kind} that is only started");
                self.report(
                    Diagnostic::at(&key.span, title, format!("nothing has come of the {kind} yet"))
                        .related(&label.span, "started here")
                        .help(format!("move it to `finish: {name}`")),
                );
            }
        }
    }

    /// Refuses arguments by name of a call that has none.
    fn numbered_alone(&mut self, step: &Fields<'_>) {
        let number = step.get("call").filter(|call| call.as_map().is_some());
        if let (Some(number), Some((args, _))) = (number, step.entry("args")) {
            self.report(
                Diagnostic::at(&args.span, "`args` beside a call by number", "its arguments have no names")
                    .related(&number.span, "called by number here")
                    .help(
                        "move them to the number, in the order of the registers: `call: {number: 500, args: [1, 2]}`",
                    ),
            );
        }
    }

    /// Names at the leaves of lists and mappings.
    fn pattern(&mut self, node: &Node) {
        match (node.as_list(), node.as_map()) {
            (Some(items), _) => items.iter().for_each(|item| self.pattern(item)),
            (_, Some(entries)) => entries.iter().for_each(|(key, item)| match (key.as_str(), item.as_map()) {
                // The planner reads them.
                ("line", _) if item.text().is_some() => {}
                ("files", Some(files)) => files.iter().for_each(|(path, _)| self.seen_path(path)),
                _ => self.pattern(item),
            }),
            _ if node.plain().is_some_and(is_variable) => {}
            _ => self.expected(node, "the name of a variable: letters, digits and `_`"),
        }
    }
}

/// One step of a case.
#[derive(Clone, Debug)]
pub struct Step {
    /// Where the step stands.
    pub span: Span,
    /// The actor that performs it; none is the main one.
    pub on: Option<Spanned<String>>,
    /// With a label, it is started and not waited for: a call, a store or a load.
    pub start: Option<Spanned<String>>,
    /// What it does.
    pub action: Action,
    /// What must come of it.
    pub expect: Vec<Ranged<Expect>>,
    /// What the claim's document says would come of it.
    pub claimed: Option<Expect>,
    /// Variables bound from the result: output name (`return`, an argument) to a pattern.
    pub bind: Vec<(Spanned<String>, Node)>,
}

/// What a step does.
#[derive(Clone, Debug)]
pub enum Action {
    /// A system call.
    Call(Call),
    /// Waits until what was started under that label is seen to sleep in the kernel.
    Blocked(Spanned<String>),
    /// Waits until it is done.
    Finish(Spanned<String>),
    /// Stores bytes into user memory.
    Store {
        /// A pointer.
        at: Node,
        /// Content, in the bytes notation.
        bytes: Node,
    },
    /// Loads bytes from user memory.
    Load {
        /// A pointer.
        at: Node,
        /// Number of bytes (an operand).
        len: Node,
        /// Loads until something is found.
        repeat: Option<Spanned<Repeat>>,
    },
    /// Works out an expression.
    Check(Node),
}

/// A system call to perform.
#[derive(Clone, Debug)]
pub struct Call {
    /// Its name; of a call by number, as it is shown.
    pub name: Spanned<String>,
    /// Its number, if it is called by that.
    pub number: Option<u32>,
    /// Arguments by the man page's names.
    pub args: Vec<(Spanned<String>, Node)>,
    /// The actor that it makes.
    pub child: Option<Spanned<String>>,
    /// Performs the call more than once.
    pub repeat: Option<Spanned<Repeat>>,
}

/// How a call is repeated. A call that fails ends the repetition.
#[derive(Clone, Debug)]
pub enum Repeat {
    /// So many times.
    Times(Node),
    /// Until it fails with this errno (at most so many times).
    Until {
        /// Errno by name.
        errno: Spanned<String>,
        /// Upper bound of calls.
        max: u64,
    },
    /// Until it comes to this (at most so many times).
    Comes {
        /// What.
        to: Box<Expect>,
        /// Upper bound of calls.
        max: u64,
        /// How long to wait before the next one.
        pause: Option<Node>,
    },
    /// With the buffer advanced and the count reduced by each return, until all is
    /// transferred or the call returns 0; the step's return is the sum.
    Advance,
}

/// Whether `$name` can refer to it.
pub(crate) fn is_variable(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// A step that was started.
struct UnderWay {
    label: Spanned<String>,
    actor: Option<String>,
    finished: Option<Span>,
}

/// Who does what, step by step.
struct Order<'a> {
    actors: &'a [(Spanned<String>, Spanned<ActorKind>)],
    started: Vec<UnderWay>,
    /// Actors (none: the main one) that a step expects to be killed.
    killed: Vec<(Option<String>, Span)>,
    /// Actors that a step's call makes.
    made: Vec<Spanned<String>>,
}

impl Order<'_> {
    fn check(&mut self, d: &mut Decoder, step: &Step) {
        let actor = step.on.as_ref().map(|on| on.value.clone());
        if let Some(on) = &step.on {
            let known: Vec<&str> = self.actors.iter().map(|(name, _)| name.as_str()).collect();
            if !known.contains(&on.as_str()) {
                d.unknown("actor", on, &known, "not declared in `actors`");
            } else if self.is_child(on) && !self.is_made(on) {
                let title = format!("no step before this one makes `{}`", on.value);
                d.report(
                    Diagnostic::at(&on.span, title, "it is not there yet")
                        .help(format!("name it beside the call that makes it: `child: {}`", on.value)),
                );
            }
        }
        if let Some((_, killed)) = self.killed.iter().find(|(who, _)| *who == actor) {
            d.report(
                Diagnostic::at(&step.span, "a step of an actor that is dead", "it is not there to do this")
                    .related(killed, "killed here"),
            );
        }
        let mut subject = actor.clone();
        match &step.action {
            Action::Call(call) => {
                self.idle(d, &actor, &call.name.span);
                if let Some(child) = &call.child {
                    self.make(d, child, call);
                }
            }
            Action::Store { at, .. } | Action::Load { at, .. } => self.idle(d, &actor, &at.span),
            Action::Check(_) => {}
            Action::Blocked(label) => {
                self.find(d, label, "blocked");
            }
            Action::Finish(label) => {
                if let Some(started) = self.find(d, label, "finish") {
                    started.finished = Some(label.span.clone());
                    subject = started.actor.clone();
                }
            }
        }
        if let Some(label) = &step.start {
            self.start(d, label, step);
        }
        if let [Ranged { value: Expect { killed: Some(signal), .. }, .. }] = step.expect.as_slice() {
            self.killed.push((subject, signal.span.clone()));
        }
    }

    fn is_child(&self, actor: &str) -> bool {
        self.actors.iter().any(|(name, kind)| name.value == actor && kind.value == ActorKind::Child)
    }

    fn is_made(&self, actor: &str) -> bool {
        self.made.iter().any(|made| made.value == actor)
    }

    /// An actor of the right kind is made by one call, which makes nothing else.
    fn make(&mut self, d: &mut Decoder, child: &Spanned<String>, call: &Call) {
        if !self.is_child(child) {
            let title = format!("`{}` is not declared as a child", child.value);
            d.report(
                Diagnostic::at(&child.span, title, "of another kind, or unknown")
                    .help(format!("add `{}: child` to `actors`", child.value)),
            );
        }
        if let Some(first) = self.made.iter().find(|made| made.value == child.value) {
            let title = format!("`{}` is made twice", child.value);
            d.report(Diagnostic::at(&child.span, title, "again here").related(&first.span, "first here"));
        }
        if let Some(repeat) = &call.repeat {
            d.report(
                Diagnostic::at(&repeat.span, "`repeat` beside `child`", "one call makes one actor")
                    .related(&child.span, "this one"),
            );
        }
        self.made.push(child.clone());
    }

    /// An actor that nobody makes does nothing.
    fn all_made(&self, d: &mut Decoder) {
        for (name, _) in self.actors.iter().filter(|(name, _)| self.is_child(name) && !self.is_made(name)) {
            let title = format!("no step makes `{}`", name.value);
            d.report(
                Diagnostic::at(&name.span, title, "a child is made by a call")
                    .help(format!("name it beside the call that makes it: `child: {}`", name.value)),
            );
        }
    }

    /// An actor that is in a call can do nothing else.
    fn idle(&self, d: &mut Decoder, actor: &Option<String>, place: &Span) {
        if let Some(busy) = self.started.iter().find(|s| s.finished.is_none() && s.actor == *actor) {
            d.report(
                Diagnostic::at(place, "a step of an actor that is in a call", "it is not free to do this")
                    .related(&busy.label.span, "started here")
                    .help(format!("put `finish: {}` before it", busy.label.value)),
            );
        }
    }

    fn start(&mut self, d: &mut Decoder, label: &Spanned<String>, step: &Step) {
        if step.on.is_none() {
            d.report(
                Diagnostic::at(&label.span, "`start` without `on`", "the main actor would wait for itself")
                    .help("declare an actor in `actors` and name it with `on`"),
            );
        }
        if let Some(first) = self.started.iter().find(|s| s.label.value == label.value) {
            let title = format!("two steps are started as `{}`", label.value);
            d.report(Diagnostic::at(&label.span, title, "again here").related(&first.label.span, "first here"));
        }
        let actor = step.on.as_ref().map(|on| on.value.clone());
        self.started.push(UnderWay { label: label.clone(), actor, finished: None });
    }

    /// The started call of that label, if it is under way.
    fn find(&mut self, d: &mut Decoder, label: &Spanned<String>, verb: &str) -> Option<&mut UnderWay> {
        let Some(at) = self.started.iter().position(|s| s.label.value == label.value) else {
            let near = did_you_mean(label, self.started.iter().map(|s| s.label.as_str()));
            let help = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("start it with `start: {}` beside `call`, `store` or `load`", label.value),
            };
            let title = format!("`{verb}` without `start`: no earlier step starts `{}`", label.value);
            d.report(Diagnostic::at(&label.span, title, "not started before this step").help(help));
            return None;
        };
        if let Some(finished) = &self.started[at].finished {
            let title = format!("`{}` is already finished", label.value);
            d.report(Diagnostic::at(&label.span, title, "it has returned").related(finished, "finished here"));
            return None;
        }
        Some(&mut self.started[at])
    }
}
