//! The JSON Schema of the case format.

/// The schema as text.
pub fn text() -> String {
    String::new()
}
