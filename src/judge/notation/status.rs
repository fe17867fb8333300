//! How a child changed, as strace shows it: by the macros of wait(2).

use crate::abi::PTRACE_EVENT;
use crate::judge::names;

/// `{WIFEXITED(s) && WEXITSTATUS(s) == 3}`.
pub(super) fn shown(status: u32) -> String {
    let signal = status & 0x7f;
    let (text, rest) = if status & 0xff == 0x7f {
        let signal = status >> 8 & 0xff;
        let syscall = if signal & 0x80 != 0 { " | 0x80" } else { "" };
        let name = names::signal(signal & 0x7f);
        (format!("{{WIFSTOPPED(s) && WSTOPSIG(s) == {name}{syscall}}}"), status & !0xffff)
    } else if status == 0xffff {
        ("{WIFCONTINUED(s)}".to_owned(), 0)
    } else if signal != 0 {
        let core = if status & 0x80 != 0 { " && WCOREDUMP(s)" } else { "" };
        (format!("{{WIFSIGNALED(s) && WTERMSIG(s) == {}{core}}}", names::signal(signal)), status & !0xff)
    } else {
        (format!("{{WIFEXITED(s) && WEXITSTATUS(s) == {}}}", status >> 8 & 0xff), status & !0xffff)
    };
    let event = match rest >> 16 {
        0 => String::new(),
        event => format!(" | {} << 16", PTRACE_EVENT.decode(event.into())),
    };
    let more = if rest & 0xffff == 0 { String::new() } else { format!(" | {:#x}", rest & 0xffff) };
    format!("{text}{event}{more}")
}
