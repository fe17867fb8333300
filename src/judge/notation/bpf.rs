//! Instructions of classic BPF, as strace shows them.

/// `BPF_JUMP(BPF_JMP|BPF_K|BPF_JEQ, 0x6e, 0, 0x1)`.
pub(super) fn instruction(code: u64, jt: u64, jf: u64, k: u64) -> String {
    let (code, k) = (words(code), hexadecimal(k));
    match (jt, jf) {
        (0, 0) => format!("BPF_STMT({code}, {k})"),
        _ => format!("BPF_JUMP({code}, {k}, {}, {})", hexadecimal(jt), hexadecimal(jf)),
    }
}

/// As C's `%#x`.
fn hexadecimal(number: u64) -> String {
    if number == 0 { "0".to_owned() } else { format!("{number:#x}") }
}

/// The class of an instruction, and what there is of it.
fn words(code: u64) -> String {
    const CLASSES: [&str; 8] = ["LD", "LDX", "ST", "STX", "ALU", "JMP", "RET", "MISC"];
    const SIZES: [&str; 4] = ["W", "H", "B", "???"];
    const MODES: [&str; 8] = ["IMM", "ABS", "IND", "MEM", "LEN", "MSH", "???", "???"];
    const ALU: [&str; 16] =
        ["ADD", "SUB", "MUL", "DIV", "OR", "AND", "LSH", "RSH", "NEG", "MOD", "XOR", "???", "???", "???", "???", "???"];
    const JUMPS: [&str; 5] = ["JA", "JEQ", "JGT", "JGE", "JSET"];
    const VALUES: [&str; 4] = ["K", "X", "A", "???"];
    let (class, op) = ((code & 7) as usize, (code >> 4 & 0xf) as usize);
    let source = if code & 8 == 0 { "K" } else { "X" };
    let more = match class {
        0 | 1 => vec![SIZES[(code >> 3 & 3) as usize], MODES[(code >> 5 & 7) as usize]],
        4 => vec![source, ALU[op]],
        5 => vec![source, JUMPS.get(op).copied().unwrap_or("???")],
        6 => vec![VALUES[(code >> 3 & 3) as usize]],
        7 => vec![if code >> 3 == 0 { "TAX" } else { "TXA" }],
        _ => vec![],
    };
    let all = [CLASSES[class]].into_iter().chain(more).map(|word| format!("BPF_{word}"));
    all.collect::<Vec<_>>().join("|")
}
