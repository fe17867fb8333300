//! Keys. Each is defined once, in a [`mapping!`]: its name, what is said of it, whether it is required, the field that
//! it is read into, and its [`Shape`], which gives both the reader and the JSON Schema.

use serde_json::Value as Json;

use super::decoder::{Decoder, Fields};
use crate::case::node::{Node, Spanned};
use crate::schema::Definitions;

/// A key of a mapping, as the schema and the documentation see it.
#[derive(Debug)]
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// What it holds, in a few words of Markdown, for editors and the documentation.
    pub says: &'static str,
    /// Whether the mapping must have it.
    pub required: bool,
    pub(crate) schema: fn(&mut Definitions) -> Json,
}

/// What may stand in one place: how it is read, and its JSON Schema.
pub(crate) trait Shape {
    /// What is made of it.
    type Value;

    /// Notes what is wrong; none if nothing can be made of it. `key` is the key that it stands under, itself or in a
    /// list.
    fn read(&self, d: &mut Decoder, key: &Spanned<String>, node: &Node) -> Option<Self::Value>;

    fn schema(&self, d: &mut Definitions) -> Json;
}

/// What is read of a mapping whose keys are fixed. Made by [`mapping!`].
pub(crate) trait Mapping: Sized {
    /// What it is, for messages: `step`.
    const WHAT: &'static str;
    const KEYS: &'static [Key];
    const NAMES: &'static [&'static str];

    /// Reads the keys in the order of the file, after what is missing has been noted.
    fn read(d: &mut Decoder, key: &Spanned<String>, fields: &Fields<'_>) -> Option<Self>;
}

/// Defines a struct that a mapping is read into, a field for each key:
///
/// ```text
/// /// what is said of the key
/// "key" required field: Type = Shape,
/// ```
///
/// The type is that which the shape gives. A key that is `optional` is read into an `Option` of it; one that is
/// `default` and left out is the type's default. Without a `required` key nothing is made of the mapping; one that is
/// `required_or_default` is missed too, but the rest is still looked at. `under name` adds a field for the key that the
/// mapping stands under, `at span` one for its place.
macro_rules! mapping {
    (
        $(#[$attr:meta])*
        $vis:vis struct $Name:ident: $what:literal $(under $under:ident)? $(at $at:ident)? {
            $($(#[doc = $says:literal])+ $key:literal $take:ident $field:ident: $type:ty = $shape:expr,)+
        }
    ) => {
        $(#[$attr])*
        $vis struct $Name {
            $(
                /// The key that it stands under.
                $vis $under: $crate::case::Spanned<String>,
            )?
            $(
                /// Where it stands.
                $vis $at: Option<$crate::case::Span>,
            )?
            $($(#[doc = $says])+ $vis $field: mapping!(@type $take $type),)+
        }

        const _: () = {
            use $crate::case::decode::key::{Key, Mapping, Shape};
            use $crate::case::decode::{Decoder, Fields};

            struct Shapes;

            impl Shapes {
                $(fn $field() -> impl Shape<Value = $type> {
                    $shape
                })+
            }

            impl Mapping for $Name {
                const WHAT: &'static str = $what;
                const NAMES: &'static [&'static str] = &[$($key),+];
                const KEYS: &'static [Key] = &[$(Key {
                    name: $key,
                    says: concat!($($says),+).trim_ascii(),
                    required: mapping!(@is_required $take),
                    schema: |d| Shapes::$field().schema(d),
                }),+];

                fn read(d: &mut Decoder, _key: &$crate::case::Spanned<String>, fields: &Fields<'_>) -> Option<Self> {
                    $(let mut $field: Option<$type> = None;)+
                    for key in Self::KEYS.iter().filter(|key| key.required) {
                        d.required(fields, key.name);
                    }
                    for (key, node) in fields.entries {
                        match key.as_str() {
                            $($key => $field = Shapes::$field().read(d, key, node),)+
                            _ => {}
                        }
                    }
                    Some($Name {
                        $($under: _key.clone(),)?
                        $($at: Some(fields.span.clone()),)?
                        $($field: mapping!(@value $take $field),)+
                    })
                }
            }
        };
    };
    (@type optional $type:ty) => { Option<$type> };
    (@type $take:ident $type:ty) => { $type };
    (@is_required required) => { true };
    (@is_required required_or_default) => { true };
    (@is_required $take:ident) => { false };
    (@value required $field:ident) => { $field? };
    (@value optional $field:ident) => { $field };
    (@value $take:ident $field:ident) => { $field.unwrap_or_default() };
}

pub(crate) use mapping;
