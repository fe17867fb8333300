//! `given` and `signals`: the circumstances of a case.

use serde_json::{Map, Value as Json, json};

use super::decoder::{Decoder, has_key};
use super::key::{Mapping, Shape, mapping};
use super::shapes::{
    Bare, Entries, List, Mode, Name, Number, OrParameter, Path, Placed, Text, Unread, Values, Word, of,
};
use crate::abi;
use crate::case::model::{Disposition, Workdir};
use crate::case::node::{Node, Spanned};
use crate::disk;
use crate::program;
use crate::schema::{
    Definitions, REAL_TIME, REFERENCE_KEY, any_of, bytes, capability, errno, flag_list, length, or_reference, signal,
    time, words,
};

const WORKDIRS: [(&str, Workdir); 2] = [("disk", Workdir::Disk), ("tmpfs", Workdir::Tmpfs)];
const NAMESPACES: [(&str, libc::c_int); 6] = [
    ("user", libc::CLONE_NEWUSER),
    ("mount", libc::CLONE_NEWNS),
    ("pid", libc::CLONE_NEWPID),
    ("net", libc::CLONE_NEWNET),
    ("ipc", libc::CLONE_NEWIPC),
    ("uts", libc::CLONE_NEWUTS),
];
type Make = fn() -> Disposition;

const DISPOSITIONS: [(&str, Make); 3] = [
    ("record", || Disposition::Record(Handler::default())),
    ("ignore", || Disposition::Ignore),
    ("block", || Disposition::Block),
];
const ANSWERS: [(&str, bool); 2] = [("true", true), ("false", false)];

/// Permission bits of a file for which the case gives none.
const FILE_MODE: u32 = 0o644;

mapping! {
    /// Circumstances, brought about in the order of these fields; what lies below a mount is made when that is mounted.
    #[derive(Clone, Debug, Default)]
    pub struct Given: "set of circumstances" {
        /// the file system of the working directory: `disk` is one that is not tmpfs
        "workdir" optional workdir: Spanned<Workdir> = OrParameter(Word("working directory", &WORKDIRS)),
        /// namespaces to unshare: `user`, `mount`, `pid`, `net`, `ipc`, `uts`
        "namespaces" default namespaces: Vec<Spanned<libc::c_int>> =
            OrParameter(List("a list of namespaces", OrParameter(Word("namespace", &NAMESPACES)))),
        /// sysctls of namespaces that are unshared: `{net.ipv4.ip_forward: 1}`
        "sysctls" default sysctls: Vec<Sysctl> = OrParameter(Values(Entries {
            expected: "a mapping of sysctls to values",
            pattern: Some(r"^(?:[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+$|\$)"),
            each: ASysctl,
        })),
        /// directories to make
        "dirs" default dirs: Vec<Spanned<String>> = OrParameter(List("a list of paths", Path("a name"))),
        /// FIFOs to make
        "fifos" default fifos: Vec<Spanned<String>> = OrParameter(List("a list of paths", Path("a name"))),
        /// path → bytes, or `{content: BYTES, mode: 0o600}`
        "files" default files: Vec<File> = OrParameter(Values(Entries::of("a mapping of paths to content", AFile))),
        /// path → what the suite's own program does there: `{exit: N}`, `sleep` or `{report: [ASPECT, …]}`
        "programs" default programs: Vec<Program> =
            OrParameter(Values(Entries::of("a mapping of paths to what a program does", AProgram))),
        /// path → a block device that holds this image, or `{image, size, read_only}`
        "disks" default disks: Vec<Disk> = OrParameter(Values(Entries::of("a mapping of paths to disks", ADisk))),
        /// file systems mounted inside the working directory, in order: a list of `{at, type, source, options, answers, read_only}`
        "mounts" default mounts: Vec<Mount> = OrParameter(List("a list of mounts", OrParameter(of::<Mount>()))),
        /// a control group of the case's own: `{pids.max: 2, memory.max: 33554432}`
        "cgroup" optional cgroup: Spanned<Bounds> = Placed(OrParameter(of::<Bounds>())),
        /// limit → soft limit, or `{soft: A, hard: B}`
        "rlimits" default rlimits: Vec<(Spanned<String>, Limit)> = OrParameter(Limits),
        /// the file mode creation mask
        "umask" optional umask: Spanned<u32> = Mode(0o777),
        /// becomes that group
        "gid" optional gid: Spanned<u32> = Number(0..=u32::MAX),
        /// becomes that user, without capabilities
        "uid" optional uid: Spanned<u32> = Number(0..=u32::MAX),
        /// keeps these capabilities alone
        "caps" optional caps: Spanned<Vec<Spanned<String>>> =
            Placed(OrParameter(List("a list of capabilities to keep", Name("a name", capability)))),
        /// an ordinary user without any capability, to whom belongs what is made here
        "unprivileged" optional unprivileged: Spanned<bool> = OrParameter(YesOrNo),
    }
}

mapping! {
    /// A file system mounted inside the working directory.
    #[derive(Clone, Debug)]
    pub struct Mount: "mount" {
        /// the directory
        "at" required at: Spanned<String> = Path("a path"),
        /// the file system type
        "type" required fstype: Spanned<String> = Text("a file system type"),
        /// what it is on: one of `disks`, if there is something
        "source" optional source: Spanned<String> = Path("a path"),
        /// mount data, such as `size=64k`
        "options" default options: String = Bare(Text("mount options, such as `size=64k`")),
        /// of type `fuse`: what is answered to requests, `{FUSE_FSYNC: EIO}`
        "answers" optional answers: Vec<(Spanned<String>, Vec<Answer>)> = OrParameter(Answers),
        /// remounted read-only once everything is made
        "read_only" default read_only: bool = Bare(OrParameter(YesOrNo)),
    }
}

mapping! {
    /// What all processes of a case may use up together, but for who serves a file system or holds a disk.
    #[derive(Clone, Debug)]
    pub struct Bounds: "control group" {
        /// processes and threads, the first one included
        "pids.max" optional pids: Spanned<u64> = Number(1..=512),
        /// bytes of memory, that of files in memory included, and of swap
        "memory.max" optional memory: Spanned<u64> = Number(1 << 20..=1 << 30),
    }
}

mapping! {
    /// What a FUSE file system answers to a request.
    #[derive(Clone, Debug)]
    pub struct Answer: "answer" {
        /// how long it takes, such as `20ms`
        "after" optional after: Node = Unread(time),
        /// the error that it is; left out, what was asked for is done
        "errno" optional errno: Spanned<String> = Name("the name of an error", errno),
    }
}

mapping! {
    pub(super) struct DiskKeys: "disk" {
        /// what it holds: one of the images that the suite has
        "image" optional image: Spanned<String> = IMAGE,
        /// bytes, a multiple of 512; left out, those of the image
        "size" optional size: Spanned<u64> = Number(disk::SECTOR..=disk::MAX_SIZE),
        /// cannot be written
        "read_only" default read_only: bool = Bare(OrParameter(YesOrNo)),
    }
}

/// A block device that exists before the first step.
#[derive(Clone, Debug)]
pub struct Disk {
    /// Path relative to the working directory.
    pub path: Spanned<String>,
    /// Name of the image that it holds; none: nothing.
    pub image: Option<Spanned<String>>,
    /// Its size, if it is not the image's.
    pub size: Option<Spanned<u64>>,
    /// Whether it cannot be written.
    pub read_only: bool,
}

/// The name of an image.
const IMAGE: Name =
    Name("the name of an image", |_| json!({"enum": disk::IMAGES.iter().map(|image| image.name).collect::<Vec<_>>()}));

/// An image, or what is to be said of a disk, under a path.
struct ADisk;

impl Shape for ADisk {
    type Value = Disk;

    fn read(&self, d: &mut Decoder, path: &Spanned<String>, node: &Node) -> Option<Disk> {
        d.path(path);
        if node.as_map().is_none() {
            let image = Some(IMAGE.read(d, path, node)?);
            return Some(Disk { path: path.clone(), image, size: None, read_only: false });
        }
        let DiskKeys { image, size, read_only } = of::<DiskKeys>().read(d, path, node)?;
        if image.is_none() && size.is_none() {
            d.expected(node, "an image, or `size`");
            return None;
        }
        Some(Disk { path: path.clone(), image, size, read_only })
    }

    fn schema(&self, d: &mut Definitions) -> Json {
        let mut keys = of::<DiskKeys>().schema(d);
        keys["anyOf"] = json!([{"required": ["image"]}, {"required": ["size"]}]);
        let image = IMAGE.schema(d);
        any_of([or_reference(d, image), keys])
    }
}

mapping! {
    struct FileKeys: "file" {
        /// what it holds
        "content" required content: Node = Unread(bytes),
        /// permission bits
        "mode" optional mode: u32 = Bare(Mode(0o7777)),
    }
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

mapping! {
    struct ProgramKeys: "program" {
        /// ends with this status
        "exit" optional exit: Spanned<u8> = Number(0..=255),
        /// writes what it finds to a file beside it, whose name ends with `.report`: these things, a line each
        "report" optional report: Vec<Spanned<u8>> =
            OrParameter(List("a list of what is reported", OrParameter(Word("aspect", &ASPECTS)))),
        /// permission bits
        "mode" optional mode: u32 = Bare(Mode(0o7777)),
    }
}

/// The aspects of a report, by their numbers.
const ASPECTS: [(&str, u8); program::ASPECTS.len()] = {
    let mut aspects = [("", 0); program::ASPECTS.len()];
    let mut i = 0;
    while i < aspects.len() {
        aspects[i] = (program::ASPECTS[i], i as u8);
        i += 1;
    }
    aspects
};

/// Permission bits of a program for which the case gives none.
const PROGRAM_MODE: u32 = 0o755;

/// The suite's own program under a path of the case's.
#[derive(Clone, Debug)]
pub struct Program {
    /// Path relative to the working directory.
    pub path: Spanned<String>,
    /// What it does.
    pub does: Does,
    /// Permission bits.
    pub mode: u32,
}

/// What a program does.
#[derive(Clone, Debug)]
pub enum Does {
    /// Ends with a status.
    Exit(u8),
    /// Sleeps for ever.
    Sleep,
    /// Reports these aspects, by their numbers.
    Report(Vec<u8>),
}

struct AProgram;

impl Shape for AProgram {
    type Value = Program;

    fn read(&self, d: &mut Decoder, path: &Spanned<String>, node: &Node) -> Option<Program> {
        let expected = "`sleep`, `{exit: N}` or `{report: [ASPECT, …]}`";
        d.path(path);
        let program =
            |does, mode: Option<u32>| Program { path: path.clone(), does, mode: mode.unwrap_or(PROGRAM_MODE) };
        if node.plain() == Some("sleep") {
            return Some(program(Does::Sleep, None));
        }
        if node.as_map().is_none() {
            d.expected(node, expected);
            return None;
        }
        match of::<ProgramKeys>().read(d, path, node)? {
            ProgramKeys { exit: Some(status), report: None, mode } => Some(program(Does::Exit(status.value), mode)),
            ProgramKeys { exit: None, report: Some(aspects), mode } if aspects.len() <= program::MAX_ASPECTS => {
                let aspects = aspects.into_iter().map(|aspect| aspect.value).collect();
                Some(program(Does::Report(aspects), mode))
            }
            _ => {
                d.expected(node, expected);
                None
            }
        }
    }

    fn schema(&self, d: &mut Definitions) -> Json {
        let mut keys = of::<ProgramKeys>().schema(d);
        keys["oneOf"] = json!([{"required": ["exit"]}, {"required": ["report"]}]);
        any_of([json!({"const": "sleep"}), keys])
    }
}

mapping! {
    /// A resource limit.
    #[derive(Clone, Debug)]
    pub struct Limit: "limit" {
        /// the soft limit
        "soft" required soft: Node = Unread(length),
        /// the hard limit
        "hard" required hard: Node = Unread(length),
    }
}

mapping! {
    /// How a signal is handled that is recorded.
    #[derive(Clone, Debug, Default)]
    pub struct Handler: "handler" {
        /// flags of sigaction(2), such as `[SA_RESTART]`
        "record" optional flags: Node = Unread(|d| flag_list(d, &abi::SA)),
        /// signals that are blocked while the handler runs, beside its own
        "mask" default mask: Vec<Spanned<String>> =
            OrParameter(List("a list of signals", Name("a name", signal))),
    }
}

/// A sysctl that is written before the first step.
#[derive(Clone, Debug)]
pub struct Sysctl {
    /// Its name, with dots.
    pub name: Spanned<String>,
    /// What is written.
    pub value: Spanned<String>,
}

/// What is written to a sysctl, under its name.
struct ASysctl;

impl Shape for ASysctl {
    type Value = Sysctl;

    fn read(&self, d: &mut Decoder, name: &Spanned<String>, node: &Node) -> Option<Sysctl> {
        Some(Sysctl { name: name.clone(), value: d.name(node, "a number or text")? })
    }

    fn schema(&self, d: &mut Definitions) -> Json {
        Text("a number or text").schema(d)
    }
}

/// Answers of a FUSE file system, by request.
struct Answers;

/// One answer, or those to the first request of that kind, the second and so on.
struct SomeAnswers;

impl Shape for SomeAnswers {
    type Value = Vec<Answer>;

    fn read(&self, d: &mut Decoder, key: &Spanned<String>, node: &Node) -> Option<Vec<Answer>> {
        let Some(items) = node.as_list().filter(|items| !items.is_empty()) else {
            return Some(vec![AnAnswer.read(d, key, node)?]);
        };
        items.iter().map(|item| AnAnswer.read(d, key, item)).collect()
    }

    fn schema(&self, d: &mut Definitions) -> Json {
        let one = d.share("answer", |d| AnAnswer.schema(d));
        any_of([one.clone(), json!({"type": "array", "items": one, "minItems": 1})])
    }
}

struct AnAnswer;

impl Shape for AnAnswer {
    type Value = Answer;

    fn read(&self, d: &mut Decoder, key: &Spanned<String>, node: &Node) -> Option<Answer> {
        if node.as_map().is_some() {
            return of::<Answer>().read(d, key, node);
        }
        let word = d.name(node, "the name of an error, `done`, `never`, or `{after: TIME, errno: ERRNO}`")?;
        Some(Answer { after: None, errno: Some(word).filter(|word| word.as_str() != "done") })
    }

    fn schema(&self, d: &mut Definitions) -> Json {
        let error = errno(d);
        any_of([error, json!({"enum": ["done", "never"]}), of::<Answer>().schema(d)])
    }
}

impl Shape for Answers {
    type Value = Vec<(Spanned<String>, Vec<Answer>)>;

    fn read(&self, d: &mut Decoder, key: &Spanned<String>, node: &Node) -> Option<Self::Value> {
        Entries::of("a mapping of requests to answers", SomeAnswers).read(d, key, node)
    }

    fn schema(&self, d: &mut Definitions) -> Json {
        let answer = SomeAnswers.schema(d);
        let all: Map<_, _> = abi::FUSE_OPCODES.names().map(|name| (name.to_owned(), answer.clone())).collect();
        let parameter = json!({REFERENCE_KEY: answer});
        json!({"type": "object", "properties": all, "patternProperties": parameter, "additionalProperties": false})
    }
}

struct YesOrNo;

impl Shape for YesOrNo {
    type Value = Spanned<bool>;

    fn read(&self, d: &mut Decoder, _: &Spanned<String>, node: &Node) -> Option<Spanned<bool>> {
        d.word(node, "answer", &ANSWERS)
    }

    fn schema(&self, _: &mut Definitions) -> Json {
        json!({"type": "boolean"})
    }
}

/// Content, or content and mode, under a path.
struct AFile;

impl Shape for AFile {
    type Value = File;

    fn read(&self, d: &mut Decoder, path: &Spanned<String>, node: &Node) -> Option<File> {
        d.path(path);
        let keys = match has_key(node, FileKeys::NAMES) {
            true => of::<FileKeys>().read(d, path, node)?,
            false => FileKeys { content: node.clone(), mode: None },
        };
        Some(File { path: path.clone(), content: keys.content, mode: keys.mode.unwrap_or(FILE_MODE) })
    }

    fn schema(&self, d: &mut Definitions) -> Json {
        any_of([bytes(d), of::<FileKeys>().schema(d)])
    }
}

/// Resource limits by name.
struct Limits;

impl Shape for Limits {
    type Value = Vec<(Spanned<String>, Limit)>;

    fn read(&self, d: &mut Decoder, key: &Spanned<String>, node: &Node) -> Option<Self::Value> {
        Entries::of("a mapping of limits to numbers", ALimit).read(d, key, node)
    }

    fn schema(&self, d: &mut Definitions) -> Json {
        let one = ALimit.schema(d);
        let all: Map<_, _> = abi::rlimit_names().map(|name| (name.to_owned(), one.clone())).collect();
        let parameter = json!({REFERENCE_KEY: one});
        json!({"type": "object", "properties": all, "patternProperties": parameter, "additionalProperties": false})
    }
}

/// Both limits, or one number for both.
struct ALimit;

impl Shape for ALimit {
    type Value = Limit;

    fn read(&self, d: &mut Decoder, name: &Spanned<String>, node: &Node) -> Option<Limit> {
        if node.as_map().is_some() {
            return of::<Limit>().read(d, name, node);
        }
        if node.plain().is_none_or(str::is_empty) {
            d.expected(node, "a number or `{soft: A, hard: B}`");
            return None;
        }
        // The hard limit too: an unprivileged case could raise the soft one again.
        Some(Limit { soft: node.clone(), hard: node.clone() })
    }

    fn schema(&self, d: &mut Definitions) -> Json {
        any_of([length(d), of::<Limit>().schema(d)])
    }
}

/// What becomes of signals, by name.
pub(super) struct Signals;

/// A word, or a mapping that says how it is recorded.
struct ADisposition;

impl Shape for ADisposition {
    type Value = Disposition;

    fn read(&self, d: &mut Decoder, signal: &Spanned<String>, node: &Node) -> Option<Disposition> {
        if node.as_map().is_none() {
            return Word("disposition", &DISPOSITIONS).read(d, signal, node).map(|made| (made.value)());
        }
        let fields = d.fields(node, Handler::WHAT, Handler::NAMES)?;
        d.required(&fields, "record");
        Handler::read(d, signal, &fields).map(Disposition::Record)
    }

    fn schema(&self, d: &mut Definitions) -> Json {
        let mut handler = of::<Handler>().schema(d);
        handler["required"] = json!(["record"]);
        any_of([words(&DISPOSITIONS), handler])
    }
}

impl Shape for Signals {
    type Value = Vec<(Spanned<String>, Disposition)>;

    fn read(&self, d: &mut Decoder, key: &Spanned<String>, node: &Node) -> Option<Self::Value> {
        Entries::of("a mapping of signals to `record`, `ignore` or `block`", ADisposition).read(d, key, node)
    }

    fn schema(&self, d: &mut Definitions) -> Json {
        let disposition = d.share("disposition", |d| {
            let disposition = ADisposition.schema(d);
            or_reference(d, disposition)
        });
        let all: Map<_, _> = abi::signal_names().map(|name| (name.to_owned(), disposition.clone())).collect();
        json!({
            "type": "object",
            "properties": all,
            "patternProperties": {REFERENCE_KEY: disposition, REAL_TIME: disposition},
            "additionalProperties": false,
        })
    }
}
