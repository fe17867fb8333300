//! What the files of the table are written with.

/// A call that does nothing beyond the process that makes it.
macro_rules! own {
    ($name:ident $args:tt $(-> $ret:ident)? $(; $($fact:ident: $value:expr),+ $(,)?)?) => {
        call!($name $args $(-> $ret)?; effect: $crate::abi::Effect::Own $($(, $fact: $value)+)?)
    };
}

/// Any other call.
macro_rules! call {
    ($name:ident($($arg:ident: $kind:expr $(=> $optional:ident)?),* $(,)?) $(-> $ret:ident)?;
        effect: $effect:expr $(, $fact:ident: $value:expr)* $(,)?) => {
        $crate::abi::Syscall {
            name: stringify!($name),
            nr: const { $crate::abi::table::number(stringify!($name)) },
            args: &[$($crate::abi::Arg {
                name: stringify!($arg),
                kind: $kind,
                optional: call!(@optional $($optional)?),
            }),*],
            ret: call!(@ret $($ret)?),
            effect: $effect,
            $($fact: $value,)*
            ..$crate::abi::table::PLAIN
        }
    };
    (@optional) => { false };
    (@optional optional) => { true };
    (@ret) => { $crate::abi::Ret::Zero };
    (@ret $ret:ident) => { $crate::abi::Ret::$ret };
}

/// All that the table knows of a subsystem; sections without entries are left out.
///
/// A set is `one_of`, `flags`, or `modes`: flags beside permissions.
///
/// A field of a structure is one of
/// - `name: shape(…)`: an integer whose width and sign are the header's;
/// - `name = kind`: any other kind, at the header's offset;
/// - `name @ (offset) = kind`: for what the header calls otherwise, and members of unions.
///
/// `=> if field in [CONSTANT, …]` says when a member of a union is the one that is meant. After the fields, `=> { … }` tells
/// what few structures have: `defaults`, `record`.
///
/// Structures that no crate has stand under `laid`: their fields lie one after the other, as C lays them out, but for
/// those with an offset of their own.
macro_rules! subsystem {
    (
        $(calls { $($calls:tt)* })?
        $(unnamed { $($unnamed:tt)* })?
        $(constants { $(
            $form:ident $set:ident = $title:literal {
                $($(#[$attr:meta])? $constant:ident $(= $value:expr)?),* $(,)?
            }
        )* })?
        $(structures { $(
            $structure:ident = $name:literal as $ty:ty {
                $($field:ident $(@ ($offset:expr))? $(: $shape:ident($($arg:expr),*))? $(= $kind:expr)?
                    $(=> if $by:ident in [$($is:ident),+ $(,)?])?),* $(,)?
            } $(=> { $($fact:ident: $given:expr),+ $(,)? })?
        )* })?
        $(laid { $(
            $(#[$on:meta])? $laid:ident = $laid_name:literal {
                $($member:ident $(@ ($place:expr))? = $shape_of:expr
                    $(=> if $of:ident in [$($one:ident),+ $(,)?])?),* $(,)?
            } $(=> { $($laid_fact:ident: $laid_given:expr),+ $(,)? })?
        )* })?
    ) => {
        $($(
            #[doc = concat!("The constants called ", $title, ".")]
            pub(crate) static $set: $crate::abi::Set = $crate::abi::Set {
                name: $title,
                flags: subsystem!(@$form),
                modes: subsystem!(@is_modes $form),
                consts: &[$($(#[$attr])? (stringify!($constant), subsystem!(@value $constant $($value)?))),*],
            };
        )*)?
        $($(
            #[doc = concat!("`struct ", $name, "`.")]
            pub(super) static $structure: $crate::abi::Kind = $crate::abi::Kind::Struct(&$crate::abi::Struct {
                name: $name,
                size: size_of::<$ty>(),
                fields: &[$($crate::abi::Field {
                    name: stringify!($field),
                    offset: subsystem!(@offset $ty, $field $(, $offset)?),
                    kind: subsystem!(@kind $ty, $field $(, $shape($($arg),*))? $(= $kind)?),
                    when: subsystem!(@when $($by, $($is)+)?),
                }),*],
                $($($fact: $given,)+)?
                ..$crate::abi::table::BARE
            });
        )*)?
        $($(
            #[doc = concat!("`struct ", $laid_name, "`.")]
            $(#[$on])?
            pub(super) static $laid: $crate::abi::Kind = {
                static FIELDS: [$crate::abi::Field; [$(stringify!($member)),*].len()] =
                    $crate::abi::layout::fields([$((
                        stringify!($member), subsystem!(@place $($place)?), $shape_of,
                        subsystem!(@when $($of, $($one)+)?),
                    )),*]);
                static STRUCT: $crate::abi::Struct = $crate::abi::Struct {
                    name: $laid_name,
                    size: $crate::abi::layout::size(&FIELDS),
                    fields: &FIELDS,
                    $($($laid_fact: $laid_given,)+)?
                    ..$crate::abi::table::BARE
                };
                $crate::abi::Kind::Struct(&STRUCT)
            };
        )*)?
        pub(super) static SUBSYSTEM: $crate::abi::table::Subsystem = $crate::abi::table::Subsystem {
            calls: &[$($($calls)*)?],
            unnamed: &[$($($unnamed)*)?],
            constants: &[$($(&$set),*)?],
            structures: &[$($(&$structure,)*)? $($($(#[$on])? &$laid,)*)?],
        };
    };
    (@when) => { None };
    (@when $by:ident, $($is:ident)+) => { Some((stringify!($by), &[$(stringify!($is)),+])) };
    (@place) => { None };
    (@place $place:expr) => { Some($place) };
    (@flags) => { true };
    (@one_of) => { false };
    (@modes) => { true };
    (@is_modes modes) => { true };
    (@is_modes $form:ident) => { false };
    (@value $name:ident) => { $name as u64 };
    (@value $name:ident $value:expr) => { $value as u64 };
    (@offset $ty:ty, $field:ident) => { ::std::mem::offset_of!($ty, $field) };
    (@offset $ty:ty, $field:ident, $offset:expr) => { $offset };
    (@kind $ty:ty, $field:ident, $shape:ident($($arg:expr),*)) => {
        $shape($crate::abi::shape::int_of(|s: $ty| s.$field) $(, $arg)*)
    };
    (@kind $ty:ty, $field:ident = $kind:expr) => { $kind };
}
