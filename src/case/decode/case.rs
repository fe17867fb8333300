//! A case whose fixtures are inlined and whose parameters are expanded.

use serde_json::{Value as Json, json};

use super::{
    claim::{AClaim, Claim},
    decoder::{Decoder, Fields},
    given::{Given, Signals},
    key::{Key, Mapping, Shape, mapping},
    memory::{Named, Region},
    needs::Needs,
    rests::Grounds,
    shapes::{Entries, Shared, Word, of},
    step::{Step, Steps},
};
use crate::case::{
    diagnostic::Diagnostic,
    model::{ActorKind, Case, Disposition, Rests},
    node::{Node, Span, Spanned},
};
use crate::schema::{Definitions, VARIABLE, any_of, keyed_with, list, named, or_reference, scalar};

const ACTORS: [(&str, ActorKind); 3] =
    [("thread", ActorKind::Thread), ("process", ActorKind::Process), ("child", ActorKind::Child)];

/// The labels of rows and values.
const LABEL: &str = "^[A-Za-z0-9_.+:-]*$";

/// Words that end with a full stop and do not end a sentence.
const ABBREVIATIONS: [&str; 5] = ["e.g.", "i.e.", "cf.", "vs.", "etc."];

/// Where a reference to a parameter is replaced.
pub(crate) const SUBSTITUTED: [&str; 7] = ["rests", "steps", "finally", "given", "needs", "memory", "signals"];

/// What a fixture does not hold.
const NOT_SHARED: [&str; 6] = ["summary", "rests", "claim", "use", "params", "rows"];

mapping! {
    /// The keys of a case.
    pub(crate) struct Keys: "case" {
        /// one sentence in the present tense that ends with a full stop
        "summary" required_or_default summary: String = Sentence,
        /// what the expectations rest on: `{documented: "PAGE, SECTION"}`, `practice` or `accident`
        "rests" optional rests: Rests = Grounds,
        /// what a document states
        "claim" optional claim: Claim = Shared("claim", AClaim),
        /// conditions: unmet, the case is skipped with the reason
        "needs" default needs: Needs = Shared("needs", of::<Needs>()),
        /// circumstances that its process is put in
        "given" default given: Given = Shared("given", of::<Given>()),
        /// signal → `record`, `ignore` or `block`, or `{record: [FLAGS], mask: [SIGNALS]}`
        "signals" default signals: Vec<(Spanned<String>, Disposition)> = Shared("signals", Signals),
        /// named memory regions
        "memory" default memory: Vec<(Spanned<String>, Region)> = Shared("memory", Entries {
            expected: "a mapping of names to regions",
            pattern: Some(VARIABLE),
            each: Named,
        }),
        /// name → `thread`, `process` or `child`
        "actors" default actors: Vec<(Spanned<String>, Spanned<ActorKind>)> =
            Entries::of("a mapping of actors to `thread`, `process` or `child`", Word("actor", &ACTORS)),
        /// fixtures, in order; a parameter may choose them
        "use" default used: () = Expanded(|d| {
            let name = or_reference(d, scalar());
            or_reference(d, list(name))
        }),
        /// parameter → values, or label → value: a case of every combination
        "params" default params: () = Expanded(|_| {
            let labelled = named(LABEL, json!({}));
            let values = any_of([json!({"type": "array", "minItems": 1}), labelled]);
            let mut params = named(VARIABLE, values);
            params["minProperties"] = json!(1);
            params
        }),
        /// label → values by column: a case of every row
        "rows" default rows: () = Expanded(|_| {
            let mut rows = named(LABEL, named(VARIABLE, json!({})));
            rows["minProperties"] = json!(1);
            rows
        }),
        /// seconds that the steps may take, if not the run's
        "deadline" optional deadline: Spanned<f64> = Seconds,
        /// what happens, in order; required, unless a fixture has steps
        "steps" default steps: Vec<Step> = Shared("steps", Steps),
        /// steps that are performed at the end, whatever happened
        "finally" default finally: Vec<Step> = Shared("steps", Steps),
    }
}

/// The keys of a fixture.
pub(crate) fn shared_keys() -> impl Iterator<Item = &'static Key> {
    Keys::KEYS.iter().filter(|key| !NOT_SHARED.contains(&key.name))
}

/// A key of a case or a fixture.
fn property(d: &mut Definitions, key: &Key) -> Json {
    let schema = (key.schema)(d);
    if SUBSTITUTED.contains(&key.name) { or_reference(d, schema) } else { schema }
}

pub(super) fn fixture_schema(d: &mut Definitions) -> Json {
    keyed_with(d, shared_keys(), property)
}

pub(super) fn case_schema(d: &mut Definitions) -> Json {
    let mut case = keyed_with(d, Keys::KEYS, property);
    // Steps may come from a fixture.
    case["anyOf"] = json!([{"required": ["steps"]}, {"required": ["use"]}]);
    case
}

/// Where a case stands.
#[derive(Clone, Copy)]
pub(crate) struct CaseContext<'a> {
    /// Its name.
    pub(crate) name: &'a Spanned<String>,
    /// The names of the fixtures that are put into it.
    pub(crate) fixtures: &'a [Span],
}

impl Decoder {
    /// The case of that id.
    pub(crate) fn case(
        &mut self,
        id: String,
        subject: &str,
        place: CaseContext<'_>,
        body: &Fields<'_>,
    ) -> Option<Case> {
        let found = self.diags.len();
        let keys = Keys::read(self, place.name, body);
        // A fixture's are among them by now.
        self.required(body, "steps");
        if let (Some(keys), Some(list)) = (&keys, body.get("steps")) {
            if list.as_list().is_some_and(<[Node]>::is_empty) {
                self.report(Diagnostic::at(&list.span, "a case without steps", "expected at least one step"));
            }
            self.check_files(&keys.memory, &keys.given);
            self.check_privilege(&keys.needs, &keys.given);
            self.check_steps(list, &keys.steps, &keys.actors, body.get("claim").is_some());
            self.check_finally(&keys.finally);
        }
        if self.diags.len() > found {
            return None;
        }
        // What is expanded is not there any more.
        let Keys {
            summary,
            rests,
            claim,
            needs,
            given,
            signals,
            memory,
            actors,
            steps,
            finally,
            deadline,
            used: (),
            params: (),
            rows: (),
        } = keys?;
        Some(Case {
            id,
            folders: Vec::new(),
            subject: subject.to_owned(),
            summary,
            rests,
            span: place.name.span.clone(),
            fixtures: place.fixtures.to_vec(),
            claim,
            needs,
            given,
            signals,
            memory,
            actors,
            steps,
            finally,
            deadline,
        })
    }
}

/// What is put in place before a case is read: see [`crate::case`]'s expansion.
struct Expanded(fn(&mut Definitions) -> Json);

impl Shape for Expanded {
    type Value = ();

    fn read(&self, _: &mut Decoder, _: &Spanned<String>, _: &Node) -> Option<()> {
        Some(())
    }

    fn schema(&self, d: &mut Definitions) -> Json {
        self.0(d)
    }
}

struct Sentence;

impl Shape for Sentence {
    type Value = String;

    fn read(&self, d: &mut Decoder, _: &Spanned<String>, node: &Node) -> Option<String> {
        let text = d.name(node, "one sentence")?.value;
        if !text.ends_with('.') {
            d.report(Diagnostic::at(&node.span, "the summary does not end with a full stop", "expected a sentence"));
        }
        let ends = text.match_indices(". ").map(|(at, _)| text.split_at(at + 1));
        let mut next = ends.filter(|(before, after)| {
            let word = before.rsplit(' ').next().unwrap_or(before);
            after.trim_start().starts_with(char::is_uppercase) && !ABBREVIATIONS.contains(&word)
        });
        if next.next().is_some() {
            d.report(Diagnostic::at(&node.span, "the summary is more than one sentence", "expected one sentence"));
        }
        Some(text)
    }

    fn schema(&self, _: &mut Definitions) -> Json {
        json!({"type": "string", "pattern": r"\.$"})
    }
}

struct Seconds;

impl Shape for Seconds {
    type Value = Spanned<f64>;

    fn read(&self, d: &mut Decoder, _: &Spanned<String>, node: &Node) -> Option<Spanned<f64>> {
        let seconds = node.plain().and_then(|text| text.parse::<f64>().ok());
        match seconds.filter(|s| *s > 0.0 && *s <= 3600.0) {
            Some(value) => Some(Spanned { value, span: node.span.clone() }),
            None => {
                d.expected(node, "seconds: a number above 0, at most 3600");
                None
            }
        }
    }

    fn schema(&self, _: &mut Definitions) -> Json {
        json!({"type": "number", "exclusiveMinimum": 0, "maximum": 3600})
    }
}
