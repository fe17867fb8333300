//! Conditions, circumstances and memory.

use serde_json::{Map, Value, json};

use super::definitions::{Definitions, any_of, described, keyed, list, named, requiring, unknown, words};
use super::expect::ranges;
use super::input::flag_list;
use super::step::steps;
use super::value::{
    REAL_TIME, REFERENCE_KEY, VARIABLE, bytes, length, literal, names, or_reference, path, reference, text,
};
use crate::abi;
use crate::case::keys::{DISPOSITIONS, FILE, GIVEN, LIMIT, MOUNT, NAMESPACES, NEEDS, REGION, WORKDIRS};

const UID_MAX: i64 = u32::MAX as i64;

/// `needs`.
pub(super) fn needs(d: &mut Definitions) -> Value {
    keyed(&NEEDS, |key| match key {
        "caps" => ("these capabilities are effective", capabilities(d)),
        "no_caps" => ("these capabilities are absent", capabilities(d)),
        "uid" => ("this is the effective user id", literal(d, 0, UID_MAX)),
        "kernel" => {
            let ranges = ranges(d);
            ("the version is in one of the ranges", or_reference(d, ranges))
        }
        "config" => ("the kernel was configured so", or_reference(d, named(r"^(?:CONFIG_|\$)", text()))),
        "page_size" => ("pages have this size", literal(d, 1, 1 << 30)),
        "filesystem" => ("the working directory's file system is one of these", or_reference(d, list(text()))),
        "arch" => ("the machine is one of these", or_reference(d, list(text()))),
        "probe" => {
            let steps = steps(d);
            ("these steps go as they say", or_reference(d, steps))
        }
        _ => unknown(),
    })
}

/// `given`.
pub(super) fn given(d: &mut Definitions) -> Value {
    keyed(&GIVEN, |key| match key {
        "workdir" => ("the file system of the working directory", or_reference(d, words(&WORKDIRS))),
        "namespaces" => {
            let one = or_reference(d, words(&NAMESPACES));
            ("namespaces to unshare", or_reference(d, list(one)))
        }
        "mounts" => {
            let one = mount(d);
            let one = or_reference(d, one);
            ("file systems mounted inside the working directory", or_reference(d, list(one)))
        }
        "dirs" => ("directories to make", paths(d)),
        "fifos" => ("FIFOs to make", paths(d)),
        "files" => {
            let files = files(d);
            ("path → bytes, or {content, mode}", or_reference(d, files))
        }
        "rlimits" => {
            let limits = limits(d);
            ("limit → soft limit, or {soft, hard}", or_reference(d, limits))
        }
        "umask" => ("the file mode creation mask", literal(d, 0, 0o777)),
        "gid" => ("becomes that group", literal(d, 0, UID_MAX)),
        "uid" => ("becomes that user, without capabilities", literal(d, 0, UID_MAX)),
        "caps" => ("keeps these capabilities alone", capabilities(d)),
        _ => unknown(),
    })
}

fn capabilities(d: &mut Definitions) -> Value {
    let one = names(d, &abi::CAPABILITY);
    let one = or_reference(d, one);
    or_reference(d, list(one))
}

fn paths(d: &mut Definitions) -> Value {
    let all = list(path(d));
    or_reference(d, all)
}

fn mount(d: &mut Definitions) -> Value {
    let mount = keyed(&MOUNT, |key| match key {
        "at" => ("the directory", path(d)),
        "type" => ("the file system type", text()),
        "options" => ("mount data, such as size=64k", text()),
        "read_only" => ("remounted read-only once files are written", or_reference(d, json!({"type": "boolean"}))),
        _ => unknown(),
    });
    requiring(&["at", "type"], mount)
}

fn files(d: &mut Definitions) -> Value {
    let file = keyed(&FILE, |key| match key {
        "content" => ("what it holds", bytes(d)),
        "mode" => ("permission bits", literal(d, 0, 0o7777)),
        _ => unknown(),
    });
    let one = any_of([bytes(d), requiring(&["content"], file)]);
    json!({"type": "object", "additionalProperties": one})
}

fn limits(d: &mut Definitions) -> Value {
    let pair = keyed(&LIMIT, |key| match key {
        "soft" => ("the soft limit", length(d)),
        "hard" => ("the hard limit", length(d)),
        _ => unknown(),
    });
    let one = any_of([length(d), requiring(&LIMIT, pair)]);
    let all: Map<_, _> = abi::rlimit_names().map(|name| (name.to_owned(), one.clone())).collect();
    json!({"type": "object", "properties": all, "patternProperties": {REFERENCE_KEY: one}, "additionalProperties": false})
}

/// `signals`.
pub(super) fn signals(d: &mut Definitions) -> Value {
    let disposition = or_reference(d, words(&DISPOSITIONS));
    let disposition = d.share("disposition", |_| disposition);
    let all: Map<_, _> = abi::signal_names().map(|name| (name.to_owned(), disposition.clone())).collect();
    json!({
        "type": "object",
        "properties": all,
        "patternProperties": {REFERENCE_KEY: disposition, REAL_TIME: disposition},
        "additionalProperties": false,
    })
}

/// `memory`.
pub(super) fn memory(d: &mut Definitions) -> Value {
    let region = d.share("region", |d| {
        let region = keyed(&REGION, |key| match key {
            "len" => ("bytes", length(d)),
            "prot" => ("default [PROT_READ, PROT_WRITE]", flag_list(d, &abi::PROT)),
            "flags" => ("default [MAP_PRIVATE, MAP_ANONYMOUS]", flag_list(d, &abi::MAP)),
            "file" => ("backing file, from given: files", text()),
            "offset" => ("offset into the file, a multiple of the page size", literal(d, 0, 1 << 40)),
            "init" => ("content before the first step", bytes(d)),
            _ => unknown(),
        });
        requiring(&["len"], region)
    });
    let region = any_of([region, reference(d)]);
    described("regions by name", named(VARIABLE, region))
}
