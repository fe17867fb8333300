//! The circumstances of a case, brought about in its own process before the first step.

use std::ffi::CStr;
use std::sync::atomic::{AtomicBool, Ordering};

use linux_raw_sys::general::CAP_SYS_PTRACE;

use rkyv::option::ArchivedOption;

use crate::case::{ArchivedActorKind, ArchivedWorkdir};
use crate::plan::{
    ArchivedFill, ArchivedOperand, ArchivedPiece, ArchivedReaction, ArchivedSegment, FIXED_VARS, Numeral,
};

use crate::exec::child::fault;
use crate::exec::child::slot::CaseSlot;
use crate::exec::shared::bounds::CasePlace;
use crate::exec::shared::map::Addresses;
use crate::exec::shared::slot::phase;
use crate::exec::shared::wire::ArchivedPreparation;
use crate::exec::sys::{self, CWD, Capabilities, Disposition, Prctl, prctl, set_affinity, syscall};

/// What anonymous memory is mapped with until it is filled.
const WRITABLE: u32 = (libc::PROT_READ | libc::PROT_WRITE) as u32;

/// The user and group that root becomes when it gives up its privilege.
pub(super) const ORDINARY: u32 = 65534;

/// What the worker knows and the child needs.
#[derive(Clone, Copy)]
pub(in crate::exec) struct Lent<'a> {
    /// Path of the working directory; none: the worker is there.
    pub(in crate::exec) dir: Option<&'a CStr>,
    /// Path of the disk working directory, if there is one.
    pub(in crate::exec) disk: Option<&'a CStr>,
    /// Bytes of a page.
    pub(in crate::exec) page_size: i64,
    /// The processors that the case may run on, though its worker stays on one; none: there is but one.
    pub(in crate::exec) affinity: Option<&'a [u64; 16]>,
    /// What the worker shares with the program, if it could not keep it from its children.
    pub(in crate::exec) others: Option<Addresses>,
    /// The worker has namespaces of its own, which end with it.
    pub(in crate::exec) namespaces: bool,
    /// Where the case can have control groups of its own.
    pub(in crate::exec) groups: &'a [CasePlace],
    /// The kernel keeps the case from the worker, whatever capabilities the case has in its user namespace.
    pub(in crate::exec) guarded: bool,
}

/// The set-up in progress.
pub(super) struct CaseSetup<'a> {
    pub(super) slot: CaseSlot,
    pub(super) plan: &'a ArchivedPreparation<'a>,
    /// The next error means that the circumstance is not available here.
    pub(super) optional: bool,
    /// Root, which gives up its privilege by becoming another.
    pub(super) gives_up: bool,
}

/// This process comes after the case's own, and has no say in how that ended.
static AFTERWARDS: AtomicBool = AtomicBool::new(false);

/// Sets everything up; returns the actors' kinds. Ends the process where that fails.
pub(in crate::exec) fn set_up(slot: CaseSlot, around: Lent<'_>) -> Actors {
    bring_about(slot, around, false).0
}

/// Sets up what does not outlive a process, for one that does what is done whatever happened; its first step.
pub(in crate::exec) fn set_up_afterwards(slot: CaseSlot, around: Lent<'_>) -> usize {
    AFTERWARDS.store(true, Ordering::Release);
    bring_about(slot, around, true).1
}

fn bring_about(slot: CaseSlot, around: Lent<'_>, afterwards: bool) -> (Actors, usize) {
    let plan = slot.set_up().unwrap_or_else(|| tampered(slot));
    let mut setup = CaseSetup { slot, plan, optional: false, gives_up: false };
    setup.own_process(around);
    let actors = Actors { count: plan.actors.len(), die_with_parent: !around.namespaces, kinds: &plan.actors };
    let sysctls = setup.reach_sysctls();
    setup.unshare();
    setup.set_sysctls(sysctls);
    setup.working_directory(around);
    setup.give_away();
    if !afterwards {
        setup.make_files();
    }
    setup.map_regions();
    setup.image();
    setup.protect_regions();
    setup.join_group(around.groups);
    setup.limits();
    setup.signals();
    setup.identity();
    setup.give_up_privilege();
    setup.stay_away_from_the_worker(around.guarded);
    if !afterwards {
        setup.variables(around.page_size);
    }
    (actors, plan.finally.to_native() as usize)
}

/// The kinds of the actors, where they lie in the plan.
#[derive(Clone, Copy)]
pub(in crate::exec) struct Actors {
    pub(in crate::exec) count: usize,
    /// Its processes die with the main one: there is no namespace to end.
    pub(in crate::exec) die_with_parent: bool,
    kinds: &'static [ArchivedActorKind],
}

impl Actors {
    pub(in crate::exec) fn is_process(&self, actor: usize) -> bool {
        matches!(self.kinds.get(actor), Some(ArchivedActorKind::Process))
    }

    /// Whether the call of a step makes it.
    pub(in crate::exec) fn is_child(&self, actor: usize) -> bool {
        matches!(self.kinds.get(actor), Some(ArchivedActorKind::Child))
    }
}

impl CaseSetup<'_> {
    /// Gives up: the case cannot be performed in these circumstances.
    pub(super) fn fail(&self, what: &str, name: &[u8], error: i64) -> ! {
        self.slot.header().setup_unavailable.store(u32::from(self.optional), Ordering::Release);
        give_up(self.slot, what, name, error)
    }

    pub(super) fn check(&self, what: &str, name: &[u8], ret: i64) -> i64 {
        if ret < 0 { self.fail(what, name, ret) } else { ret }
    }

    /// Privilege or kernel support is missing: the case is skipped.
    pub(super) fn try_optional(&mut self, what: &str, name: &[u8], ret: i64) {
        const UNAVAILABLE: [i32; 7] =
            [libc::EPERM, libc::EACCES, libc::ENOSYS, libc::EINVAL, libc::ENODEV, libc::ENOSPC, libc::EROFS];
        self.optional = UNAVAILABLE.contains(&(-ret as i32));
        self.check(what, name, ret);
        self.optional = false;
    }

    fn own_process(&self, around: Lent<'_>) {
        if let Some(shared) = around.others {
            // SAFETY: a case's process knows of its own slot alone.
            unsafe { shared.unmap_others(self.slot.base()) };
        }
        // The worker's are one open file, whose flags, owner and locks the next case would find.
        sys::null_stdio();
        // With it, the scheduler takes a case for one, however many processes it has: no worker starves beside it.
        sys::setsid();
        // The worker is not, and an ordinary process is.
        prctl(Prctl::SetDumpable, 1);
        if let Some(affinity) = around.affinity {
            set_affinity(affinity);
        }
        if !around.namespaces {
            prctl(Prctl::SetPdeathsig, libc::SIGKILL.into());
        }
    }

    fn unshare(&mut self) {
        let flags = self.plan.setup.unshare.to_native();
        if flags == 0 {
            return;
        }
        let (uid, gid) = (sys::geteuid(), sys::getegid());
        self.try_optional("unshare namespaces", b"", sys::unshare(flags));
        if flags & libc::CLONE_NEWUSER as u64 != 0 {
            let setgroups = c"/proc/self/setgroups";
            // SAFETY: reads a path.
            let found = unsafe { syscall!(faccessat, CWD, setgroups.as_ptr(), libc::F_OK) };
            // A kernel without that file asks for no such thing.
            if found != -i64::from(libc::ENOENT) {
                self.write_text(setgroups, b"deny");
            }
            self.write_map(c"/proc/self/uid_map", uid);
            self.write_map(c"/proc/self/gid_map", gid);
        }
        if flags & libc::CLONE_NEWNS as u64 != 0 {
            let private = libc::MS_REC | libc::MS_PRIVATE;
            self.try_optional("make mounts private", b"", sys::mount(c"none", c"/", None, private, None));
        }
        if flags & libc::CLONE_NEWNET as u64 != 0 {
            sys::loopback_up();
        }
    }

    /// `0 ID 1`: root inside is who we are outside.
    fn write_map(&mut self, path: &CStr, id: i64) {
        let mut text = *b"0 0000000000 1";
        let mut rest = id as u64;
        for digit in text[2..12].iter_mut().rev() {
            *digit = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
        self.write_text(path, &text);
    }

    fn write_text(&mut self, path: &CStr, text: &[u8]) {
        let fd = sys::openat(CWD, path, libc::O_WRONLY | libc::O_CLOEXEC, 0);
        self.try_optional("open ", path.to_bytes(), fd);
        // SAFETY: reads the text.
        let written = unsafe { syscall!(write, fd, text.as_ptr(), text.len()) };
        self.try_optional("write ", path.to_bytes(), written);
        sys::close(fd);
    }

    fn working_directory(&mut self, around: Lent<'_>) {
        let disk = matches!(self.plan.setup.workdir, ArchivedOption::Some(ArchivedWorkdir::Disk));
        if disk && around.disk.is_none() {
            self.optional = true;
            self.fail("find a working directory that is not on a tmpfs", b"", -i64::from(libc::ENOENT));
        }
        let path = if disk { around.disk } else { around.dir };
        if let Some(path) = path {
            self.check("enter the working directory", b"", sys::chdir(path));
        }
    }

    fn map_regions(&mut self) {
        for region in self.plan.regions.iter() {
            let (addr, len) = (region.addr.to_native(), region.len.to_native());
            let (mut prot, mut fd) = (region.prot.to_native(), -1);
            if let ArchivedOption::Some(file) = &region.file {
                fd = sys::openat(CWD, text(file), libc::O_RDWR | libc::O_CLOEXEC, 0);
                if fd < 0 {
                    fd = sys::openat(CWD, text(file), libc::O_RDONLY | libc::O_CLOEXEC, 0);
                }
                self.check("open the file of a region: ", file, fd);
            } else {
                // Anonymous regions are filled before they get their protection.
                prot |= WRITABLE;
            }
            let flags = region.flags.to_native() | libc::MAP_FIXED_NOREPLACE as u32;
            // SAFETY: a new mapping; what is there already stays.
            let at = unsafe { syscall!(mmap, addr, len, prot, flags, fd, region.offset.to_native()) };
            self.check("map a region", b"", at);
            if at as u64 != addr {
                // Before Linux 4.17 the flag is only a hint.
                self.fail("map a region at its address", b"", -i64::from(libc::EEXIST));
            }
            if fd >= 0 {
                sys::close(fd);
            }
        }
    }

    fn protect_regions(&mut self) {
        for region in self.plan.regions.iter().filter(|region| region.file.is_none()) {
            let prot = region.prot.to_native();
            if prot & WRITABLE != WRITABLE {
                let (addr, len) = (region.addr.to_native(), region.len.to_native());
                // SAFETY: mapped for the case; nothing of ours lies there.
                let protected = unsafe { syscall!(mprotect, addr, len, prot) };
                self.check("protect a region", b"", protected);
            }
        }
    }

    fn image(&mut self) {
        for segment in self.plan.image.iter() {
            let len = value(self.slot, &segment.len).max(0) as usize;
            // SAFETY: the planner puts the image into regions that are mapped now.
            unsafe { store(self.slot, segment, len) };
        }
    }

    fn limits(&mut self) {
        for limit in self.plan.setup.rlimits.iter() {
            let (resource, soft, hard) = (limit.0.to_native(), limit.1.to_native(), limit.2.to_native());
            let limit = libc::rlimit { rlim_cur: soft, rlim_max: hard };
            // SAFETY: reads a limit; that before is not asked for.
            let set = unsafe { syscall!(prlimit64, 0, resource, std::ptr::from_ref(&limit), 0) };
            self.try_optional("set a resource limit", b"", set);
        }
        let umask = self.plan.setup.umask.to_native();
        if umask != 0o022 {
            sys::umask(umask);
        }
    }

    fn signals(&mut self) {
        let mut blocked = 0u64;
        for entry in self.plan.setup.signals.iter() {
            let signal = entry.0.to_native() as i32;
            match &entry.1 {
                ArchivedReaction::Record { flags, mask } => {
                    fault::attach(self.slot);
                    fault::record(signal, flags.to_native(), mask.to_native());
                }
                ArchivedReaction::Ignore => sys::disposition(signal, Disposition::Ignore),
                ArchivedReaction::Block => blocked |= 1 << (signal - 1),
            }
        }
        // In the worker, the end of a child is blocked.
        sys::rt_sigprocmask(libc::SIG_SETMASK, &blocked);
    }

    fn identity(&mut self) {
        let setup = &self.plan.setup;
        let gid = setup.gid.as_ref().map(|gid| gid.to_native());
        let uid = setup.uid.as_ref().map(|uid| uid.to_native());
        let caps = setup.caps.as_ref().map(|caps| caps.to_native());
        if uid.is_some() || gid.is_some() {
            let owner = [uid, gid].map(|id| id.map_or(-1, i64::from));
            // SAFETY: reads a path.
            let dir = unsafe { syscall!(fchownat, CWD, c".".as_ptr(), owner[0], owner[1], 0) };
            self.try_optional("give away the working directory", b"", dir);
            self.try_optional("drop supplementary groups", b"", sys::setgroups(&[]));
        }
        if let Some(gid) = gid {
            self.try_optional("become another group", b"", sys::setresgid(gid, gid, gid));
        }
        if let Some(uid) = uid {
            self.try_optional("become another user", b"", sys::setresuid(uid, uid, uid));
        }
        if let Some(keep) = caps {
            self.keep_capabilities(keep);
        }
        if uid.is_some() || gid.is_some() || caps.is_some() {
            // A change of identity makes /proc/self root's; an ordinary process owns its own.
            prctl(Prctl::SetDumpable, 1);
        }
    }

    /// Becomes a user to whom no program can give a capability.
    fn give_up_privilege(&mut self) {
        if !self.plan.setup.unprivileged {
            return;
        }
        // Who is refused has no capability to lose. The kernel knows no capability above the last.
        let mut capability = 0;
        while prctl(Prctl::CapbsetDrop, capability) == 0 {
            capability += 1;
        }
        if self.gives_up {
            self.try_optional("drop supplementary groups", b"", sys::setgroups(&[]));
            self.try_optional("become another group", b"", sys::setresgid(ORDINARY, ORDINARY, ORDINARY));
            self.try_optional("become another user", b"", sys::setresuid(ORDINARY, ORDINARY, ORDINARY));
        }
        self.keep_capabilities(0);
        prctl(Prctl::SetDumpable, 1);
    }

    fn keep_capabilities(&mut self, keep: u64) {
        let mut sets = Capabilities::default();
        self.try_optional("read capabilities", b"", sys::capget(&mut sets));
        self.try_optional("drop capabilities", b"", sys::capset(&sets.only(keep)));
    }

    /// Gives up the one capability that opens a process which is not dumpable: the worker, in which the cases after
    /// this one begin (`ptrace_may_access` in the kernel's `kernel/ptrace.c`).
    fn stay_away_from_the_worker(&mut self, guarded: bool) {
        if guarded || self.plan.setup.traces {
            return;
        }
        // Also of programs that the case executes. Who is refused has not got it.
        prctl(Prctl::CapbsetDrop, CAP_SYS_PTRACE.into());
        let mut sets = Capabilities::default();
        if sys::capget(&mut sets) == 0 {
            sys::capset(&sets.only(!(1 << CAP_SYS_PTRACE)));
        }
    }

    fn variables(&mut self, page_size: i64) {
        let values = [page_size, sys::getpid(), sys::getppid(), sys::getuid(), sys::getgid()];
        const { assert!(FIXED_VARS.len() == 5) };
        for (i, value) in values.into_iter().enumerate() {
            self.slot.vars().set(i, value);
        }
    }
}

/// A text of the plan's, which ends with a NUL.
pub(super) fn text(bytes: &[u8]) -> &CStr {
    CStr::from_bytes_until_nul(bytes).unwrap_or_default()
}

/// Ends the case's process: what it was to be performed in cannot be brought about.
pub(in crate::exec) fn setup_failed(slot: CaseSlot, what: &str, error: i64) -> ! {
    give_up(slot, what, b"", error)
}

fn give_up(slot: CaseSlot, what: &str, name: &[u8], error: i64) -> ! {
    if AFTERWARDS.load(Ordering::Acquire) {
        sys::exit(0)
    }
    let header = slot.header();
    let text = what.bytes().chain(name.iter().copied().take_while(|b| *b != 0)).take(127);
    let place = std::ptr::addr_of!(header.setup_what).cast_mut().cast::<u8>();
    for (i, byte) in text.enumerate() {
        // SAFETY: below the 128 bytes of the field, which the worker reads after our end.
        unsafe { place.add(i).write_volatile(byte) };
    }
    header.setup_errno.store(-error as i32, Ordering::Release);
    slot.give_up(phase::SETUP_FAILED);
    sys::exit(0)
}

/// Ends the process that was about to rely on what somebody else has written.
pub(in crate::exec) fn tampered(slot: CaseSlot) -> ! {
    slot.give_up(phase::TAMPERED);
    sys::exit(0)
}

impl CaseSlot {
    /// A variable's value.
    pub(in crate::exec) fn var(self, var: usize) -> i64 {
        self.vars().get(var).unwrap_or_else(|| tampered(self))
    }
}

/// An operand's value with the case's variables.
#[inline(always)]
pub(in crate::exec) fn value(slot: CaseSlot, operand: &ArchivedOperand) -> i64 {
    let mut sum = operand.base.to_native();
    for term in &operand.terms {
        let coefficient = i64::from(term.0.to_native());
        if coefficient != 0 {
            sum = sum.wrapping_add(coefficient.wrapping_mul(slot.var(term.1.to_native().into())));
        }
    }
    sum
}

/// Byte `at` of a segment's content and the following ones.
pub(in crate::exec) fn content(slot: CaseSlot, fill: &ArchivedFill, at: usize, to: &mut [u8]) {
    match fill {
        ArchivedFill::Bytes(bytes) => {
            to.iter_mut().zip(bytes.iter().skip(at)).for_each(|(to, byte)| *to = *byte);
        }
        ArchivedFill::Byte(byte) => to.fill(*byte),
        ArchivedFill::Pattern(seed) => {
            to.iter_mut().zip(usize::from(*seed) + at..).for_each(|(to, i)| *to = (i % 251) as u8);
        }
        ArchivedFill::Text(pieces) => {
            // Where a piece begins; all that there is before `at` is passed over.
            let mut from = 0;
            for piece in pieces.iter() {
                let numeral;
                let bytes = match piece {
                    ArchivedPiece::Bytes(bytes) => bytes.as_slice(),
                    ArchivedPiece::Numeral(number, base) => {
                        numeral = Numeral::of(value(slot, number), *base);
                        numeral.bytes()
                    }
                };
                let skipped = at.saturating_sub(from).min(bytes.len());
                let place = to.iter_mut().skip((from + skipped).saturating_sub(at));
                place.zip(&bytes[skipped..]).for_each(|(to, byte)| *to = *byte);
                from += bytes.len();
            }
        }
    }
}

/// Writes so many bytes of a segment into memory.
///
/// # Safety
/// The range is mapped and writable.
pub(in crate::exec) unsafe fn store(slot: CaseSlot, segment: &ArchivedSegment, len: usize) {
    let to = segment.addr.to_native() as *mut u8;
    // SAFETY: the caller's.
    unsafe {
        match &segment.fill {
            ArchivedFill::Bytes(bytes) => to.copy_from_nonoverlapping(bytes.as_ptr(), len.min(bytes.len())),
            ArchivedFill::Byte(byte) => to.write_bytes(*byte, len),
            fill => content(slot, fill, 0, std::slice::from_raw_parts_mut(to, len)),
        }
    }
}
