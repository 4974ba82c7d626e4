//! Why a file gave no samples, from what its readers say: [`FailedFile`] names the path, and its fault whether to look
//! again ([`FileFault::is_io`]) or to skip the file.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use segue_core::{Damage, FailedFile, FileFault};
use symphonia::core::errors::Error as CodecError;

/// Reads what symphonia said. An end of file where data was promised is damage, not an I/O failure.
pub(crate) fn codec(path: &Path, error: CodecError) -> FailedFile {
    let why = match error {
        CodecError::IoError(e) if e.kind() == io::ErrorKind::UnexpectedEof => {
            Damage::EndsEarly.into()
        }
        CodecError::IoError(e) => e.into(),
        CodecError::Unsupported(detail) => FileFault::Unsupported {
            detail: detail.to_owned(),
        },
        other => Damage::Said {
            detail: other.to_string(),
        }
        .into(),
    };
    FailedFile::new(path, why)
}

/// Runs `work` on a codec; a panic inside becomes [`FileFault::Panicked`].
///
/// Callers drop or disown the codec afterwards, so its torn state is never seen (hence `AssertUnwindSafe`).
pub(crate) fn guarded<T>(path: &Path, work: impl FnOnce() -> T) -> Result<T, FailedFile> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|payload| {
        let detail = payload
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| payload.downcast_ref::<String>().cloned())
            .unwrap_or_default();
        FailedFile::new(path, FileFault::Panicked { detail })
    })
}
