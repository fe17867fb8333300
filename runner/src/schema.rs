//! `syscase schema`: the JSON Schema of the case format.

use crate::status::Status;

#[expect(clippy::unnecessary_wraps, reason = "one shape for every command")]
pub(crate) fn schema() -> Result<Status, Status> {
    print!("{}", syscase::schema::text());
    Ok(Status::Success)
}
