//! What captured memory holds.

use insta::assert_snapshot;
use rstest::rstest;

use super::sample::*;
use crate::abi::{Int, Kind};
use crate::exec::{End, StepTrace};
use crate::judge::{Judgement, Verdict, content};
use crate::plan::{ContentIs, Expectation, Fill, Operand, OutIs, ReturnIs};

fn reading(out: Vec<OutIs>, came: StepTrace) -> Judgement {
    let ret = came.ret;
    judged(vec![read().expect(Expectation { out, ..returns(ret) })], vec![came], End::Finished)
}

#[test]
fn short_contents_are_shown_whole() {
    let hello = holds("buf", Fill::Bytes(b"hello".into()), 5);
    let judgement = reading(vec![hello.clone()], wrote(5, &[b"he11o\xa5\xa5\xa5"]));
    assert_snapshot!(lines(&judgement), @r#"
    Fail: read: buf: differs at byte 2: expected 0x6c, found 0x31
    - read(3, "hello", 5) = 5
    + read(3, "he11o", 5) = 5
      * buf: differs at byte 2: expected 0x6c, found 0x31
    "#);
    assert_eq!(judgement.steps[0].span, span(40));
    assert_eq!(reading(vec![hello], wrote(5, &[b"hello\xa5\xa5\xa5"])).verdict, Verdict::Pass);
}

#[test]
fn the_room_after_must_be_untouched() {
    let hello = holds("buf", Fill::Bytes(b"hello".into()), 5);
    assert_snapshot!(lines(&reading(vec![hello], wrote(5, &[b"hello\xa5\0\xa5"]))), @r#"
    Fail: read: buf: byte 6 was written, after the 5 bytes expected: found 0x00
    - read(3, "hello", 5) = 5
    + read(3, "hello\245\0", 5) = 5
      * buf: byte 6 was written, after the 5 bytes expected: found 0x00
    "#);
    let nothing = holds("buf", Fill::Byte(0), 0);
    assert_snapshot!(lines(&reading(vec![nothing], wrote(0, &[b"a\xa5\xa5\xa5"]))), @r#"
    Fail: read: buf: byte 0 was written, after the 0 bytes expected: found 0x61
    - read(3, "", 5) = 0
    + read(3, "a", 5) = 0
      * buf: byte 0 was written, after the 0 bytes expected: found 0x61
    "#);
}

#[test]
fn a_difference_deep_in_a_long_buffer_is_shown_with_what_is_around_it() {
    let mut found: Vec<u8> = (0..65536usize).map(|i| (i % 251) as u8).collect();
    let pattern = holds("buf", Fill::Pattern(0), 65536);
    assert_eq!(reading(vec![pattern.clone()], wrote(65536, &[&found])).verdict, Verdict::Pass);
    found[40000] = 0;
    assert_snapshot!(lines(&reading(vec![pattern.clone()], wrote(65536, &[&found]))), @r#"
    Fail: read: buf: differs at byte 40000: expected 0x5b, found 0x00
      read(3, "\0\1\2\3\4\5\6\7\10\t\n\v\f\r\16\17\20\21\22\23\24\25\26\27\30\31\32\33\34\35\36\37"..., 5) = 65536
      * buf: differs at byte 40000: expected 0x5b, found 0x00
        expected 9c30: 4b 4c 4d 4e 4f 50 51 52 53 54 55 56 57 58 59 5a 5b 5c 5d 5e 5f 60 61 62 63 64 65 66 67 68 69 6a
        found    9c30: 4b 4c 4d 4e 4f 50 51 52 53 54 55 56 57 58 59 5a 00 5c 5d 5e 5f 60 61 62 63 64 65 66 67 68 69 6a
    "#);
    found[40000] = (40000 % 251) as u8;
    found.truncate(65535);
    assert_snapshot!(lines(&reading(vec![pattern], wrote(65536, &[&found]))), @r#"
    Fail: read: buf: ends at byte 65535, expected more
      read(3, "\0\1\2\3\4\5\6\7\10\t\n\v\f\r\16\17\20\21\22\23\24\25\26\27\30\31\32\33\34\35\36\37"..., 5) = 65536
      * buf: ends at byte 65535, expected more
    "#);
}

#[test]
fn a_part_of_content_is_told_by_its_place_in_the_whole() {
    let part = |at: usize, is| OutIs { offset: at, part: Some(at), is, ..holds("buf", Fill::Byte(0), 0) };
    let bytes = |text: &str, rest_untouched| ContentIs::Bytes {
        parts: vec![segment(Fill::Bytes(text.into()), text.len() as i64)],
        rest_untouched,
    };
    let int = Int { size: 2, signed: false, big: false };
    let seven = ContentIs::Number { int, kind: Kind::Int(int), is: exactly(7), mask: u64::MAX };
    let all = || vec![part(0, bytes("ab", false)), part(2, seven.clone()), part(4, bytes("cd", true))];
    let told = |found: &[u8]| reading(all(), wrote(6, &[found])).reason;
    assert_eq!(told(b"ab\x07\0cd\xa5\xa5"), None);
    assert_eq!(told(b"ab\x07\0cx\xa5\xa5").unwrap(), "read: buf: differs at byte 5: expected 0x64, found 0x78");
    assert_eq!(told(b"ab\x08\0cd\xa5\xa5").unwrap(), "read: buf: differs at byte 2: expected 7, found 8");
    assert_eq!(told(b"ab\x07\0c").unwrap(), "read: buf: ends at byte 5, expected more");
    let after = "read: buf: byte 7 was written, after the 6 bytes expected: found 0x00";
    assert_eq!(told(b"ab\x07\0cd\xa5\0").unwrap(), after);
}

#[test]
fn what_the_kernel_left_alone_is_told_as_such() {
    let kind = Kind::Ptr(crate::abi::Dir::Out, &Kind::Int(INT));
    let number = ContentIs::Number { int: INT, kind: Kind::Int(INT), is: exactly(5), mask: u64::MAX };
    let expectation = OutIs { is: number, ..holds("arg", Fill::Byte(0), 0) };
    let step =
        call("ioctl", vec![fd(3), size(0), out(kind)]).expect(Expectation { out: vec![expectation], ..returns(0) });
    assert_snapshot!(lines(&judged(vec![step], vec![wrote(0, &[&[0xa5; 4]])], End::Finished)), @r#"
    Fail: ioctl: arg: expected 5, found it untouched
    - ioctl(3, 0, [5]) = 0
    + ioctl(3, 0, [untouched]) = 0
      * arg: expected 5, found it untouched
    "#);
    let structure = crate::abi::structure("timespec").unwrap();
    let step = call("clock_gettime", vec![size(0), out(Kind::Struct(structure))]);
    let seconds = [&7i64.to_ne_bytes()[..], &[0xa5; 8]].concat();
    let shown = |bytes: &[u8]| lines(&judged(vec![step.clone()], vec![wrote(0, &[bytes])], End::Finished));
    assert!(shown(&[0xa5; 16]).contains("clock_gettime(0, untouched) = 0"), "{}", shown(&[0xa5; 16]));
    assert!(shown(&seconds).contains("{tv_sec=7, tv_nsec=untouched}"), "{}", shown(&seconds));
    let hello = holds("buf", Fill::Bytes(b"hello".into()), 5);
    let reason = reading(vec![hello], wrote(5, &[b"he\xa5\xa5\xa5\xa5\xa5\xa5"])).reason.unwrap();
    assert_eq!(reason, "read: buf: differs at byte 2: expected 0x6c, found it untouched");
}

#[test]
fn memory_that_could_not_be_read_is_no_match() {
    let unread = StepTrace { captures: vec![None], ..done(5) };
    assert_snapshot!(lines(&reading(vec![holds("buf", Fill::Byte(0), 5)], unread)), @r#"
    Fail: read: buf: could not be read
    - read(3, "\0\0\0\0\0", 5) = 5
    + read(3, 0x1000000000, 5) = 5
      * buf: could not be read
    "#);
    assert_eq!(reading(vec![holds("buf", Fill::Byte(0), 0)], done(0)).verdict, Verdict::Fail);
}

#[test]
fn an_unexpected_error_is_not_told_twice() {
    let expectation = Expectation { out: vec![holds("buf", Fill::Bytes(b"hello".into()), 5)], ..returns(5) };
    let judgement = judged(vec![read().expect(expectation)], vec![wrote(-4, &[&[0xa5; 8]])], End::Finished);
    assert_snapshot!(lines(&judgement), @r#"
    Fail: read: expected return 5, failed with EINTR
    - read(3, "hello", 5) = 5
    + read(3, 0x1000000000, 5) = -1 EINTR (Interrupted system call)
    "#);
}

#[test]
fn a_failed_call_may_expect_what_it_leaves_behind() {
    let expectation = Expectation { out: vec![holds("buf", Fill::Byte(0), 0)], ..fails(libc::EFAULT) };
    let judgement = judged(vec![read().expect(expectation)], vec![wrote(-14, &[b"a\xa5\xa5\xa5"])], End::Finished);
    assert_snapshot!(lines(&judgement), @"
    Fail: read: buf: byte 0 was written, after the 0 bytes expected: found 0x61
      read(3, 0x1000000000, 5) = -1 EFAULT (Bad address)
      * buf: byte 0 was written, after the 0 bytes expected: found 0x61
    ");
}

fn exactly(n: i64) -> ReturnIs {
    ReturnIs::Exactly(Operand::constant(n))
}

#[rstest]
#[case::same(INT, &5i32.to_ne_bytes(), exactly(5), u64::MAX, true)]
#[case::negative(INT, &(-1i32).to_ne_bytes(), exactly(-1), u64::MAX, true)]
#[case::by_its_bits(INT, &(-1i32).to_ne_bytes(), exactly(0xffff_ffff), u64::MAX, true)]
#[case::too_large_for_it(Int { size: 1, signed: false, big: false }, &[44], exactly(300), u64::MAX, false)]
#[case::unsigned_bytes(Int { size: 1, signed: false, big: false }, &[200], exactly(200), u64::MAX, true)]
#[case::large_and_unsigned(SIZE, &u64::MAX.to_ne_bytes(), ReturnIs::Within(Some(Operand::constant(1)), None), u64::MAX, true)]
#[case::negative_is_below(INT, &(-1i32).to_ne_bytes(), ReturnIs::Within(Some(Operand::constant(0)), None), u64::MAX, false)]
#[case::other(INT, &5i32.to_ne_bytes(), ReturnIs::Not(Operand::constant(5)), u64::MAX, false)]
#[case::masked(INT, &0o100644i32.to_ne_bytes(), exactly(0o644), 0o777, true)]
#[case::masked_wrong(INT, &0o100644i32.to_ne_bytes(), exactly(0o600), 0o777, false)]
#[case::too_short(SIZE, &[1, 0], exactly(1), u64::MAX, false)]
fn numbers_are_compared(
    #[case] int: Int,
    #[case] bytes: &[u8],
    #[case] is: ReturnIs,
    #[case] mask: u64,
    #[case] passes: bool,
) {
    let number = ContentIs::Number { int, kind: Kind::Int(int), is, mask };
    let expectation = OutIs { span: span(40), name: "value".into(), capture: 0, offset: 0, part: None, is: number };
    let judgement = reading(vec![expectation], wrote(0, &[bytes]));
    assert_eq!(judgement.verdict == Verdict::Pass, passes, "{}", lines(&judgement));
}

#[test]
fn descriptor_sets_are_compared_whole() {
    let fds = ContentIs::FdSet(vec![Operand::constant(3)]);
    let expectation = OutIs { span: span(40), name: "readfds".into(), capture: 0, offset: 0, part: None, is: fds };
    let with = |fds: &[i64]| {
        let fds: Vec<_> = fds.iter().map(|&fd| Operand::constant(fd)).collect();
        reading(vec![expectation.clone()], wrote(1, &[&content::fd_set(&fds, &[])]))
    };
    assert_eq!(with(&[3]).verdict, Verdict::Pass);
    assert_eq!(with(&[3, 1023]).reason.as_deref(), Some("read: readfds: expected [3], found [3 1023]"));
}

#[test]
fn without_a_return_expected_any_will_do() {
    let any = || judged(vec![write().expect(Expectation::default())], vec![done(-9)], End::Finished);
    assert_eq!(any().verdict, Verdict::Pass);
    let signal = StepTrace { signals: vec![13], ..done(-9) };
    assert_eq!(
        judged(vec![write().expect(Expectation::default())], vec![signal], End::Finished).verdict,
        Verdict::Fail
    );
}
