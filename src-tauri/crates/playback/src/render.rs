//! Files to a WAV file, through the one engine.

use std::path::{Path, PathBuf};

use crossbeam_channel::unbounded;

use crate::engine::Engine;
use crate::output::{OutputError, OutputKind};
use crate::protocol::{Event, TimedEvent};

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Rendered {
    /// Length of the WAV file in frames.
    pub frames: u64,
    /// Frames per second.
    pub sample_rate_hz: u32,
    /// Files that were left out or broke off, and why.
    pub failures: Vec<(PathBuf, String)>,
    /// Files of which something is missing, and what.
    pub notices: Vec<(PathBuf, String)>,
}

/// A WAV file that was not made; nothing is left of it.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// It cannot be opened.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// It failed on the way.
    #[error("{0}")]
    Lost(String),
    /// No file gave a sound.
    #[error("nothing sounded, so {} was not written{}", wav.display(), first_reason(failures))]
    Silent {
        /// The file that was to be written.
        wav: PathBuf,
        /// Files that failed, and why.
        failures: Vec<(PathBuf, String)>,
    },
}

fn first_reason(failures: &[(PathBuf, String)]) -> String {
    failures
        .first()
        .map_or_else(String::new, |(_, reason)| format!(": {reason}"))
}

/// Plays `items` one after the other into `wav`, from `start_s` of the first one on, for at most `length_s`:
/// what a sound card would get, faster than real time. [`OutputKind::Wav`] says in which format.
pub fn render(
    items: &[PathBuf],
    start_s: f64,
    length_s: Option<f64>,
    wav: &Path,
) -> Result<Rendered, RenderError> {
    let (tell, events) = unbounded();
    // Fails only once nobody listens any more.
    let engine = Engine::start(
        OutputKind::Wav {
            path: wav.to_owned(),
            length_s,
        },
        move |e| _ = tell.send(e),
    )?;
    if items.is_empty() {
        return Err(RenderError::Silent {
            wav: wav.to_owned(),
            failures: Vec::new(),
        });
    }
    engine.play_files(items.iter().cloned(), start_s);
    let (mut failures, mut notices) = (Vec::new(), Vec::new());
    let mut written = None;
    for TimedEvent { event, .. } in events {
        match event {
            Event::Failed { item, reason, .. } => failures.push((item.path.clone(), reason)),
            Event::Started {
                item,
                notice: Some(notice),
                ..
            } => notices.push((item.path.clone(), notice)),
            Event::Written {
                frames,
                sample_rate_hz,
                ..
            } => written = Some((frames, sample_rate_hz)),
            Event::OutputLost { reason } => return Err(RenderError::Lost(reason)),
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
        }),
        None => Err(RenderError::Silent {
            wav: wav.to_owned(),
            failures,
        }),
    }
}
