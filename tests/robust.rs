//! No text makes the loader panic, and what it says can always be shown.

use proptest::prelude::*;
use syscase::case;

/// A file that uses most of the format.
const SEED: &str = r#"
subject: write(2)
fixtures:
  pipe:
    given: {files: {a: "x", b: {content: {hex: "00 ff"}, mode: 0o600}}, rlimits: {RLIMIT_FSIZE: {soft: 1, hard: 2}}}
    steps:
      - {call: pipe2, args: {flags: [O_NONBLOCK]}, bind: {pipefd: [r, w]}}
cases:
  one:
    summary: Wörter $what with "$n".
    use: [pipe]
    claim: {id: A1, document: man, section: E, states: It works., finding: refuted, instead: It fails.}
    needs: {caps: [CAP_KILL], kernel: [">=5.9, <5.11", ">=6"], probe: [{call: getpid, expect: {return: 0}}]}
    memory: {page: {len: 4 * $page_size, file: a, init: {fill: 0x61, len: 3}}}
    actors: {peer: thread}
    signals: {SIGPIPE: record}
    params: {n: [1, "2", [A, B], {hex: "00"}, -3, $w]}
    rows: {x: {what: é}, y-z: {what: |
        block
      }}
    deadline: 1.5
    steps:
      - {start: reading, on: peer, call: read, args: {fd: $r, buf: {room: $n}, count: 5}}
      - blocked: reading
      - call: write
        args: {fd: $w, buf: 'it''s', count: $n}
        repeat: {until: EAGAIN, max: 5}
        expect_when:
          - {kernel: ["<5.9"], errno: ENOSYS}
          - {kernel: [">=5.9"], return: {min: 1, max: $n}}
        claimed: {return: -1}
      - {load: {at: $page + 4, len: 2}, expect: {bytes: "aa"}}
      - {finish: reading, expect: {return: 5, out: {buf: "\u00e9\x00"}}}
"#;

fn survives(text: &str) -> Result<(), TestCaseError> {
    if let Err(diags) = case::load_texts([("write/a.yaml", text)]) {
        prop_assert!(!diags.is_empty());
        for diag in diags.iter().filter_map(|diag| diag.span.as_ref()) {
            prop_assert!(diag.source.text.get(diag.start..diag.end).is_some(), "{diag:?}");
        }
        prop_assert!(case::render(&diags, false).contains("error"));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_text(text in any::<String>()) {
        survives(&text)?;
    }

    #[test]
    fn random_yaml_characters(text in r#"[\-?:,\[\]{}#&*!|>'"%@`$ab0é<~=.\\ \t\r\n]{0,80}"#) {
        survives(&text)?;
    }

    #[test]
    fn a_good_file_with_a_piece_replaced(at in 0..SEED.len(), len in 0usize..40, by in r#"[\-?:,\[\]{}#&*!|>'"%$abé<~=. \t\n]{0,6}"#) {
        let start = SEED.floor_char_boundary(at);
        let end = SEED.floor_char_boundary((at + len).min(SEED.len()));
        survives(&format!("{}{by}{}", &SEED[..start], &SEED[end..]))?;
    }

    #[test]
    fn a_good_file_with_pieces_swapped(a in 0..SEED.len(), b in 0..SEED.len(), len in 0usize..60) {
        let cut = |at: usize| &SEED[SEED.floor_char_boundary(at)..SEED.floor_char_boundary((at + len).min(SEED.len()))];
        survives(&SEED.replacen(cut(a), cut(b), 1))?;
    }
}

#[test]
fn long_and_strange_texts_end() {
    let one = |text: String| survives(&text).unwrap();
    let long = 1 << 20;
    for piece in [
        "[", "{", "- ", "a: ", "? ", "a\n", "\n", "'", "\"", "|\n ", "- a\n", "[a, ", "{a: ", "a ", ": ", "#", "é",
        "&a ", "!a ", "\t", "\r",
    ] {
        one(piece.repeat(long / piece.len()));
        one(format!("subject: {}", piece.repeat(long / piece.len())));
    }
}
