//! What targets lack.

use std::collections::BTreeMap;

use rstest::rstest;

use super::sample::*;
use crate::abi::capability;
use crate::case::{Machine, Needs, Workdir};
use crate::judge::unmet;
use crate::plan::{ARENA, Fill, Op, Operand, Planned, Segment};
use crate::target::Target;

fn needing(needs: Needs) -> Planned {
    Planned { needs, ..planned(vec![write()]) }
}

fn rich() -> Target {
    Target {
        caps: 1 << capability("CAP_SYS_RESOURCE").unwrap(),
        uid: 1000,
        config: Some(BTreeMap::from([("CONFIG_WATCH_QUEUE".to_owned(), "y".to_owned())])),
        ..target()
    }
}

fn list(names: &[&str]) -> Vec<crate::case::Spanned<String>> {
    names.iter().map(|name| spanned((*name).to_owned())).collect()
}

fn config(option: &str, value: &str) -> Needs {
    Needs { config: vec![(spanned(option.into()), spanned(value.into()))], ..Needs::default() }
}

#[test]
fn capabilities_in_a_user_namespace_alone_do_not_count() {
    let target = Target { user_namespace: true, ..rich() };
    let reason = |needs| unmet(&needing(needs), &target);
    let here = Needs { caps: list(&["CAP_SYS_RESOURCE"]), ..Needs::default() };
    assert_eq!(reason(here).as_deref(), Some("needs CAP_SYS_RESOURCE in the first user namespace"));
    let nowhere = Needs { caps: list(&["CAP_SYS_ADMIN"]), ..Needs::default() };
    assert_eq!(reason(nowhere).as_deref(), Some("needs CAP_SYS_ADMIN"));
    let without = Needs { no_caps: list(&["CAP_SYS_RESOURCE"]), ..Needs::default() };
    assert_eq!(reason(without).as_deref(), Some("needs to be without CAP_SYS_RESOURCE"));
}

#[rstest]
#[case(Needs::default(), None)]
#[case(Needs { caps: list(&["CAP_SYS_RESOURCE"]), ..Needs::default() }, None)]
#[case(Needs { caps: list(&["CAP_SYS_ADMIN"]), ..Needs::default() }, Some("needs CAP_SYS_ADMIN"))]
#[case(Needs { no_caps: list(&["CAP_SYS_ADMIN"]), ..Needs::default() }, None)]
#[case(Needs { no_caps: list(&["CAP_SYS_RESOURCE"]), ..Needs::default() }, Some("needs to be without CAP_SYS_RESOURCE"))]
#[case(Needs { uid: Some(spanned(0)), ..Needs::default() }, Some("needs uid 0"))]
#[case(Needs { kernel: list(&["<5.9", ">=6.0"]), ..Needs::default() }, None)]
#[case(Needs { kernel: list(&[">=6.19"]), ..Needs::default() }, Some("needs kernel >=6.19"))]
#[case(config("CONFIG_WATCH_QUEUE", "y"), None)]
#[case(config("CONFIG_WATCH_QUEUE", "n"), Some("needs CONFIG_WATCH_QUEUE=n"))]
#[case::unset_is_n(config("CONFIG_USERFAULTFD", "n"), None)]
#[case(Needs { page_size: Some(spanned(65536)), ..Needs::default() }, Some("needs pages of 65536 bytes"))]
#[case(Needs { filesystem: list(&["ext4", "xfs"]), ..Needs::default() }, Some("needs file system ext4 or xfs"))]
#[case(Needs { arch: list(&["aarch64"]), ..Needs::default() }, Some("needs architecture aarch64"))]
fn the_first_unmet_need_is_the_reason(#[case] needs: Needs, #[case] reason: Option<&str>) {
    assert_eq!(unmet(&needing(needs), &rich()).as_deref(), reason);
}

#[test]
fn a_machine_of_its_own_is_a_guest() {
    let needing = needing(Needs { machine: Some(spanned(Machine::Own)), ..Needs::default() });
    assert_eq!(unmet(&needing, &rich()).as_deref(), Some("needs a machine of its own"));
    assert_eq!(unmet(&needing, &Target { own_machine: true, ..rich() }), None);
}

#[test]
fn an_unknown_configuration_meets_no_need() {
    let unknown = Target { config: None, ..rich() };
    let reason = unmet(&needing(config("CONFIG_WATCH_QUEUE", "n")), &unknown);
    assert_eq!(reason.as_deref(), Some("kernel configuration unknown"));
}

#[test]
fn the_working_directory_on_disk_is_another_file_system() {
    let mut planned = needing(Needs { filesystem: list(&["ext4"]), ..Needs::default() });
    planned.plan.setup.workdir = Some(Workdir::Disk);
    let on = |disk: Option<&str>| Target { disk_filesystem: disk.map(str::to_owned), ..target() };
    assert_eq!(unmet(&planned, &on(Some("ext4"))), None);
    assert_eq!(unmet(&planned, &on(Some("xfs"))).as_deref(), Some("needs file system ext4"));
    let reason = "needs a working directory that is not on a tmpfs";
    assert_eq!(unmet(&planned, &on(None)).as_deref(), Some(reason));
}

#[test]
fn what_the_plan_itself_needs() {
    let mut planned = planned(vec![write()]);
    planned.plan.observes = true;
    planned.plan.needs_pid_namespace = true;
    assert_eq!(unmet(&planned, &target()), None);
    let blind = Target { proc: false, ..target() };
    assert_eq!(unmet(&planned, &blind).as_deref(), Some("needs /proc to observe blocking"));
    let named = |call: &str, path: &str| {
        let mut planned = planned.clone();
        planned.plan.observes = false;
        planned.plan.image =
            vec![Segment { addr: ARENA, fill: Fill::Bytes(path.into()), len: Operand::constant(path.len() as i64) }];
        let Op::Call { nr, args, .. } = &mut planned.plan.steps[0].op else { panic!("a call") };
        *nr = crate::abi::syscall(call).and_then(|call| call.nr).expect("a call");
        args[1] = Operand::constant(ARENA as i64);
        planned
    };
    assert_eq!(unmet(&named("openat", "/proc/version"), &blind).as_deref(), Some("needs /proc"));
    assert_eq!(unmet(&named("openat", "/proc/version"), &target()), None);
    assert_eq!(unmet(&named("openat", "/process/version"), &blind), None);
    assert_eq!(unmet(&named("openat", "proc/version"), &blind), None);
    assert_eq!(unmet(&named("write", "/proc/version"), &blind), None, "that is no path");
    let together = Target { isolation: "processes".into(), ..target() };
    assert_eq!(unmet(&planned, &together).as_deref(), Some("needs namespaces, to be harmless"));
}
