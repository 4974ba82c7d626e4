//! Files to a WAV file, through the one engine.

use std::path::{Path, PathBuf};

use crossbeam_channel::unbounded;
use segue_core::{FailedFile, FileSpan, OutputFault, SignalPath, TrackProfile};

use crate::engine::Engine;
use crate::output::OutputKind;
use crate::protocol::{EngineCommand, Event, TimedEvent};
use crate::queue::MediaItem;

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Rendered {
    /// Length of the WAV file in frames.
    pub frames: u64,
    /// Frames per second.
    pub sample_rate_hz: u32,
    /// Files that were left out or broke off, and why.
    pub failures: Vec<FailedFile>,
    /// The ways of the files' sounds.
    pub paths: Vec<(PathBuf, SignalPath)>,
    /// Files of which something is missing, and what.
    pub notices: Vec<FailedFile>,
}

/// A WAV file that was not made; nothing is left of it.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// It cannot be opened, or failed on the way.
    #[error(transparent)]
    Output(#[from] OutputFault),
    /// No file gave a sound.
    #[error("nothing sounded for {}: {}", wav.display(), first_fault(failures))]
    Silent {
        /// The file that was to be written.
        wav: PathBuf,
        /// Files that failed, and why.
        failures: Vec<FailedFile>,
    },
}

fn first_fault(failures: &[FailedFile]) -> String {
    failures
        .first()
        .map(ToString::to_string)
        .unwrap_or_default()
}

/// Plays `items` one after the other into `wav`, from `start_s` of the first one on, for at most `length_s`:
/// what a sound card would get, faster than real time. [`OutputKind::Wav`] says in which format. `settings` are carried out
/// first; `profile_of` tells what is known of an item.
pub fn render(
    items: &[(PathBuf, FileSpan)],
    start_s: f64,
    length_s: Option<f64>,
    settings: Vec<EngineCommand>,
    profile_of: impl Fn(&MediaItem) -> TrackProfile + Send + Sync + 'static,
    wav: &Path,
) -> Result<Rendered, RenderError> {
    let (tell, events) = unbounded();
    // Fails only once nobody listens any more.
    let engine = Engine::start(
        OutputKind::Wav {
            path: wav.to_owned(),
            length_s,
        },
        profile_of,
        move |e| _ = tell.send(e),
    )?;
    if items.is_empty() {
        return Err(RenderError::Silent {
            wav: wav.to_owned(),
            failures: Vec::new(),
        });
    }
    for command in settings {
        engine.send(command);
    }
    engine.play_files(items.iter().cloned(), start_s);
    let (mut failures, mut notices, mut paths) = (Vec::new(), Vec::new(), Vec::new());
    let mut written = None;
    for TimedEvent { event, .. } in events {
        match event {
            Event::Failed { item, why, .. } => failures.push(FailedFile::new(&item.path, why)),
            Event::Started {
                item, notice, path, ..
            } => {
                notices.extend(notice.map(|notice| FailedFile::new(&item.path, notice)));
                paths.extend(path.map(|path| (item.path.clone(), *path)));
            }
            Event::Written {
                frames,
                sample_rate_hz,
                ..
            } => written = Some((frames, sample_rate_hz)),
            Event::OutputLost { why } => return Err(why.into()),
            Event::QueueEnded | Event::Stopped => break,
            _ => {}
        }
    }
    match written {
        Some((frames, sample_rate_hz)) => Ok(Rendered {
            frames,
            sample_rate_hz,
            failures,
            notices,
            paths,
        }),
        None => Err(RenderError::Silent {
            wav: wav.to_owned(),
            failures,
        }),
    }
}
