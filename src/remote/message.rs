//! What a target says, one JSON object a line. A line that is none is somebody else's: a
//! console may carry anything.

use serde::{Deserialize, Serialize};

use crate::exec::Performed;
use crate::target::Target;

/// What a target says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
    /// It has performed all of them; comes last.
    End {
        /// How many.
        performed: u64,
    },
}
