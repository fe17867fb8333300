//! Disks that cases may have: images of file systems, made by `ci/make-disks` and built into the program, without the
//! sectors that hold nothing but zeros.

/// An image of a disk.
pub(crate) struct Image {
    pub(crate) name: &'static str,
    /// Bytes of all of it.
    pub(crate) size: u64,
    /// What is not zero: where, and what.
    pub(crate) parts: &'static [(u64, &'static [u8])],
}

/// All of them.
pub(crate) static IMAGES: &[Image] = include!(concat!(env!("OUT_DIR"), "/disks.rs"));

/// Bytes of a sector.
pub(crate) const SECTOR: u64 = 512;
/// Most bytes of a disk.
pub(crate) const MAX_SIZE: u64 = 1 << 30;
