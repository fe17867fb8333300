//! strace's notation.

use rstest::rstest;

use super::sample::*;
use crate::abi::{self, Dir, Field, Kind, Struct};
use crate::exec::{End, StepTrace};
use crate::judge::content;
use crate::plan::{Datum, Fill, Operand, PlanRepeat};

fn shown(step: Step, came: StepTrace) -> String {
    judged(vec![step], vec![came], End::Finished).steps.remove(0).shown
}

fn flags(set: &str, value: i64) -> Datum {
    let set = abi::constant_anywhere(set)[0];
    Datum::Number(Operand::constant(value), Kind::Flags(INT, set))
}

static PAIR: Kind = Kind::Int(INT);

#[rstest]
#[case::outputs(
    call("pipe2", vec![out(Kind::Fixed(&PAIR, 2)), flags("O_NOTIFICATION_PIPE", 0o4000)]),
    wrote(0, &[&[3, 0, 0, 0, 4, 0, 0, 0]]),
    "pipe2([3, 4], O_NONBLOCK) = 0"
)]
#[case::outputs_of_a_failed_call(
    call("pipe2", vec![out(Kind::Fixed(&PAIR, 2)), flags("O_NOTIFICATION_PIPE", 0o4000)]),
    wrote(-24, &[&[0xa5; 8]]),
    "pipe2(0x1000000000, O_NONBLOCK) = -1 EMFILE (Too many open files)"
)]
#[case::long_strings(
    call("write", vec![fd(4), Datum::Bytes(vec![segment(Fill::Byte(b'a'), 65536)]), size(65536)]),
    done(65536),
    r#"write(4, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"..., 65536) = 65536"#
)]
#[case::escapes(
    call("write", vec![fd(4), Datum::Bytes(vec![
        segment(Fill::Bytes(b"\"\\\n\t\r\x0b\x0c".into()), 7),
        segment(Fill::Bytes(b"\x001\x00a\xff\x1b".into()), 6),
    ]), size(13)]),
    done(13),
    r#"write(4, "\"\\\n\t\r\v\f\0001\0a\377\33", 13) = 13"#
)]
#[case::exactly_as_long_as_is_shown(
    call("write", vec![fd(4), text("01234567890123456789012345678901"), size(32)]),
    done(32),
    r#"write(4, "01234567890123456789012345678901", 32) = 32"#
)]
#[case::pointers(
    call("write", vec![fd(-100), Datum::Pointer(Operand::constant(BUF + 16), Some("page+16".into())), size(1)]),
    done(1),
    "write(AT_FDCWD, 0x1000000010 /* page+16 */, 1) = 1"
)]
#[case::addresses_in_registers(call("close", vec![size(BUF + 4096)]), done(0), "close(0x1000001000) = 0")]
#[case::null(
    call("write", vec![fd(-1), Datum::Pointer(Operand::constant(0), None), size(-1)]),
    done(-9),
    "write(-1, NULL, 18446744073709551615) = -1 EBADF (Bad file descriptor)"
)]
#[case::registers_wider_than_the_argument(
    call("close", vec![fd(0x1_0000_0003)]),
    done(0),
    "close(0x100000003) = 0"
)]
#[case::vectors(
    call("vmsplice", vec![fd(4), Datum::Iovec(vec![(text("012"), Operand::constant(3)), (text("a"), Operand::constant(1))]), size(2), size(0)]),
    done(4),
    r#"vmsplice(4, [{iov_base="012", iov_len=3}, {iov_base="a", iov_len=1}], 2, 0) = 4"#
)]
#[case::structures_given(
    call("close", vec![Datum::Struct(vec![("events", size(1)), ("data", Datum::Array(vec![fd(1), fd(2)]))])]),
    done(0),
    "close({events=1, data=[1, 2]}) = 0"
)]
#[case::sets(
    call("close", vec![Datum::Set(vec![flags("SIGUSR1", 10), flags("SIGIO", 29)]), Datum::Set(vec![fd(3), fd(5)])]),
    done(0),
    "close([USR1 IO], [3 5]) = 0"
)]
#[case::addresses_that_are_numbers(
    call("munmap", vec![Datum::Number(Operand::constant(0x7f12_3456_7000), Kind::Addr), size(4096)]),
    done(0),
    "munmap(0x7f1234567000, 4096) = 0"
)]
#[case::lengths_beyond_the_signed(
    call("readv", vec![fd(3), Datum::Iovec(vec![(text(""), Operand::constant(-1))]), size(1)]),
    done(-22),
    r#"readv(3, [{iov_base="", iov_len=18446744073709551615}], 1) = -1 EINVAL (Invalid argument)"#
)]
#[case::no_return(call("exit", vec![size(0)]), done(0), "exit(0) = ?")]
#[case::repetitions(
    write().repeated(PlanRepeat::Times(Operand::constant(16))),
    StepTrace { repeats: 16, ..done(1) },
    r#"write(4, "x", 1) = 1 (×16)"#
)]
#[case::numbers_at_pointers(
    call("read", vec![fd(3), out(Kind::Int(INT)), size(4)]),
    wrote(4, &[&7i32.to_ne_bytes()]),
    "read(3, [7], 4) = 4"
)]
#[case::modes(
    call("close", vec![Datum::Number(Operand::constant(0o644), Kind::Octal(INT))]),
    done(0),
    "close(0644) = 0"
)]
#[case::stores(store(Datum::Pointer(Operand::constant(BUF), Some("page".into())), text("NEW!")), done(0), r#"store(page, "NEW!")"#)]
#[case::loads(load(Datum::Pointer(Operand::constant(BUF), Some("page+4".into())), 2), wrote(0, &[b"aa"]), r#"load(page+4, 2) = "aa""#)]
#[case::actors(write().on_peer(), done(1), r#"[peer] write(4, "x", 1) = 1"#)]
fn steps(#[case] step: Step, #[case] came: StepTrace, #[case] expected: &str) {
    assert_eq!(shown(step, came), expected);
}

static SMALL: Struct = Struct {
    defaults: &[],
    record: None,
    name: "small",
    size: 24,
    fields: &[
        Field { name: "mode", offset: 0, kind: Kind::Octal(INT), when: None },
        Field { name: "name", offset: 4, kind: Kind::FixedBytes(4), when: None },
        Field { name: "mask", offset: 8, kind: Kind::SigSet, when: None },
        Field { name: "base", offset: 16, kind: Kind::Path, when: None },
    ],
};

#[rstest]
#[case::structures(
    Kind::Struct(&SMALL),
    b"\xa4\x01\0\0ab\0\0\x02\x40\0\0\0\0\0\0\x10\0\0\0\0\0\0\0",
    r#"{mode=0644, name="ab", mask=[INT TERM], base=0x10}"#
)]
#[case::too_short(Kind::Struct(&SMALL), b"\xa4\x01", r#"{mode=?, name="", mask=[], base=NULL}"#)]
#[case::descriptor_sets(Kind::FdSet, &content::fd_set(&[Operand::constant(3), Operand::constant(70)], &[]), "[3 70]")]
#[case::only_elements_that_were_written(Kind::Array(Dir::Out, &PAIR), b"\x01\0\0\0\x02\0\0\0\xa5\xa5\xa5\xa5", "[1, 2]")]
#[case::buffers(Kind::Any(Dir::Out), b"abc\xa5\xa5", r#""abc""#)]
fn memory(#[case] kind: Kind, #[case] bytes: &[u8], #[case] expected: &str) {
    let line = shown(call("read", vec![out(kind)]), wrote(0, &[bytes]));
    assert_eq!(line, format!("read({expected}) = 0"));
}

#[test]
fn addresses_returned_are_hexadecimal() {
    let call_of = crate::abi::syscall("mmap").expect("in the table");
    let mut step = call("read", vec![]);
    step.line.shown = crate::plan::Shown::Call { call: call_of, args: vec![] };
    assert_eq!(shown(step, done(0x7f00_0000_0000)), "mmap() = 0x7f0000000000");
}
