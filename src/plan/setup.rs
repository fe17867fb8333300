//! Circumstances in numbers: what `given`, `signals` and `memory` say.

use postcard_schema::Schema;
use serde::{Deserialize, Serialize};

use super::bytes::{self, Content, content};
use super::disk::{self, source};
use super::expr;
use super::fuse;
use super::layout::{Layout, Placed, READ_WRITE};
use super::memory::Memory;
use super::names::{self, Consts};
use super::number::{U64, fit, flags};
use super::performed::Segment;
use super::result::{PlanResult, refuse};
use super::sysctls;
use super::vars::Scope;
use crate::abi::{self, Int};
use crate::case::{Bounds, Case, Diagnostic, Disposition, Given, Node, Region, Span, Spanned, Workdir};

/// The circumstances, brought about in the order of these fields.
#[derive(Clone, Debug, Default, Serialize, Deserialize, rkyv::Archive, rkyv::Serialize, Schema)]
#[cfg_attr(test, derive(rkyv::Deserialize))]
pub struct Setup {
    /// The file system of the working directory (none: tmpfs).
    pub workdir: Option<Workdir>,
    /// `CLONE_NEW*` flags.
    pub unshare: u64,
    /// Sysctls of the namespaces that are unshared: path below `/proc/sys` and value, each with a NUL.
    pub sysctls: Vec<(Vec<u8>, Vec<u8>)>,
    /// What is in the working directory, in the order in which it is made.
    pub made: Vec<Made>,
    /// What a control group of the case's own allows.
    pub cgroup: Option<PlanCgroup>,
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
    /// The case needs a machine of its own, and changes it.
    pub own_machine: bool,
    /// The case says that it needs `CAP_SYS_PTRACE`. Others are without it, since with it the process that performs
    /// them, and through it the cases after them, could be reached.
    pub traces: bool,
}

/// What becomes of a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, rkyv::Archive, rkyv::Serialize, Schema)]
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

/// Something inside the working directory. Paths are relative, and end with a NUL.
#[derive(Clone, Debug, Serialize, Deserialize, rkyv::Archive, rkyv::Serialize, Schema)]
#[cfg_attr(test, derive(rkyv::Deserialize))]
pub enum Made {
    /// A directory.
    Dir(Vec<u8>),
    /// A FIFO.
    Fifo(Vec<u8>),
    /// A file.
    File(PlanFile),
    /// A block device.
    Disk(PlanDisk),
    /// A mount, whose directory is made if it is not there.
    Mount(PlanMount),
}

impl Setup {
    /// The mounts.
    pub fn mounts(&self) -> impl Iterator<Item = &PlanMount> {
        self.made.iter().filter_map(|made| match made {
            Made::Mount(mount) => Some(mount),
            _ => None,
        })
    }

    /// The disks.
    pub fn disks(&self) -> impl Iterator<Item = &PlanDisk> {
        self.made.iter().filter_map(|made| match made {
            Made::Disk(disk) => Some(disk),
            _ => None,
        })
    }
}

/// What a control group allows; none: as much as a worker.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, rkyv::Archive, rkyv::Serialize, Schema)]
#[cfg_attr(test, derive(rkyv::Deserialize))]
pub struct PlanCgroup {
    /// Processes and threads.
    pub pids: Option<u64>,
    /// Bytes of memory.
    pub memory: Option<u64>,
}

/// A block device under a path, on a loop device.
#[derive(Clone, Debug, Serialize, Deserialize, rkyv::Archive, rkyv::Serialize, Schema)]
#[cfg_attr(test, derive(rkyv::Deserialize))]
pub struct PlanDisk {
    /// NUL-terminated path.
    pub path: Vec<u8>,
    /// Name of the image that it holds; empty: nothing.
    pub image: String,
    /// Its bytes.
    pub size: u64,
    /// It cannot be written.
    pub read_only: bool,
}

/// A mount inside the working directory.
#[derive(Clone, Debug, Serialize, Deserialize, rkyv::Archive, rkyv::Serialize, Schema)]
#[cfg_attr(test, derive(rkyv::Deserialize))]
pub struct PlanMount {
    /// NUL-terminated path.
    pub at: Vec<u8>,
    /// NUL-terminated type.
    pub fstype: Vec<u8>,
    /// NUL-terminated path of what it is on; the type, if it is on nothing.
    pub source: Vec<u8>,
    /// NUL-terminated data.
    pub options: Vec<u8>,
    /// Of a FUSE file system that the case has served: what is answered to requests, by their number.
    pub answers: Option<Answers>,
    /// Remounted read-only once everything is made.
    pub read_only: bool,
}

/// What is answered to requests, by their number.
pub(super) type Answers = Vec<(u32, Vec<Reply>)>;

/// What is answered to the first request of a kind, the second and so on; the last, to all after it.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, rkyv::Archive, rkyv::Serialize, Schema)]
#[cfg_attr(test, derive(rkyv::Deserialize))]
pub struct Reply {
    /// Nanoseconds before it is answered.
    pub after: u64,
    /// What it is.
    pub with: With,
}

/// An answer.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, rkyv::Archive, rkyv::Serialize, Schema)]
#[cfg_attr(test, derive(rkyv::Deserialize))]
pub enum With {
    /// What was asked for is done.
    Done,
    /// This error.
    Error(u32),
    /// None.
    Nothing,
}

/// A file written before the first step.
#[derive(Clone, Debug, Serialize, Deserialize, rkyv::Archive, rkyv::Serialize, Schema)]
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
pub(super) fn setup(case: &Case, scope: &Scope) -> PlanResult<Setup> {
    let given = &case.given;
    let mut setup = Setup {
        workdir: given.workdir.as_ref().map(|w| w.value),
        unshare: given.namespaces.iter().fold(0, |flags, namespace| flags | namespace.value as u64),
        umask: given.umask.as_ref().map_or(UMASK, |mask| mask.value),
        gid: given.gid.as_ref().map(|gid| gid.value),
        uid: given.uid.as_ref().map(|uid| uid.value),
        caps: given.caps.as_ref().map(|caps| names::capabilities(caps)).transpose()?,
        unprivileged: given.unprivileged.as_ref().is_some_and(|unprivileged| unprivileged.value),
        own_machine: case.needs.machine.is_some(),
        traces: case.needs.caps.iter().any(|capability| capability.as_str() == "CAP_SYS_PTRACE"),
        ..Setup::default()
    };
    for one in &given.sysctls {
        setup.sysctls.push(sysctls::sysctl(one, setup.unshare)?);
    }
    setup.made = made(given, scope)?;
    setup.cgroup = given.cgroup.as_ref().map(cgroup).transpose()?;
    for (name, limit) in &given.rlimits {
        let (soft, hard) = (bound(&limit.soft, scope)?, bound(&limit.hard, scope)?);
        setup.rlimits.push((names::rlimit(name)?, soft, hard));
    }
    for (name, disposition) in &case.signals {
        setup.signals.push((names::signal(name)?, reaction(disposition, scope)?));
    }
    Ok(setup)
}

fn cgroup(bounds: &Spanned<Bounds>) -> PlanResult<PlanCgroup> {
    let [pids, memory] = [&bounds.value.pids, &bounds.value.memory].map(|most| most.as_ref().map(|most| most.value));
    if pids.is_none() && memory.is_none() {
        let title = "a control group that allows as much as any";
        return refuse(Diagnostic::at(&bounds.span, title, "give `pids.max` or `memory.max`"));
    }
    Ok(PlanCgroup { pids, memory })
}

fn reaction(disposition: &Disposition, scope: &Scope) -> PlanResult<Reaction> {
    let handler = match disposition {
        Disposition::Record(handler) => handler,
        Disposition::Ignore => return Ok(Reaction::Ignore),
        Disposition::Block => return Ok(Reaction::Block),
    };
    let bits = |node: &Node| {
        let sum = flags(node, "record", Consts::Set(&abi::SA), scope)?;
        known(fit(&sum, U64, "record", &node.span)?.known(), &node.span)
    };
    let mask: PlanResult<u64> =
        handler.mask.iter().try_fold(0, |mask, name| Ok(mask | 1u64 << (names::signal(name)? - 1)));
    Ok(Reaction::Record { flags: handler.flags.as_ref().map_or(Ok(0), bits)?, mask: mask? })
}

/// What is in the working directory. Directories, FIFOs and files come before all mounts, so that these can name them;
/// those that lie below a mount come right after it.
fn made(given: &Given, scope: &Scope) -> PlanResult<Vec<Made>> {
    let mut parts: Vec<Vec<Made>> = given.mounts.iter().map(|_| Vec::new()).chain([Vec::new()]).collect();
    let is_below = |path: &str, dir: &str| path.strip_prefix(dir).is_some_and(|rest| rest.starts_with('/'));
    let after = |path: &str| given.mounts.iter().rposition(|mount| is_below(path, &mount.at)).map_or(0, |at| at + 1);
    for path in &given.dirs {
        parts[after(path)].push(Made::Dir(c_string(path)?));
    }
    for path in &given.fifos {
        parts[after(path)].push(Made::Fifo(c_string(path)?));
    }
    for file in &given.files {
        let content = fixed_content(&file.content, "files", scope)?;
        parts[after(&file.path)].push(Made::File(PlanFile { path: c_string(&file.path)?, content, mode: file.mode }));
    }
    for program in &given.programs {
        if let Some(file) = given.files.iter().find(|file| file.path.value == program.path.value) {
            let title = format!("`{}` is a file and a program", program.path.value);
            return refuse(Diagnostic::at(&program.path.span, title, "here").related(&file.path.span, "and here"));
        }
        parts[after(&program.path)].push(Made::File(super::program::program(program)?));
    }
    for disk in &given.disks {
        parts[0].push(Made::Disk(disk::disk(disk, given)?));
    }
    for (mount, part) in given.mounts.iter().zip(&mut parts) {
        part.push(Made::Mount(PlanMount {
            at: c_string(&mount.at)?,
            fstype: c_string(&mount.fstype)?,
            source: c_string(source(mount, given)?)?,
            options: [mount.options.as_bytes(), b"\0"].concat(),
            answers: fuse::answers(mount, scope)?,
            read_only: mount.read_only,
        }));
    }
    Ok(parts.into_iter().flatten().collect())
}

pub(super) fn c_string(text: &Spanned<String>) -> PlanResult<Vec<u8>> {
    if text.contains('\0') {
        return refuse(Diagnostic::at(&text.span, "a NUL ends a string", "contains one"));
    }
    Ok([text.as_bytes(), b"\0"].concat())
}

fn fixed_content(node: &Node, what: &str, scope: &Scope) -> PlanResult<Vec<Segment>> {
    fixed(content(node, what, scope)?, node)
}

fn fixed(content: Content, node: &Node) -> PlanResult<Vec<Segment>> {
    if !content.numbers.is_empty() || content.len.known().is_none() {
        return refuse(Diagnostic::at(&node.span, "this is stored before the first step", "no variables here"));
    }
    Ok(content.parts)
}

fn bound(node: &Node, scope: &Scope) -> PlanResult<u64> {
    let sum = expr::parse(node, "rlimits", Consts::General, scope)?;
    known(fit(&sum, U64, "rlimits", &node.span)?.known(), &node.span)
}

fn known(value: Option<i64>, span: &Span) -> PlanResult<u64> {
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
) -> PlanResult<()> {
    let len = known(bytes::length(&region.len, "len", scope)?.known(), &region.len.span)?;
    if len == 0 {
        return refuse(Diagnostic::at(&region.len.span, "a region has at least one byte", "is empty"));
    }
    let bits = |node: &Option<Node>, arg: &str, default: u32| -> PlanResult<u32> {
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
pub(super) fn needs(case: &Case) -> PlanResult<()> {
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
