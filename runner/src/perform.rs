//! `syscase perform` and `syscase guest`: performs plans here, for somebody else to judge.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::os::fd::AsRawFd;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use syscase::exec::{Executor, Guest, Sandbox, confine};
use syscase::remote::{Pack, Packed, perform as perform_pack};

use crate::cases;
use crate::cli::PerformArgs;
use crate::run::{listen_for_interrupts, no_worker};
use crate::status::{Status, invalid, not_done};

/// Where a guest finds its plans.
pub(crate) const GUEST_PLANS: &str = "/plans";
/// The name of a guest's virtio port.
pub(crate) const PORT: &str = "syscase";
/// What a guest's emulator is told in the end, if all went well.
pub(crate) const DONE: u8 = 0x31;
/// The same, if the guest could not do it.
const NOT_DONE: u8 = 0x32;

pub(crate) fn perform(args: &PerformArgs, executor: Executor) -> Result<Status, Status> {
    let pack = match &args.plans {
        Some(path) => {
            let bytes = fs::read(path).map_err(|e| invalid(format!("cannot read {}: {e}", path.display())))?;
            Pack::from_bytes(&bytes).map_err(|e| invalid(format!("{}: {e}", path.display())))?
        }
        None => {
            let (planned, _) = cases::planned(&args.source, args.filter.as_deref())?;
            Pack::new(&planned, (args.deadline * 1e6) as u64).with_fingerprints()
        }
    };
    let out: Box<dyn Write + Send> = match &args.out {
        Some(path) => {
            Box::new(File::create(path).map_err(|e| invalid(format!("cannot create {}: {e}", path.display())))?)
        }
        None => Box::new(io::stdout()),
    };
    let executor = executor.with_sandbox(args.sandbox.when);
    let interrupted = listen_for_interrupts(&executor)?;
    perform_pack(&pack, &executor, args.name.as_deref(), usize::from(args.jobs), out).map_err(no_worker)?;
    if interrupted.load(std::sync::atomic::Ordering::Acquire) {
        return Err(not_done("interrupted"));
    }
    Ok(Status::Success)
}

/// Becomes a program in a sandbox; comes back only if it cannot.
pub(crate) fn confined(directory: &Path, program: &[OsString]) -> Status {
    let Some((name, arguments)) = program.split_first() else { return invalid("no program is named") };
    let cannot = |error| not_done(format!("cannot start {}: {error}", name.display()));
    // Opened before its files become read-only: to write to what is running is to fail as it does outside.
    let file = match File::open(name) {
        Ok(file) => file,
        Err(error) => return cannot(error),
    };
    confine(directory);
    let opened = format!("/proc/self/fd/{}", file.as_raw_fd());
    let _ = Command::new(opened).arg0(name).args(arguments).exec();
    // Without /proc, that is no way.
    cannot(Command::new(name).args(arguments).exec())
}

/// The life of a guest's first process; comes back only if this is none.
pub(crate) fn guest(machine: Guest, executor: io::Result<Executor>) -> ! {
    let done = executor.and_then(|executor| {
        let bytes = fs::read(GUEST_PLANS)?;
        let pack = Pack::from_bytes(&bytes).map_err(io::Error::other)?;
        if pack.entries.iter().any(|entry| entry.plan.setup.cgroup.is_some()) {
            machine.mount_groups();
        }
        // A machine of its own: nothing to keep cases from.
        perform_pack(&pack, &executor.with_sandbox(Sandbox::Never), None, 1, channel()?)
    });
    if let Err(error) = &done {
        eprintln!("syscase: {error}");
    }
    machine.turn_off(if done.is_ok() { DONE } else { NOT_DONE })
}

/// The way out: the virtio port of our name, or else the second serial line.
fn channel() -> io::Result<Box<dyn Write + Send>> {
    let named = |dir: &Path| fs::read_to_string(dir.join("name")).is_ok_and(|name| name.trim() == PORT);
    let ports = fs::read_dir("/sys/class/virtio-ports").into_iter().flatten().flatten();
    let port = ports.map(|entry| entry.path()).find(|dir| named(dir));
    let port = port.and_then(|dir| File::options().write(true).open(Path::new("/dev").join(dir.file_name()?)).ok());
    Ok(match port {
        Some(port) => Box::new(port),
        None => Box::new(Packed::new(serial()?)),
    })
}

fn serial() -> io::Result<File> {
    use nix::sys::termios::{SetArg, cfmakeraw, tcgetattr, tcsetattr};
    let line = File::options().write(true).open("/dev/ttyS1")?;
    // As it is: no carriage return before a line feed.
    let mut mode = tcgetattr(&line)?;
    cfmakeraw(&mut mode);
    tcsetattr(&line, SetArg::TCSANOW, &mode)?;
    Ok(line)
}
