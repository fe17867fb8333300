//! The sandbox's last line: calls that were not refused beforehand, by their bare numbers. Its own main: workers
//! are forked before there are threads.

use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Failed, Trial};
use syscase::abi::{Caller, Condition, Syscall, machine_wide, syscall};
use syscase::exec::{Executor, Sandbox, State};
use syscase::plan::{MapRegion, Op, Operand, Plan, PlanRepeat, PlanStep};

/// Answer of the filter.
const REFUSED: i64 = -(libc::EPERM as i64);

fn main() -> ExitCode {
    let executor = Arc::new(Executor::new().expect("a launcher"));
    let trial = |name: &str, test: fn(&Executor) -> Result<(), Failed>| {
        let executor = Arc::clone(&executor);
        Trial::test(name, move || test(&executor))
    };
    let trials = vec![
        trial("always", |executor| every_call_is_refused(executor, Sandbox::Always, false)),
        trial("auto_without_privilege", |executor| match nix::unistd::geteuid().is_root() {
            true => every_call_is_refused(executor, Sandbox::Auto, false),
            false => skipped("only root is in a sandbox without being asked"),
        }),
        trial("auto_with_privilege", |executor| match nix::unistd::geteuid().is_root() {
            true => every_call_is_refused(executor, Sandbox::Auto, true),
            false => skipped("only root is in a sandbox without being asked"),
        }),
        trial("let_through", the_kernel_refuses_what_is_let_through),
        trial("never", the_kernel_answers_otherwise),
        trial("usual_sockets", usual_sockets_are_let_through),
        trial("usual_advice", usual_advice_is_let_through),
        trial("sockets_of_modules", sockets_of_modules_are_refused),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn skipped(reason: &str) -> Result<(), Failed> {
    eprintln!("skipped: {reason}");
    Ok(())
}

/// A step for each call, with arguments that are no pointer, no descriptor, no size and no command: if
/// the filter does not answer, the kernel refuses them too, in other words.
fn every_call(caller: Caller) -> (Vec<String>, Plan) {
    let calls = machine_wide(caller).flat_map(|call| {
        let args = refused_arguments(call, caller);
        let native = call.nr.map(|nr| (call.name.to_owned(), (nr, args)));
        let x32 = call.x32_number().map(|nr| (format!("{} by x32", call.name), (nr, args)));
        [native, x32].into_iter().flatten()
    });
    let (names, calls): (Vec<String>, Vec<_>) = calls.unzip();
    (names, plan(calls.into_iter()))
}

/// -1 everywhere, but for an operation that is refused where that is none.
fn refused_arguments(call: &Syscall, caller: Caller) -> [i64; 6] {
    let mut args = [-1; 6];
    let refused = call.effect.refused(caller);
    let holds = |c: &Condition| (args[c.arg] as u32 & c.mask == c.value) == c.is;
    if !refused.iter().any(|all| all.iter().all(holds)) {
        refused[0].iter().filter(|c| c.is).for_each(|c| args[c.arg] = c.value.into());
    }
    args
}

fn steps(calls: impl Iterator<Item = (u32, [i64; 6])>) -> Vec<PlanStep> {
    let step = |(nr, args): (u32, [i64; 6])| {
        let args = args.map(Operand::constant);
        let op = Op::Call { nr, args, repeat: PlanRepeat::Once, twice: false, child: None };
        PlanStep::new(0, op)
    };
    calls.map(step).collect()
}

fn plan(calls: impl Iterator<Item = (u32, [i64; 6])>) -> Plan {
    let setup = syscase::plan::Setup { umask: 0o022, ..Default::default() };
    let actors = vec![syscase::case::ActorKind::Thread];
    let vars = syscase::plan::FIXED_VARS.len() as u32;
    Plan { id: "raw".into(), actors, vars, setup, steps: steps(calls), ..Plan::default() }
}

/// What the calls return.
fn returns(executor: &Executor, sandbox: Sandbox, privileged: bool, plan: &Plan) -> Result<Vec<i64>, Failed> {
    let executor = executor.clone().with_sandbox(sandbox);
    let mut worker = if privileged { executor.worker()? } else { executor.unprivileged_worker()? };
    let trace = worker.perform(plan)?;
    assert_eq!(trace.end, syscase::exec::End::Finished);
    assert!(trace.steps.iter().all(|step| step.state == State::Done));
    Ok(trace.steps.iter().map(|step| step.ret).collect())
}

fn every_call_is_refused(executor: &Executor, sandbox: Sandbox, privileged: bool) -> Result<(), Failed> {
    let nobody = !privileged && executor.clone().with_sandbox(sandbox).unprivileged_worker()?.environment().own_ids;
    let caller = match sandbox {
        Sandbox::Always => Caller::Stranger,
        // What the kernel itself refuses to such a worker is let through: see the next test.
        _ if nobody => Caller::Unprivileged,
        _ => Caller::Anybody,
    };
    let (names, plan) = every_call(caller);
    for (name, ret) in names.iter().zip(returns(executor, sandbox, privileged, &plan)?) {
        assert_eq!(ret, REFUSED, "{name}");
    }
    Ok(())
}

/// Calls that are let through where nobody has a privilege, with arguments that would do something: the kernel refuses them.
fn the_kernel_refuses_what_is_let_through(executor: &Executor) -> Result<(), Failed> {
    let executor = executor.clone().with_sandbox(Sandbox::Auto);
    if !executor.unprivileged_worker()?.environment().own_ids {
        return skipped("without ids of their own, workers may have a privilege");
    }
    // A page that is mapped: an empty name, a time of 0, an image that is none.
    let mut plan = plan([].into_iter());
    let addr = 0x2000_0000;
    plan.regions.push(MapRegion { addr, len: 4096, prot: 3, flags: 0x22, file: None, offset: 0 });
    let page = addr as i64;
    let refused = [
        ("swapon", [page, 0, 0, 0]),
        ("swapoff", [page, 0, 0, 0]),
        ("init_module", [page, 4096, page, 0]),
        ("finit_module", [0, page, 0, 0]),
        ("delete_module", [page, 0, 0, 0]),
        ("kexec_load", [0, 0, 0, 0]),
        ("kexec_file_load", [0, 0, 0, 0]),
        ("reboot", [0xfee1_dead, 672_274_793, 0, 0]),
        ("syslog", [5, 0, 0, 0]),
        ("acct", [0, 0, 0, 0]),
        ("vhangup", [0, 0, 0, 0]),
        ("iopl", [3, 0, 0, 0]),
        ("ioperm", [0, 1, 1, 0]),
        ("clock_settime", [0, page, 0, 0]),
        ("settimeofday", [page, 0, 0, 0]),
        ("bpf", [32, page, 4, 0]),
    ];
    let known = refused.iter().filter_map(|(name, args)| {
        let [a, b, c, d] = *args;
        Some((syscall(name)?, [a, b, c, d, 0, 0]))
    });
    let (calls, args): (Vec<&Syscall>, Vec<_>) = known.filter(|(call, _)| call.nr.is_some()).unzip();
    for (call, args) in calls.iter().zip(&args) {
        assert!(call.machine_wide(&args.map(Some), Caller::Anybody).is_some(), "{} is not refused", call.name);
    }
    let missing = machine_wide(Caller::Anybody).filter(|call| {
        let let_through = call.effect.refused(Caller::Unprivileged).len() < call.effect.refused(Caller::Anybody).len();
        let_through && syscall(call.name).is_some() && !calls.iter().any(|known| known.name == call.name)
    });
    // They need more than a page, ask before they change, or are not in every kernel.
    let others = ["madvise", "adjtimex", "clock_adjtime", "quotactl", "quotactl_fd", "process_madvise"];
    let missing: Vec<_> = missing.map(|call| call.name).filter(|name| !others.contains(name)).collect();
    assert!(missing.is_empty(), "{missing:?} are let through, too");
    plan.steps = steps(calls.iter().filter_map(|call| call.nr).zip(args));
    let mut worker = executor.unprivileged_worker()?;
    let trace = worker.perform(&plan)?;
    assert_eq!(trace.end, syscase::exec::End::Finished);
    for (call, step) in calls.iter().zip(&trace.steps) {
        assert!([REFUSED, -i64::from(libc::ENOSYS)].contains(&step.ret), "{}: {}", call.name, step.ret);
    }
    Ok(())
}

/// Without the filter, and with all privileges, the answers are the kernel's: so those above are the filter's.
fn the_kernel_answers_otherwise(executor: &Executor) -> Result<(), Failed> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let field = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().trim();
    if field("CapEff:").trim_start_matches('0').len() < 10 || field("Seccomp:") != "0" {
        return skipped("this needs all capabilities, and to be without a seccomp filter");
    }
    let (names, plan) = every_call(Caller::Stranger);
    for (name, ret) in names.iter().zip(returns(executor, Sandbox::Never, true, &plan)?) {
        assert_ne!(ret, REFUSED, "{name}");
    }
    Ok(())
}

fn usual_sockets_are_let_through(executor: &Executor) -> Result<(), Failed> {
    let nr = syscall("socket").and_then(|call| call.nr).expect("a number");
    // SOCK_DGRAM of AF_UNIX, AF_INET.
    let plan = plan([[1, 2, 0, 0, 0, 0], [2, 2, 0, 0, 0, 0]].into_iter().map(|args| (nr, args)));
    assert_eq!(returns(executor, Sandbox::Always, false, &plan)?, [3, 4]);
    Ok(())
}

/// MADV_NORMAL and MADV_DONTNEED of no memory at all.
fn usual_advice_is_let_through(executor: &Executor) -> Result<(), Failed> {
    let nr = syscall("madvise").and_then(|call| call.nr).expect("a number");
    let plan = plan([0, 4].into_iter().map(|advice| (nr, [0, 0, advice, 0, 0, 0])));
    assert_eq!(returns(executor, Sandbox::Always, false, &plan)?, [0, 0]);
    Ok(())
}

/// Protocols and types for which a kernel looks for a module: the filter sees them, whatever the family.
fn sockets_of_modules_are_refused(executor: &Executor) -> Result<(), Failed> {
    let number = |name: &str| syscall(name).and_then(|call| call.nr).expect("a number");
    // SCTP, DCCP by its type, SOCK_PACKET, SCTP of AF_INET6 with SOCK_CLOEXEC, netlink's 21, AF_ALG.
    let sockets = [[2, 1, 132], [2, 6, 0], [2, 10, 0], [10, 0o2_000_001, 132], [16, 3, 21], [38, 5, 0]];
    let calls = sockets.into_iter().flat_map(|[family, kind, protocol]| {
        let args = [family, kind, protocol, -1, 0, 0];
        [(number("socket"), args), (number("socketpair"), args)]
    });
    let plan = plan(calls);
    let found = returns(executor, Sandbox::Always, false, &plan)?;
    assert_eq!(found, vec![REFUSED; found.len()]);
    Ok(())
}
