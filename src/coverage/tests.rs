//! Pages written for these tests, of every form that real ones have.

use std::fs;
use std::io::Write;
use std::path::Path;

use insta::assert_snapshot;
use rstest::rstest;

use super::{Manual, Page, ShownErrnos, Status, Text, Uncoverable, measure};
use crate::case;

/// A page whose ERRORS section is this.
fn page(errors: &str) -> String {
    format!(
        ".TH frob 2 2020-01-01 \"Sample pages 1\"\n.SH NAME\nfrob \\- sample\n.SH ERRORS\n{errors}\n.SH NOTES\n.TP\n.B EIO\nElsewhere.\n"
    )
}

/// Its entries: errors, and the functions that they are limited to.
fn entries(errors: &str) -> String {
    let page = Page::parse("frob.2", &page(errors)).unwrap();
    let entry = |entry: &super::Entry| match entry.only.is_empty() {
        true => entry.errnos.join(" "),
        false => format!("{} [{}]", entry.errnos.join(" "), entry.only.join(" ")),
    };
    page.entries.iter().map(entry).collect::<Vec<_>>().join("; ")
}

#[rstest]
#[case::bold(".TP\n.B EBADF\nBad.\n.TP\n.B EINVAL\nWorse.", "EBADF; EINVAL")]
#[case::font_escapes(".TP\n\\fBEBADF\\fP\nBad.\n.TP\n\\f(CBEIO\\f[R]\nBad.", "EBADF; EIO")]
#[case::alternatives(".TP\n.BR EAGAIN \" or \" EWOULDBLOCK\nNot now.", "EAGAIN EWOULDBLOCK")]
#[case::list(".TP\n.BR ENOBUFS \", \" ENOMEM\nNo room.", "ENOBUFS ENOMEM")]
#[case::slash(".TP\n.BR EAGAIN / EACCES\nLocked.", "EAGAIN EACCES")]
#[case::second_tag(".TP\n.B EAGAIN\n.TQ\n.B EBUSY\nNot now.", "EAGAIN EBUSY")]
#[case::tags_that_share_a_text(".TP\n.PD 0\n.B EAGAIN\n.TP\n.PD\n.B EBUSY\nNot now.", "EAGAIN EBUSY")]
#[case::indented_paragraph(".IP EBADF 8\nBad.\n.IP \"\\fBEIO\\fP\" 8\nBad.\n.IP\nMore on that.", "EBADF; EIO")]
#[case::indent_and_comment(".TP 8\n.\\\" since the beginning\n.B EBADF \\\" odd\nBad.", "EBADF")]
#[case::twice(".TP\n.B EINVAL\nBad.\n.TP\n.B EINVAL\nBad too.", "EINVAL; EINVAL")]
#[case::digit(".TP\n.B E2BIG\nToo long.", "E2BIG")]
#[case::remark(".TP\n.BR ENOSPC \" (since Linux 4.9; before that \" EUSERS )\nToo many.", "ENOSPC")]
#[case::one_function_in_the_tag(".TP\n.BR EPERM \" (\" frob2 \"() only)\"\nNo.", "EPERM [frob2]")]
#[case::one_function_in_the_text(".TP\n.B EPERM\n.RB ( frob2 ())\nNo.", "EPERM [frob2]")]
#[case::two_functions(".TP\n.B EPERM\n.RB ( frob ()\nand\n.BR frob2 ())\nNo.", "EPERM [frob frob2]")]
#[case::other_parenthesis(".TP\n.B EPERM\n(Linux only) Of\n.BR frob ()\nalone.", "EPERM")]
#[case::no_errors_in_between(".TP\n.B SIGBUS\nA signal.\n.TP\nPositive value\nPages.\n.TP\n.B EIO\nBad.", "EIO")]
#[case::names_in_the_text(".TP\n.B EIO\nBad, unlike\n.B EINVAL\nor\n.BR EPERM .\n.PP\n.B ENOSYS\nis none.", "EIO")]
#[case::list_in_an_entry(
    ".TP\n.B EIO\nOne of:\n.RS\n.IP \\(bu 3\nthis;\n.IP \\(bu\nthat.\n.RE\n.TP\n.B EPERM\nNo.",
    "EIO; EPERM"
)]
#[case::own_macro(".de XX\n.TP\n.B EXDEV\n..\n.TP\n.B EIO\nBad.", "EIO")]
#[case::ignored(".ig\n.TP\n.B EXDEV\nOld.\n..\n.TP\n.B EIO\nBad.", "EIO")]
#[case::subsections(".SS One\n.TP\n.B EIO\nBad.\n.SS Other\n.TP\n.B EPERM\nNo.", "EIO; EPERM")]
#[case::nothing("None.", "")]
#[case::tag_at_the_end(".TP", "")]
fn errors_of(#[case] errors: &str, #[case] expected: &str) {
    assert_eq!(entries(errors), expected);
}

#[rstest]
#[case::nothing("", "it does not begin with the macro TH of manual pages")]
#[case::other_macros(".Dd May 1\n.Sh ERRORS\n.It Er EBADF\n", "it does not begin with the macro TH of manual pages")]
#[case::no_section(".TH frob 2\n.B EBADF\n", "it has no sections")]
fn no_page(#[case] text: &str, #[case] why: &str) {
    assert_eq!(Page::parse("frob.2", text), Err(why.to_owned()));
}

#[test]
fn a_page_says_where_it_is_from_and_may_list_nothing() {
    let page = Page::parse("frob.2", "'\\\" t\n.TH frob 2 2020-01-01 \"Sample pages 1\"\n.SH NAME\nx\n").unwrap();
    assert_eq!((page.source.as_str(), page.entries.len()), ("Sample pages 1", 0));
}

#[test]
fn errors_of_one_function_are_not_those_of_another() {
    let page = Page::parse("frob.2", &page(".TP\n.B EIO\nBad.\n.TP\n.B EPERM\n.RB ( frob2 ())\nNo.")).unwrap();
    assert_eq!(page.errnos(&["frob"]).collect::<Vec<_>>(), ["EIO"]);
    assert_eq!(page.errnos(&["other", "frob2"]).collect::<Vec<_>>(), ["EIO", "EPERM"]);
}

fn gzipped(text: &str) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(text.as_bytes()).unwrap();
    packed.finish().unwrap()
}

/// A manual with pages of every kind, good and bad.
fn manual(dir: &Path) -> Manual {
    let put = |path: &str, bytes: &[u8]| fs::write(dir.join(path), bytes).unwrap();
    fs::create_dir(dir.join("man2")).unwrap();
    fs::create_dir(dir.join("man3")).unwrap();
    put("man2/read.2", page(".TP\n.B EIO\nBad.\n.TP\n.B EISDIR\nA directory.").as_bytes());
    put("man2/pipe.2.gz", &gzipped(&page(".TP\n.B EFAULT\nBad.\n.TP\n.B EINVAL\n.RB ( pipe2 ())\nBad.")));
    put("man2/pipe2.2", b".\\\" a link\n.so man2/pipe.2\n");
    std::os::unix::fs::symlink("../man3/getcwd.3.gz", dir.join("man2/getcwd.2.gz")).unwrap();
    put("man3/getcwd.3.gz", &gzipped(&page(".TP\n.B ERANGE\nToo small.")));
    put("man2/readv.2", page("As for reading, and:\n.TP\n.B EINVAL\nToo many.").as_bytes());
    put("man2/pread.2", page(".TP\n.B EOVERFLOW\nFar.").as_bytes());
    put("man2/close.2", b".so man2/dup.2\n");
    put("man2/dup.2", b".so man2/close.2\n");
    put("man2/tee.2", b".so man2/nowhere.2\n");
    put("man2/splice.2.gz", b"this is not gzip");
    put("man2/fsync.2.gz", &gzipped(&page("x"))[..20]);
    put("man2/umask.2", b"Just text.\n");
    put("man2/write.2", &[b".TH w 2\n.SH ERRORS\n.TP\n.B EIO\n\xff\xfe latin\n".as_slice()].concat());
    fs::create_dir(dir.join("man2/sync.2")).unwrap();
    std::os::unix::fs::symlink("gone.2", dir.join("man2/lseek.2")).unwrap();
    Manual::find(Some(dir)).unwrap()
}

#[rstest]
#[case::plain("read", "read.2: EIO EISDIR")]
#[case::packed("pipe", "pipe.2: EFAULT EINVAL")]
#[case::reference("pipe2", "pipe.2: EFAULT EINVAL")]
#[case::link_to_another_section("getcwd", "getcwd.3: ERANGE")]
#[case::other_encoding("write", "write.2: EIO")]
#[case::absent("mmap", "none")]
#[case::circle("close", "unreadable: more than 8 links from page to page")]
#[case::reference_to_nowhere("tee", "unreadable: it refers to `man2/nowhere.2`, which is not there")]
#[case::not_gzip("splice", "unreadable: invalid gzip header")]
#[case::cut_short("fsync", "unreadable: incomplete deflate stream")]
#[case::not_roff("umask", "unreadable: it does not begin with the macro TH of manual pages")]
#[case::directory("sync", "unreadable: it is not a regular file")]
#[case::link_to_nowhere("lseek", "unreadable: No such file or directory (os error 2)")]
fn pages_of_a_manual(#[case] name: &str, #[case] expected: &str) {
    let dir = tempfile::tempdir().unwrap();
    let found = match manual(dir.path()).page(name) {
        None => "none".to_owned(),
        Some(Err(why)) => format!("unreadable: {why}"),
        Some(Ok(page)) => format!("{}: {}", page.name, page.all_errnos().collect::<Vec<_>>().join(" ")),
    };
    assert_eq!(found, expected);
}

#[test]
fn a_manual_is_found_by_its_section_too_and_not_without_pages() {
    let dir = tempfile::tempdir().unwrap();
    assert!(Manual::find(Some(dir.path())).is_none());
    assert!(Manual::find(Some(&dir.path().join("nowhere"))).is_none());
    manual(dir.path());
    assert!(Manual::find(Some(&dir.path().join("man2"))).unwrap().page("read").is_some());
    let empty = tempfile::tempdir().unwrap();
    fs::create_dir(empty.path().join("man2")).unwrap();
    assert!(Manual::find(Some(empty.path())).is_none());
}

fn list(text: &str) -> Uncoverable {
    Uncoverable::parse("list.yaml", text).unwrap_or_else(|problems| panic!("{}", case::render(&problems, false)))
}

#[test]
fn sides_are_compared() {
    let dir = tempfile::tempdir().unwrap();
    let mut shown = ShownErrnos::default();
    let mut show = |call, errno, case: &str| shown.cases.entry((call, errno)).or_default().push(case.to_owned());
    show("pipe2", libc::EINVAL, "pipe2/errors/unknown-flag");
    show("pipe", libc::EINVAL, "pipe/errors/odd");
    show("read", libc::EISDIR, "read/errors/directory");
    show("mmap", libc::EPERM, "mmap/errors/sealed");
    show("tee", libc::EBADF, "tee/errors/closed");
    let list = list(
        "uncoverable:
  - {calls: [read, pread64], errnos: [EIO], kind: failing-hardware, because: The device must fail.}
  - {calls: [read], errnos: [EISDIR], kind: race, because: Nobody knows.}
",
    );
    let calls = ["getcwd", "mmap", "pipe", "pipe2", "pread64", "read", "tee"];
    let coverage = measure(&calls, &manual(dir.path()), &shown, &list);
    assert_eq!(coverage.source, "Sample pages 1");
    assert_snapshot!(Text(&coverage), @r#"
    call       documented    covered     cannot    missing
    getcwd              1          0          0          1
    pipe                1          0          0          1
    pipe2               2          1          0          1
    pread64             3          0          1          2
    read                2          1          1          0
    all calls           9          2          2          5
                   100.0%      22.2%      22.2%      55.6%

    Documented, and no case shows it:
      getcwd: ERANGE
      pipe: EFAULT
      pipe2: EFAULT
      pread64: EISDIR EOVERFLOW

    Documented, and cannot be brought about:
      pread64 EIO (failing-hardware): The device must fail.
      read EIO (failing-hardware): The device must fail.

    Shown by a case, and not documented:
      pipe EINVAL: pipe/errors/odd

    1 call without a page: mmap

    2 calls whose page cannot be read:
      pread64 (lseek.2): No such file or directory (os error 2)
      tee (tee.2): it refers to `man2/nowhere.2`, which is not there
    "#);
    assert_snapshot!(case::render(&coverage.stale, false), @r#"
    error: a case shows read EISDIR
     --> list.yaml:3:30
      |
    3 |   - {calls: [read], errnos: [EISDIR], kind: race, because: Nobody knows.}
      |                              ^^^^^^ listed as impossible to bring about
      |
      = help: `read/errors/directory` passes: remove it from the list
    "#);
}

#[test]
fn two_names_of_one_error_are_one() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("man2")).unwrap();
    let text = page(".TP\n.BR EAGAIN \" or \" EWOULDBLOCK\nNot now.\n.TP\n.B ENOTSUP\nNever.");
    fs::write(dir.path().join("man2/read.2"), text).unwrap();
    let mut shown = ShownErrnos::default();
    shown.cases.insert(("read", libc::EOPNOTSUPP), vec!["read/a/b".to_owned()]);
    let manual = Manual::find(Some(dir.path())).unwrap();
    let coverage = measure(&["read"], &manual, &shown, &Uncoverable::default());
    let pairs: Vec<_> = coverage.calls[0].pairs.iter().map(|p| (p.errno.as_str(), p.status)).collect();
    assert_eq!(pairs, [("EAGAIN", Status::Missing), ("EOPNOTSUPP", Status::Covered)]);
}

#[test]
fn the_list_that_is_built_in_is_well_formed() {
    let list = Uncoverable::builtin().unwrap_or_else(|problems| panic!("{}", case::render(&problems, false)));
    assert!(!list.reasons.is_empty());
}

#[test]
fn a_list_that_is_wrong_is_told_so() {
    let text = "uncoverable:
  - {calls: [raed], errnos: [EIO], kind: race, because: x}
  - {calls: [read], errnos: [EEIO], kind: race, because: x}
  - {calls: [read], errnos: [EIO], kind: luck, because: x}
  - {calls: [read], errnos: [EIO], kind: race}
  - {calls: [read], errnos: [EAGAIN], kind: race, because: x}
  - {calls: [read], errnos: [EWOULDBLOCK], kind: race, because: x, when: now}
  - {calls: [read], errnos: [EPERM], kind: never-returned, because: x}
  - read
";
    let problems = Uncoverable::parse("list.yaml", text).unwrap_err();
    assert_snapshot!(case::render(&problems, false), @r#"
    error: unknown system call `raed`
     --> list.yaml:2:14
      |
    2 |   - {calls: [raed], errnos: [EIO], kind: race, because: x}
      |              ^^^^ no call of the table
      |
      = help: did you mean `read`?

    error: unknown error `EEIO`
     --> list.yaml:3:30
      |
    3 |   - {calls: [read], errnos: [EEIO], kind: race, because: x}
      |                              ^^^^ no error of the kernel
      |
      = help: did you mean `EIO`?

    error: unknown kind `luck`
     --> list.yaml:4:42
      |
    4 |   - {calls: [read], errnos: [EIO], kind: luck, because: x}
      |                                          ^^^^ expected `another-call`, `architecture`, `configuration`, `danger`, `failing-hardware`, `foreign-file-system`, `memory-exhaustion`, `never-returned`, `race` or `size`
      |
      = help: known: `another-call`, `architecture`, `configuration`, `danger`, `failing-hardware`, `foreign-file-system`, `memory-exhaustion`, `never-returned`, `race` and `size`

    error: the reason has no `because`
     --> list.yaml:5:5
      |
    5 |   - {calls: [read], errnos: [EIO], kind: race}
      |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ `because` is required

    error: unknown key `when`
     --> list.yaml:7:68
      |
    7 |   - {calls: [read], errnos: [EWOULDBLOCK], kind: race, because: x, when: now}
      |                                                                    ^^^^ no key of a reason
      |
      = help: known: `calls`, `errnos`, `kind`, `because` and `evidence`

    error: read EAGAIN is listed twice
     --> list.yaml:7:30
      |
    6 |   - {calls: [read], errnos: [EAGAIN], kind: race, because: x}
      |                              ------ and this one
    7 |   - {calls: [read], errnos: [EWOULDBLOCK], kind: race, because: x, when: now}
      |                              ^^^^^^^^^^^ this one

    error: that no kernel returns an error needs evidence
     --> list.yaml:8:44
      |
    8 |   - {calls: [read], errnos: [EPERM], kind: never-returned, because: x}
      |                                            ^^^^^^^^^^^^^^ `evidence` is required beside this kind

    error: found `read`, expected a reason, which is a mapping
     --> list.yaml:9:5
      |
    9 |   - read
      |     ^^^^ expected a reason, which is a mapping
    "#);
}
