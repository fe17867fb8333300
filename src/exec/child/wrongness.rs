//! Does wrong what a kernel would that is wrong in every call of a kind: something before, instead of or after the right
//! call.

use std::cell::Cell;
use std::sync::atomic::Ordering;

use crate::abi::is_error;
use crate::exec::child::mutant::poke;
use crate::exec::child::slot::CaseSlot;
use crate::exec::shared::slot::IN_EFFECT;
use crate::exec::shared::wrongness::{
    ArchivedAfter, ArchivedBefore, ArchivedEdit, ArchivedInstead, ArchivedMemory, ArchivedOn, ArchivedPlace,
    ArchivedTest, ArchivedValue, ArchivedWrongness,
};
use crate::exec::sys::{self, close, fcntl, fstat, getpid, lseek, process_vm_readv, syscall};

/// Bytes of a page of the machines that there are cases for.
const PAGE: u64 = 4096;
/// Most changes of memory that are taken back after the call.
const CHANGES: usize = 4;
/// Bytes of the room that other calls may be given.
const ROOM: usize = 4096;

/// A change of memory that the call is not to leave behind.
#[derive(Clone, Copy, Default)]
struct Changed {
    addr: u64,
    size: u8,
    from: u64,
    to: u64,
}

/// One call while it is made wrong.
struct Wrong<'a> {
    slot: CaseSlot,
    /// As the case gave them.
    given: [u64; 6],
    /// As the call takes them.
    args: [u64; 6],
    ret: i64,
    kept: i64,
    changed: [Changed; CHANGES],
    changes: usize,
    room: &'a [Cell<u8>; ROOM],
    touched: Cell<bool>,
}

/// One call, wrong; `perform` makes a call in its place.
// Out of the way of cases whose kernel is right: a large frame has to be touched page by page.
#[inline(never)]
pub(in crate::exec) fn perform_wrong(
    slot: CaseSlot,
    wrongness: &ArchivedWrongness,
    nr: u32,
    args: [u64; 6],
    perform: impl Fn(u32, [u64; 6]) -> i64,
) -> i64 {
    let room = [const { Cell::new(0) }; ROOM];
    let (changed, changes) = ([Changed::default(); CHANGES], 0);
    let mut wrong =
        Wrong { slot, given: args, args, ret: 0, kept: 0, changed, changes, room: &room, touched: Cell::new(false) };
    if !wrongness.when.iter().all(|test| wrong.is(test)) {
        return perform(nr, args);
    }
    wrongness.before.iter().for_each(|before| wrong.before(before));
    wrong.ret = match wrongness.instead.as_ref() {
        None => perform(nr, wrong.args),
        Some(ArchivedInstead::Answer(value)) => {
            wrong.touch(true);
            wrong.value(value)
        }
        Some(ArchivedInstead::Call { nr, args }) => {
            wrong.touch(true);
            perform(nr.to_native(), wrong.values(args))
        }
        Some(ArchivedInstead::Sleep) => {
            wrong.touch(true);
            perform(libc::SYS_ppoll as u32, [0, 0, 0, 0, 8, 0])
        }
    };
    wrong.take_back();
    let follows = match &wrongness.on {
        ArchivedOn::Success => !is_error(wrong.ret),
        ArchivedOn::Positive => wrong.ret > 0,
        ArchivedOn::Error(errno) => wrong.ret == -i64::from(errno.to_native()),
    };
    if follows {
        for after in wrongness.after.iter() {
            match after {
                ArchivedAfter::Again => {
                    wrong.touch(true);
                    wrong.ret = perform(nr, wrong.args);
                }
                after => wrong.after(after),
            }
        }
    }
    // A call that fails all the same is none that anybody could notice it by.
    if wrong.touched.get() && !is_error(wrong.ret) {
        slot.header().touched.fetch_or(IN_EFFECT, Ordering::AcqRel);
    }
    wrong.ret
}

impl Wrong<'_> {
    fn touch(&self, touched: bool) {
        self.touched.set(self.touched.get() || touched);
        self.slot.header().touched.fetch_or(u32::from(touched), Ordering::AcqRel);
    }

    fn descriptor(&self, arg: u8) -> i64 {
        i64::from(self.given[usize::from(arg) % 6] as i32)
    }

    fn is(&self, test: &ArchivedTest) -> bool {
        match test {
            ArchivedTest::Number { place, mask, value, is } => {
                self.number(place).is_some_and(|number| (number & mask.to_native() == value.to_native()) == *is)
            }
            ArchivedTest::Type { arg, mode, is } => {
                let (ret, stat) = fstat(self.descriptor(*arg));
                ret == 0 && (stat.st_mode & libc::S_IFMT == mode.to_native()) == *is
            }
            ArchivedTest::Ready { arg, events, is } => {
                let fd = self.descriptor(*arg);
                let mut ready = libc::pollfd { fd: fd as i32, events: events.to_native(), revents: 0 };
                let mut now = sys::timespec(0);
                let (ready, now) = (std::ptr::from_mut(&mut ready), std::ptr::from_mut(&mut now));
                // SAFETY: reads the time, and writes to this one entry.
                let ret = unsafe { syscall!(ppoll, ready, 1, now, 0, 8) };
                (ret == 1) == *is
            }
            ArchivedTest::Flags { arg, bits, is } => {
                let flags = fcntl(self.descriptor(*arg), libc::F_GETFL);
                let bits = i64::from(bits.to_native());
                !is_error(flags) && (flags & bits == bits) == *is
            }
        }
    }

    fn value(&self, value: &ArchivedValue) -> i64 {
        match value {
            ArchivedValue::Is(number) => number.to_native(),
            ArchivedValue::Arg(arg) => self.given[usize::from(*arg) % 6] as i64,
            ArchivedValue::Ret => self.ret,
            ArchivedValue::Kept => self.kept,
            ArchivedValue::Room => self.room.as_ptr() as i64,
            ArchivedValue::Int { arg, offset } => {
                let at = self.given[usize::from(*arg) % 6].wrapping_add(offset.to_native().into());
                number_at(at, 4).map_or(-1, |number| i64::from(number as i32))
            }
        }
    }

    /// Where that is; none if there is a pointer to nothing on the way.
    fn address(&self, memory: &ArchivedMemory) -> Option<u64> {
        let mut addr = self.given[usize::from(memory.arg) % 6];
        if let Some(offset) = memory.through.as_ref() {
            addr = number_at(addr.wrapping_add(offset.to_native().into()), 8)?;
        }
        let plus = self.value(&memory.plus);
        let offset = i64::from(memory.offset.to_native()).wrapping_add(plus);
        (addr != 0).then(|| addr.wrapping_add_signed(offset))
    }

    fn number(&self, place: &ArchivedPlace) -> Option<u64> {
        match place {
            ArchivedPlace::Arg(arg) => Some(self.args[usize::from(*arg) % 6]),
            ArchivedPlace::Ret => Some(self.ret as u64),
            ArchivedPlace::Memory(memory) => number_at(self.address(memory)?, memory.size),
        }
    }

    fn edited(&self, number: u64, edit: &ArchivedEdit) -> u64 {
        match edit {
            ArchivedEdit::And(bits) => number & bits.to_native(),
            ArchivedEdit::Or(bits) => number | bits.to_native(),
            ArchivedEdit::Xor(bits) => number ^ bits.to_native(),
            ArchivedEdit::Set(value) => self.value(value) as u64,
            ArchivedEdit::AtMost(most) => number.min(most.to_native()),
            ArchivedEdit::Add(more) => number.wrapping_add_signed(more.to_native()),
            ArchivedEdit::Swap { from, to } if number == from.to_native() => to.to_native(),
            ArchivedEdit::Swap { .. } => number,
        }
    }

    /// Changes a number; of one in memory, where it is, what it was and what it is.
    fn change(&mut self, place: &ArchivedPlace, edit: &ArchivedEdit) -> Option<Changed> {
        let from = self.number(place)?;
        let to = self.edited(from, edit);
        match place {
            ArchivedPlace::Arg(arg) => self.args[usize::from(*arg) % 6] = to,
            ArchivedPlace::Ret => self.ret = to as i64,
            ArchivedPlace::Memory(memory) => {
                let (addr, size) = (self.address(memory)?, memory.size);
                let to = to & bits_of(size);
                if to == from || !put_at(addr, size, to) {
                    return None;
                }
                self.touch(true);
                return Some(Changed { addr, size, from, to });
            }
        }
        self.touch(from != to);
        None
    }

    fn before(&mut self, before: &ArchivedBefore) {
        match before {
            ArchivedBefore::Change { place, edit } => {
                if let Some(changed) = self.change(place, edit)
                    && let Some(free) = self.changed.get_mut(self.changes)
                {
                    *free = changed;
                    self.changes += 1;
                }
            }
            ArchivedBefore::Keep(place) => self.kept = self.number(place).unwrap_or_default() as i64,
            ArchivedBefore::KeepOffset(arg) => self.kept = lseek(self.descriptor(*arg), 0, libc::SEEK_CUR),
            ArchivedBefore::Call { nr, args } => {
                self.kept = self.other(nr.to_native(), args);
                self.touch(!is_error(self.kept));
            }
        }
    }

    /// What the call was given in memory is there again, unless the call has written there.
    fn take_back(&mut self) {
        for Changed { addr, size, from, to } in self.changed.into_iter().take(self.changes).rev() {
            if number_at(addr, size) == Some(to) {
                put_at(addr, size, from);
            }
        }
    }

    fn after(&mut self, after: &ArchivedAfter) {
        match after {
            ArchivedAfter::Change { place, edit } => _ = self.change(place, edit),
            ArchivedAfter::OffsetKept(arg) => self.move_to(*arg, self.kept),
            ArchivedAfter::OffsetMoved(arg) => {
                let now = lseek(self.descriptor(*arg), 0, libc::SEEK_CUR);
                if now >= 0 {
                    self.move_to(*arg, now.saturating_add(self.ret));
                }
            }
            ArchivedAfter::PageEnds { arg } => self.lose_page_ends(self.given[usize::from(*arg) % 6]),
            ArchivedAfter::Records { arg, len_at, len_size, len, field, size } => {
                let mut at = self.given[usize::from(*arg) % 6];
                let end = at.saturating_add_signed(self.ret);
                while at < end {
                    let field = at.wrapping_add(field.to_native().into());
                    let is = number_at(field, *size).is_some_and(|number| number != 0);
                    self.touch(is && put_at(field, *size, 0));
                    let told = number_at(at.wrapping_add(len_at.to_native().into()), *len_size).unwrap_or_default();
                    at = at.saturating_add(told.saturating_add(len.to_native().into()).max(1));
                }
            }
            ArchivedAfter::Call { nr, args } => {
                let ret = self.other(nr.to_native(), args);
                self.touch(!is_error(ret));
            }
            ArchivedAfter::CloseOnExec(closed) => {
                let flags = fcntl(self.ret, libc::F_GETFD);
                if !is_error(flags) && (flags & i64::from(libc::FD_CLOEXEC) != 0) != *closed {
                    let flags = if *closed { libc::FD_CLOEXEC } else { 0 };
                    // SAFETY: the operation takes a number.
                    self.touch(unsafe { syscall!(fcntl, self.ret, libc::F_SETFD, flags) } == 0);
                }
            }
            ArchivedAfter::OtherNumber => {
                // SAFETY: the operation takes a number.
                let other = unsafe { syscall!(fcntl, self.ret, libc::F_DUPFD, self.ret + 1) };
                if other >= 0 {
                    let flags = fcntl(self.ret, libc::F_GETFD);
                    // SAFETY: as above.
                    unsafe { syscall!(fcntl, other, libc::F_SETFD, flags) };
                    close(self.ret);
                    self.ret = other;
                    self.touch(true);
                }
            }
            ArchivedAfter::Again => {}
        }
    }

    fn move_to(&self, arg: u8, offset: i64) {
        let fd = self.descriptor(arg);
        if offset >= 0 && lseek(fd, 0, libc::SEEK_CUR) != offset {
            self.touch(lseek(fd, offset, libc::SEEK_SET) == offset);
        }
    }

    fn lose_page_ends(&self, from: u64) {
        let to = from.saturating_add_signed(self.ret);
        let mut end = from | (PAGE - 1);
        while end < to {
            let is = number_at(end, 1).is_some_and(|byte| byte != 0);
            self.touch(is && put_at(end, 1, 0));
            end = end.saturating_add(PAGE);
        }
    }

    fn values(&self, args: &[ArchivedValue; 6]) -> [u64; 6] {
        std::array::from_fn(|i| self.value(&args[i]) as u64)
    }

    /// A call that is not the case's.
    fn other(&self, nr: u32, args: &[ArchivedValue; 6]) -> i64 {
        let registers = self.values(args);
        // SAFETY: what a wrong kernel would do; what it does to this process costs this case alone.
        unsafe { sys::raw(nr, registers) }
    }
}

fn bits_of(size: u8) -> u64 {
    if size >= 8 { u64::MAX } else { (1 << (8 * u32::from(size))) - 1 }
}

/// A number in memory, which may be none.
fn number_at(addr: u64, size: u8) -> Option<u64> {
    let mut bytes = [0u8; 8];
    let part = bytes.get_mut(..size.into())?;
    let read = process_vm_readv(getpid(), part, addr) == i64::from(size);
    read.then(|| u64::from_le_bytes(std::hint::black_box(bytes)))
}

/// Stores a number; false where there is no memory to be written.
fn put_at(addr: u64, size: u8, number: u64) -> bool {
    number.to_le_bytes().get(..size.into()).is_some_and(|bytes| poke(addr, bytes))
}
