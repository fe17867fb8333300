//! What `out` and `bind` may say of what a call wrote, shape by shape.

use serde_json::{Map, Value, json};

use super::definitions::{Definitions, any_of, closed, described, list, requiring};
use super::input::numeric;
use super::says::says;
use super::value::{
    REAL_TIME, REFERENCE_KEY, bound_numbers, bytes, compared_notation, notation, number, or_reference, scalar, signal,
    value, variable,
};
use crate::abi::{self, Dir, Int, Kind, Struct, Syscall};
use crate::case::BOUNDS;
use crate::plan::{ORDERS, TIMES};

/// An address as the number that it is.
static WORD: Kind = Kind::Int(Int { size: 8, signed: false, big: false });

/// What is said of an output.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Say {
    /// What it holds.
    Holds,
    /// What its parts are called from there on.
    Names,
}

impl Say {
    fn word(self) -> &'static str {
        match self {
            Say::Holds => "out",
            Say::Names => "bind",
        }
    }

    /// What an expectation, or `bind`, says of the outputs of a call.
    pub(crate) fn of_call(self, d: &mut Definitions, call: &Syscall) -> Value {
        let output = |arg: &abi::Arg| {
            let held = self.argument(d, &arg.kind)?;
            Some((arg.name.to_owned(), described(&says(&arg.kind), held)))
        };
        let outputs: Map<String, Value> = call.args.iter().filter_map(output).collect();
        let of = if outputs.is_empty() { "no-output" } else { call.name };
        d.share(&format!("{}.{of}", self.word()), |d| self.outputs(d, outputs))
    }

    fn outputs(self, d: &mut Definitions, mut outputs: Map<String, Value>) -> Value {
        if self == Say::Names {
            outputs.insert("return".to_owned(), described("the return value", variable(d)));
            let line = described("a line, with `${name}` where a number stands", json!({"type": "string"}));
            let files = json!({"type": "object", "additionalProperties": line});
            outputs.insert("files".to_owned(), described("path → a line of the file after the step", files));
            let fields = abi::structure("statx").map(|layout| self.structure(d, layout));
            let paths = json!({"type": "object", "additionalProperties": fields});
            outputs.insert("statx".to_owned(), described("path → what `statx` tells of it after the step", paths));
            for (time, _) in TIMES {
                let says = "a time in nanoseconds of CLOCK_MONOTONIC: before the call, or after it";
                outputs.insert(time.to_owned(), described(says, variable(d)));
            }
        }
        let mut object = closed(outputs);
        object["patternProperties"] = json!({REFERENCE_KEY: {}});
        let named = or_reference(d, object);
        match self {
            Say::Names => named,
            Say::Holds => json!({"properties": {"out": named}}),
        }
    }

    /// An argument that the call may write through; none if it may not.
    fn argument(self, d: &mut Definitions, kind: &Kind) -> Option<Value> {
        let written = |dir: &Dir| *dir != Dir::In;
        match kind {
            Kind::Bytes(dir) if written(dir) => Some(self.bytes(d)),
            Kind::Any(dir) | Kind::OneOf(dir, _) if written(dir) => Some(self.untyped(d)),
            Kind::Records(dir, element) if written(dir) => match self {
                Say::Names => Some(self.untyped(d)),
                Say::Holds => {
                    let one = self.in_place(d, element)?;
                    Some(any_of([ordered(d, &one), held_bytes(d)]))
                }
            },
            Kind::Iovec(dir) if written(dir) => {
                let element = self.bytes(d);
                Some(self.or_by_index(list(element.clone()), element))
            }
            Kind::Array(dir, inner) if written(dir) => {
                let item = self.in_place(d, inner)?;
                let all =
                    if self == Say::Holds { ordered(d, &item) } else { self.or_by_index(list(item.clone()), item) };
                Some(self.or_bytes(d, all))
            }
            Kind::Ptr(dir, inner) if written(dir) => self.in_place(d, inner).map(|held| self.or_bytes(d, held)),
            // A structure that is read may point to something that is written.
            Kind::Ptr(Dir::In, Kind::Struct(layout))
                if layout.fields.iter().any(|f| self.argument(d, &f.kind).is_some()) =>
            {
                Some(self.structure(d, layout))
            }
            Kind::By(_, shapes, others) => {
                let kinds = shapes.iter().map(|(_, kind)| kind).chain([*others]);
                let all: Vec<Value> = kinds.filter_map(|kind| self.argument(d, kind)).collect();
                (!all.is_empty()).then(|| any_of(all))
            }
            _ => None,
        }
    }

    fn in_place(self, d: &mut Definitions, kind: &Kind) -> Option<Value> {
        Some(match kind {
            Kind::Fixed(element, most) => {
                let element = self.in_place(d, element)?;
                let mut items = list(element.clone());
                items["maxItems"] = json!(most);
                self.or_by_index(items, element)
            }
            Kind::FixedBytes(_) | Kind::Inet(_) if self == Say::Holds => bytes(d),
            Kind::Text if self == Say::Holds => any_of([scalar(), notation(d)]),
            Kind::Tail if self == Say::Holds => held_bytes(d),
            Kind::List(element) if self == Say::Holds => {
                let one = self.in_place(d, element)?;
                any_of([ordered(d, &one), held_bytes(d)])
            }
            Kind::SigSet if self == Say::Holds => list(signal(d)),
            Kind::FdSet if self == Say::Holds => list(number(d)),
            Kind::FixedBytes(_) => bound_numbers(d),
            Kind::SigSet => variable(d),
            Kind::List(element) => list(self.in_place(d, element)?),
            Kind::Inet(_) | Kind::FdSet | Kind::Text | Kind::Tail => return None,
            Kind::Struct(layout) => self.structure(d, layout),
            Kind::By(_, shapes, others) => {
                let kinds = shapes.iter().map(|(_, kind)| kind).chain([*others]);
                any_of(kinds.filter_map(|kind| self.in_place(d, kind)).collect::<Vec<_>>())
            }
            _ => match self.number(d, kind) {
                Some(number) => number,
                // A pointer: its address, or what it points to.
                None => any_of(self.argument(d, kind).into_iter().chain(self.number(d, &WORD))),
            },
        })
    }

    /// A list, or of names some elements by index.
    fn or_by_index(self, list: Value, element: Value) -> Value {
        match self {
            Say::Names => any_of([list, json!({"type": "object", "patternProperties": {"^[0-9]+$": element}})]),
            Say::Holds => list,
        }
    }

    fn number(self, d: &mut Definitions, kind: &Kind) -> Option<Value> {
        let (name, given) = numeric(d, kind)?;
        Some(match self {
            Say::Names => variable(d),
            Say::Holds => d.share(&format!("out.{name}"), |d| {
                let within = any_of([given.clone(), bounds(d, &given)]);
                let mask = described("the bits that are compared", any_of([list(value(d)), given.clone()]));
                let is = described("what these bits are", within.clone());
                let masked = closed([("mask".to_owned(), mask), ("is".to_owned(), is)].into_iter().collect());
                any_of([within, requiring(&["mask", "is"], masked)])
            }),
        })
    }

    fn structure(self, d: &mut Definitions, layout: &Struct) -> Value {
        d.share(&format!("{}.struct.{}", self.word(), layout.name), |d| {
            let field = |f: &abi::Field| {
                let held = self.in_place(d, &f.kind)?;
                Some((f.name.to_owned(), described(&says(&f.kind), held)))
            };
            let mut object = closed(layout.all_fields().filter_map(field).collect());
            object["patternProperties"] = json!({REFERENCE_KEY: {}});
            or_reference(d, described(&format!("struct {}", layout.name), object))
        })
    }

    /// A buffer.
    fn bytes(self, d: &mut Definitions) -> Value {
        match self {
            Say::Names => bound_numbers(d),
            Say::Holds => held_bytes(d),
        }
    }

    /// Where a pointer of the case's own leads to less than the whole, there are only bytes.
    fn or_bytes(self, d: &mut Definitions, held: Value) -> Value {
        match self {
            Say::Names => any_of([held, bound_numbers(d)]),
            Say::Holds => any_of([held, notation(d)]),
        }
    }

    fn untyped(self, d: &mut Definitions) -> Value {
        match self {
            Say::Names => pattern(d),
            // A structure need not name its type again.
            Say::Holds => d.share("out.untyped", |d| any_of([held_bytes(d), json!({"type": "object"})])),
        }
    }
}

/// `{min, max}` or `{not}` of such numbers.
pub(crate) fn bounds(d: &mut Definitions, number: &Value) -> Value {
    let bound = |(name, says): (&str, &str)| (name.to_owned(), described(says, number.clone()));
    let mut bounds = closed(BOUNDS.map(bound).into_iter().collect());
    bounds["minProperties"] = json!(1);
    bounds["dependencies"] = json!({"not": {"maxProperties": 1}});
    or_reference(d, bounds)
}

/// What a buffer holds: bytes, or a structure.
pub(crate) fn held_bytes(d: &mut Definitions) -> Value {
    d.share("out.bytes", |d| {
        let listed = |d: &mut Definitions, s: &'static Struct| {
            let one = Say::Holds.structure(d, s);
            (s.name.to_owned(), any_of([one.clone(), ordered(d, &one)]))
        };
        let all: Map<_, _> = abi::structures().map(|s| listed(d, s)).collect();
        let mut structure = closed(all);
        structure["minProperties"] = json!(1);
        structure["maxProperties"] = json!(1);
        any_of([json!({"type": "string"}), compared_notation(d, held_bytes), lines(d), structure])
    })
}

/// Fields of `struct statx`.
pub(crate) fn metadata(d: &mut Definitions) -> Value {
    match abi::structure("statx") {
        Some(layout) => Say::Holds.structure(d, layout),
        None => json!({"type": "object"}),
    }
}

/// Lines that text has.
pub(crate) fn lines(d: &mut Definitions) -> Value {
    d.share("lines", |_| {
        let one = json!({"type": "string"});
        let says = "blanks stand for any blanks, `*` for anything, `${…}` for a number in decimal";
        let list = described(says, json!({"type": "array", "items": one, "minItems": 1}));
        requiring(&["lines"], closed([("lines".to_owned(), list)].into_iter().collect()))
    })
}

/// A signal with what it carries.
pub(crate) fn carrying(d: &mut Definitions) -> Value {
    d.share("signal.carrying", |d| {
        let members = abi::siginfo().fields.iter().chain(&abi::HANDLED);
        let member = |f: &abi::Field| Some((f.name.to_owned(), Say::Holds.in_place(d, &f.kind)?));
        let mut carried = closed(members.filter_map(member).collect());
        carried["patternProperties"] = json!({REFERENCE_KEY: {}});
        let carried = d.share("out.signal", |d| or_reference(d, carried));
        let mut named = closed(abi::signal_names().map(|name| (name.to_owned(), carried.clone())).collect());
        named["patternProperties"] = json!({REFERENCE_KEY: carried, REAL_TIME: carried});
        named["minProperties"] = json!(1);
        named["maxProperties"] = json!(1);
        named
    })
}

/// A list of what follows each other, and how it is compared.
fn ordered(d: &mut Definitions, one: &Value) -> Value {
    let exact = list(one.clone());
    let orders = ORDERS.map(|(name, says, _)| {
        let key = (name.to_owned(), described(says, exact.clone()));
        requiring(&[name], closed([key].into_iter().collect()))
    });
    or_reference(d, any_of([exact].into_iter().chain(orders)))
}

/// Names at the leaves of lists and mappings.
pub(crate) fn pattern(d: &mut Definitions) -> Value {
    d.share("bind.pattern", |d| {
        let inner = pattern(d);
        any_of([
            variable(d),
            list(inner.clone()),
            json!({"type": "object", "properties": {"line": {"type": "string"}}, "additionalProperties": inner}),
        ])
    })
}
