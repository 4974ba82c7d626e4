//! Whether a library sends what it sees to somebody: looked for in its bytes, before it is loaded and could.
//!
//! Microsoft's official ONNX Runtime libraries for Linux and macOS carry the *1DS* uploader (cpp_client_telemetry) since
//! 1.29: as soon as it is loaded it makes up a device id, keeps a database in the user's cache and looks up its collector.
//! It cannot work without the collector's address, and its classes leave their names; both are looked for.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use segue_core::{AnalysisError, RuntimeFault};

use crate::files::shown;

/// What stands in a library that uploads, and in none that does not (seen in 1.27 to 1.32 of npm and PyPI, on Linux,
/// macOS and Windows): addresses of collectors, of 1DS and of Aria before it, and the name of its classes, as the
/// compilers write it and as people do.
const MARKS: [&str; 6] = [
    "OneCollector",
    "data.microsoft.com",
    "aria.microsoft.com",
    "Microsoft12Applications6Events",
    "Microsoft::Applications::Events",
    "Microsoft.Applications.Events",
];

/// How much of a file is looked at in one go: libraries for graphics cards have hundreds of megabytes.
const CHUNK_BYTES: usize = 1 << 20;

/// Refuses the library at `path` if it, or a library that ONNX Runtime would load from beside it, carries an uploader.
pub(crate) fn look_for_uploader(path: &Path) -> Result<(), AnalysisError> {
    for file in with_companions(path) {
        let found = File::open(&file).and_then(find_mark);
        match found {
            Ok(None) => {}
            Ok(Some(mark)) => {
                return Err(AnalysisError::RuntimeUploads {
                    path: shown(&file),
                    mark: mark.to_owned(),
                });
            }
            Err(error) => {
                return Err(AnalysisError::RuntimeRefused {
                    path: shown(&file),
                    why: RuntimeFault::Unreadable {
                        detail: error.to_string(),
                    },
                });
            }
        }
    }
    Ok(())
}

/// The library, and what it loads from its folder when a provider is asked for. Where the path is a link, the loader looks
/// in the link's folder and the library's own name leads into the other: both are looked through.
fn with_companions(path: &Path) -> Vec<PathBuf> {
    let real = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let mut files = vec![path.to_owned()];
    let mut folders = vec![path.parent()];
    if real.parent() != path.parent() {
        folders.push(real.parent());
    }
    for folder in folders.into_iter().flatten() {
        let mut companions: Vec<PathBuf> = fs::read_dir(folder)
            .into_iter()
            .flatten()
            .flatten()
            .filter(|entry| {
                let name = entry.file_name().to_string_lossy().to_lowercase();
                name.contains("onnxruntime_providers") || name == "directml.dll"
            })
            .map(|entry| entry.path())
            .filter(|file| file.is_file())
            .collect();
        companions.sort();
        files.extend(companions);
    }
    files
}

/// The first mark in these bytes, in one byte a letter or, as Windows writes names, in two.
fn find_mark(mut bytes: impl Read) -> io::Result<Option<&'static str>> {
    let needles: Vec<(&'static str, Vec<u8>)> = MARKS
        .iter()
        .flat_map(|mark| {
            let wide = mark.encode_utf16().flat_map(u16::to_le_bytes).collect();
            [(*mark, mark.as_bytes().to_vec()), (*mark, wide)]
        })
        .collect();
    let mut may_begin = [false; 256];
    for (_, needle) in &needles {
        may_begin[usize::from(needle[0])] = true;
    }
    let longest = needles.iter().map(|(_, needle)| needle.len()).max();
    // The end of each chunk is looked at again with the next: a mark may lie across the seam.
    let overlap = longest.unwrap_or_default() - 1;
    let mut seen = Vec::with_capacity(overlap + CHUNK_BYTES);
    loop {
        seen.drain(..seen.len().saturating_sub(overlap));
        let read = bytes
            .by_ref()
            .take(CHUNK_BYTES as u64)
            .read_to_end(&mut seen)?;
        if read == 0 {
            return Ok(None);
        }
        let found = (0..seen.len())
            .filter(|at| may_begin[usize::from(seen[*at])])
            .find_map(|at| {
                needles
                    .iter()
                    .find(|(_, needle)| seen[at..].starts_with(needle))
            });
        if let Some((mark, _)) = found {
            return Ok(Some(mark));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file of `before` bytes of noise, `words`, and noise again.
    fn bytes(before: usize, words: &[u8]) -> Vec<u8> {
        let mut noise = crate::tests::noise(7);
        let mut rustle = |count| {
            (0..count)
                .map(|_| (noise() * 128.0) as i8 as u8)
                .collect::<Vec<_>>()
        };
        [rustle(before), words.to_vec(), rustle(4096)].concat()
    }

    fn wide(words: &str) -> Vec<u8> {
        words.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    #[test]
    fn an_uploader_is_known_by_its_marks_wherever_they_lie() {
        let check = |bytes: Vec<u8>, expected: Option<&str>| {
            assert_eq!(find_mark(&*bytes).unwrap(), expected);
        };
        let address = "https://mobile.events.data.microsoft.com/OneCollector/1.0";
        check(bytes(0, b""), None);
        check(bytes(0, address.as_bytes()), Some("data.microsoft.com"));
        check(
            bytes(99, b"eu-v20.events.data.microsoft.com"),
            Some("data.microsoft.com"),
        );
        check(
            bytes(3, &wide("mobile.events.data.microsoft.com")),
            Some("data.microsoft.com"),
        );
        check(
            bytes(8, b"_ZN9Microsoft12Applications6Events15TelemetrySystemC4E"),
            Some("Microsoft12Applications6Events"),
        );
        // Across the seam of two chunks, at every place of it.
        for back in 0..=40 {
            check(
                bytes(CHUNK_BYTES - back, b"OneCollector"),
                Some("OneCollector"),
            );
            check(
                bytes(CHUNK_BYTES - back, &wide("OneCollector")),
                Some("OneCollector"),
            );
        }
        // What honest libraries hold: the ETW provider's name, documentation, links.
        check(
            bytes(
                5,
                b"Microsoft.ML.ONNXRuntime https://aka.ms/onnx microsoft.com EventWrite Telemetry",
            ),
            None,
        );
    }

    #[test]
    fn libraries_that_it_would_load_are_looked_into_as_well() {
        let check = |name: &str, words: &[u8], expected: Option<&str>| {
            let folder = tempfile::tempdir().unwrap();
            let library = folder.path().join("libonnxruntime.so");
            fs::write(&library, "nothing").unwrap();
            fs::write(folder.path().join(name), words).unwrap();
            let found = look_for_uploader(&library).err();
            let found = found.map(|error| match error {
                AnalysisError::RuntimeUploads { path, mark } => {
                    assert_eq!(path, shown(&folder.path().join(name)));
                    mark
                }
                other => panic!("{other}"),
            });
            assert_eq!(found.as_deref(), expected, "{name}");
        };
        check("libonnxruntime.so", b"OneCollector", Some("OneCollector"));
        check(
            "libonnxruntime_providers_cuda.so",
            b"OneCollector",
            Some("OneCollector"),
        );
        check(
            "onnxruntime_providers_shared.dll",
            &wide("OneCollector"),
            Some("OneCollector"),
        );
        check(
            "DirectML.dll",
            b"x.events.data.microsoft.com",
            Some("data.microsoft.com"),
        );
        // Another release that lies beside it is not loaded.
        check("libonnxruntime.so.1.30.0", b"OneCollector", None);
    }

    #[cfg(unix)]
    #[test]
    fn behind_a_link_lies_the_library() {
        let folder = tempfile::tempdir().unwrap();
        let real = folder.path().canonicalize().unwrap().join("real");
        fs::create_dir(&real).unwrap();
        fs::write(real.join("libonnxruntime.so.1"), "nothing").unwrap();
        let link = folder.path().join("libonnxruntime.so");
        std::os::unix::fs::symlink(real.join("libonnxruntime.so.1"), &link).unwrap();
        look_for_uploader(&link).unwrap();
        let provider = real.join("libonnxruntime_providers_cuda.so");
        fs::write(&provider, "OneCollector").unwrap();
        let refused = look_for_uploader(&link).unwrap_err();
        assert!(
            matches!(refused, AnalysisError::RuntimeUploads { path, .. } if path == shown(&provider))
        );
    }
}
