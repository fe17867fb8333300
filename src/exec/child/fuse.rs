//! A FUSE file system whose answers the case chooses, served by a process of the case.
//!
//! Its root has a `file`, a directory `dir` and a symbolic link `link` to the file; nothing of it is remembered, and
//! nothing is kept by the kernel for longer than a request. Whoever waits for an answer that never comes can be
//! interrupted, and so killed: the server then answers with EINTR. If the server is killed, the kernel ends all requests.

use std::ffi::CStr;

use rkyv::rend::u32_le;
use rkyv::tuple::ArchivedTuple2;
use rkyv::vec::ArchivedVec;

use crate::exec::child::setup::{CaseSetup, ORDINARY, text};
use crate::exec::sys::{self, exit, syscall};
use crate::plan::{ArchivedPlanMount, ArchivedReply, ArchivedWith, DECIMAL, Numeral};

/// Requests and what is answered to them, as they lie in the plan.
pub(super) type Answers = ArchivedVec<ArchivedTuple2<u32_le, ArchivedVec<ArchivedReply>>>;

const DEVICE: &CStr = c"/dev/fuse";
/// Bytes of a request at most: what is written at a time, with what comes before it.
const REQUEST: usize = 16 << 10;
/// Bytes that a file can be written by at a time.
const MAX_WRITE: u32 = 4096;
/// Kinds of requests that a case can have answers for.
const KINDS: usize = 64;
/// Bytes of the file.
const SIZE: u64 = 8192;
/// `struct fuse_in_header`, `struct fuse_out_header`.
const IN_HEADER: usize = 40;
const OUT_HEADER: usize = 16;

/// Nodes, by the numbers that the kernel is told.
const ROOT: u64 = 1;
const FILE: u64 = 2;
const DIR: u64 = 3;
const LINK: u64 = 4;
const NAMES: [(&[u8], u64); 3] = [(b"file", FILE), (b"dir", DIR), (b"link", LINK)];

impl CaseSetup<'_> {
    /// Mounts the file system, and has it served.
    pub(super) fn mount_served(&mut self, mount: &ArchivedPlanMount, answers: &Answers) {
        let (device, tree) = self.device(DEVICE);
        sys::close(tree);
        let (uid, gid) = match self.gives_up {
            true => (ORDINARY, ORDINARY),
            false => (sys::geteuid() as u32, sys::getegid() as u32),
        };
        let mut options = Reply::new();
        for (name, value) in [(&b"fd="[..], device), (b",user_id=", uid.into()), (b",group_id=", gid.into())] {
            options.bytes(name);
            options.bytes(Numeral::of(value, DECIMAL).bytes());
        }
        options.bytes(b",rootmode=40000");
        let own = text(&mount.options).to_bytes();
        if !own.is_empty() {
            options.bytes(b",");
            options.bytes(own);
        }
        options.bytes(b"\0");
        let at = text(&mount.at);
        let flags = libc::MS_NOSUID | libc::MS_NODEV;
        let mounted = sys::mount(c"syscase", at, Some(c"fuse"), flags, Some(text(options.written())));
        self.try_optional("mount ", &mount.at, mounted);
        self.leave_behind(|| serve(device, answers, [uid, gid]));
        sys::close(device);
    }
}

/// The life of a server: until the file system is gone, or somebody kills it.
fn serve(device: i64, answers: &Answers, owner: [u32; 2]) -> ! {
    let mut request = [0u8; REQUEST];
    // How many requests of each kind there were for which the case has answers.
    let mut met = [0usize; KINDS];
    loop {
        // SAFETY: writes to the request, which is as long.
        let len = unsafe { syscall!(read, device, request.as_mut_ptr(), request.len()) };
        match len {
            // Requests that are gone before they are read, and signals, are no end.
            _ if len == -i64::from(libc::ENOENT) || len == -i64::from(libc::EINTR) => continue,
            ..0 => exit(0),
            _ => {}
        }
        let mut reply = Reply::new();
        if answer(&request[..len as usize], answers, &mut met, owner, &mut reply) {
            let reply = reply.sealed();
            // SAFETY: reads the reply. Whoever asked may be gone.
            unsafe { syscall!(write, device, reply.as_ptr(), reply.len()) };
        }
    }
}

/// Makes a reply to a request; false if there is none.
fn answer(request: &[u8], answers: &Answers, met: &mut [usize; KINDS], owner: [u32; 2], reply: &mut Reply) -> bool {
    let (opcode, unique, node) = (word(request, 4), long(request, 8), long(request, 16));
    let body = request.get(IN_HEADER..).unwrap_or_default();
    reply.header(unique);
    if let Some(answer) = next_answer(answers, opcode, met) {
        // Whoever asks something meanwhile, waits, too.
        sys::pause(answer.after.to_native());
        match answer.with {
            ArchivedWith::Done => {}
            ArchivedWith::Error(errno) => {
                reply.error(errno.to_native() as i32);
                return true;
            }
            ArchivedWith::Nothing => return false,
        }
    }
    match opcode {
        // FORGET, BATCH_FORGET, DESTROY
        2 | 42 | 38 => return false,
        // INTERRUPT: only what is never answered is still waited for.
        36 => {
            *reply = Reply::new();
            reply.header(long(body, 0));
            reply.error(libc::EINTR);
        }
        // INIT
        26 => reply.init(word(body, 4)),
        // LOOKUP
        1 => match NAMES.iter().find(|(name, _)| body.strip_suffix(b"\0") == Some(*name) && node == ROOT) {
            Some((_, node)) => reply.entry(*node, owner),
            None => reply.error(libc::ENOENT),
        },
        // GETATTR, SETATTR
        3 | 4 => {
            reply.words(&[0; 4]);
            reply.attributes(node, owner);
        }
        // READLINK
        5 => reply.bytes(b"file"),
        // SYMLINK; MKNOD, LINK; MKDIR
        6 => reply.entry(LINK, owner),
        8 | 13 => reply.entry(FILE, owner),
        9 => reply.entry(DIR, owner),
        // OPEN, OPENDIR
        14 | 27 => reply.words(&[0; 4]),
        // CREATE, TMPFILE
        35 | 51 => {
            reply.entry(FILE, owner);
            reply.words(&[0; 4]);
        }
        // READ
        15 => {
            let rest = SIZE.saturating_sub(long(body, 8)).min(MAX_WRITE.into());
            (0..rest.min(word(body, 16).into())).for_each(|_| reply.bytes(b"x"));
        }
        // WRITE, COPY_FILE_RANGE: all of it.
        16 => reply.words(&[word(body, 16), 0]),
        47 => reply.words(&[word(body, 40), 0]),
        // STATFS
        17 => {
            reply.words(&[0; 10]);
            reply.words(&[4096, 255, 4096, 0]);
            reply.words(&[0; 6]);
        }
        // GETXATTR, LISTXATTR: there are none.
        22 => reply.error(libc::ENODATA),
        23 => reply.words(&[0; 2][..if word(body, 0) == 0 { 2 } else { 0 }]),
        // LSEEK
        46 => reply.error(libc::ENOSYS),
        // READDIR
        28 => reply.entries(node, long(body, 8), word(body, 16)),
        // What takes no answer but that it is done.
        10..=12 | 18 | 20 | 21 | 24 | 25 | 29 | 30 | 32..=34 | 43 | 45 | 50 => {}
        _ => reply.error(libc::ENOSYS),
    }
    true
}

/// The case's answer to this request, if it has one: the last one it has is that to all later ones.
fn next_answer<'a>(answers: &'a Answers, opcode: u32, met: &mut [usize; KINDS]) -> Option<&'a ArchivedReply> {
    let kind = answers.iter().position(|answer| answer.0.to_native() == opcode)?;
    let replies = &answers[kind].1;
    let count = met.get_mut(kind)?;
    let reply = replies.get((*count).min(replies.len().saturating_sub(1)));
    *count += 1;
    reply
}

fn word(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).map_or(0, |word| u32::from_ne_bytes([word[0], word[1], word[2], word[3]]))
}

fn long(bytes: &[u8], at: usize) -> u64 {
    u64::from(word(bytes, at)) | u64::from(word(bytes, at + 4)) << 32
}

/// Bytes that are put together; what is too long is cut.
struct Reply {
    bytes: [u8; Self::ROOM],
    len: usize,
}

impl Reply {
    const ROOM: usize = OUT_HEADER + MAX_WRITE as usize;

    fn new() -> Self {
        Reply { bytes: [0; Self::ROOM], len: 0 }
    }

    fn written(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    fn bytes(&mut self, more: &[u8]) {
        let room = &mut self.bytes[self.len..];
        let n = more.len().min(room.len());
        room[..n].copy_from_slice(&more[..n]);
        self.len += n;
    }

    fn words(&mut self, more: &[u32]) {
        more.iter().for_each(|word| self.bytes(&word.to_ne_bytes()));
    }

    /// Of a reply to the request of that number, whose length comes last.
    fn header(&mut self, unique: u64) {
        self.words(&[0, 0]);
        self.bytes(&unique.to_ne_bytes());
    }

    fn error(&mut self, errno: i32) {
        self.bytes[4..8].copy_from_slice(&(-errno).to_ne_bytes());
    }

    fn sealed(&mut self) -> &[u8] {
        self.bytes[..4].copy_from_slice(&(self.len as u32).to_ne_bytes());
        self.written()
    }

    /// `struct fuse_init_out`, for the kernel's minor version, without any feature.
    fn init(&mut self, minor: u32) {
        // Readahead, flags, requests in the background (12, and 9 for congestion), granularity of times.
        self.words(&[7, minor.min(31), 0, 0, 12 | 9 << 16, MAX_WRITE, 1]);
        self.words(&[0; 9]);
    }

    /// `struct fuse_entry_out`: valid for no time at all.
    fn entry(&mut self, node: u64, owner: [u32; 2]) {
        self.bytes(&node.to_ne_bytes());
        self.words(&[0; 8]);
        self.attributes(node, owner);
    }

    /// `struct fuse_dirent`s of a directory from that offset on, no more than fit into so many bytes.
    fn entries(&mut self, node: u64, from: u64, size: u32) {
        let own = [(&b"."[..], node), (b"..", ROOT)];
        let all = own.iter().chain(NAMES.iter().filter(|_| node == ROOT));
        for ((name, inode), offset) in all.zip(1u64..).skip(from as usize) {
            let padded = (24 + name.len()).next_multiple_of(8);
            if self.len - OUT_HEADER + padded > size as usize {
                return;
            }
            let kind = match *inode {
                FILE => libc::DT_REG,
                LINK => libc::DT_LNK,
                _ => libc::DT_DIR,
            };
            self.bytes(&inode.to_ne_bytes());
            self.bytes(&offset.to_ne_bytes());
            self.words(&[name.len() as u32, kind.into()]);
            self.bytes(name);
            self.bytes(&[0; 8][..padded - 24 - name.len()]);
        }
    }

    /// `struct fuse_attr`.
    fn attributes(&mut self, node: u64, owner: [u32; 2]) {
        let (mode, size, links) = match node {
            FILE => (libc::S_IFREG | 0o666, SIZE, 1),
            LINK => (libc::S_IFLNK | 0o777, 4, 1),
            _ => (libc::S_IFDIR | 0o777, 0, 2),
        };
        for long in [node, size, size.div_ceil(512), 0, 0, 0] {
            self.bytes(&long.to_ne_bytes());
        }
        self.words(&[0, 0, 0, mode, links, owner[0], owner[1], 0, 4096, 0]);
    }
}
