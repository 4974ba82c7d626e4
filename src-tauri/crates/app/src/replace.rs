//! Files of the listener's that are written whole or not at all: beside the old one, to the disk, and then in its place.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Puts `bytes` at `path`, in place of what is there. If that fails, or the power does, the old file stands.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().filter(|_| path.file_name().is_some());
    let folder = folder.ok_or_else(|| io::Error::other("it names no file"))?;
    if path.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    let (part, mut file) = beside(folder)?;
    let written = file
        .write_all(bytes)
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::rename(&part, path));
    if let Err(error) = written {
        _ = fs::remove_file(&part);
        return Err(error);
    }
    // That the disk has the new name too, some systems can be asked only of the folder, and some not at all.
    _ = File::open(folder).and_then(|folder| folder.sync_all());
    Ok(())
}

/// A new file in `folder`, under a name that nobody looks for.
fn beside(folder: &Path) -> io::Result<(PathBuf, File)> {
    let mut number = 0;
    loop {
        let path = folder.join(format!(".segue-{}-{number}.part", std::process::id()));
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < 100 => {
                number += 1
            }
            opened => return Ok((path, opened?)),
        }
    }
}
