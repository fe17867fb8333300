//! What a target says, one JSON object a line. A line that is none is somebody else's: a
//! console may carry anything.

use std::io::{BufReader, Cursor, Read};

use serde::de::Error;
use serde::{Deserialize, Serialize};

use crate::exec::Performed;
use crate::report::{kind, read_line};
use crate::target::Target;

use super::packed::unpack;

/// What a target says.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Message {
    /// What it is; comes first.
    Target(Box<Target>),
    /// It is about to perform this case: the one to blame if nothing more is heard.
    Begin {
        /// The case's id.
        id: String,
    },
    /// It has performed a case.
    Performed(Box<Performed>),
    /// What of the kernel was entered in a case; comes after it.
    Entered {
        /// The case's id.
        id: String,
        /// By object, as in `counters`: the numbers of its functions.
        functions: Vec<(String, Vec<u32>)>,
    },
    /// How often the branches of one of the kernel's objects were taken; comes after all cases.
    Counters {
        /// The path of the file that gcov expects this in.
        object: String,
        /// The file's content.
        #[serde(with = "in_base64")]
        data: Vec<u8>,
    },
    /// It has performed all of them; comes last.
    End {
        /// How many.
        performed: u64,
    },
}

impl Message {
    fn parse(line: &[u8]) -> serde_json::Result<Self> {
        #[derive(Deserialize)]
        struct Begin {
            id: String,
        }
        #[derive(Deserialize)]
        struct Entered {
            id: String,
            functions: Vec<(String, Vec<u32>)>,
        }
        #[derive(Deserialize)]
        struct Counters {
            object: String,
            #[serde(with = "in_base64")]
            data: Vec<u8>,
        }
        #[derive(Deserialize)]
        struct End {
            performed: u64,
        }
        match &*kind(line)? {
            "target" => serde_json::from_slice(line).map(Message::Target),
            "begin" => serde_json::from_slice(line).map(|Begin { id }| Message::Begin { id }),
            "performed" => serde_json::from_slice(line).map(Message::Performed),
            "entered" => {
                let entered = |Entered { id, functions }| Message::Entered { id, functions };
                serde_json::from_slice(line).map(entered)
            }
            "counters" => {
                let counters = |Counters { object, data }| Message::Counters { object, data };
                serde_json::from_slice(line).map(counters)
            }
            "end" => serde_json::from_slice(line).map(|End { performed }| Message::End { performed }),
            other => {
                Err(Error::unknown_variant(other, &["target", "begin", "performed", "entered", "counters", "end"]))
            }
        }
    }
}

/// Bytes as text.
mod in_base64 {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        STANDARD.decode(String::deserialize(deserializer)?).map_err(Error::custom)
    }
}

/// The messages in all that comes from a target.
#[derive(Debug)]
pub struct Messages<R> {
    from: BufReader<R>,
    /// Lines that came as one.
    unpacked: Cursor<Vec<u8>>,
    line: Vec<u8>,
}

impl<R: Read> Messages<R> {
    /// From the target's output.
    pub fn new(from: R) -> Self {
        Messages { from: BufReader::new(from), unpacked: Cursor::default(), line: Vec::new() }
    }
}

impl<R: Read> Iterator for Messages<R> {
    type Item = Message;

    /// The next message; none at the end of the output, or where it cannot be read any more.
    fn next(&mut self) -> Option<Message> {
        loop {
            let line = &mut self.line;
            if !read_line(&mut self.unpacked, line).ok()? {
                if !read_line(&mut self.from, line).ok()? {
                    return None;
                }
                if let Some(lines) = unpack(line) {
                    self.unpacked = Cursor::new(lines);
                    continue;
                }
            }
            if let Ok(message) = Message::parse(line) {
                return Some(message);
            }
        }
    }
}
