//! Steps, and the order that started calls must keep.

use super::{
    expect::Of,
    shape::{Decoder, Fields, either, list},
};
use crate::case::{
    diagnostic::{Diagnostic, did_you_mean},
    model::{Action, ActorKind, Call, Expect, Ranged, Repeat, Step},
    node::{Node, Span, Spanned},
};

/// What each kind of step is named by, and the keys that it may have beside that.
pub(crate) const KINDS: [(&str, &[&str]); 5] = [
    ("call", &["on", "args", "start", "repeat", "expect", "expect_when", "claimed", "bind"]),
    ("blocked", &["expect", "expect_when", "claimed"]),
    ("finish", &["expect", "expect_when", "claimed", "bind"]),
    ("store", &["on", "expect", "expect_when", "claimed"]),
    ("load", &["on", "expect", "expect_when", "claimed"]),
];

pub(crate) const STEP: [&str; 13] = [
    "call",
    "args",
    "start",
    "repeat",
    "blocked",
    "finish",
    "store",
    "load",
    "on",
    "expect",
    "expect_when",
    "claimed",
    "bind",
];

pub(crate) const STORED: [&str; 2] = ["at", "bytes"];
pub(crate) const LOADED: [&str; 2] = ["at", "len"];
pub(crate) const REPEAT: [&str; 3] = ["times", "until", "max"];
/// What a call that is only started cannot have: nothing has come of it yet.
pub(crate) const OF_RETURN: [&str; 4] = ["expect", "expect_when", "claimed", "bind"];

pub(crate) const MAX_CALLS: u64 = 1_000_000_000;

impl Decoder {
    /// The steps of a case or a probe.
    pub(super) fn steps(
        &mut self,
        node: &Node,
        actors: &[(Spanned<String>, Spanned<ActorKind>)],
        has_claim: bool,
    ) -> Vec<Step> {
        let mut order = Order { actors, started: Vec::new(), killed: Vec::new() };
        let mut steps = Vec::new();
        for item in self.items(node, "a list of steps") {
            let Some(step) = self.step(item, has_claim) else { continue };
            order.check(self, &step);
            steps.push(step);
        }
        steps
    }

    fn step(&mut self, node: &Node, has_claim: bool) -> Option<Step> {
        let step = self.fields(node, "step", &STEP)?;
        let mut kinds = KINDS.iter().filter_map(|(kind, keys)| Some((step.entry(kind)?, *keys)));
        let Some(((kind, what), allowed)) = kinds.next() else {
            let names = KINDS.map(|(kind, _)| kind);
            let label = format!("expected {}", either(&names));
            self.report(Diagnostic::at(&node.span, "the step does nothing", label));
            return None;
        };
        if let Some(((other, _), _)) = kinds.next() {
            let title = format!("both `{}` and `{}` in one step", kind.value, other.value);
            self.report(
                Diagnostic::at(&other.span, title, "a step does one thing").related(&kind.span, "the other is here"),
            );
            return None;
        }
        for (key, _) in step.entries {
            let fits = key.value == kind.value || allowed.contains(&key.as_str());
            if !fits && STEP.contains(&key.as_str()) {
                let title = format!("`{}` does not go with `{}`", key.value, kind.value);
                let help = match key.as_str() {
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
        let (action, of) = match kind.as_str() {
            "call" => (Action::Call(self.call(what, &step)?), Of::Call),
            "blocked" => (Action::Blocked(self.label(what)?), Of::Blocked),
            "finish" => (Action::Finish(self.label(what)?), Of::Call),
            "store" => {
                let fields = self.fields(what, "store", &STORED)?;
                let at = self.required(&fields, "at").cloned();
                let bytes = self.required(&fields, "bytes").cloned();
                (Action::Store { at: at?, bytes: bytes? }, Of::Store)
            }
            _ => {
                let fields = self.fields(what, "load", &LOADED)?;
                let at = self.required(&fields, "at").cloned();
                let len = self.required(&fields, "len").cloned();
                (Action::Load { at: at?, len: len? }, Of::Load)
            }
        };
        Some(Step {
            span: node.span.clone(),
            on: step.get("on").and_then(|on| self.name(on, "the name of an actor")),
            action,
            expect: self.expectations(&step, of),
            claimed: self.claimed_of(&step, of, has_claim),
            bind: step.get("bind").map(|bind| self.binds(bind)).unwrap_or_default(),
        })
    }

    fn label(&mut self, node: &Node) -> Option<Spanned<String>> {
        self.name(node, "the label of a started call")
    }

    fn claimed_of(&mut self, step: &Fields<'_>, of: Of, has_claim: bool) -> Option<Expect> {
        let (key, node) = step.entry("claimed")?;
        if !has_claim {
            self.report(
                Diagnostic::at(&key.span, "`claimed` in a case without a claim", "who claims it?")
                    .help("add `claim` to the case"),
            );
        }
        self.claimed(node, of)
    }

    fn call(&mut self, name: &Node, step: &Fields<'_>) -> Option<Call> {
        let name = self.name(name, "the name of a system call")?;
        let args = step.get("args").map(|args| self.entries(args, "a mapping of arguments by name").to_vec());
        let start = step.get("start").and_then(|label| self.label(label));
        let repeat = step.entry("repeat").and_then(|(_, node)| self.repeat(node));
        if let Some(label) = &start {
            for late in OF_RETURN {
                if let Some((key, _)) = step.entry(late) {
                    let title = format!("`{late}` on a call that is only started");
                    self.report(
                        Diagnostic::at(&key.span, title, "nothing has come of the call yet")
                            .related(&label.span, "started here")
                            .help(format!("move it to `finish: {}`", label.value)),
                    );
                }
            }
        }
        Some(Call { name, args: args.unwrap_or_default(), start, repeat })
    }

    fn repeat(&mut self, node: &Node) -> Option<Spanned<Repeat>> {
        let spanned = |value| Spanned { value, span: node.span.clone() };
        if node.plain() == Some("advance") {
            return Some(spanned(Repeat::Advance));
        }
        if node.as_map().is_none() {
            self.wrong(node, "`advance`, `{times: N}` or `{until: ERRNO, max: M}`");
            return None;
        }
        let fields = self.fields(node, "repetition", &REPEAT)?;
        match (fields.get("times"), fields.get("until"), fields.get("max")) {
            (Some(times), None, None) => Some(spanned(Repeat::Times(times.clone()))),
            (None, Some(errno), max) => {
                let errno = self.name(errno, "the name of an error");
                let max = max.map_or(Some(1_000_000), |max| self.number(max, 1..=MAX_CALLS).map(|n| n.value));
                Some(spanned(Repeat::Until { errno: errno?, max: max? }))
            }
            _ => {
                self.wrong(node, "`{times: N}` or `{until: ERRNO, max: M}`");
                None
            }
        }
    }

    fn binds(&mut self, node: &Node) -> Vec<(Spanned<String>, Node)> {
        let entries = self.entries(node, "a mapping of results to the names they get");
        for (_, pattern) in entries {
            self.pattern(pattern);
        }
        entries.to_vec()
    }

    /// Names at the leaves of lists and mappings.
    fn pattern(&mut self, node: &Node) {
        match (node.as_list(), node.as_map()) {
            (Some(items), _) => items.iter().for_each(|item| self.pattern(item)),
            (_, Some(entries)) => entries.iter().for_each(|(_, item)| self.pattern(item)),
            _ if node.plain().is_some_and(is_variable) => {}
            _ => self.wrong(node, "the name of a variable: letters, digits and `_`"),
        }
    }
}

/// Whether `$name` can refer to it.
pub(crate) fn is_variable(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// A call that was started.
struct Started {
    label: Spanned<String>,
    actor: Option<String>,
    finished: Option<Span>,
}

/// Who does what, step by step.
struct Order<'a> {
    actors: &'a [(Spanned<String>, Spanned<ActorKind>)],
    started: Vec<Started>,
    /// Actors (none: the main one) that a step expects to be killed.
    killed: Vec<(Option<String>, Span)>,
}

impl Order<'_> {
    fn check(&mut self, d: &mut Decoder, step: &Step) {
        let actor = step.on.as_ref().map(|on| on.value.clone());
        if let Some(on) = &step.on {
            let known: Vec<&str> = self.actors.iter().map(|(name, _)| name.as_str()).collect();
            if !known.contains(&on.as_str()) {
                d.unknown("actor", on, &known, "not declared in `actors`");
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
                if let Some(label) = &call.start {
                    self.start(d, label, step);
                }
            }
            Action::Store { at, .. } | Action::Load { at, .. } => self.idle(d, &actor, &at.span),
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
        if let [Ranged { value: Expect { killed: Some(signal), .. }, .. }] = step.expect.as_slice() {
            self.killed.push((subject, signal.span.clone()));
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
            let title = format!("two calls are started as `{}`", label.value);
            d.report(Diagnostic::at(&label.span, title, "again here").related(&first.label.span, "first here"));
        }
        let actor = step.on.as_ref().map(|on| on.value.clone());
        self.started.push(Started { label: label.clone(), actor, finished: None });
    }

    /// The started call of that label, if it is under way.
    fn find(&mut self, d: &mut Decoder, label: &Spanned<String>, verb: &str) -> Option<&mut Started> {
        let Some(at) = self.started.iter().position(|s| s.label.value == label.value) else {
            let near = did_you_mean(label, self.started.iter().map(|s| s.label.as_str()));
            let help = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("start it with `start: {}` beside `call`", label.value),
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
