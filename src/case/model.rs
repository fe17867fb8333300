//! What a case file says, after loading: fixtures are inlined, parameters are
//! expanded (every row is a [`Case`] of its own), names are not yet looked up.

use serde::{Deserialize, Serialize};

use super::node::{Node, Span, Spanned};

/// One behaviour of the system call interface, as its YAML states it.
#[derive(Clone, Debug)]
pub struct Case {
    /// `vmsplice/errors/bad-fd`, with `[row]` behind it for one row of a parametrised case.
    pub id: String,
    /// The folders that its file is in, below the root of its tree; none where the root is not known.
    pub folders: Vec<String>,
    /// The file's `subject`, such as `vmsplice(2)`.
    pub subject: String,
    /// One sentence in the present tense.
    pub summary: String,
    /// Where the case's key stands.
    pub span: Span,
    /// Where the keys of the fixtures that it uses stand.
    pub fixtures: Vec<Span>,
    /// What a document states, if this case judges a document.
    pub claim: Option<Claim>,
    /// What the target must have; otherwise the case is skipped.
    pub needs: Needs,
    /// The circumstances the case's process is put in before the first step.
    pub given: Given,
    /// Signal dispositions that differ from the default.
    pub signals: Vec<(Spanned<String>, Spanned<Disposition>)>,
    /// Named memory regions, in the order of the file.
    pub memory: Vec<(Spanned<String>, Region)>,
    /// Actors beside the main one.
    pub actors: Vec<(Spanned<String>, Spanned<ActorKind>)>,
    /// What happens, in order.
    pub steps: Vec<Step>,
    /// Deadline in seconds, if not the run's.
    pub deadline: Option<Spanned<f64>>,
}

/// A thread shares the main actor's memory and descriptors; a process is forked
/// from the main actor right before its first step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, rkyv::Archive, rkyv::Serialize)]
#[cfg_attr(test, derive(rkyv::Deserialize))]
pub enum ActorKind {
    /// `CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD`.
    Thread,
    /// A forked child of the main actor.
    Process,
}

/// What becomes of a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, rkyv::Archive, rkyv::Serialize)]
#[cfg_attr(test, derive(rkyv::Deserialize))]
pub enum Disposition {
    /// A handler notes it in the step during which it arrives.
    Record,
    /// `SIG_IGN`.
    Ignore,
    /// In the signal mask of every actor from the start.
    Block,
}

/// What a document states, and what is known about it.
#[derive(Clone, Debug)]
pub struct Claim {
    /// `A18`, or `A18b` for a part.
    pub id: Spanned<String>,
    /// The document's name.
    pub document: Spanned<String>,
    /// Where in the document.
    pub section: String,
    /// A paraphrase in English.
    pub states: String,
    /// What is true instead, in one sentence (where the finding is not `holds`).
    pub instead: Option<String>,
    /// One finding, or a history of findings.
    pub finding: Vec<Ranged<Finding>>,
}

/// Whether kernels keep a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    /// They do what the document states.
    Holds,
    /// They do something else.
    Refuted,
}

/// A document that claims things about system calls.
#[derive(Clone, Debug)]
pub struct Document {
    /// The name that claims call it by.
    pub name: Spanned<String>,
    /// Its title, in English.
    pub title: String,
    /// Claims and parts of claims that have no case.
    pub claims: Vec<UntestedClaim>,
}

/// What no run can decide.
#[derive(Clone, Debug)]
pub struct UntestedClaim {
    /// `A44`, or `A44b` for a part.
    pub id: Spanned<String>,
    /// Where in the document.
    pub section: String,
    /// A paraphrase in English.
    pub states: String,
    /// Why no run can decide it.
    pub reason: String,
}

/// A value that applies to a set of kernel versions.
#[derive(Clone, Debug)]
pub struct Ranged<T> {
    /// Version ranges, each a comma-separated conjunction; the list is a union. Empty: every version.
    pub kernel: Vec<Spanned<String>>,
    /// Where it stands.
    pub span: Span,
    /// What applies.
    pub value: T,
}

/// Conditions: unmet, the case is skipped with the reason.
#[derive(Clone, Debug, Default)]
pub struct Needs {
    /// Effective capabilities, by name.
    pub caps: Vec<Spanned<String>>,
    /// Capabilities that must be absent.
    pub no_caps: Vec<Spanned<String>>,
    /// Effective user id.
    pub uid: Option<Spanned<u32>>,
    /// Kernel version ranges (a union).
    pub kernel: Vec<Spanned<String>>,
    /// Kernel configuration options and their values (`y`, `m`, `n`).
    pub config: Vec<(Spanned<String>, Spanned<String>)>,
    /// Page size in bytes.
    pub page_size: Option<Spanned<u64>>,
    /// File system types of the working directory, any of which will do.
    pub filesystem: Vec<Spanned<String>>,
    /// Architectures (`x86_64`, `aarch64`), any of which will do.
    pub arch: Vec<Spanned<String>>,
    /// Steps that must go as they say, or the case is skipped.
    pub probe: Vec<Step>,
}

/// Circumstances, brought about in the order of these fields.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// The file system of the private working directory.
    pub workdir: Option<Spanned<Workdir>>,
    /// Namespaces to unshare: `user`, `mount`, `pid`, `net`, `ipc`, `uts`.
    pub namespaces: Vec<Spanned<String>>,
    /// Mounts inside the working directory.
    pub mounts: Vec<Mount>,
    /// Directories to make.
    pub dirs: Vec<Spanned<String>>,
    /// FIFOs to make.
    pub fifos: Vec<Spanned<String>>,
    /// Files to write: path, content ([`Node`] in the bytes notation), mode.
    pub files: Vec<File>,
    /// Resource limits: name to soft limit, or to `{soft, hard}`.
    pub rlimits: Vec<(Spanned<String>, Node)>,
    /// File mode creation mask.
    pub umask: Option<Spanned<u32>>,
    /// Group id to become.
    pub gid: Option<Spanned<u32>>,
    /// User id to become (gives up all capabilities, as setuid does).
    pub uid: Option<Spanned<u32>>,
    /// Capabilities to keep; all others are dropped.
    pub caps: Option<Spanned<Vec<Spanned<String>>>>,
}

/// Where the private working directory lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, rkyv::Archive, rkyv::Serialize)]
#[cfg_attr(test, derive(rkyv::Deserialize))]
pub enum Workdir {
    /// A tmpfs.
    Tmpfs,
    /// A file system that is not tmpfs (where temporary files go).
    Disk,
}

/// A file system mounted inside the working directory.
#[derive(Clone, Debug)]
pub struct Mount {
    /// Directory relative to the working directory; made if it is missing.
    pub at: Spanned<String>,
    /// `tmpfs`, `proc`, `devpts`, …
    pub fstype: Spanned<String>,
    /// Mount data, such as `size=64k`.
    pub options: String,
    /// Remounted read-only once `files` are written.
    pub read_only: bool,
}

/// A file that exists before the first step.
#[derive(Clone, Debug)]
pub struct File {
    /// Path relative to the working directory.
    pub path: Spanned<String>,
    /// Content, in the bytes notation.
    pub content: Node,
    /// Permission bits.
    pub mode: u32,
}

/// A named memory region.
#[derive(Clone, Debug)]
pub struct Region {
    /// Length in bytes (an operand known while planning, e.g. `4 * $page_size`).
    pub len: Node,
    /// Protection flags; default `[PROT_READ, PROT_WRITE]`.
    pub prot: Option<Node>,
    /// Mapping flags; default `[MAP_PRIVATE, MAP_ANONYMOUS]`.
    pub flags: Option<Node>,
    /// Backing file (path relative to the working directory).
    pub file: Option<Spanned<String>>,
    /// Offset into the file, in bytes.
    pub offset: u64,
    /// What is stored into it before the first step, in the bytes notation.
    pub init: Option<Node>,
}

/// One step of a case.
#[derive(Clone, Debug)]
pub struct Step {
    /// Where the step stands.
    pub span: Span,
    /// The actor that performs it; none is the main one.
    pub on: Option<Spanned<String>>,
    /// What it does.
    pub action: Action,
    /// What must come of it.
    pub expect: Vec<Ranged<Expect>>,
    /// What the claim's document says would come of it.
    pub claimed: Option<Expect>,
    /// Variables bound from the result: output name (`return`, an argument) to a pattern.
    pub bind: Vec<(Spanned<String>, Node)>,
}

/// What a step does.
#[derive(Clone, Debug)]
pub enum Action {
    /// A system call.
    Call(Call),
    /// Waits until the named call is seen to sleep in the kernel.
    Blocked(Spanned<String>),
    /// Waits until the named call returns.
    Finish(Spanned<String>),
    /// Stores bytes into user memory.
    Store {
        /// A pointer.
        at: Node,
        /// Content, in the bytes notation.
        bytes: Node,
    },
    /// Loads bytes from user memory.
    Load {
        /// A pointer.
        at: Node,
        /// Number of bytes (an operand).
        len: Node,
    },
}

/// A system call to perform.
#[derive(Clone, Debug)]
pub struct Call {
    /// Its name.
    pub name: Spanned<String>,
    /// Arguments by the man page's names.
    pub args: Vec<(Spanned<String>, Node)>,
    /// With a label, the call is started and not waited for.
    pub start: Option<Spanned<String>>,
    /// Performs the call more than once.
    pub repeat: Option<Spanned<Repeat>>,
}

/// How a call is repeated. A call that fails ends the repetition.
#[derive(Clone, Debug)]
pub enum Repeat {
    /// So many times.
    Times(Node),
    /// Until it fails with this errno (at most so many times).
    Until {
        /// Errno by name.
        errno: Spanned<String>,
        /// Upper bound of calls.
        max: u64,
    },
    /// With the buffer advanced and the count reduced by each return, until all is
    /// transferred or the call returns 0; the step's return is the sum.
    Advance,
}

/// What must come of a step. `None` says nothing.
#[derive(Clone, Debug, Default)]
pub struct Expect {
    /// Where it stands.
    pub span: Option<Span>,
    /// The return value: an operand, or `{min, max}`, or `{not}`.
    pub ret: Option<Node>,
    /// The error, by name.
    pub errno: Option<Spanned<String>>,
    /// Contents of output arguments by name, in the notation of the argument.
    pub out: Vec<(Spanned<String>, Node)>,
    /// Signals recorded during the step, in order of arrival.
    pub signals: Option<Spanned<Vec<Spanned<String>>>>,
    /// The actor is killed by this signal.
    pub killed: Option<Spanned<String>>,
    /// What a `load` finds.
    pub bytes: Option<Node>,
    /// How many calls of a repetition succeed (an operand).
    pub repeats: Option<Node>,
    /// File offsets afterwards: descriptor to offset (operands).
    pub offsets: Vec<(Spanned<String>, Node)>,
    /// File contents afterwards: path to content.
    pub files: Vec<(Spanned<String>, Node)>,
    /// How many descriptors more than before the step are open.
    pub opens: Option<Spanned<i64>>,
}
