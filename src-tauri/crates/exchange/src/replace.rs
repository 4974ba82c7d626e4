//! Files of the listener's that are written whole or not at all: beside the old one, to the disk, and then in its place.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

/// Puts `bytes` at `path`, in place of what is there. If that fails, or the power does, the old file stands.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().filter(|_| path.file_name().is_some());
    let folder = folder.ok_or_else(|| io::Error::other("it names no file"))?;
    if path.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    // Opened as any other file is: what is made to be temporary nobody but its owner may read, and it keeps its mode.
    let mut part = tempfile::Builder::new()
        .prefix(".segue-")
        .suffix(".part")
        .make_in(folder, |part| File::create_new(part))?;
    part.write_all(bytes)?;
    part.as_file().sync_all()?;
    part.persist(path)?;
    // That the disk has the new name too, some systems can be asked only of the folder, and some not at all.
    _ = File::open(folder).and_then(|folder| folder.sync_all());
    Ok(())
}
