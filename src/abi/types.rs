//! How the table describes a system call: names, numbers, the shape of every argument, and what is true of the call.

use super::effect::Effect;

/// A system call of the table.
#[derive(Debug)]
pub struct Syscall {
    /// Name, as in `/usr/include/asm/unistd.h` without `__NR_`.
    pub name: &'static str,
    /// Number on this architecture; `None` where the architecture lacks it.
    pub nr: Option<u32>,
    /// Arguments in register order, by the man page's names.
    pub args: &'static [Arg],
    /// What the return value is.
    pub ret: Ret,
    /// What it is instead if an argument is this constant (`F_GETOWN`).
    pub ret_by: &'static [(&'static str, Ret)],
    /// What the call does beyond the process that makes it.
    pub effect: Effect,
    /// Returns twice (fork and its kin): the new process or thread ends at once with status 0.
    pub twice: bool,
    /// Has another program in the place of the caller's, after which the caller performs nothing.
    pub replaces: bool,
    /// Closes descriptors.
    pub closes: bool,
    /// Its number under the x32 ABI of x86-64, where that is one of its own.
    pub x32: Option<u32>,
    /// The name of the library's function: the manual page's, if none is named after the call, and the one that an
    /// entry of the page uses to say which function it is about.
    pub page: Option<&'static str>,
    /// Pages whose errors the call's page declares to be its own too.
    pub also: &'static [&'static str],
    /// The call under whose number it sleeps where a program translates it: an emulator makes of an older call the
    /// newer one that does the same and more.
    pub sleeps_as: Option<u32>,
    /// Flags that a kernel may ignore, as the manual page says.
    pub hints: &'static [Hint],
}

/// Flags that a kernel may ignore.
#[derive(Clone, Copy, Debug)]
pub struct Hint {
    /// Index of the flags argument.
    pub arg: u8,
    /// The flags.
    pub bits: u32,
    /// Flags beside which they may be ignored; 0: always.
    pub beside: u32,
}

/// An argument of a call.
#[derive(Debug)]
pub struct Arg {
    /// The man page's name.
    pub name: &'static str,
    /// Its shape.
    pub kind: Kind,
    /// May be left out: a pointer is then NULL, a number 0.
    pub optional: bool,
}

/// What a return value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ret {
    /// 0, and nothing else.
    Zero,
    /// A number that is none of the others: what was in force before, bits, a level.
    Int,
    /// A number of bytes.
    Bytes,
    /// A number of anything else.
    Count,
    /// A place in a file.
    Offset,
    /// A file descriptor.
    Fd,
    /// The id of a process or thread: the caller's own, or that of one that it has just made.
    OwnPid,
    /// The id of a process, thread, group or session that may be anybody's.
    Pid,
    /// A number by which the kernel knows an object that is no descriptor: an IPC object, a key, a watch.
    Id,
    /// A user or a group.
    User,
    /// An address, shown in hexadecimal.
    Addr,
    /// Nothing: the call does not return.
    Never,
}

impl Ret {
    /// Whether it tells how much or how far: a number that can be one too small.
    pub fn is_amount(self) -> bool {
        matches!(self, Ret::Int | Ret::Bytes | Ret::Count | Ret::Offset)
    }

    /// Whether it is another number in every run, however alike the kernels are.
    pub fn varies(self) -> bool {
        matches!(self, Ret::OwnPid | Ret::Pid | Ret::Id | Ret::Addr)
    }
}

impl Syscall {
    /// What it returns if its arguments are, or contain, these constants.
    pub fn ret_with(&self, mut has: impl FnMut(&str) -> bool) -> Ret {
        self.ret_by.iter().find(|(name, _)| has(name)).map_or(self.ret, |(_, ret)| *ret)
    }

    /// Whether it may ignore `bits` of its argument `arg`, which is `value`.
    pub fn may_ignore(&self, arg: u8, value: u64, bits: u64) -> bool {
        self.hints.iter().any(|hint| {
            let (hints, beside) = (u64::from(hint.bits), u64::from(hint.beside));
            hint.arg == arg && bits & !hints == 0 && value & beside == beside
        })
    }
}

/// Width and sign of an integer in memory. In a register it is extended to 64 bits by its sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Int {
    /// Bytes: 1, 2, 4 or 8.
    pub size: u8,
    /// Signed or not.
    pub signed: bool,
    /// In network order, not the machine's.
    pub big: bool,
}

impl Int {
    /// In the machine's order.
    pub(super) const fn of(size: u8, signed: bool) -> Self {
        Int { size, signed, big: false }
    }
}

/// Which way data goes, seen from the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dir {
    /// The kernel reads it.
    In,
    /// The kernel writes it.
    Out,
    /// Both.
    InOut,
}

/// The shape of an argument, of a structure's field or of an array's element.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A plain number.
    Int(Int),
    /// An address that C declares as a number (`unsigned long`), or whose memory is not read.
    Addr,
    /// A number shown in octal (modes); its names are those of `MODE`.
    Octal(Int),
    /// A file descriptor (`int`); its names are those of `DESCRIPTOR`.
    Fd,
    /// Constants of one set, OR-ed.
    Flags(Int, &'static Set),
    /// One constant of a set.
    Enum(Int, &'static Set),
    /// Bytes of the buffer (or of the one value), or elements of the array, that the named sibling
    /// points to; 0 where that is NULL. Derived when left out.
    Len(Int, &'static str),
    /// Pointer to a NUL-terminated string that the kernel reads.
    Path,
    /// Pointer to bytes; an `Out` buffer's size is given as `{room: N}`.
    Bytes(Dir),
    /// Pointer to `struct iovec[]`.
    Iovec(Dir),
    /// Pointer to one value.
    Ptr(Dir, &'static Kind),
    /// Pointer to as many values as the case lists.
    Array(Dir, &'static Kind),
    /// Exactly so many values, in place (`int pipefd[2]` is a `Ptr` to this).
    Fixed(&'static Kind, usize),
    /// Bytes in place, of fixed size (`sun_path`), NUL-padded.
    FixedBytes(usize),
    /// A structure in place.
    Struct(&'static Struct),
    /// A signal set of 64 bits, given as a list of signal names.
    SigSet,
    /// An `fd_set` of 1024 bits, given as a list of descriptors.
    FdSet,
    /// Anything: the notation of the value decides (see `docs/case-format.md`, "Untyped arguments").
    Any(Dir),
    /// Pointer to one of these structures, which the number at its beginning tells apart ([`Struct::tag`]). It is named.
    OneOf(Dir, &'static Choice),
    /// Pointer to a buffer of such values, one after the other.
    Records(Dir, &'static Kind),
    /// An internet address in place, of 4 or 16 bytes, in network order.
    Inet(usize),
    /// Bits of the integer that lies there: the lowest of them, and how many.
    Bits(Int, u8, u8),
    /// How a child changed, as wait(2) tells it.
    WaitStatus,
    /// What ends a record: a string up to a NUL. Up to the record's end there are more of these.
    Text,
    /// What ends a record: bytes.
    Tail,
    /// What ends a record: such values, one after the other.
    List(&'static Kind),
    /// The shape depends on the value of the named sibling: constant's name to shape; then the shape for all others.
    By(&'static str, &'static [(&'static str, Kind)], &'static Kind),
}

/// Bytes of the kernel's signal sets.
pub const SIG_SET_BYTES: usize = 8;

/// Bytes of an `fd_set`.
pub const FD_SET_BYTES: usize = 128;

/// Bytes of a pointer.
const POINTER_BYTES: usize = 8;

impl Kind {
    /// Width and sign of a kind that is a number.
    pub const fn int(&self) -> Option<Int> {
        match self {
            Kind::Int(int)
            | Kind::Octal(int)
            | Kind::Flags(int, _)
            | Kind::Enum(int, _)
            | Kind::Len(int, _)
            | Kind::Bits(int, ..) => Some(*int),
            Kind::Addr => Some(Int::of(8, false)),
            Kind::Fd | Kind::WaitStatus => Some(Int::of(4, true)),
            _ => None,
        }
    }

    /// Whether what is in place is an address.
    pub(crate) const fn is_pointer(&self) -> bool {
        matches!(
            self,
            Kind::Path
                | Kind::Bytes(_)
                | Kind::Iovec(_)
                | Kind::Ptr(..)
                | Kind::Array(..)
                | Kind::Any(_)
                | Kind::OneOf(..)
                | Kind::Records(..)
        )
    }

    /// Bytes that a value takes in memory; of what is pointed to, the pointer.
    pub const fn size(&self) -> usize {
        match self {
            Kind::Fixed(element, count) => element.size() * *count,
            Kind::FixedBytes(size) | Kind::Inet(size) => *size,
            Kind::Text | Kind::Tail | Kind::List(_) => 0,
            Kind::Struct(structure) => structure.size,
            Kind::SigSet => SIG_SET_BYTES,
            Kind::FdSet => FD_SET_BYTES,
            Kind::By(_, _, others) => others.size(),
            number_or_pointer => match number_or_pointer.int() {
                Some(int) => int.size as usize,
                None => POINTER_BYTES,
            },
        }
    }
}

/// A structure as the kernel lays it out.
#[derive(Debug)]
pub struct Struct {
    /// Name without `struct`.
    pub name: &'static str,
    /// Size in bytes.
    pub size: usize,
    /// Fields by name; unions are overlapping fields.
    pub fields: &'static [Field],
    /// What fields hold that are left out, if not 0: the family of an address, the structure's own size.
    pub defaults: &'static [(&'static str, u64)],
    /// What it is as one of several that follow each other, if not of its own size.
    pub record: Option<&'static Record>,
}

impl Struct {
    /// The number at its beginning that tells it apart from others.
    pub fn tag(&self) -> Option<u64> {
        let first = self.fields.first()?;
        self.defaults.iter().find(|(name, _)| *name == first.name).map(|(_, value)| *value)
    }

    /// What comes after the fixed part.
    pub fn rest(&self) -> &'static [Field] {
        self.record.map_or(&[], |record| record.rest)
    }

    /// Its fields, and what comes after the fixed part.
    pub fn all_fields(&self) -> impl Iterator<Item = &'static Field> + use<> {
        self.fields.iter().chain(self.rest())
    }
}

/// A structure whose length differs from one to the next.
#[derive(Debug)]
pub struct Record {
    /// The field that tells its length in bytes; none: it ends where all ends.
    pub len: Option<&'static str>,
    /// Bytes of it that this field does not count.
    pub uncounted: usize,
    /// What the place of the next one is a multiple of.
    pub align: usize,
    /// What comes after the fixed part. The first begins at its offset, another where the one before ends.
    pub rest: &'static [Field],
}

/// Structures that begin alike.
#[derive(Debug)]
pub struct Choice {
    /// Name for diagnostics, e.g. `socket address`.
    pub name: &'static str,
    /// All of them; the last is what an unknown one is taken for.
    pub of: &'static [&'static Kind],
}

/// A field of a structure.
#[derive(Debug)]
pub struct Field {
    /// Name.
    pub name: &'static str,
    /// Offset in bytes.
    pub offset: usize,
    /// Shape; a pointer field takes eight bytes and points to data placed elsewhere.
    pub kind: Kind,
    /// Where it means something only if another field is one of these: that field, and the constants.
    pub when: Option<(&'static str, &'static [&'static str])>,
}

/// Named constants that go together, such as `SPLICE_F_*`.
#[derive(Debug)]
pub struct Set {
    /// Name for diagnostics, e.g. `splice flags`.
    pub name: &'static str,
    /// Whether the values combine (by OR), or exactly one is meant.
    pub flags: bool,
    /// Whether the lowest nine bits are permissions.
    pub modes: bool,
    /// Names and values. For flags, a value of several bits stands before the bits it contains.
    pub consts: &'static [(&'static str, u64)],
}
