//! What goes with each system call: its arguments, its outputs.

use serde_json::{Value, json};

use super::definitions::{Definitions, described};
use super::input::{argument, is_required, siblings};
use super::output::Say;
use super::value::or_reference;
use crate::abi::{self, Kind, Syscall};

/// The names of all calls.
pub(crate) fn call_name(d: &mut Definitions) -> Value {
    let name = d.share("call", |_| json!({"enum": abi::syscalls().map(|call| call.name).collect::<Vec<_>>()}));
    or_reference(d, name)
}

/// A rule a call: a step that names it has its arguments and outputs.
pub(crate) fn call_rules(d: &mut Definitions) -> Vec<Value> {
    let rule = |call: &Syscall| {
        let then = d.share(&format!("call.{}", call.name), |d| step(d, call));
        json!({"if": {"properties": {"call": {"const": call.name}}, "required": ["call"]}, "then": then})
    };
    abi::syscalls().map(rule).collect()
}

/// The keys of a step that performs this call.
fn step(d: &mut Definitions, call: &Syscall) -> Value {
    let expect = Say::Holds.of_call(d, call);
    json!({"properties": {
        "args": arguments(d, call),
        "bind": Say::Names.of_call(d, call),
        "claimed": expect,
        "expect": expect,
        "expect_when": {"items": expect},
    }})
}

fn arguments(d: &mut Definitions, call: &Syscall) -> Value {
    let all: Vec<(&str, &Kind)> = call.args.iter().map(|arg| (arg.name, &arg.kind)).collect();
    let names: Vec<&str> = all.iter().map(|(name, _)| *name).collect();
    let mut args = siblings(d, &all, argument);
    let required: Vec<&str> = call.args.iter().filter(|arg| is_required(arg)).map(|arg| arg.name).collect();
    if !required.is_empty() {
        // A parameter may stand for a name.
        args["if"] = json!({"propertyNames": {"pattern": "^[^$]"}});
        args["then"] = json!({"required": required});
    }
    let args = described(&format!("{}({})", call.name, names.join(", ")), args);
    or_reference(d, args)
}
