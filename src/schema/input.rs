//! What arguments and fields of structures may be given as, shape by shape.

use serde_json::{Map, Value, json};

use super::definitions::{Definitions, any_of, closed, described, list, requiring, slug};
use super::says::says;
use super::value::{
    REFERENCE_KEY, address, bytes, constant, notation, number, or_reference, pointer, raw, room, scalar, signal, value,
};
use crate::abi::{self, Dir, Int, Kind, Set, Struct};
use crate::plan::{CONTINUED, STATUS};

/// A kind that is a number: the name of its definition, and what it may be given as.
pub(crate) fn numeric(d: &mut Definitions, kind: &Kind) -> Option<(String, Value)> {
    let (name, schema): (String, Value) = match kind {
        // Addresses that C declares as `unsigned long` may be NULL.
        Kind::Int(Int { size: 8, .. }) | Kind::Addr => ("long".into(), any_of([number(d), pointer(d)])),
        Kind::Int(_) | Kind::Len(..) | Kind::Bits(..) => ("int".into(), any_of([number(d), raw(d)])),
        Kind::Octal(_) => flags(d, &abi::MODE),
        Kind::WaitStatus => ("wait-status".into(), any_of([number(d), raw(d), wait_status(d)])),
        Kind::Fd => one_of(d, &abi::DESCRIPTOR),
        Kind::Flags(_, set) => flags(d, set),
        Kind::Enum(_, set) => one_of(d, set),
        _ => return None,
    };
    let shared = d.share(&name, |_| schema);
    Some((name, shared))
}

fn flags(d: &mut Definitions, set: &Set) -> (String, Value) {
    (format!("flags.{}", slug(set.name)), any_of([flag_list(d, set), raw(d)]))
}

/// Constants of a set, OR-ed.
pub(crate) fn flag_list(d: &mut Definitions, set: &Set) -> Value {
    let one = constant(d, set);
    any_of([list(one.clone()), one])
}

/// How a child changed, in words.
fn wait_status(d: &mut Definitions) -> Value {
    let event = constant(d, &abi::PTRACE_EVENT);
    let (signal, code) = (signal(d), number(d));
    let yes = json!({"type": "boolean"});
    let each = |(word, says, more): &(&str, &str, &[(&str, &str)])| {
        let first = described(says, if *word == "exited" { code.clone() } else { signal.clone() });
        let more = more.iter().map(|(key, says)| {
            ((*key).to_owned(), described(says, if *key == "event" { event.clone() } else { yes.clone() }))
        });
        requiring(&[word], closed([((*word).to_owned(), first)].into_iter().chain(more).collect()))
    };
    any_of(STATUS.iter().map(each).chain([json!({"const": CONTINUED})]).collect::<Vec<_>>())
}

fn one_of(d: &mut Definitions, set: &Set) -> (String, Value) {
    (format!("one-of.{}", slug(set.name)), any_of([constant(d, set), raw(d)]))
}

/// What an argument of this kind may be given as.
pub(crate) fn argument(d: &mut Definitions, kind: &Kind) -> Value {
    if let Some((_, schema)) = numeric(d, kind) {
        return schema;
    }
    match kind {
        Kind::Path => d.share("string", |d| any_of([scalar(), pointer(d), notation(d)])),
        Kind::Bytes(dir) => buffer(d, *dir),
        Kind::Iovec(dir) => d.share(&format!("iovec.{}", way(*dir)), |d| any_of([list(element(d, *dir)), pointer(d)])),
        Kind::Ptr(Dir::Out, _) | Kind::Array(Dir::Out, _) => buffer(d, Dir::Out),
        Kind::Ptr(dir, inner) => {
            let data = in_place(d, inner);
            behind_pointer(d, *dir, data)
        }
        Kind::Array(dir, inner) => {
            let data = list(in_place(d, inner));
            behind_pointer(d, *dir, data)
        }
        Kind::Any(_) => untyped(d),
        Kind::OneOf(_, choice) => one_of_structures(d, choice),
        Kind::Records(dir, element) => {
            let items = (*dir != Dir::Out).then(|| list(in_place(d, element)));
            let buffer = buffer(d, *dir);
            any_of([buffer].into_iter().chain(items))
        }
        Kind::By(_, shapes, others) => {
            let all: Vec<Value> = shapes.iter().map(|(_, kind)| argument(d, kind)).collect();
            any_of(all.into_iter().chain([argument(d, others)]))
        }
        // In place only; as an argument, a pointer to it.
        _ => {
            let data = in_place(d, kind);
            behind_pointer(d, Dir::In, data)
        }
    }
}

fn behind_pointer(d: &mut Definitions, dir: Dir, data: Value) -> Value {
    let room = (dir != Dir::In).then(|| room(d));
    any_of([data, pointer(d)].into_iter().chain(room))
}

fn way(dir: Dir) -> &'static str {
    match dir {
        Dir::In => "in",
        Dir::Out => "out",
        Dir::InOut => "inout",
    }
}

fn buffer(d: &mut Definitions, dir: Dir) -> Value {
    d.share(&format!("buffer.{}", way(dir)), |d| match dir {
        Dir::In => any_of([bytes(d), pointer(d)]),
        Dir::Out => any_of([room(d), pointer(d)]),
        Dir::InOut => any_of([bytes(d), room(d), pointer(d)]),
    })
}

/// An element of a vector.
fn element(d: &mut Definitions, dir: Dir) -> Value {
    let data = buffer(d, dir);
    let base = described("where it points to", data.clone());
    let len = described("its length", any_of([number(d), raw(d)]));
    let own = closed([("base".to_owned(), base), ("len".to_owned(), len)].into_iter().collect());
    any_of([data, requiring(&["base", "len"], own)])
}

/// A value of a kind where it stands: in a structure, an array, or behind a pointer.
fn in_place(d: &mut Definitions, kind: &Kind) -> Value {
    match kind {
        Kind::Fixed(element, most) => {
            let mut items = list(in_place(d, element));
            items["maxItems"] = json!(most);
            or_reference(d, items)
        }
        Kind::FixedBytes(_) | Kind::Inet(_) | Kind::Tail => bytes(d),
        Kind::Text => any_of([scalar(), notation(d)]),
        Kind::List(element) => {
            let items = list(in_place(d, element));
            let notation = notation(d);
            or_reference(d, any_of([items, notation]))
        }
        Kind::Struct(layout) => {
            let fields = structure(d, layout);
            or_reference(d, fields)
        }
        Kind::SigSet => list(signal(d)),
        Kind::FdSet => list(number(d)),
        _ => argument(d, kind),
    }
}

/// A structure by its fields; those left out are 0.
pub(crate) fn structure(d: &mut Definitions, layout: &Struct) -> Value {
    let fields: Vec<(&str, &Kind)> = layout.all_fields().map(|f| (f.name, &f.kind)).collect();
    d.share(&format!("struct.{}", layout.name), |d| {
        described(&format!("struct {}", layout.name), siblings(d, &fields, in_place))
    })
}

/// The notation decides what an untyped argument is.
pub(crate) fn untyped(d: &mut Definitions) -> Value {
    d.share("untyped", |d| {
        let numbers = any_of([value(d), list(value(d)), address(d)]);
        any_of([bytes(d), room(d), pointer(d), numbers, any_structure(d)])
    })
}

/// A structure named by its type, or several of them.
pub(crate) fn any_structure(d: &mut Definitions) -> Value {
    d.share("structure", |d| named_structures(d, abi::structures()))
}

fn named_structures(d: &mut Definitions, all: impl Iterator<Item = &'static Struct>) -> Value {
    let one_or_more = |d: &mut Definitions, s: &'static Struct| {
        let one = structure(d, s);
        (s.name.to_owned(), any_of([one.clone(), list(one)]))
    };
    let all: Map<_, _> = all.map(|s| one_or_more(d, s)).collect();
    let mut one = closed(all);
    one["minProperties"] = json!(1);
    one["maxProperties"] = json!(1);
    one
}

/// One of several structures, named by its type.
fn one_of_structures(d: &mut Definitions, choice: &abi::Choice) -> Value {
    d.share(&format!("structure.{}", slug(choice.name)), |d| {
        let all = choice.of.iter().filter_map(|kind| if let Kind::Struct(s) = kind { Some(*s) } else { None });
        let named = named_structures(d, all);
        let numbers = any_of([value(d), address(d)]);
        any_of([bytes(d), room(d), pointer(d), numbers, named])
    })
}

/// What one of several siblings may be given as: an argument, or a field.
type Shape = fn(&mut Definitions, &Kind) -> Value;

/// Arguments of a call or fields of a structure. What some hold depends on others.
pub(crate) fn siblings(d: &mut Definitions, all: &[(&str, &Kind)], given: Shape) -> Value {
    let mut properties = Map::new();
    let mut rules = Vec::new();
    for (name, kind) in all {
        let sibling = match kind {
            Kind::By(of, ..) => all.iter().find(|(other, _)| other == of).copied(),
            _ => None,
        };
        let schema = match sibling {
            Some(sibling) => {
                rules.extend(dependent(d, (name, kind), sibling, given));
                json!({})
            }
            None => given(d, kind),
        };
        properties.insert((*name).to_owned(), described(&says(kind), schema));
    }
    let mut object = closed(properties);
    object["patternProperties"] = json!({REFERENCE_KEY: {}});
    if !rules.is_empty() {
        object["allOf"] = json!(rules);
    }
    object
}

/// Rules for an argument whose shape depends on the constant given for another.
fn dependent(
    d: &mut Definitions,
    (name, kind): (&str, &Kind),
    (sibling, of): (&str, &Kind),
    given: Shape,
) -> Vec<Value> {
    let (Kind::By(_, shapes, others), Kind::Enum(int, set) | Kind::Flags(int, set)) = (kind, of) else {
        return Vec::new();
    };
    let unused = 64 - u32::from(int.size) * 8;
    let shape = |value: u64| {
        let known = shapes.iter().find(|(name, _)| set.value(name).is_some_and(|v| (v ^ value) << unused == 0));
        known.map_or(*others, |(_, kind)| kind)
    };
    let mut groups: Vec<(Value, Vec<&str>)> = Vec::new();
    for (constant, value) in set.consts {
        let schema = given(d, shape(*value));
        match groups.iter_mut().find(|(other, _)| *other == schema) {
            Some((_, names)) => names.push(constant),
            None => groups.push((schema, vec![constant])),
        }
    }
    let is = |names: &[&str]| json!({"properties": {sibling: {"enum": names}}, "required": [sibling]});
    let then = |schema: &Value| json!({"properties": {name: schema}});
    let all: Vec<&str> = set.consts.iter().map(|(name, _)| *name).collect();
    let mut rules: Vec<Value> =
        groups.iter().map(|(schema, names)| json!({"if": is(names), "then": then(schema)})).collect();
    let unknown = given(d, kind);
    rules.push(json!({"if": {"not": is(&all)}, "then": then(&unknown)}));
    rules
}

/// Whether an argument must be given.
pub(crate) fn is_required(arg: &abi::Arg) -> bool {
    let made_room_for = match &arg.kind {
        Kind::Len(..) | Kind::Ptr(_, Kind::Len(..)) | Kind::Ptr(Dir::Out, _) => true,
        Kind::By(_, shapes, _) => shapes.iter().any(|(_, kind)| matches!(kind, Kind::Ptr(Dir::Out, _))),
        _ => false,
    };
    !arg.optional && !made_room_for
}
