//! `needs`: the conditions of a case.

use serde_json::Value as Json;

use super::decoder::Decoder;
use super::given::Given;
use super::history::AnyVersion;
use super::key::{Shape, mapping};
use super::shapes::{Entries, List, Name, Number, OrParameter, Text, Word};
use super::step::{Step, Steps};
use crate::case::diagnostic::Diagnostic;
use crate::case::kernel;
use crate::case::node::{Node, Spanned};
use crate::schema::{Definitions, capability};

mapping! {
    /// Conditions: unmet, the case is skipped with the reason.
    #[derive(Clone, Debug, Default)]
    pub struct Needs: "condition" {
        /// these capabilities are effective, in the first user namespace
        "caps" default caps: Vec<Spanned<String>> =
            OrParameter(List("a list of capabilities", Name("a name", capability))),
        /// these capabilities are absent
        "no_caps" default no_caps: Vec<Spanned<String>> =
            OrParameter(List("a list of capabilities", Name("a name", capability))),
        /// this is the effective user id
        "uid" optional uid: Spanned<u32> = Number(0..=u32::MAX),
        /// the version is in one of the ranges
        "kernel" default kernel: Vec<Spanned<String>> = OrParameter(Version),
        /// the kernel was configured so: `{CONFIG_WATCH_QUEUE: n}`
        "config" default config: Vec<(Spanned<String>, Spanned<String>)> = OrParameter(Entries {
            expected: "a mapping of kernel options to `y`, `m` or `n`",
            pattern: Some(r"^(?:CONFIG_|\$)"),
            each: Text("the option's value, such as `y`"),
        }),
        /// pages have this size
        "page_size" optional page_size: Spanned<u64> = Number(1..=1 << 30),
        /// the working directory's file system is one of these
        "filesystem" default filesystem: Vec<Spanned<String>> =
            OrParameter(List("a list of file system types", Text("a name"))),
        /// `own`: the kernel is the case's to change; such a case is performed in guests alone; `spent`: in one that ends after it
        "machine" optional machine: Spanned<Machine> =
            OrParameter(Word("machine", &[("own", Machine::Own), ("spent", Machine::Spent)])),
        /// the machine is one of these
        "arch" default arch: Vec<Spanned<String>> = OrParameter(List("a list of architectures", Text("a name"))),
        /// these steps go as they say
        "probe" default probe: Vec<Step> = OrParameter(Probe),
    }
}

/// What a case does with a machine of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Machine {
    /// It leaves it as it was.
    Own,
    /// It leaves it changed: no other case is performed there.
    Spent,
}

/// Version ranges that can be read.
struct Version;

impl Shape for Version {
    type Value = Vec<Spanned<String>>;

    fn read(&self, d: &mut Decoder, key: &Spanned<String>, node: &Node) -> Option<Self::Value> {
        let ranges = AnyVersion.read(d, key, node)?;
        if let Err(diag) = kernel::parse_ranges(&ranges) {
            d.report(diag);
        }
        Some(ranges)
    }

    fn schema(&self, d: &mut Definitions) -> Json {
        AnyVersion.schema(d)
    }
}

/// Steps of the main actor that nothing is claimed of.
struct Probe;

impl Shape for Probe {
    type Value = Vec<Step>;

    fn read(&self, d: &mut Decoder, key: &Spanned<String>, node: &Node) -> Option<Vec<Step>> {
        let steps = Steps.read(d, key, node)?;
        d.check_steps(node, &steps, &[], false);
        Some(steps)
    }

    fn schema(&self, d: &mut Definitions) -> Json {
        Steps.schema(d)
    }
}

impl Decoder {
    /// Nobody is without a privilege and has one.
    pub(super) fn check_privilege(&mut self, needs: &Needs, given: &Given) {
        let Some(unprivileged) = given.unprivileged.as_ref().filter(|unprivileged| unprivileged.value) else { return };
        let user_namespace = given.namespaces.iter().find(|namespace| namespace.value == libc::CLONE_NEWUSER);
        let needed = needs.caps.first().map(|capability| &capability.span);
        let beside = [
            (needed, "a capability that the case needs", "leave out `needs: {caps: …}`"),
            (needs.uid.as_ref().map(|uid| &uid.span), "a user that the case needs", "leave out `needs: {uid: …}`"),
            (given.uid.as_ref().map(|uid| &uid.span), "a user to become", "`uid` alone gives up all capabilities, too"),
            (given.gid.as_ref().map(|gid| &gid.span), "a group to become", "name the user by `uid` instead"),
            (given.caps.as_ref().map(|caps| &caps.span), "capabilities to keep", "`caps: []` alone keeps the user"),
            (
                user_namespace.map(|namespace| &namespace.span),
                "a user namespace",
                "`caps: []` gives up what one is given there",
            ),
        ];
        for (span, what, help) in beside.into_iter().filter_map(|(span, what, help)| Some((span?, what, help))) {
            let title = format!("`unprivileged` beside {what}");
            self.report(Diagnostic::at(span, title, format!("set on line {}", unprivileged.span.line)).help(help));
        }
    }
}
