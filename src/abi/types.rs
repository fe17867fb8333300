//! How the table describes a system call: names, numbers, and the shape of every argument.

/// A system call of the table.
#[derive(Debug)]
pub struct Syscall {
    /// Name, as in `/usr/include/asm/unistd.h` without `__NR_`.
    pub name: &'static str,
    /// Number on this architecture; `None` where the architecture lacks it.
    pub nr: Option<u32>,
    /// Arguments in register order, by the man page's names.
    pub args: &'static [Arg],
    /// What the return value is (for display).
    pub ret: Ret,
    /// Returns twice (fork and its kin): the new process or thread ends at once with status 0.
    pub twice: bool,
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
    /// A number: 0, a count, an offset.
    Int,
    /// A file descriptor.
    Fd,
    /// An address, shown in hexadecimal.
    Addr,
    /// Nothing: the call does not return.
    Never,
}

/// Width and sign of an integer in memory. In a register it is extended to 64 bits by its sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Int {
    /// Bytes: 1, 2, 4 or 8.
    pub size: u8,
    /// Signed or not.
    pub signed: bool,
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
    /// A number shown in octal (modes); its names are those of [`crate::abi::MODE`].
    Octal(Int),
    /// A file descriptor (`int`); its names are those of [`crate::abi::DESCRIPTOR`].
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
    /// The shape depends on the value of the named sibling: constant's name to shape; then the shape for all others.
    By(&'static str, &'static [(&'static str, Kind)], &'static Kind),
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
}

/// Named constants that go together, such as `SPLICE_F_*`.
#[derive(Debug)]
pub struct Set {
    /// Name for diagnostics, e.g. `splice flags`.
    pub name: &'static str,
    /// Whether the values combine (by OR), or exactly one is meant.
    pub flags: bool,
    /// Names and values. For flags, a value of several bits stands before the bits it contains.
    pub consts: &'static [(&'static str, u64)],
}
