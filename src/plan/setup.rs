//! Circumstances in numbers: what `given`, `signals` and `memory` say.

use serde::{Deserialize, Serialize};

use super::bytes::{self, Content, content};
use super::expr;
use super::layout::{Layout, Placed, READ_WRITE};
use super::memory::Memory;
use super::names::{self, Consts};
use super::number::{U64, fit, flags};
use super::outcome::{Outcome, refuse};
use super::performed::Segment;
use super::vars::Scope;
use crate::abi::{self, Int};
use crate::case::{Case, Diagnostic, Disposition, Node, Region, Span, Spanned, Workdir};

/// The circumstances, brought about in the order of these fields.
#[derive(Clone, Debug, Default, Serialize, Deserialize, rkyv::Archive, rkyv::Serialize)]
#[cfg_attr(test, derive(rkyv::Deserialize))]
pub struct Setup {
    /// The file system of the working directory (none: tmpfs).
    pub workdir: Option<Workdir>,
    /// `CLONE_NEW*` flags.
    pub unshare: u64,
    /// Mounts.
    pub mounts: Vec<PlanMount>,
    /// Directories, FIFOs (NUL-terminated paths, relative).
    pub dirs: Vec<Vec<u8>>,
    /// FIFOs.
    pub fifos: Vec<Vec<u8>>,
    /// Files.
    pub files: Vec<PlanFile>,
    /// Resource, soft and hard limit.
    pub rlimits: Vec<(u32, u64, u64)>,
    /// umask; default 022.
    pub umask: u32,
    /// Dispositions by signal number.
    pub signals: Vec<(u32, Reaction)>,
    /// Group to become.
    pub gid: Option<u32>,
    /// User to become.
    pub uid: Option<u32>,
    /// Capabilities to keep (a mask); none: all.
    pub caps: Option<u64>,
    /// As an ordinary user without any capability, to whom all belongs that is made before.
    pub unprivileged: bool,
    /// The case says that it needs `CAP_SYS_PTRACE`. Others are without it, since with it the process that performs
    /// them, and through it the cases after them, could be reached.
    pub traces: bool,
}

/// What becomes of a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, rkyv::Archive, rkyv::Serialize)]
#[cfg_attr(test, derive(rkyv::Deserialize))]
pub enum Reaction {
    /// A handler notes it in the step during which it arrives.
    Record {
        /// `SA_*`; `SA_SIGINFO` comes to them.
        flags: u64,
        /// What is blocked while it runs.
        mask: u64,
    },
    /// `SIG_IGN`.
    Ignore,
    /// In the signal mask of every actor from the start.
    Block,
}

/// A mount inside the working directory.
#[derive(Clone, Debug, Serialize, Deserialize, rkyv::Archive, rkyv::Serialize)]
#[cfg_attr(test, derive(rkyv::Deserialize))]
pub struct PlanMount {
    /// NUL-terminated path.
    pub at: Vec<u8>,
    /// NUL-terminated type.
    pub fstype: Vec<u8>,
    /// NUL-terminated data.
    pub options: Vec<u8>,
    /// Remounted read-only after the files are written.
    pub read_only: bool,
}

/// A file written before the first step.
#[derive(Clone, Debug, Serialize, Deserialize, rkyv::Archive, rkyv::Serialize)]
#[cfg_attr(test, derive(rkyv::Deserialize))]
pub struct PlanFile {
    /// NUL-terminated path.
    pub path: Vec<u8>,
    /// Content; segments' addresses are offsets into the file.
    pub content: Vec<Segment>,
    /// Permission bits.
    pub mode: u32,
}

/// Default file mode creation mask.
const UMASK: u32 = 0o22;

/// The circumstances.
pub(super) fn setup(case: &Case, scope: &Scope) -> Outcome<Setup> {
    let given = &case.given;
    let mut setup = Setup {
        workdir: given.workdir.as_ref().map(|w| w.value),
        unshare: given.namespaces.iter().fold(0, |flags, namespace| flags | namespace.value as u64),
        umask: given.umask.as_ref().map_or(UMASK, |mask| mask.value),
        gid: given.gid.as_ref().map(|gid| gid.value),
        uid: given.uid.as_ref().map(|uid| uid.value),
        caps: given.caps.as_ref().map(|caps| names::capabilities(caps)).transpose()?,
        unprivileged: given.unprivileged.as_ref().is_some_and(|unprivileged| unprivileged.value),
        traces: case.needs.caps.iter().any(|capability| capability.as_str() == "CAP_SYS_PTRACE"),
        ..Setup::default()
    };
    for mount in &given.mounts {
        setup.mounts.push(PlanMount {
            at: c_string(&mount.at)?,
            fstype: c_string(&mount.fstype)?,
            options: [mount.options.as_bytes(), b"\0"].concat(),
            read_only: mount.read_only,
        });
    }
    setup.dirs = given.dirs.iter().map(c_string).collect::<Outcome<_>>()?;
    setup.fifos = given.fifos.iter().map(c_string).collect::<Outcome<_>>()?;
    for file in &given.files {
        let content = fixed_content(&file.content, "files", scope)?;
        setup.files.push(PlanFile { path: c_string(&file.path)?, content, mode: file.mode });
    }
    for program in &given.programs {
        if let Some(file) = given.files.iter().find(|file| file.path.value == program.path.value) {
            let title = format!("`{}` is a file and a program", program.path.value);
            return refuse(Diagnostic::at(&program.path.span, title, "here").related(&file.path.span, "and here"));
        }
        setup.files.push(super::program::program(program)?);
    }
    for (name, limit) in &given.rlimits {
        let (soft, hard) = (bound(&limit.soft, scope)?, bound(&limit.hard, scope)?);
        setup.rlimits.push((names::rlimit(name)?, soft, hard));
    }
    for (name, disposition) in &case.signals {
        setup.signals.push((names::signal(name)?, reaction(disposition, scope)?));
    }
    Ok(setup)
}

fn reaction(disposition: &Disposition, scope: &Scope) -> Outcome<Reaction> {
    let handler = match disposition {
        Disposition::Record(handler) => handler,
        Disposition::Ignore => return Ok(Reaction::Ignore),
        Disposition::Block => return Ok(Reaction::Block),
    };
    let bits = |node: &Node| {
        let sum = flags(node, "record", Consts::Set(&abi::SA), scope)?;
        known(fit(&sum, U64, "record", &node.span)?.known(), &node.span)
    };
    let mask: Outcome<u64> =
        handler.mask.iter().try_fold(0, |mask, name| Ok(mask | 1u64 << (names::signal(name)? - 1)));
    Ok(Reaction::Record { flags: handler.flags.as_ref().map_or(Ok(0), bits)?, mask: mask? })
}

fn c_string(text: &Spanned<String>) -> Outcome<Vec<u8>> {
    if text.contains('\0') {
        return refuse(Diagnostic::at(&text.span, "a NUL ends a string", "contains one"));
    }
    Ok([text.as_bytes(), b"\0"].concat())
}

fn fixed_content(node: &Node, what: &str, scope: &Scope) -> Outcome<Vec<Segment>> {
    fixed(content(node, what, scope)?, node)
}

fn fixed(content: Content, node: &Node) -> Outcome<Vec<Segment>> {
    if !content.numbers.is_empty() || content.len.known().is_none() {
        return refuse(Diagnostic::at(&node.span, "this is stored before the first step", "no variables here"));
    }
    Ok(content.parts)
}

fn bound(node: &Node, scope: &Scope) -> Outcome<u64> {
    let sum = expr::parse(node, "rlimits", Consts::General, scope)?;
    known(fit(&sum, U64, "rlimits", &node.span)?.known(), &node.span)
}

fn known(value: Option<i64>, span: &Span) -> Outcome<u64> {
    match value {
        Some(value) => Ok(value as u64),
        None => refuse(Diagnostic::at(span, "this holds before the first step", "no variables here")),
    }
}

/// Maps a named region.
pub(super) fn region(
    name: &Spanned<String>,
    region: &Region,
    page_size: u64,
    scope: &mut Scope,
    layout: &mut Layout,
) -> Outcome<()> {
    let len = known(bytes::length(&region.len, "len", scope)?.known(), &region.len.span)?;
    if len == 0 {
        return refuse(Diagnostic::at(&region.len.span, "a region has at least one byte", "is empty"));
    }
    let bits = |node: &Option<Node>, arg: &str, default: u32| -> Outcome<u32> {
        let Some(node) = node else { return Ok(default) };
        let consts = names::set_of("mmap", arg).map_or(Consts::All, Consts::Set);
        let sum = flags(node, arg, consts, scope)?;
        known(fit(&sum, Int { size: 4, signed: false, big: false }, arg, &node.span)?.known(), &node.span)
            .map(|v| v as u32)
    };
    let anonymous = if region.file.is_some() { 0 } else { libc::MAP_ANONYMOUS };
    let prot = bits(&region.prot, "prot", READ_WRITE)?;
    let map_flags = bits(&region.flags, "flags", (libc::MAP_PRIVATE | anonymous) as u32)?;
    if !region.offset.is_multiple_of(page_size) {
        return refuse(Diagnostic::at(&name.span, "the offset is a multiple of the page size", "of this region"));
    }
    let file = region.file.as_ref().map(c_string).transpose()?;
    let addr = layout.map(len, prot, map_flags, &name.span)?;
    if let Some(map) = layout.maps.last_mut() {
        map.file = file;
        map.offset = region.offset;
    }
    layout.named.push(Placed { addr, len });
    if let Some(init) = &region.init {
        let mut memory = Memory::new(scope, layout);
        let content = memory.content(init, "init")?;
        let parts = fixed(content, init)?;
        if !memory.fills.is_empty() || !memory.patches.is_empty() {
            return refuse(Diagnostic::at(&init.span, "this is stored before the first step", "no variables here"));
        }
        let end = parts.last().map_or(0, |part| part.addr + part.len.base as u64);
        if end > len {
            return refuse(Diagnostic::at(
                &init.span,
                "this is longer than the region",
                format!("{end} bytes; it has {len}"),
            ));
        }
        layout.image.extend(parts.into_iter().map(|part| Segment { addr: addr + part.addr, ..part }));
    }
    scope.region(name, addr)
}

/// Checks the names of `needs`.
pub(super) fn needs(case: &Case) -> Outcome<()> {
    names::capabilities(&case.needs.caps)?;
    names::capabilities(&case.needs.no_caps)?;
    for (option, _) in &case.needs.config {
        if !option.starts_with("CONFIG_") {
            return refuse(
                Diagnostic::at(&option.span, format!("`{}` is no configuration option", option.value), "of a kernel")
                    .help(format!("write `CONFIG_{}`", option.value)),
            );
        }
    }
    Ok(())
}
