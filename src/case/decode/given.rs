//! `needs`, `given` and `memory`.

use super::shape::{Decoder, has_key};
use crate::case::{
    diagnostic::{Diagnostic, did_you_mean},
    kernel,
    model::{File, Given, Mount, Needs, Region, Workdir},
    node::{Node, Spanned},
};

pub(crate) const NEEDS: [&str; 9] =
    ["caps", "no_caps", "uid", "kernel", "config", "page_size", "filesystem", "arch", "probe"];
pub(crate) const GIVEN: [&str; 11] =
    ["workdir", "namespaces", "mounts", "dirs", "fifos", "files", "rlimits", "umask", "gid", "uid", "caps"];
pub(crate) const MOUNT: [&str; 4] = ["at", "type", "options", "read_only"];
pub(crate) const FILE: [&str; 2] = ["content", "mode"];
pub(crate) const LIMIT: [&str; 2] = ["soft", "hard"];
pub(crate) const REGION: [&str; 6] = ["len", "prot", "flags", "file", "offset", "init"];
pub(crate) const NAMESPACES: [(&str, &str); 6] =
    [("user", "user"), ("mount", "mount"), ("pid", "pid"), ("net", "net"), ("ipc", "ipc"), ("uts", "uts")];
pub(crate) const WORKDIRS: [(&str, Workdir); 2] = [("disk", Workdir::Disk), ("tmpfs", Workdir::Tmpfs)];

impl Decoder {
    pub(super) fn needs(&mut self, node: &Node) -> Needs {
        let mut needs = Needs::default();
        let Some(fields) = self.fields(node, "condition", &NEEDS) else { return needs };
        for (key, node) in fields.entries {
            match key.as_str() {
                "caps" => needs.caps = self.names(node, "a list of capabilities"),
                "no_caps" => needs.no_caps = self.names(node, "a list of capabilities"),
                "uid" => needs.uid = self.number(node, 0..=u32::MAX),
                "kernel" => {
                    needs.kernel = self.ranges(node);
                    if let Err(diag) = kernel::parse_ranges(&needs.kernel) {
                        self.report(diag);
                    }
                }
                "config" => {
                    let entries = self.entries(node, "a mapping of kernel options to `y`, `m` or `n`");
                    let value = |d: &mut Self, node| d.name(node, "the option's value, such as `y`");
                    needs.config = entries
                        .iter()
                        .filter_map(|(option, node)| Some((option.clone(), value(self, node)?)))
                        .collect();
                }
                "page_size" => needs.page_size = self.number(node, 1..=1 << 30),
                "filesystem" => needs.filesystem = self.names(node, "a list of file system types"),
                "arch" => needs.arch = self.names(node, "a list of architectures"),
                "probe" => needs.probe = self.steps(node, &[], false),
                _ => {}
            }
        }
        needs
    }

    pub(super) fn given(&mut self, node: &Node) -> Given {
        let mut given = Given::default();
        let Some(fields) = self.fields(node, "set of circumstances", &GIVEN) else { return given };
        for (key, node) in fields.entries {
            match key.as_str() {
                "workdir" => given.workdir = self.word(node, "working directory", &WORKDIRS),
                "namespaces" => given.namespaces = self.namespaces(node),
                "mounts" => {
                    let items = self.items(node, "a list of mounts");
                    given.mounts = items.iter().filter_map(|item| self.mount(item)).collect();
                }
                "dirs" => given.dirs = self.paths(node),
                "fifos" => given.fifos = self.paths(node),
                "files" => {
                    let entries = self.entries(node, "a mapping of paths to content");
                    given.files = entries.iter().filter_map(|(path, node)| self.file(path, node)).collect();
                }
                "rlimits" => given.rlimits = self.rlimits(node),
                "umask" => given.umask = self.mode(node, 0o777),
                "gid" => given.gid = self.number(node, 0..=u32::MAX),
                "uid" => given.uid = self.number(node, 0..=u32::MAX),
                "caps" => {
                    let value = self.names(node, "a list of capabilities to keep");
                    given.caps = Some(Spanned { value, span: node.span.clone() });
                }
                _ => {}
            }
        }
        given
    }

    fn namespaces(&mut self, node: &Node) -> Vec<Spanned<String>> {
        let items = self.items(node, "a list of namespaces");
        let known = |item| self.word(item, "namespace", &NAMESPACES);
        items.iter().filter_map(known).map(|name| Spanned { value: name.to_string(), span: name.span }).collect()
    }

    fn paths(&mut self, node: &Node) -> Vec<Spanned<String>> {
        let paths = self.names(node, "a list of paths");
        paths.iter().for_each(|path| self.path(path));
        paths
    }

    fn mount(&mut self, node: &Node) -> Option<Mount> {
        let fields = self.fields(node, "mount", &MOUNT)?;
        let at = self.required(&fields, "at").and_then(|at| self.name(at, "a path"));
        let fstype = self.required(&fields, "type").and_then(|t| self.name(t, "a file system type"));
        let options = fields.get("options").and_then(|o| self.name(o, "mount options, such as `size=64k`"));
        let words = [("true", true), ("false", false)];
        let read_only = fields.get("read_only").and_then(|r| self.word(r, "answer", &words));
        let at = at?;
        self.path(&at);
        Some(Mount {
            at,
            fstype: fstype?,
            options: options.map(|o| o.value).unwrap_or_default(),
            read_only: read_only.is_some_and(|r| r.value),
        })
    }

    fn file(&mut self, path: &Spanned<String>, node: &Node) -> Option<File> {
        self.path(path);
        let path = path.clone();
        if !has_key(node, &FILE) {
            return Some(File { path, content: node.clone(), mode: 0o644 });
        }
        let fields = self.fields(node, "file", &FILE)?;
        let mode = fields.get("mode").map_or(Some(0o644), |mode| self.mode(mode, 0o7777).map(|m| m.value));
        let content = self.required(&fields, "content").cloned();
        Some(File { path, content: content?, mode: mode? })
    }

    fn rlimits(&mut self, node: &Node) -> Vec<(Spanned<String>, Node)> {
        let entries = self.entries(node, "a mapping of limits to numbers");
        for (_, limit) in entries {
            if limit.as_map().is_some() {
                if let Some(fields) = self.fields(limit, "limit", &LIMIT) {
                    self.required(&fields, "soft");
                    self.required(&fields, "hard");
                }
            } else if limit.plain().is_none_or(str::is_empty) {
                self.wrong(limit, "a number or `{soft: A, hard: B}`");
            }
        }
        entries.to_vec()
    }

    /// Memory regions; their files are among those `given`.
    pub(super) fn memory(&mut self, node: &Node, given: &Given) -> Vec<(Spanned<String>, Region)> {
        let entries = self.entries(node, "a mapping of names to regions");
        entries.iter().filter_map(|(name, node)| Some((name.clone(), self.region(name, node, given)?))).collect()
    }

    fn region(&mut self, name: &Spanned<String>, node: &Node, given: &Given) -> Option<Region> {
        if !super::step::is_variable(name) {
            let title = format!("`{}` cannot name a region", name.value);
            self.report(Diagnostic::at(&name.span, title, "expected letters, digits and `_`"));
        }
        let fields = self.fields(node, "region", &REGION)?;
        let len = self.required(&fields, "len").cloned();
        let file = fields.get("file").and_then(|file| self.name(file, "a path from `given: files`"));
        if let Some(file) = file.as_ref().filter(|file| given.files.iter().all(|f| f.path.value != file.value)) {
            let title = format!("`{}` is not one of the files in `given`", file.value);
            let near = did_you_mean(file, given.files.iter().map(|f| f.path.as_str()));
            let help = near.map_or("add it to `given: files`".into(), |near| format!("did you mean `{near}`?"));
            self.report(Diagnostic::at(&file.span, title, "no such file is made").help(help));
        }
        let offset = fields.get("offset").map_or(Some(0), |o| self.number(o, 0..=1 << 40).map(|n| n.value));
        Some(Region {
            len: len?,
            prot: fields.get("prot").cloned(),
            flags: fields.get("flags").cloned(),
            file,
            offset: offset?,
            init: fields.get("init").cloned(),
        })
    }
}
