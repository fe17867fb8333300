//! The program's copy that performs cases. A case may name the program that performs it (`/proc/self/exe`), and write
//! to it where the kernel wrongly lets it: so that is a copy in memory, sealed, and nobody's loss.

use std::ffi::{CStr, CString};
use std::fs::{File, Permissions};
use std::io::{self, Read};
use std::os::fd::{FromRawFd, OwnedFd, RawFd};
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::{FileExt, PermissionsExt};

use nix::errno::Errno;
use nix::fcntl::{AtFlags, FcntlArg, SealFlag, fcntl};
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::sys::prctl::set_name;
use nix::sys::socket::{SockType, getsockopt, sockopt};
use nix::unistd::{close, execveat};

use crate::exec::guest::Guest;
use crate::exec::sys;

/// Tells the copy the descriptor of the socket by which it hears what to do, and what its directories' names begin
/// with: `3:syscase-0123456789abcdef`.
const SOCKET: &str = "SYSCASE_LAUNCHER";
/// Nobody changes it any more.
const SEALS: SealFlag =
    SealFlag::F_SEAL_SEAL.union(SealFlag::F_SEAL_SHRINK).union(SealFlag::F_SEAL_GROW).union(SealFlag::F_SEAL_WRITE);

/// Nor its mode; libc lacks the name.
const F_SEAL_EXEC: i32 = 0x20;
/// Variables that the copy needs. A case reads what its worker was started with in `/proc/self/environ`.
const KEPT: [&str; 3] = ["TMPDIR", "LD_LIBRARY_PATH", "SYSCASE_TEST"];

/// The socket and the name, if this is the copy.
pub(in crate::exec) fn socket() -> Option<(OwnedFd, String)> {
    let told = std::env::var_os(SOCKET)?;
    let (fd, name) = told.to_str().and_then(|told| told.split_once(':')).unwrap_or_default();
    let fd = fd.parse::<RawFd>().ok().filter(|fd| *fd > 2 && sys::fcntl((*fd).into(), libc::F_GETFD) >= 0);
    // SAFETY: it is open, and it was told to this process alone.
    let socket = fd.map(|fd| unsafe { OwnedFd::from_raw_fd(fd) });
    let socket = socket.filter(|socket| getsockopt(socket, sockopt::SockType) == Ok(SockType::SeqPacket));
    if socket.is_none() {
        // To go on would be to start one copy after the other.
        eprintln!("error: {SOCKET} is set, which the program sets for a copy of itself alone");
        sys::exit(1);
    }
    Some((socket?, name.to_owned()))
}

/// Goes on as the copy, from its start; returns if that cannot be. The process must have one thread.
pub(in crate::exec) fn become_it(socket: &OwnedFd, name: &str) {
    if Guest::is_own() {
        // It ends with the run, and is short of memory.
        return;
    }
    let Ok(program) = copy() else { return };
    let Ok(fd) = fcntl(socket, FcntlArg::F_DUPFD(3)) else { return };
    let terminated = |words: Vec<std::ffi::OsString>| words.into_iter().map(|word| CString::new(word.into_vec()));
    let told = [format!("{SOCKET}={fd}:{name}").into()];
    let kept = std::env::vars_os().filter(|(name, _)| KEPT.iter().any(|kept| name == kept));
    let environment = kept.map(|(name, value)| [name, "=".into(), value].into_iter().collect());
    let arguments = terminated(std::env::args_os().take(1).collect()).collect::<Result<Vec<_>, _>>();
    let environment = terminated(environment.chain(told).collect()).collect::<Result<Vec<_>, _>>();
    if let (Ok(arguments), Ok(environment)) = (arguments, environment) {
        let _ = execveat(program, c"", &arguments, &environment, AtFlags::AT_EMPTY_PATH);
    }
    let _ = close(fd);
}

/// Leaves nothing of the environment where a case could read it, but for what the copy has as well. Not to be called while
/// there is another thread.
pub(in crate::exec) fn forget_environment() {
    unsafe extern "C" {
        static environ: *const *mut libc::c_char;
    }
    // SAFETY: the C library's list of strings, which ends with a null pointer and which nobody else looks at.
    unsafe {
        let mut entry = environ;
        while !entry.is_null() && !(*entry).is_null() {
            let bytes = CStr::from_ptr(*entry).to_bytes();
            let is_kept =
                KEPT.iter().any(|kept| bytes.strip_prefix(kept.as_bytes()).is_some_and(|rest| rest.starts_with(b"=")));
            if !is_kept {
                (*entry).write_bytes(0, bytes.len());
            }
            entry = entry.add(1);
        }
    }
}

/// The program in memory, to be executed, and not to be changed.
fn copy() -> io::Result<OwnedFd> {
    let program = File::open("/proc/self/exe")?;
    let mut memory = File::from(memory()?);
    let len = mapped(&program)?;
    if io::copy(&mut (&program).take(len), &mut memory)? < len {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    // Nobody who may not write to it may leave attributes there for others.
    memory.set_permissions(Permissions::from_mode(0o555))?;
    let memory = OwnedFd::from(memory);
    // Before Linux 6.3 its owner may change its mode.
    let sealed = fcntl(&memory, FcntlArg::F_ADD_SEALS(SEALS | SealFlag::from_bits_retain(F_SEAL_EXEC)));
    sealed.or_else(|_| fcntl(&memory, FcntlArg::F_ADD_SEALS(SEALS)))?;
    Ok(memory)
}

/// An empty file in memory, as open to nobody else as the name says.
fn memory() -> nix::Result<OwnedFd> {
    let flags = MFdFlags::MFD_CLOEXEC | MFdFlags::MFD_ALLOW_SEALING;
    let make = |flags| memfd_create(c"syscase-program", flags);
    match make(flags | MFdFlags::from_bits_retain(linux_raw_sys::general::MFD_EXEC)) {
        // Before Linux 6.3 all of them can be executed.
        Err(Errno::EINVAL) => make(flags),
        made => made,
    }
}

/// How much of a program is ever mapped, from its begin: what debuggers want to know lies after that.
fn mapped(program: &File) -> io::Result<u64> {
    let mut header = [0; 64];
    program.read_exact_at(&mut header, 0)?;
    let number = |bytes: &[u8]| bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte));
    // Of `Elf64_Ehdr`: e_phoff, e_phentsize, e_phnum; of `Elf64_Phdr`: p_offset, p_filesz.
    let (at, size, count) = (number(&header[32..40]), number(&header[54..56]), number(&header[56..58]));
    let mut len = at.saturating_add(size * count);
    for i in 0..count {
        let mut segment = [0; 40];
        program.read_exact_at(&mut segment, at + i * size)?;
        len = len.max(number(&segment[8..16]).saturating_add(number(&segment[32..40])));
    }
    Ok(len)
}

/// Lets the kernel know the copy by the program's name: by default, that of a descriptor is a number.
pub(in crate::exec) fn take_name() {
    let program = std::env::args_os().next().map(std::path::PathBuf::from).unwrap_or_default();
    let name = program.file_name().map(|name| name.to_owned().into_vec()).unwrap_or_default();
    if let Ok(name) = CString::new(name) {
        let _ = set_name(&name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_copy_begins_as_the_program_and_cannot_be_changed() {
        let mut copy = File::from(copy().expect("a copy"));
        let (mut ours, mut theirs) = (vec![0; 1 << 16], vec![0; 1 << 16]);
        File::open("/proc/self/exe").expect("this program").read_exact_at(&mut ours, 0).expect("its begin");
        copy.read_exact_at(&mut theirs, 0).expect("its begin");
        assert!(ours == theirs);
        let refused = |result: io::Result<()>| result.err().and_then(|error| error.raw_os_error());
        assert_eq!(refused(copy.set_len(0)), Some(libc::EPERM));
        assert_eq!(refused(io::Write::write_all(&mut copy, b"x")), Some(libc::EPERM));
        assert!(copy.metadata().expect("its length").len() > 1 << 16);
    }
}
