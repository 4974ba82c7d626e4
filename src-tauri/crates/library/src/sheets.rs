//! The cue sheets of a folder: which files they are about. A file is what a sheet names, found beside the sheet whatever became
//! of its name since: in another case, with another ending (`.wav` was encoded to `.flac`), or without the folders of the
//! machine where it was ripped.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use segue_core::{FailedFile, FileFault, SheetFault, fold};

use crate::cue::{CueFile, CueSheet, SHEET_MAX};
use crate::parts::FileParts;

/// What a sheet says of a file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SheetOfFile {
    /// Whether it bears the file's name.
    is_own: bool,
    /// Another one where the sheet is another one, and never 0.
    pub(crate) number: i64,
    pub(crate) parts: FileParts,
}

/// What the sheets of a folder say.
#[derive(Default)]
pub(crate) struct FolderSheets {
    pub(crate) of_files: HashMap<PathBuf, Arc<SheetOfFile>>,
    /// Sheets that do not go together with the files that are there.
    pub(crate) faults: Vec<FailedFile>,
}

/// Whether a file is a cue sheet, by its ending.
pub(crate) fn is_sheet(path: &Path) -> bool {
    path.extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("cue"))
}

/// The sheets that lie in `folder`, hidden ones left out.
pub(crate) fn sheets_in(folder: &Path) -> Vec<PathBuf> {
    let entries = folder.read_dir().into_iter().flatten().flatten();
    let mut sheets: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| is_sheet(path) && !is_hidden(path) && path.is_file())
        .collect();
    sheets.sort();
    sheets
}

fn is_hidden(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().as_encoded_bytes();
    name.starts_with(b".")
}

/// Reads the sheets of `folder`. `is_played` tells by its name whether a file is one of sound.
pub(crate) fn read(folder: &Path, is_played: fn(&Path) -> bool) -> FolderSheets {
    let mut found = FolderSheets::default();
    let mut names = FileNames {
        is_played,
        listed: HashMap::new(),
    };
    for path in sheets_in(folder) {
        if let Err(why) = read_sheet(&path, folder, &mut names, &mut found) {
            found.faults.push(FailedFile { path, why });
        }
    }
    found
}

fn read_sheet(
    path: &Path,
    folder: &Path,
    names: &mut FileNames,
    found: &mut FolderSheets,
) -> Result<(), FileFault> {
    let mut bytes = Vec::new();
    File::open(path)?.take(SHEET_MAX).read_to_end(&mut bytes)?;
    let sheet = CueSheet::read(&bytes);
    let mut missing = None;
    for (n, named) in sheet.files.iter().enumerate() {
        let is_only = sheet.files.len() == 1;
        let Some(file) = names.find(folder, named, is_only.then_some(path)) else {
            missing.get_or_insert(named);
            continue;
        };
        let parts = sheet.parts(n);
        let is_own = path.file_stem() == file.file_stem();
        let better = found.of_files.get(&file).is_none_or(|known| {
            // Of several sheets for one file that of its own name, then the one that names more.
            (is_own, parts.parts.len()) > (known.is_own, known.parts.parts.len())
        });
        if better {
            let mut hasher = blake3::Hasher::new();
            hasher.update(&bytes);
            hasher.update(&n.to_le_bytes());
            let mut number = [0; 8];
            number.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
            let number = i64::from_le_bytes(number);
            let number = if number == 0 { 1 } else { number };
            found.of_files.insert(
                file,
                Arc::new(SheetOfFile {
                    is_own,
                    number,
                    parts,
                }),
            );
        }
    }
    match missing {
        Some(CueFile { name, is_image, .. }) => {
            let name = name.clone();
            let why = match is_image {
                true => SheetFault::DiscImage { name },
                false => SheetFault::FileMissing { name },
            };
            Err(FileFault::Sheet { why })
        }
        None => Ok(()),
    }
}

/// The names of files in the folders where they are looked for.
struct FileNames {
    is_played: fn(&Path) -> bool,
    listed: HashMap<PathBuf, Vec<PathBuf>>,
}

impl FileNames {
    /// The file that a sheet means, if it is there. `sheet`: the sheet, where it names no other file.
    fn find(&mut self, folder: &Path, named: &CueFile, sheet: Option<&Path>) -> Option<PathBuf> {
        let mut steps: Vec<&str> = named.name.split(['/', '\\']).collect();
        let name = steps.pop()?;
        let leads_out = |step: &&str| step.is_empty() || *step == ".." || step.ends_with(':');
        if !steps.is_empty() && !steps.iter().any(leads_out) {
            let below = steps.iter().filter(|step| **step != ".");
            let below = below.fold(folder.to_owned(), |folder, step| folder.join(step));
            if let Some(found) = self.named(&below, name) {
                return Some(found);
            }
        }
        self.named(folder, name).or_else(|| {
            // An image that was renamed with its sheet.
            let stem = sheet?.file_stem()?.to_string_lossy().into_owned();
            self.alike(folder, |other| stem_of(other) == stem)
        })
    }

    /// The file in `folder` that is called so, or nearly.
    fn named(&mut self, folder: &Path, name: &str) -> Option<PathBuf> {
        let (name, stem) = (Path::new(name), stem_of(Path::new(name)));
        let text = |path: &Path| {
            let name = path.file_name().unwrap_or_default();
            name.to_string_lossy().into_owned()
        };
        let lower = |path: &Path| text(path).to_lowercase();
        let stem_lower = stem.to_lowercase();
        self.alike(folder, |other| text(other) == text(name))
            .or_else(|| self.alike(folder, |other| lower(other) == lower(name)))
            .or_else(|| self.alike(folder, |other| stem_of(other) == stem))
            .or_else(|| self.alike(folder, |other| stem_of(other).to_lowercase() == stem_lower))
            // Another form of the same letters, as systems write them.
            .or_else(|| self.alike(folder, |other| fold(&stem_of(other)) == fold(&stem)))
    }

    /// The first file of sound in `folder` that is as wanted.
    fn alike(&mut self, folder: &Path, is_wanted: impl Fn(&Path) -> bool) -> Option<PathBuf> {
        let is_played = self.is_played;
        let files = self.listed.entry(folder.to_owned()).or_insert_with(|| {
            let entries = folder.read_dir().into_iter().flatten().flatten();
            let mut files: Vec<PathBuf> = entries
                .map(|entry| entry.path())
                .filter(|path| is_played(path) && !is_hidden(path))
                .collect();
            files.sort();
            files
        });
        files.iter().find(|file| is_wanted(file)).cloned()
    }
}

fn stem_of(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default();
    stem.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn is_played(path: &Path) -> bool {
        path.extension().is_some_and(|ending| {
            ["flac", "wav", "mp3"]
                .iter()
                .any(|e| ending.eq_ignore_ascii_case(e))
        })
    }

    #[test]
    fn a_file_is_found_whatever_became_of_its_name() {
        for (named, sheet, there, expected) in [
            ("a.flac", "x.cue", "a.flac", true),
            ("A.FLAC", "x.cue", "a.flac", true),
            ("a.wav", "x.cue", "a.flac", true),
            ("Ä.wav", "x.cue", "ä.mp3", true),
            (r"C:\rips\a.wav", "x.cue", "a.flac", true),
            ("/home/me/a.wav", "x.cue", "a.flac", true),
            ("../a.wav", "x.cue", "a.flac", true),
            (r"CD1\a.wav", "x.cue", "CD1/a.flac", true),
            ("CDImage.wav", "a.cue", "a.flac", true),
            ("CDImage.wav", "x.cue", "a.flac", false),
            ("a.wav", "x.cue", "a.txt", false),
            ("a.wav", "x.cue", ".a.flac", false),
            ("../b/a.wav", "x.cue", "c/a.flac", false),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join(there);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(&file, "").unwrap();
            let text = format!("FILE \"{named}\" WAVE\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n");
            fs::write(folder.path().join(sheet), text).unwrap();
            let found = read(folder.path(), is_played);
            assert_eq!(
                found.of_files.contains_key(&file),
                expected,
                "{named} as {there}"
            );
            let missing = FileFault::Sheet {
                why: SheetFault::FileMissing { name: named.into() },
            };
            let faults: Vec<_> = found.faults.into_iter().map(|failed| failed.why).collect();
            assert_eq!(
                faults,
                if expected { vec![] } else { vec![missing] },
                "{named}"
            );
        }
    }

    #[test]
    fn of_two_sheets_for_one_file_that_of_its_name_holds() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("b.flac");
        fs::write(&file, "").unwrap();
        for (name, titles) in [
            ("a", vec!["1", "2", "3"]),
            ("b", vec!["1", "2"]),
            ("c", vec!["1"]),
        ] {
            let mut text = "FILE b.flac WAVE\n".to_owned();
            for title in titles {
                text += &format!(
                    "TRACK 0{title} AUDIO\nTITLE {name}{title}\nINDEX 01 00:0{title}:00\n"
                );
            }
            fs::write(folder.path().join(format!("{name}.cue")), text).unwrap();
        }
        let found = read(folder.path(), is_played);
        assert_eq!(
            found.of_files[&file].parts.parts[0].title.as_deref(),
            Some("b1")
        );
    }
}
