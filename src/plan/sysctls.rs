//! Sysctls that a case may set: those of which a namespace has its own. Any other is the whole machine's.

use super::result::{PlanResult, refuse};
use super::setup::c_string;
use crate::case::{Diagnostic, Spanned, Sysctl, did_you_mean};

/// Namespaces: their name in a case, the flag that unshares them, and the sysctls that each has.
const NAMESPACED: [(&str, libc::c_int, &[&str]); 4] = [
    // kernel/ucount.c
    (
        "user",
        libc::CLONE_NEWUSER,
        &[
            "user.max_cgroup_namespaces",
            "user.max_fanotify_groups",
            "user.max_fanotify_marks",
            "user.max_inotify_instances",
            "user.max_inotify_watches",
            "user.max_ipc_namespaces",
            "user.max_mnt_namespaces",
            "user.max_net_namespaces",
            "user.max_pid_namespaces",
            "user.max_time_namespaces",
            "user.max_user_namespaces",
            "user.max_uts_namespaces",
        ],
    ),
    // ipc/ipc_sysctl.c, ipc/mq_sysctl.c
    (
        "ipc",
        libc::CLONE_NEWIPC,
        &[
            "fs.mqueue.msg_default",
            "fs.mqueue.msg_max",
            "fs.mqueue.msgsize_default",
            "fs.mqueue.msgsize_max",
            "fs.mqueue.queues_max",
            "kernel.msgmax",
            "kernel.msgmnb",
            "kernel.msgmni",
            "kernel.sem",
            "kernel.shm_rmid_forced",
            "kernel.shmall",
            "kernel.shmmax",
            "kernel.shmmni",
        ],
    ),
    // kernel/utsname_sysctl.c
    ("uts", libc::CLONE_NEWUTS, &["kernel.domainname", "kernel.hostname"]),
    // Those that Linux 5.10 has for each namespace already: net/core/sysctl_net_core.c, net/unix/sysctl_net_unix.c,
    // net/ipv4/sysctl_net_ipv4.c (`ipv4_net_table`), net/ipv6/sysctl_net_ipv6.c.
    (
        "net",
        libc::CLONE_NEWNET,
        &[
            "net.core.somaxconn",
            "net.ipv4.icmp_echo_ignore_all",
            "net.ipv4.ip_default_ttl",
            "net.ipv4.ip_forward",
            "net.ipv4.ip_local_port_range",
            "net.ipv4.ip_nonlocal_bind",
            "net.ipv4.ip_unprivileged_port_start",
            "net.ipv4.ping_group_range",
            "net.ipv4.tcp_abort_on_overflow",
            "net.ipv4.tcp_fastopen",
            "net.ipv4.tcp_fin_timeout",
            "net.ipv4.tcp_keepalive_intvl",
            "net.ipv4.tcp_keepalive_probes",
            "net.ipv4.tcp_keepalive_time",
            "net.ipv4.tcp_max_syn_backlog",
            "net.ipv4.tcp_syn_retries",
            "net.ipv4.tcp_syncookies",
            "net.ipv6.bindv6only",
            "net.ipv6.ip_nonlocal_bind",
            "net.unix.max_dgram_qlen",
        ],
    ),
];

/// The path below `/proc/sys` and what is written there, each with a NUL; if the namespace that has it is unshared.
pub(super) fn sysctl(sysctl: &Sysctl, unshared: u64) -> PlanResult<(Vec<u8>, Vec<u8>)> {
    let name = &sysctl.name;
    let Some((namespace, flag, _)) = NAMESPACED.iter().find(|(.., names)| names.contains(&name.as_str())) else {
        let known = NAMESPACED.iter().flat_map(|(.., names)| *names).copied();
        let near = did_you_mean(name, known).map(|near| format!("did you mean `{near}`?"));
        let diagnostic = Diagnostic::at(
            &name.span,
            format!("`{}` is no sysctl that a namespace is known to have for itself", name.value),
            "the machine's are left alone",
        );
        let help = "what changes the machine is set by steps of a case that needs a machine of its own";
        return refuse(diagnostic.help(near.unwrap_or_else(|| help.to_owned())));
    };
    if unshared & *flag as u64 == 0 {
        let title = format!("`{}` is set in a namespace that is not the case's own", name.value);
        let label = format!("it belongs to the `{namespace}` namespace");
        let help = format!("add `{namespace}` to `given: {{namespaces: […]}}`");
        return refuse(Diagnostic::at(&name.span, title, label).help(help));
    }
    let path = Spanned { value: name.replace('.', "/"), span: name.span.clone() };
    Ok((c_string(&path)?, c_string(&sysctl.value)?))
}
