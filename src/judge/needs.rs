//! What a case needs of its target.

use crate::abi::capability;
use crate::case::{KernelVersion, Needs, Spanned, Workdir, parse_ranges};
use crate::plan::{Planned, Setup};
use crate::target::Target;

use super::ranges;

/// Whether the case is for kernels of this version.
pub fn is_for(planned: &Planned, version: KernelVersion) -> bool {
    let kernel = &planned.needs.kernel;
    kernel.is_empty() || parse_ranges(kernel).is_ok_and(|ranges| ranges.contains(version))
}

/// The first need that the target does not meet, as the reason to skip the case.
/// What only a probe can tell is not among them.
pub fn unmet(planned: &Planned, target: &Target) -> Option<String> {
    if planned.needs.machine.is_some() && !target.own_machine {
        return Some("needs a machine of its own".to_owned());
    }
    if let Some(reason) = target.sandbox.as_deref().and_then(|sandbox| refused(planned, sandbox, target.nobody)) {
        return Some(reason);
    }
    let Needs { caps, no_caps, uid, kernel, config, page_size, filesystem, arch, machine: _, probe: _ } =
        &planned.needs;
    let has = |name: &str| capability(name).is_some_and(|bit| target.caps >> bit & 1 == 1);
    let on_disk = planned.plan.setup.workdir == Some(Workdir::Disk);
    let workdir = if on_disk { target.disk_filesystem.as_deref() } else { Some(target.filesystem.as_str()) };
    let one_of =
        |names: &[Spanned<String>], found: &str| names.is_empty() || names.iter().any(|name| name.value == found);
    let all = |names: &[Spanned<String>]| names.iter().map(|name| name.value.as_str()).collect::<Vec<_>>().join(" or ");

    if !one_of(arch, &target.arch) {
        return Some(format!("needs architecture {}", all(arch)));
    }
    if !kernel.is_empty() && !ranges::version(target).is_some_and(|version| is_for(planned, version)) {
        return Some(format!("needs kernel {}", all(kernel)));
    }
    if let Some(size) = page_size.as_ref().filter(|size| size.value != target.page_size) {
        return Some(format!("needs pages of {} bytes", size.value));
    }
    for (option, value) in config {
        let Some(known) = &target.config else { return Some("kernel configuration unknown".to_owned()) };
        // An option that is not set is not in the list.
        if known.get(&option.value).map_or("n", String::as_str) != value.value {
            return Some(format!("needs {}={}", option.value, value.value));
        }
    }
    if let Some(uid) = uid.as_ref().filter(|uid| uid.value != target.uid) {
        return Some(format!("needs uid {}", uid.value));
    }
    if let Some(cap) = caps.iter().find(|cap| target.user_namespace || !has(cap)) {
        let place = if has(cap) { " in the first user namespace" } else { "" };
        return Some(format!("needs {}{place}", cap.value));
    }
    if let Some(cap) = no_caps.iter().find(|cap| has(cap)) {
        return Some(format!("needs to be without {}", cap.value));
    }
    let Some(workdir) = workdir else { return Some("needs a working directory that is not on a tmpfs".to_owned()) };
    if !one_of(filesystem, workdir) {
        return Some(format!("needs file system {}", all(filesystem)));
    }
    if planned.plan.observes && !target.proc {
        return Some("needs /proc to observe blocking".to_owned());
    }
    if !target.proc && planned.plan.names_below("/proc").next().is_some() {
        return Some("needs /proc".to_owned());
    }
    if planned.plan.needs_pid_namespace && target.isolation != "namespaces" {
        return Some("needs namespaces, to be harmless".to_owned());
    }
    None
}

/// Whether root's case was performed without root's privileges, since it names none; whoever gives them up on purpose
/// knows it.
pub(super) fn is_bare(planned: &Planned, target: &Target) -> bool {
    let Setup { uid, gid, caps, unprivileged, .. } = &planned.plan.setup;
    let kept = uid.is_none() && gid.is_none() && caps.is_none() && !unprivileged;
    target.uid == 0 && target.sandbox.as_deref() == Some("auto") && kept && !planned.is_privileged()
}

/// What the sandbox does not let a case do.
fn refused(planned: &Planned, sandbox: &str, nobody: bool) -> Option<String> {
    let caller = planned.plan.caller(sandbox == "always", nobody);
    let probe = || planned.probe.as_ref().and_then(|probe| probe.plan.machine_wide(caller));
    let (call, machine) = planned.plan.machine_wide(caller).or_else(probe)?;
    Some(format!("refused in the sandbox: {} {}", call.name, machine.does))
}
