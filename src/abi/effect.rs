//! What a call does beyond the process that makes it, and which calls a sandbox refuses for that.

/// What is there when the process that made the call is gone. Arguments are named by their index.
#[derive(Clone, Copy, Debug)]
pub enum Effect {
    /// Nothing but files: it ends with the case's processes.
    Own,
    /// Something that all cases of a worker share.
    Worker(Shared),
    /// The same, in the keyring that this argument names. A user's keyrings are not the worker's alone.
    Keyring(usize),
    /// Sets for the process of this id what it hands down to those that it forks, as the worker forks every case.
    HandsDown(usize),
    /// Sends a signal, if that is not 0, to the process of an id.
    Signals {
        /// Argument with the id.
        pid: usize,
        /// Argument with the signal.
        signal: usize,
    },
    /// Acts upon the process of this id.
    Others(usize),
    /// Acts upon processes that no argument names.
    AnyProcess,
    /// No namespace bounds it.
    Machine(Machine),
    /// Makes a file system of the type that this argument names, for which a kernel may load a module.
    FileSystem(usize),
    /// All of these.
    All(&'static [Effect]),
    /// One of several, by an argument.
    By {
        /// The argument.
        arg: usize,
        /// The bits of it that count.
        mask: u32,
        /// Values with what the call does then.
        arms: &'static [(&'static [u32], Effect)],
        /// What it does with any other value.
        others: &'static Effect,
    },
}

/// What cases of a worker share: a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shared(u32);

impl Shared {
    /// Ports and connections that are not over yet.
    pub const PORTS: Shared = Shared(1);
    /// Interfaces, addresses, routes, and rules for packets.
    pub const NET: Shared = Shared(2);
    /// Mounts.
    pub const MOUNTS: Shared = Shared(4);
    /// The host's and the domain's name.
    pub const NAMES: Shared = Shared(8);
    /// System V objects and message queues.
    pub const IPC: Shared = Shared(16);
    /// Descriptors on their way in messages, which the kernel collects some time after their last owner has ended.
    pub const IN_FLIGHT: Shared = Shared(64);
    /// Whatever a program can reach: it runs code that nobody has looked at.
    pub const ANY: Shared = Shared(32);

    /// The namespaces (`CLONE_NEW*`) without which this is shared with processes that are no case's.
    pub fn namespaces(self) -> u64 {
        let of = [
            (Self::NET, libc::CLONE_NEWNET),
            (Self::MOUNTS, libc::CLONE_NEWNS),
            (Self::NAMES, libc::CLONE_NEWUTS),
            (Self::IPC, libc::CLONE_NEWIPC),
        ];
        of.iter().filter(|(what, _)| self.0 & what.0 != 0).fold(0, |all, (_, flag)| all | *flag as u64)
    }
}

/// What a call does to the whole machine.
#[derive(Clone, Copy, Debug)]
pub struct Machine {
    /// In words, after the call's name: `changes the clock`.
    pub does: &'static str,
    /// It leaves the machine other than it was; the others let a stranger reach more of it than they should.
    pub changes: bool,
    /// The capability that the kernel asks for before it does any of it, whatever the arguments: over the machine, or
    /// over the namespaces of a worker that lacks it there, too. None: somebody without a privilege may bring it about.
    pub privilege: Option<&'static str>,
}

/// Whose calls a sandbox refuses or lets through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// A stranger's: refused is what changes the machine, and what exposes it.
    Stranger,
    /// Those of somebody who may have a privilege: what changes the machine.
    Anybody,
    /// Those of somebody who has no capability over the machine and cannot get any: what changes the machine, unless
    /// the kernel refuses that itself.
    Unprivileged,
}

impl Machine {
    /// Whether a sandbox refuses this to such a caller.
    pub(super) fn is_refused(&self, caller: Caller) -> bool {
        match caller {
            Caller::Stranger => true,
            Caller::Anybody => self.changes,
            Caller::Unprivileged => self.changes && self.privilege.is_none(),
        }
    }
}

/// What must hold of an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The argument.
    pub arg: usize,
    /// The bits of it that count.
    pub mask: u32,
    /// Whether they are this value, or are not.
    pub is: bool,
    /// The value.
    pub value: u32,
}

impl Effect {
    /// A program, a traced process, or memory that it may run as code, does whatever it likes.
    pub(super) const ANYTHING: Effect = Effect::Worker(Shared::ANY);

    /// Leaves the machine other than it was.
    pub(super) const fn changes(does: &'static str) -> Effect {
        Effect::Machine(Machine { does, changes: true, privilege: None })
    }

    /// The same, which the kernel lets nobody do who lacks this capability: see [`Machine::privilege`].
    pub(super) const fn changes_by(privilege: &'static str, does: &'static str) -> Effect {
        Effect::Machine(Machine { does, changes: true, privilege: Some(privilege) })
    }

    /// Lets a stranger reach more of the machine than they should.
    pub(super) const fn exposes(does: &'static str) -> Effect {
        Effect::Machine(Machine { does, changes: false, privilege: None })
    }

    /// By the value of an argument: values with what the call does then, and what it does with any other.
    pub(super) const fn by(arg: usize, arms: &'static [(&'static [u32], Effect)], others: &'static Effect) -> Effect {
        Effect::by_bits(arg, u32::MAX, arms, others)
    }

    /// The same, by the bits of the mask alone.
    pub(super) const fn by_bits(
        arg: usize,
        mask: u32,
        arms: &'static [(&'static [u32], Effect)],
        others: &'static Effect,
    ) -> Effect {
        Effect::By { arg, mask, arms, others }
    }

    /// Whether one of the effects that a call with these arguments may have is such a one. An argument that is not
    /// known before the call may have any value.
    pub fn may(&self, args: &[Option<i64>; 6], is: &mut dyn FnMut(&Effect) -> bool) -> bool {
        match self {
            Effect::All(all) => all.iter().any(|effect| effect.may(args, is)),
            Effect::By { arg, mask, arms, others } => match args[*arg] {
                None => arms.iter().any(|(_, effect)| effect.may(args, is)) || others.may(args, is),
                Some(value) => {
                    let arm = arms.iter().find(|(values, _)| values.contains(&(value as u32 & mask)));
                    arm.map_or(*others, |(_, effect)| effect).may(args, is)
                }
            },
            one => is(one),
        }
    }

    /// When the call reaches the whole machine in a way that a sandbox refuses: if all conditions of one of these hold.
    pub fn refused(&self, caller: Caller) -> Vec<Vec<Condition>> {
        match self {
            Effect::Machine(machine) if machine.is_refused(caller) => vec![vec![]],
            Effect::All(all) => all.iter().flat_map(|effect| effect.refused(caller)).collect(),
            Effect::By { arg, mask, arms, others } => {
                let condition = |is: bool, value: u32| Condition { arg: *arg, mask: *mask, is, value };
                let with = |conditions: &[Condition], rest: Vec<Condition>| [conditions, &rest].concat();
                let of_arm = |(values, effect): &(&[u32], Effect)| {
                    let rest = effect.refused(caller);
                    let each = values.iter().map(|value| [condition(true, *value)]);
                    each.flat_map(|c| rest.iter().map(move |rest| with(&c, rest.clone()))).collect::<Vec<_>>()
                };
                let none: Vec<_> =
                    arms.iter().flat_map(|(values, _)| *values).map(|value| condition(false, *value)).collect();
                let other = others.refused(caller).into_iter().map(|rest| with(&none, rest));
                arms.iter().flat_map(of_arm).chain(other).collect()
            }
            _ => vec![],
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::super::{machine_wide, syscall, syscalls};
    use super::*;

    fn effects(call: &str, args: &[Option<i64>]) -> Vec<Effect> {
        let mut all = [None; 6];
        all[..args.len()].copy_from_slice(args);
        let mut found = vec![];
        syscall(call).expect("in the table").effect.may(&all, &mut |effect| {
            found.push(*effect);
            false
        });
        found
    }

    #[test]
    fn every_call_that_is_refused_has_a_number() {
        // AArch64 has no ports, and came too late for the last two.
        let lacks = ["iopl", "ioperm", "_sysctl", "lookup_dcookie"];
        for call in machine_wide(Caller::Stranger) {
            assert!(call.nr.is_some() || lacks.contains(&call.name), "{}", call.name);
        }
        let refused = |caller| machine_wide(caller).count();
        assert!(refused(Caller::Anybody) > 20 && refused(Caller::Anybody) < refused(Caller::Stranger));
        assert!(refused(Caller::Unprivileged) > 5 && refused(Caller::Unprivileged) < refused(Caller::Anybody));
    }

    #[test]
    fn privileges_that_the_kernel_asks_for_are_capabilities() {
        let mut found = 0;
        for call in machine_wide(Caller::Anybody) {
            call.effect.may(&[None; 6], &mut |effect| {
                if let Effect::Machine(Machine { privilege: Some(privilege), .. }) = effect {
                    assert!(super::super::capability(privilege).is_some(), "{}: {privilege}", call.name);
                    found += 1;
                }
                false
            });
        }
        assert!(found > 15, "{found}");
    }

    #[rstest]
    #[case::swap("swapon", &[], false)]
    #[case::clock("clock_settime", &[Some(0)], false)]
    #[case::clock_of_a_device("clock_settime", &[Some(-29)], true)]
    #[case::clock_not_known("clock_adjtime", &[None], true)]
    #[case::programs("bpf", &[Some(5)], true)]
    #[case::ids_of_programs("bpf", &[Some(11)], false)]
    #[case::keys("add_key", &[], true)]
    #[case::sockets_of_modules("socket", &[Some(38), Some(5), Some(0)], true)]
    #[case::quota("quotactl", &[Some(libc::QCMD(libc::Q_QUOTAON, libc::USRQUOTA).into())], false)]
    #[case::terminal_s_input("ioctl", &[None, Some(0x5412)], true)]
    fn what_needs_no_privilege_is_refused_to_everybody(
        #[case] call: &str,
        #[case] args: &[Option<i64>],
        #[case] refused: bool,
    ) {
        let mut all = [None; 6];
        all[..args.len()].copy_from_slice(args);
        let call = syscall(call).expect("in the table");
        assert!(call.machine_wide(&all, Caller::Anybody).is_some());
        assert_eq!(call.machine_wide(&all, Caller::Unprivileged).is_some(), refused);
    }

    const STREAM: i32 = libc::SOCK_STREAM;
    const CLOEXEC: i32 = libc::SOCK_CLOEXEC;

    #[rstest]
    #[case::unix(libc::AF_UNIX, STREAM, 99, false)]
    #[case::tcp(libc::AF_INET, STREAM, 6, false)]
    #[case::udp(libc::AF_INET6, libc::SOCK_DGRAM | CLOEXEC, 17, false)]
    #[case::raw(libc::AF_INET, libc::SOCK_RAW, 255, false)]
    #[case::refused_by_the_kernel(libc::AF_INET, libc::SOCK_SEQPACKET, 0, false)]
    #[case::sctp(libc::AF_INET, STREAM, 132, true)]
    #[case::multipath(libc::AF_INET6, STREAM | CLOEXEC, 262, true)]
    #[case::dccp_by_its_type(libc::AF_INET, 6 | CLOEXEC, 0, true)]
    #[case::packets_by_an_old_name(libc::AF_INET, 10, 0, true)]
    #[case::routes(libc::AF_NETLINK, libc::SOCK_RAW, 0, false)]
    #[case::netlink_of_modules(libc::AF_NETLINK, libc::SOCK_RAW, 21, true)]
    #[case::netlink_that_loads_by_name(libc::AF_NETLINK, libc::SOCK_RAW, 16, true)]
    #[case::algorithms(libc::AF_ALG, libc::SOCK_SEQPACKET, 0, true)]
    #[case::packets(libc::AF_PACKET, libc::SOCK_RAW, 0, true)]
    fn sockets_that_may_load_modules_are_refused(
        #[case] family: i32,
        #[case] kind: i32,
        #[case] protocol: i32,
        #[case] refused: bool,
    ) {
        let args = [Some(family.into()), Some(kind.into()), Some(protocol.into()), None, None, None];
        for call in ["socket", "socketpair"] {
            let call = syscall(call).expect("in the table");
            assert_eq!(call.machine_wide(&args, Caller::Anybody).is_some(), refused);
            // What the filter is told says the same.
            let holds = |c: &Condition| (args[c.arg].unwrap_or(0) as u32 & c.mask == c.value) == c.is;
            assert_eq!(call.effect.refused(Caller::Anybody).iter().any(|all| all.iter().all(holds)), refused);
        }
    }

    #[rstest]
    #[case::asks("ioctl", &[None, Some(0x8913)], "[Own, Own]")]
    #[case::takes_an_interface_down("ioctl", &[None, Some(0x8914)], "[Own, Worker(Shared(2))]")]
    #[case::adds_a_route("ioctl", &[None, Some(0x890b)], "[Own, Worker(Shared(2))]")]
    #[case::unknown("ioctl", &[None, Some(0x1234_5678)], "[Own, Worker(Shared(32))]")]
    #[case::copies_mounts("open_tree_attr", &[None, None, Some(1)], "[Own]")]
    #[case::changes_a_mount("open_tree_attr", &[None, None, Some(0)], "[Worker(Shared(4))]")]
    #[case::sets_a_parameter("fsconfig", &[None, Some(1)], "[Own]")]
    #[case::reconfigures("fsconfig", &[None, Some(7)], "[Worker(Shared(4))]")]
    #[case::poisons("process_madvise", &[None, None, None, Some(100)], "[Machine(Machine { does: \"takes pages of \
        memory away from the machine\", changes: true, privilege: Some(\"CAP_SYS_ADMIN\") })]")]
    #[case::another_s_pages("move_pages", &[Some(1)], "[Others(0)]")]
    #[case::readable("mprotect", &[None, None, Some(3)], "[Own]")]
    #[case::executable("mprotect", &[None, None, Some(5)], "[Worker(Shared(32))]")]
    #[case::perhaps_executable("mprotect", &[None, None, None], "[Own, Worker(Shared(32))]")]
    #[case::option("prctl", &[Some(15)], "[Own]")]
    #[case::unknown_option("prctl", &[Some(9999)], "[Worker(Shared(32))]")]
    #[case::newest_option("prctl", &[Some(81)], "[Own]")]
    #[case::option_after_the_newest("prctl", &[Some(82)], "[Worker(Shared(32))]")]
    #[case::shares_a_cookie("prctl", &[Some(62)], "[Others(2)]")]
    #[case::register("arch_prctl", &[Some(0x1002)], "[Own]")]
    #[case::unknown_register("arch_prctl", &[Some(0x6001)], "[Worker(Shared(32))]")]
    #[case::asks_for_a_quota("quotactl", &[Some(libc::QCMD(libc::Q_GETQUOTA, libc::GRPQUOTA).into())], "[Own]")]
    #[case::ones_io_priority("ioprio_set", &[Some(1)], "[HandsDown(1)]")]
    #[case::a_groups_io_priority("ioprio_set", &[Some(2)], "[AnyProcess, Worker(Shared(32))]")]
    #[case::size_of_the_log("syslog", &[Some(10)], "[Own]")]
    #[case::semaphore("semctl", &[], "[Worker(Shared(16))]")]
    #[case::asks_for_the_personality("personality", &[Some(0xffff_ffff)], "[Own]")]
    #[case::makes_all_executable("personality", &[Some(0x40_0000)], "[Worker(Shared(32))]")]
    #[case::advice("madvise", &[None, None, Some(4)], "[Own]")]
    #[case::domain_name("setdomainname", &[], "[Worker(Shared(8))]")]
    #[case::processs_priority("setpriority", &[Some(0), Some(7)], "[HandsDown(1)]")]
    #[case::groups_priority("setpriority", &[Some(1), Some(7)], "[AnyProcess, Worker(Shared(32))]")]
    fn effects_follow_the_operation(#[case] call: &str, #[case] args: &[Option<i64>], #[case] expected: &str) {
        assert_eq!(format!("{:?}", effects(call, args)), expected);
    }

    #[test]
    fn arguments_that_effects_speak_of_exist() {
        fn check(effect: &Effect, args: usize) -> bool {
            match effect {
                Effect::Own | Effect::Worker(_) | Effect::AnyProcess | Effect::Machine(_) => true,
                Effect::Keyring(arg) | Effect::HandsDown(arg) | Effect::Others(arg) | Effect::FileSystem(arg) => {
                    *arg < args
                }
                Effect::Signals { pid, signal } => *pid < args && *signal < args,
                Effect::All(all) => all.iter().all(|effect| check(effect, args)),
                Effect::By { arg, arms, others, .. } => {
                    *arg < args && arms.iter().all(|(_, effect)| check(effect, args)) && check(others, args)
                }
            }
        }
        for call in syscalls() {
            assert!(check(&call.effect, call.args.len()), "{}", call.name);
            assert!(call.hints.iter().all(|hint| usize::from(hint.arg) < call.args.len()), "{}", call.name);
            assert!(call.page != Some(call.name), "{}", call.name);
        }
    }
}
