//! What a signal carried, as strace shows it: the members that are meant, which the signal and its code say.

use linux_raw_sys::general::SI_SIGIO;

use crate::abi::{self, Field, HANDLED, Int, Kind, SIGINFO_BYTES};
use crate::judge::{content, records};

use super::value;

/// Of a process that sent a signal, or that a signal is about.
const SENDER: [&str; 2] = ["si_pid", "si_uid"];

/// ` --- SIGPIPE {si_signo=SIGPIPE, si_code=SI_USER, si_pid=7, si_uid=0} ---`. Of what is not known, the name alone;
/// what the handler ran with is shown if an expectation speaks of it, at these offsets.
pub(super) fn delivered(name: &str, carried: Option<&[u8]>, spoken_of: &[usize]) -> String {
    let Some(carried) = carried.filter(|bytes| bytes.len() >= SIGINFO_BYTES) else {
        return format!(" --- {name} ---");
    };
    let shown: Vec<String> = meant(carried, spoken_of).into_iter().map(|field| one(field, carried)).collect();
    format!(" --- {name} {{{}}} ---", shown.join(", "))
}

/// The members that are meant, and those that are asked for, even where strace takes them to mean nothing.
pub(super) fn meant(carried: &[u8], spoken_of: &[usize]) -> Vec<&'static Field> {
    let mut all = members(carried);
    let asked = abi::siginfo().fields.iter().chain(&HANDLED).filter(|field| spoken_of.contains(&field.offset));
    let mut extra: Vec<&Field> = asked.filter(|field| all.iter().all(|known| known.offset != field.offset)).collect();
    extra.dedup_by_key(|field| field.offset);
    all.extend(extra);
    all
}

/// A member with its value.
fn one(field: &Field, carried: &[u8]) -> String {
    static BAND: Kind = Kind::Int(Int { size: 8, signed: true, big: false });
    let bytes = carried.get(field.offset..).unwrap_or_default();
    let kind = match (field.name, number(field.name, carried)) {
        // A code that this signal does not have by itself, such as that of a child which ends with it.
        ("si_code", Some(code @ 1..)) if code != i64::from(libc::SI_KERNEL) && has_no_codes(carried) => {
            return format!("si_code={code:#x}");
        }
        ("si_band", _) => &BAND,
        _ => records::resolve(&field.kind, abi::siginfo(), carried),
    };
    format!("{}={}", field.name, value::value(kind, bytes, &[]))
}

/// Whether the codes of the signal are only those that any signal may have.
fn has_no_codes(carried: &[u8]) -> bool {
    let codes = field("si_code").map(|field| &field.kind);
    let name = number("si_signo", carried).and_then(|signal| u32::try_from(signal).ok()).map(abi::signal_name);
    !matches!(codes, Some(Kind::By(_, shapes, _)) if shapes.iter().any(|(known, _)| Some(*known) == name.as_deref()))
}

/// The members that are meant, in strace's order.
fn members(carried: &[u8]) -> Vec<&'static Field> {
    let number = |name: &str| number(name, carried).unwrap_or_default();
    let (signal, code) = (number("si_signo") as i32, number("si_code") as i32);
    let value: &[&str] = if number("si_ptr") == 0 { &[] } else { &["si_int", "si_ptr"] };
    let rest: [&[&str]; 2] = match (signal, code) {
        // A process sent it.
        (_, libc::SI_USER | libc::SI_TKILL) => [&SENDER, &[]],
        // Of a signal that has codes of its own (`send_sigio_to_task` in fs/fcntl.c).
        (_, SI_SIGIO) => [&["si_band", "si_fd"], &[]],
        (_, libc::SI_TIMER) => [&["si_timerid", "si_overrun"], value],
        (_, ..=0) => [&SENDER, value],
        (libc::SIGCHLD, _) => [&SENDER, &["si_status", "si_utime", "si_stime"]],
        (libc::SIGSEGV, 3) => [&["si_addr"], &["si_lower", "si_upper"]],
        (libc::SIGSEGV, 4) => [&["si_addr"], &["si_pkey"]],
        (libc::SIGBUS, 4 | 5) => [&["si_addr"], &["si_addr_lsb"]],
        (libc::SIGILL | libc::SIGFPE | libc::SIGSEGV | libc::SIGBUS | libc::SIGTRAP, _) => [&["si_addr"], &[]],
        (libc::SIGIO, libc::SI_KERNEL) => [&[], &[]],
        (libc::SIGIO, _) => [&["si_band", "si_fd"], &[]],
        (libc::SIGSYS, _) => [&["si_call_addr", "si_syscall", "si_arch"], &[]],
        _ if number("si_pid") != 0 || number("si_uid") != 0 => [&SENDER, value],
        _ => [&[], value],
    };
    let errno: &[&str] = if number("si_errno") == 0 { &[] } else { &["si_errno"] };
    [&["si_signo", "si_code"][..], errno, rest[0], rest[1]].concat().into_iter().filter_map(field).collect()
}

fn field(name: &str) -> Option<&'static Field> {
    abi::siginfo().fields.iter().find(|field| field.name == name)
}

fn number(name: &str, carried: &[u8]) -> Option<i64> {
    let field = field(name)?;
    let kind = match &field.kind {
        Kind::By(_, _, others) => others,
        kind => kind,
    };
    content::read(kind.int()?, carried.get(field.offset..)?)
}
