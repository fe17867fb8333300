//! What is in a case's directory before its first step.

use crate::exec::child::setup::{CaseSetup, ORDINARY, content, text, value};
use crate::exec::sys::{self, CWD, syscall};
use crate::plan::{ArchivedMade, ArchivedPlanFile, ArchivedPlanMount};

/// Bytes of the pieces in which files are written.
const PIECE: usize = 4096;

impl CaseSetup<'_> {
    /// Has what is made from now on belong to who will have no privilege.
    pub(super) fn give_away(&mut self) {
        if !self.plan.setup.unprivileged || sys::geteuid() != 0 {
            return;
        }
        // SAFETY: reads a path.
        let given = unsafe { syscall!(fchownat, CWD, c".".as_ptr(), ORDINARY, ORDINARY, 0) };
        // A user namespace without that id has but one user, which is root there and nobody in particular outside.
        if given == -i64::from(libc::EINVAL) {
            return;
        }
        self.try_optional("give away the working directory", b"", given);
        sys::setfsgid(ORDINARY);
        sys::setfsuid(ORDINARY);
        self.gives_up = true;
    }

    pub(super) fn make_files(&mut self) {
        let made = &self.plan.setup.made;
        for made in made.iter() {
            match made {
                ArchivedMade::Dir(path) => {
                    self.check("mkdir ", path, sys::mkdirat(CWD, text(path), 0o755));
                }
                ArchivedMade::Fifo(path) => {
                    // SAFETY: reads a path.
                    let made = unsafe { syscall!(mknodat, CWD, text(path).as_ptr(), libc::S_IFIFO | 0o644, 0) };
                    self.check("mkfifo ", path, made);
                }
                ArchivedMade::File(file) => self.file(file),
                ArchivedMade::Disk(disk) => self.disk(disk),
                ArchivedMade::Mount(mount) => {
                    sys::mkdirat(CWD, text(&mount.at), 0o755);
                    match mount.answers.as_ref() {
                        Some(answers) => self.mount_served(mount, answers),
                        None => self.mount("mount ", mount, 0),
                    }
                    if mount.source != mount.fstype {
                        self.give_away_mount(mount);
                    }
                }
            }
        }
        for made in made.iter() {
            if let ArchivedMade::Mount(mount) = made
                && mount.read_only
            {
                self.mount("remount read-only ", mount, libc::MS_REMOUNT | libc::MS_RDONLY);
            }
        }
    }

    fn mount(&mut self, what: &str, mount: &ArchivedPlanMount, flags: u64) {
        let (source, at) = (text(&mount.source), text(&mount.at));
        let (fstype, options) = (text(&mount.fstype), text(&mount.options));
        let flags = flags | libc::MS_NOSUID | libc::MS_NODEV;
        self.as_root();
        self.try_optional(what, &mount.at, sys::mount(source, at, Some(fstype), flags, Some(options)));
        self.as_before();
    }

    /// The root of what is on a disk belongs to root.
    fn give_away_mount(&mut self, mount: &ArchivedPlanMount) {
        if !self.gives_up {
            return;
        }
        self.as_root();
        // A file system without owners has them by its options.
        // SAFETY: reads a path.
        unsafe { syscall!(fchownat, CWD, text(&mount.at).as_ptr(), ORDINARY, ORDINARY, 0) };
        self.as_before();
    }

    // Out of the way of cases without files: a large frame has to be touched page by page.
    #[inline(never)]
    fn file(&mut self, file: &ArchivedPlanFile) {
        let flags = libc::O_WRONLY | libc::O_CREAT | libc::O_EXCL | libc::O_CLOEXEC;
        let fd = self.check("create ", &file.path, sys::openat(CWD, text(&file.path), flags, 0o600));
        for segment in file.content.iter() {
            let len = value(self.slot, &segment.len).max(0) as usize;
            let mut at = 0;
            while at < len {
                let mut piece = [0; PIECE];
                let n = PIECE.min(len - at);
                content(self.slot, &segment.fill, at, &mut piece[..n]);
                let offset = segment.addr.to_native() + at as u64;
                // SAFETY: reads the piece, of which `n` is no more than all.
                let written = unsafe { syscall!(pwrite64, fd, piece.as_ptr(), n, offset) };
                self.check("write ", &file.path, written);
                at += written as usize;
            }
        }
        self.check("chmod ", &file.path, sys::fchmod(fd, file.mode.to_native()));
        sys::close(fd);
    }
}
