//! `memory`: the regions of a case.

use serde_json::Value as Json;

use super::decoder::Decoder;
use super::given::Given;
use super::key::{Shape, mapping};
use super::shapes::{Bare, Number, OrParameter, Shared, Text, Unread, of};
use super::step::is_variable;
use crate::abi;
use crate::case::diagnostic::{Diagnostic, did_you_mean};
use crate::case::node::{Node, Spanned};
use crate::schema::{Definitions, bytes, flag_list, length};

mapping! {
    /// A named memory region.
    #[derive(Clone, Debug)]
    pub struct Region: "region" {
        /// bytes
        "len" required len: Node = Unread(length),
        /// default `[PROT_READ, PROT_WRITE]`
        "prot" optional prot: Node = Unread(|d| flag_list(d, &abi::PROT)),
        /// default `[MAP_PRIVATE, MAP_ANONYMOUS]`
        "flags" optional flags: Node = Unread(|d| flag_list(d, &abi::MAP)),
        /// backing file, from `given: files`; then the default `flags` are `[MAP_PRIVATE]`
        "file" optional file: Spanned<String> = Text("a path from `given: files`"),
        /// offset into the file, a multiple of the page size
        "offset" default offset: u64 = Bare(Number(0..=1 << 40)),
        /// content before the first step
        "init" optional init: Node = Unread(bytes),
    }
}

/// A region under its name.
pub(super) struct Named;

impl Shape for Named {
    type Value = Region;

    fn read(&self, d: &mut Decoder, name: &Spanned<String>, node: &Node) -> Option<Region> {
        if !is_variable(name) {
            let title = format!("`{}` cannot name a region", name.value);
            d.report(Diagnostic::at(&name.span, title, "expected letters, digits and `_`"));
        }
        of::<Region>().read(d, name, node)
    }

    fn schema(&self, d: &mut Definitions) -> Json {
        OrParameter(Shared("region", of::<Region>())).schema(d)
    }
}

impl Decoder {
    /// The files of regions are among those `given`.
    pub(super) fn check_files(&mut self, memory: &[(Spanned<String>, Region)], given: &Given) {
        let files = memory.iter().filter_map(|(_, region)| region.file.as_ref());
        for file in files.filter(|file| given.files.iter().all(|f| f.path.value != file.value)) {
            let title = format!("`{}` is not one of the files in `given`", file.value);
            let near = did_you_mean(file, given.files.iter().map(|f| f.path.as_str()));
            let help = near.map_or("add it to `given: files`".into(), |near| format!("did you mean `{near}`?"));
            self.report(Diagnostic::at(&file.span, title, "no such file is made").help(help));
        }
    }
}
