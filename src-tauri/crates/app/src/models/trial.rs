//! The trial of an imported model, in a process of its own.

use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use segue_analysis::{Model, Runtime};

use crate::wire::FileAttempt;
use crate::{AppError, places};

/// Time limit of the trial of an imported network.
const TRIAL: Duration = Duration::from_secs(60);
/// Address space that a trial may take, where the system can limit it.
const TRIAL_BYTES: u64 = 6 << 30;
/// Bytes of a trial's standard error that are kept.
const STDERR_MAX: u64 = 16 << 10;

/// The trial itself: loads the model in `folder` and analyses noise with it. Run it in a process of its own: ONNX Runtime
/// may crash on a hostile file, and this function limits the memory of the process.
pub fn try_model(folder: &Path) -> Result<(), AppError> {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let limit = Rlimit {
            current: Some(TRIAL_BYTES),
            maximum: getrlimit(Resource::As).maximum,
        };
        if let Err(error) = setrlimit(Resource::As, limit) {
            tracing::debug!(%error, "the trial's memory is not bounded");
        }
    }
    let runtime = Runtime::load(&places::runtime()?)?;
    Model::try_out(&runtime, folder)?;
    Ok(())
}

pub(super) fn try_in_a_process(program: &Path, folder: &Path) -> Result<(), AppError> {
    let mut child = Command::new(program)
        .args(["models", "try"])
        .arg(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(AppError::file(FileAttempt::Start, program))?;
    let stderr = child.stderr.take();
    let reader = std::thread::spawn(move || {
        let mut said = Vec::new();
        if let Some(mut stderr) = stderr {
            // The rest is read and dropped: a child whose pipe is full would block.
            _ = stderr.by_ref().take(STDERR_MAX).read_to_end(&mut said);
            _ = std::io::copy(&mut stderr, &mut std::io::sink());
        }
        said
    });
    let begun = Instant::now();
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break Some(status),
            Ok(None) if begun.elapsed() < TRIAL => std::thread::sleep(Duration::from_millis(15)),
            _ => {
                _ = child.kill();
                _ = child.wait();
                break None;
            }
        }
    };
    let said = String::from_utf8_lossy(&reader.join().unwrap_or_default()).into_owned();
    // The complaint comes last, after whatever was logged.
    let last = said.rfind("segue: ").map_or(&*said, |at| &said[at..]);
    let last = last.split_whitespace().collect::<Vec<_>>().join(" ");
    let last = Some(last).filter(|last| !last.is_empty());
    let folder = format!("{}{}", folder.display(), std::path::MAIN_SEPARATOR);
    let last = last.map(|line| line.trim_start_matches("segue: ").replace(&folder, ""));
    match status {
        Some(status) if status.success() => Ok(()),
        Some(status) if status.code() == Some(1) => Err(match last {
            Some(said) => AppError::TrialRefused { said },
            None => AppError::TrialFailed,
        }),
        Some(status) => Err(AppError::TrialCrashed {
            status: status.to_string(),
            said: last,
        }),
        None => Err(AppError::TrialTimeout {
            limit_s: TRIAL.as_secs(),
        }),
    }
}
