//! Saved results as the command line names them: a file, or a file and what its target is to be called.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::PathBuf;

/// `FILE` or `NAME=FILE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Results {
    /// What to call the target, if not what the file calls it.
    pub(crate) name: Option<String>,
    pub(crate) path: PathBuf,
}

impl Results {
    /// A file that is there is one, whatever it is called; and so is what has a `/` before its first `=`.
    pub(crate) fn parse(text: OsString) -> Result<Self, String> {
        let bytes = text.as_bytes();
        let equals = bytes.iter().position(|byte| *byte == b'=');
        let named = equals.map(|at| (&bytes[..at], &bytes[at + 1..])).filter(|(name, _)| !name.contains(&b'/'));
        let path = PathBuf::from(&text);
        let Some((name, file)) = named.filter(|_| !path.exists()) else { return Ok(Results { name: None, path }) };
        let name = target_name(&String::from_utf8_lossy(name))?;
        if file.is_empty() {
            return Err(format!("expected a file after `{name}=`"));
        }
        Ok(Results { name: Some(name), path: OsString::from_vec(file.to_owned()).into() })
    }
}

/// What a target can be called, so that files of results and `NAME=FILE` can name it.
pub(crate) fn target_name(text: &str) -> Result<String, String> {
    let strange = |c: char| c.is_control() || matches!(c, '/' | '=' | char::REPLACEMENT_CHARACTER);
    if text.is_empty() || text.contains(strange) {
        return Err("expected the name of a target: any text without `/`, `=` and control characters".to_owned());
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::file("run.jsonl", None, "run.jsonl")]
    #[case::named("old=run.jsonl", Some("old"), "run.jsonl")]
    #[case::named_path("old=a/b=c.jsonl", Some("old"), "a/b=c.jsonl")]
    #[case::path_with_equals("./a=b", None, "./a=b")]
    #[case::folder_with_equals("/x=y/run.jsonl", None, "/x=y/run.jsonl")]
    fn a_name_comes_before_the_file(#[case] text: &str, #[case] name: Option<&str>, #[case] path: &str) {
        let expected = Results { name: name.map(str::to_owned), path: path.into() };
        assert_eq!(Results::parse(text.into()), Ok(expected));
    }

    #[rstest]
    #[case::no_name("=run.jsonl", "expected the name of a target")]
    #[case::no_file("old=", "expected a file after `old=`")]
    #[case::line_feed("a\nb=run.jsonl", "expected the name of a target")]
    fn what_is_neither_is_refused(#[case] text: &str, #[case] message: &str) {
        let error = Results::parse(text.into()).unwrap_err();
        assert!(error.contains(message), "{error}");
    }
}
