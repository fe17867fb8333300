//! Whatever is read - case files, saved runs, what targets say -, nothing panics, nothing hangs, and memory is bounded.

mod reading;

use std::io::{Read, Write};
use std::path::Path;
use std::sync::LazyLock;
use std::{alloc::System, fs};

use proptest::prelude::*;
use proptest::sample::Index;
use rstest::rstest;
use syscase::case;
use syscase::plan::plan_all;
use syscase::remote::{Messages, Pack, Packed};
use syscase::report::MAX_LINE;

/// Ends the program if more is taken: all tests together, each thread's input and what is made of it.
#[global_allocator]
static MEMORY: cap::Cap<System> = cap::Cap::new(System, 1 << 30);

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

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_text(text in any::<String>()) {
        reading::load_plan(&text);
    }

    #[test]
    fn random_yaml_characters(text in r#"[\-?:,\[\]{}#&*!|>'"%@`$ab0é<~=.\\ \t\r\n]{0,80}"#) {
        reading::load_plan(&text);
    }

    #[test]
    fn a_good_file_with_a_piece_replaced(at in 0..SEED.len(), len in 0usize..40, by in r#"[\-?:,\[\]{}#&*!|>'"%$abé<~=. \t\n]{0,6}"#) {
        let start = SEED.floor_char_boundary(at);
        let end = SEED.floor_char_boundary((at + len).min(SEED.len()));
        reading::load_plan(&format!("{}{by}{}", &SEED[..start], &SEED[end..]));
    }

    #[test]
    fn a_good_file_with_pieces_swapped(a in 0..SEED.len(), b in 0..SEED.len(), len in 0usize..60) {
        let cut = |at: usize| &SEED[SEED.floor_char_boundary(at)..SEED.floor_char_boundary((at + len).min(SEED.len()))];
        reading::load_plan(&SEED.replacen(cut(a), cut(b), 1));
    }
}

#[test]
fn long_and_strange_texts_end() {
    let one = |text: String| reading::load_plan(&text);
    let long = 1 << 20;
    for piece in [
        "[", "{", "- ", "a: ", "? ", "a\n", "\n", "'", "\"", "|\n ", "- a\n", "[a, ", "{a: ", "a ", ": ", "#", "é",
        "&a ", "!a ", "\t", "\r",
    ] {
        one(piece.repeat(long / piece.len()));
        one(format!("subject: {}", piece.repeat(long / piece.len())));
    }
}

/// What is done to good bytes.
#[derive(Clone, Debug)]
enum Damage {
    /// A bit is turned.
    Flip { at: Index, bit: u8 },
    /// The end is lost.
    Cut { at: Index },
    /// A piece is lost, and other bytes come instead.
    Replace { at: Index, len: usize, by: Vec<u8> },
    /// A piece comes again elsewhere.
    Copy { from: Index, len: usize, to: Index },
    /// A number becomes another: what comes from elsewhere is counted, added and allocated.
    Number { at: Index, by: &'static str },
}

const NUMBERS: [&str; 12] = [
    "0",
    "-1",
    "1",
    "4095",
    "-4096",
    "255",
    "4294967296",
    "9223372036854775807",
    "-9223372036854775808",
    "18446744073709551615",
    "1e999",
    "null",
];

fn damage() -> impl Strategy<Value = Damage> {
    let at = any::<Index>;
    let number = prop::sample::select(&NUMBERS[..]);
    prop_oneof![
        1 => (at(), 0..8u8).prop_map(|(at, bit)| Damage::Flip { at, bit }),
        1 => at().prop_map(|at| Damage::Cut { at }),
        1 => (at(), 0..60usize, prop::collection::vec(any::<u8>(), 0..6))
            .prop_map(|(at, len, by)| Damage::Replace { at, len, by }),
        1 => (at(), 0..600usize, at()).prop_map(|(from, len, to)| Damage::Copy { from, len, to }),
        4 => (at(), number).prop_map(|(at, by)| Damage::Number { at, by }),
    ]
}

impl Damage {
    fn to(&self, bytes: &mut Vec<u8>) {
        if bytes.is_empty() {
            return;
        }
        let piece = |at: usize, len: usize| at..(at + len).min(bytes.len());
        match self {
            Damage::Flip { at, bit } => *at.get_mut(bytes) ^= 1 << bit,
            Damage::Cut { at } => bytes.truncate(at.index(bytes.len())),
            Damage::Replace { at, len, by } => {
                let piece = piece(at.index(bytes.len()), *len);
                bytes.splice(piece, by.iter().copied());
            }
            Damage::Copy { from, len, to } => {
                let copy = bytes[piece(from.index(bytes.len()), *len)].to_vec();
                let to = to.index(bytes.len());
                bytes.splice(to..to, copy);
            }
            Damage::Number { at, by } => {
                let from = at.index(bytes.len());
                let digit = |at: &usize| bytes[*at].is_ascii_digit();
                let Some(begin) = (from..bytes.len()).find(digit) else { return };
                let end = (begin..bytes.len()).find(|at| !digit(at)).unwrap_or(bytes.len());
                bytes.splice(begin..end, by.bytes());
            }
        }
    }
}

fn damaged(good: &'static [u8]) -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(damage(), 1..8).prop_map(|all| {
        let mut bytes = good.to_vec();
        all.iter().for_each(|damage| damage.to(&mut bytes));
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_damaged_case_file(bytes in damaged(reading::KNOWN.as_bytes())) {
        reading::load_plan(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn damaged_results(bytes in damaged(include_bytes!("../fuzz/seeds/saved_results/run.jsonl"))) {
        reading::saved_results(&bytes);
    }

    #[test]
    fn a_damaged_stream(bytes in damaged(include_bytes!("../fuzz/seeds/serial_stream/performed.jsonl"))) {
        reading::serial_stream(&bytes);
    }

    #[test]
    fn damaged_counters(bytes in damaged(include_bytes!("../fuzz/seeds/serial_stream/counters.jsonl"))) {
        reading::serial_stream(&bytes);
    }

    #[test]
    fn a_damaged_packed_stream(bytes in damaged(include_bytes!("../fuzz/seeds/serial_stream/packed.jsonl"))) {
        reading::serial_stream(&bytes);
    }

    #[test]
    fn damaged_plans(bytes in damaged(&PACK)) {
        // Plans are performed as they stand: none but what was written may be read.
        prop_assert!(bytes == *PACK || Pack::from_bytes(&bytes).is_err());
    }
}

static PACK: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let cases = case::load_texts([("pipe/known.yaml", reading::KNOWN)]).and_then(|cases| plan_all(&cases));
    Pack::new(&cases.expect("good cases"), 1).to_bytes()
});

/// Everything that fuzzing started from, and everything that it has found.
#[rstest]
#[case::load_plan("load_plan", |bytes: &[u8]| reading::load_plan(&String::from_utf8_lossy(bytes)))]
#[case::saved_results("saved_results", reading::saved_results)]
#[case::serial_stream("serial_stream", reading::serial_stream)]
fn seeds(#[case] target: &str, #[case] holds: fn(&[u8])) {
    let dir = Path::new("fuzz/seeds").join(target);
    let mut seeds = fs::read_dir(&dir).unwrap().map(|entry| entry.unwrap().path()).peekable();
    assert!(seeds.peek().is_some());
    seeds.for_each(|seed| holds(&fs::read(seed).unwrap()));
}

/// A few characters can stand for much: what they stand for is bounded, by line and by trace.
#[test]
fn short_texts_for_much_data_are_refused() {
    let step = |captures: &str| format!(r#"{{"state":"Done","ret":0,"captures":[{captures}]}}"#);
    let line = |steps: &str| {
        format!(
            r#"{{"type":"performed","id":"x","plan":"y","trace":{{"steps":[{steps}],"end":"Finished","micros":1}}}}"#
        )
    };
    let capture = r#""00*4194304 ""#;
    let many = |text: &str, n: usize| vec![text; n].join(",");
    let read = |line: String| Messages::new(line.as_bytes()).count();
    assert_eq!(read(line(&step(&many(capture, 2)))), 1, "as much as a trace holds");
    assert_eq!(read(line(&many(&step(capture), 2))), 1);
    for too_much in [
        step(r#""00*4194305 ""#),
        step(&many(capture, 1000)),
        many(&step(capture), 1000),
        step(r#""00*4194304 00*4194304 ""#),
    ] {
        assert_eq!(read(line(&too_much)), 0, "{}", &too_much[..60]);
    }
    // A line without end, and one of fields that nobody wants.
    assert_eq!(Messages::new(std::io::repeat(b'x').take(3 * MAX_LINE)).count(), 0);
    let unwanted = format!(r#"{{"type":"end","performed":1,"x":[{}]}}"#, many("0", 4 << 20));
    assert_eq!(read(unwanted), 1);
    // As many lines as go into one, and no more.
    let end = br#"{"type":"end","performed":1}"#;
    let mut packed = Vec::new();
    let lines = [&end[..], b"\n"].concat().repeat(MAX_LINE as usize / (end.len() + 1) + 1000);
    Packed::new(&mut packed).write_all(&lines).unwrap();
    assert_eq!(Messages::new(&packed[..]).count() as u64, MAX_LINE / (end.len() as u64 + 1));
}
