//! Disks of a case, and the file systems that are mounted from them.

use super::result::{PlanResult, refuse, suggest};
use super::setup::{PlanDisk, c_string};
use crate::case::{Diagnostic, Disk, Given, Mount, Spanned};
use crate::disk::{IMAGES, SECTOR};

/// A disk, which a case has in mount namespaces of its own alone: it is there by a mount.
pub(super) fn disk(disk: &Disk, given: &Given) -> PlanResult<PlanDisk> {
    let has = |flag| given.namespaces.iter().find(|namespace| namespace.value == flag);
    if has(libc::CLONE_NEWNS).is_none() {
        let diagnostic =
            Diagnostic::at(&disk.path.span, "a disk in a mount namespace that is not the case's own", "here");
        return refuse(diagnostic.help("add `mount` to `given: {namespaces: […]}`"));
    }
    if let Some(user) = has(libc::CLONE_NEWUSER) {
        let diagnostic = Diagnostic::at(&user.span, "a disk beside a user namespace", "no disk can be had there");
        return refuse(diagnostic.related(&disk.path.span, "this disk").help("leave out `user`"));
    }
    let image = disk.image.as_ref().map(|name| {
        IMAGES.iter().find(|image| image.name == name.as_str()).ok_or_else(|| {
            let title = format!("unknown image `{}`", name.value);
            let unknown = Diagnostic::at(&name.span, title, "disks hold an image that the suite has");
            Box::new(suggest(unknown, name, IMAGES.iter().map(|image| image.name)))
        })
    });
    let image = image.transpose()?;
    let least = image.map_or(0, |image| image.size);
    if let Some(size) = &disk.size {
        let wrong = match size.value {
            bytes if !bytes.is_multiple_of(SECTOR) => format!("is not a multiple of {SECTOR}"),
            bytes if bytes < least => format!("the image has {least} bytes"),
            _ => String::new(),
        };
        if !wrong.is_empty() {
            return refuse(Diagnostic::at(&size.span, "this is no size of that disk", wrong));
        }
    }
    Ok(PlanDisk {
        path: c_string(&disk.path)?,
        image: image.map_or_else(String::new, |image| image.name.to_owned()),
        size: disk.size.as_ref().map_or(least, |size| size.value),
        read_only: disk.read_only,
    })
}

/// What a file system is mounted from: one of the case's disks, or nothing, which is told by its type.
pub(super) fn source<'c>(mount: &'c Mount, given: &Given) -> PlanResult<&'c Spanned<String>> {
    let Some(source) = &mount.source else { return Ok(&mount.fstype) };
    if given.disks.iter().any(|disk| disk.path.value == source.value) {
        return Ok(source);
    }
    let title = format!("`{}` is no disk of the case's", source.value);
    let unknown = Diagnostic::at(&source.span, title, "what is mounted is one of `given: {disks: …}`");
    refuse(suggest(unknown, source, given.disks.iter().map(|disk| disk.path.as_str())))
}
