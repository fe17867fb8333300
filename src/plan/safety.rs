//! What a plan may do to others: to the next case, to processes that are no case's, to the machine. Their table entries
//! say so of calls.

use crate::abi::{Caller, Effect, Machine, Ret, Shared, Syscall, syscall_of, unknown_call};

use super::expected::Planned;
use super::op::{BindFrom, Op};
use super::performed::{FIXED_VARS, Fill, Operand, Plan, Var};
use super::setup::{PlanMount, Setup};

/// Types of file systems that a case may name: of the kernel itself, those that machines, containers and desktops make of
/// themselves, and a name that none has.
const FILE_SYSTEMS: [&str; 23] = [
    "bpf",
    "cgroup",
    "cgroup2",
    "configfs",
    "debugfs",
    "devpts",
    "devtmpfs",
    "ext4",
    "fuse",
    "hugetlbfs",
    "mqueue",
    "nosuchfs",
    "nsfs",
    "overlay",
    "pipefs",
    "proc",
    "pstore",
    "ramfs",
    "securityfs",
    "sockfs",
    "sysfs",
    "tmpfs",
    "tracefs",
];

/// A call of a plan.
struct Made {
    call: &'static Syscall,
    args: [Operand; 6],
    /// Arguments that are known before it is made.
    known: [Option<i64>; 6],
}

impl Made {
    fn may(&self, mut is: impl FnMut(&Effect) -> bool) -> bool {
        self.call.effect.may(&self.known, &mut is)
    }
}

impl Plan {
    fn calls(&self) -> impl Iterator<Item = Made> {
        self.steps.iter().filter_map(|step| match &step.op {
            Op::Call { nr, args, .. } => {
                Some(Made { call: call_of(*nr), args: *args, known: args.map(|arg| arg.known()) })
            }
            _ => None,
        })
    }

    /// Whose calls they are to a sandbox. `nobody`: what needs no privilege is performed without any over the machine.
    pub fn caller(&self, strangers: bool, nobody: bool) -> Caller {
        match strangers {
            true => Caller::Stranger,
            false if nobody && self.setup.unprivileged && !self.setup.needs_root() => Caller::Unprivileged,
            false => Caller::Anybody,
        }
    }

    /// A call of the plan that a sandbox refuses to such a caller, as far as can be told before it is made; and what it
    /// does to the machine.
    pub fn machine_wide(&self, caller: Caller) -> Option<(&'static Syscall, Machine)> {
        let call = self.calls().find_map(|made| Some((made.call, made.call.machine_wide(&made.known, caller)?)));
        call.or_else(|| self.mounts_the_machine()).or_else(|| self.loads_a_file_system())
    }

    /// A call or a mount of the set-up that names a type of file system for which a kernel may load a module (`fs-TYPE`), as
    /// far as can be told before it is made: whoever is root in a namespace of its own may ask for it.
    fn loads_a_file_system(&self) -> Option<(&'static Syscall, Machine)> {
        let is_unknown = |name: &[u8]| !FILE_SYSTEMS.iter().any(|known| known.as_bytes() == name);
        let names_unknown = |made: &Made| {
            made.may(|effect| match effect {
                Effect::FileSystem(arg) => self.text_at(made.known[*arg]).is_some_and(is_unknown),
                _ => false,
            })
        };
        // What is on a disk of the case's own, the target was asked for.
        let mounted = |mount: &PlanMount| is_unknown(type_of(mount)) && !self.setup.is_on_disk(mount);
        let call = self.calls().find(names_unknown).map(|made| made.call);
        let call = call.or_else(|| self.setup.mounts().any(mounted).then(|| call_of(libc::SYS_mount as u32)))?;
        Some((call, Machine { does: "may load a kernel module for a file system", changes: true, privilege: None }))
    }

    /// The text at an address, if what is there is known before the first step.
    fn text_at(&self, addr: Option<i64>) -> Option<&[u8]> {
        let addr = addr?.cast_unsigned();
        self.image.iter().find_map(|segment| {
            let Fill::Bytes(bytes) = &segment.fill else { return None };
            let rest = bytes.get(usize::try_from(addr.checked_sub(segment.addr)?).ok()?..)?;
            rest.split(|byte| *byte == 0).next()
        })
    }

    /// Whether the set-up mounts a file system of which the machine has one: what is done there, is done to the machine.
    /// In a user namespace the kernel sees to that.
    fn mounts_the_machine(&self) -> Option<(&'static Syscall, Machine)> {
        const NEW: [&[u8]; 6] = [b"tmpfs", b"ramfs", b"overlay", b"fuse", b"mqueue", b"hugetlbfs"];
        let setup = &self.setup;
        let bounded = setup.unshare & libc::CLONE_NEWUSER as u64 != 0;
        let is_own = |mount: &PlanMount| NEW.contains(&type_of(mount)) || setup.is_on_disk(mount);
        if bounded || setup.mounts().all(is_own) {
            return None;
        }
        Some((
            call_of(libc::SYS_mount as u32),
            Machine { does: "mounts what the machine has one of", changes: true, privilege: None },
        ))
    }

    /// Whether something of the plan's may be there for the next one, in what all cases of a worker share.
    pub fn outlasts(&self) -> bool {
        let runs_code = self.regions.iter().any(|region| region.prot & libc::PROT_EXEC as u32 != 0);
        // A case that may trace is out of everybody's way, too: see `Setup::traces`.
        runs_code
            || self.setup.traces
            || self.setup.own_machine
            || self.calls().any(|made| {
                made.may(|effect| match effect {
                    Effect::Worker(_) | Effect::Keyring(_) => true,
                    Effect::HandsDown(pid) => !self.is_own(made.args[*pid]),
                    _ => false,
                })
            })
    }

    /// Whether something of the plan's may be there when its worker is gone, until the kernel has collected it: descriptors in
    /// messages that nobody receives.
    pub fn outlasts_its_worker(&self) -> bool {
        self.calls().any(|made| made.may(|effect| matches!(effect, Effect::Worker(Shared::IN_FLIGHT | Shared::ANY))))
    }

    /// Whether a call may reach processes that are not the case's, or change what is not the case's: outside the
    /// namespaces that the case has unshared.
    pub(super) fn reaches_others(&self) -> bool {
        let shared = |namespaces: u64| namespaces & !self.setup.unshare != 0;
        self.calls().any(|made| {
            made.may(|effect| match effect {
                Effect::Worker(what) => shared(what.namespaces()),
                Effect::Keyring(of) => shared(libc::CLONE_NEWUSER as u64) && self.may_be_a_users(made.args[*of]),
                Effect::Signals { pid, signal } => made.known[*signal] != Some(0) && !self.is_own(made.args[*pid]),
                Effect::HandsDown(pid) | Effect::Others(pid) => !self.is_own(made.args[*pid]),
                Effect::AnyProcess => true,
                _ => false,
            })
        })
    }

    /// Whether a process id is surely none of a process that is not the case's.
    fn is_own(&self, pid: Operand) -> bool {
        /// No process id is larger.
        const PID_MAX: u64 = 1 << 22;
        match (pid.known(), variable(pid)) {
            (Some(pid), _) => !(1..=PID_MAX).contains(&pid.unsigned_abs()),
            (None, Some(var)) => {
                let pid = FIXED_VARS.iter().position(|name| *name == "pid");
                pid == Some(usize::from(var)) || self.returned(var) == Some(Ret::OwnPid)
            }
            (None, None) => false,
        }
    }

    /// Whether this may be `@u` or `@us`: what is in a user's keyrings outlives all processes.
    fn may_be_a_users(&self, keyring: Operand) -> bool {
        match keyring.known() {
            Some(id) => matches!(id as i32, libc::KEY_SPEC_USER_KEYRING | libc::KEY_SPEC_USER_SESSION_KEYRING),
            None => variable(keyring).and_then(|var| self.returned(var)) != Some(Ret::Id),
        }
    }

    /// What the call returned whose return value this variable is.
    fn returned(&self, var: Var) -> Option<Ret> {
        let step = self.steps.iter().find(|step| step.binds.iter().any(|bind| bind.var == var))?;
        let from_return = step.binds.iter().any(|bind| bind.var == var && matches!(bind.from, BindFrom::Return));
        match &step.op {
            Op::Call { nr, .. } if from_return => Some(call_of(*nr).ret),
            _ => None,
        }
    }
}

/// The type of a file system that the set-up mounts.
fn type_of(mount: &PlanMount) -> &[u8] {
    mount.fstype.strip_suffix(b"\0").unwrap_or(&mount.fstype)
}

/// What is known of the call of this number.
fn call_of(nr: u32) -> &'static Syscall {
    syscall_of(nr).unwrap_or_else(|| unknown_call(nr))
}

/// The variable that this is, or is the negative of: a group is named so.
fn variable(operand: Operand) -> Option<Var> {
    let mut terms = operand.terms.iter().filter(|(coefficient, _)| *coefficient != 0);
    match (operand.base, terms.next(), terms.next()) {
        (0, Some((1 | -1, var)), None) => Some(*var),
        _ => None,
    }
}

impl Setup {
    /// Whether a file system is mounted from a disk of the case's own.
    fn is_on_disk(&self, mount: &PlanMount) -> bool {
        self.disks().any(|disk| disk.path == mount.source)
    }

    /// Whether these are circumstances that only root can bring about.
    fn needs_root(&self) -> bool {
        let user_namespace = self.unshare & libc::CLONE_NEWUSER as u64 != 0;
        // In the sandbox, sysctls are read-only to whoever cannot have them otherwise.
        !self.sysctls.is_empty()
            || self.cgroup.is_some()
            || !user_namespace && (self.unshare != 0 || self.mounts().next().is_some())
    }
}

impl Planned {
    /// Whether the case says that it needs a privilege: by name, or by circumstances that only root can bring about.
    pub fn is_privileged(&self) -> bool {
        !self.needs.caps.is_empty() || self.needs.uid.is_some() || self.plan.setup.needs_root()
    }
}
