//! Playing files from the command line: through the engine to the sound card, to nowhere, or into a WAV file.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crossbeam_channel::Receiver;
use segue_core::{
    Crossfade, FailedFile, FileSpan, LoudnessMode, Play, PlayContext, PlaySource, SignalPath,
    TrackProfile,
};
use segue_playback::{
    End, Engine, EngineCommand, Event, MediaItem, OutputKind, TimedEvent, render,
};
use serde::Serialize;

use crate::plays::{ago, subject};
use crate::wire::{FailureRow, FileSignal};
use crate::{AppError, Segue};

/// Where sound goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AudioOutput {
    /// The default sound card.
    Default,
    /// Nowhere, at the pace of a card.
    Null,
    /// A WAV file, as fast as it goes.
    Wav(PathBuf),
}

impl AudioOutput {
    /// Reads `default`, `null` or `wav:PATH`; the path need not be Unicode.
    pub fn parse(text: &OsStr) -> Result<Self, String> {
        #[cfg(unix)]
        let raw = {
            use std::os::unix::ffi::OsStrExt;
            let raw = text.as_bytes().strip_prefix(b"wav:");
            raw.map(|raw| PathBuf::from(OsStr::from_bytes(raw)))
        };
        #[cfg(not(unix))]
        let raw = text
            .to_str()
            .and_then(|text| text.strip_prefix("wav:"))
            .map(PathBuf::from);
        match (text.to_str(), raw) {
            (Some("default"), _) => Ok(Self::Default),
            (Some("null"), _) => Ok(Self::Null),
            (_, Some(path)) if !path.as_os_str().is_empty() => Ok(Self::Wav(path)),
            _ => Err("not one of default, null, wav:PATH".into()),
        }
    }
}

/// What `play` shall do.
#[derive(Clone, Debug)]
pub struct PlayRequest {
    /// Paths or track ids, played one after the other.
    pub files: Vec<OsString>,
    /// Where sound goes.
    pub output: AudioOutput,
    /// Seconds into the first file.
    pub start_s: f64,
    /// Seconds in all; none: to the end.
    pub length_s: Option<f64>,
    /// Whose loudness decides; none: as it is set.
    pub loudness: Option<LoudnessMode>,
    /// `off`, a preset's name or a file; none: as it is set for the output.
    pub equalizer: Option<OsString>,
    /// How songs fade into each other; none: as it is set.
    pub crossfade: Option<Crossfade>,
    /// Becomes quieter and ends after so many minutes; a WAV file knows no time.
    pub sleep_min: Option<f64>,
}

/// What `play` did.
#[derive(Clone, Debug, Serialize)]
pub struct PlayReport {
    /// Seconds that sounded.
    pub seconds: f64,
    /// Frames per second of the WAV file; 0 without one.
    pub sample_rate_hz: u32,
    /// The WAV file.
    pub wav: Option<String>,
    /// Files left out, or that broke off, and why.
    pub failures: Vec<FailureRow>,
    /// Files of which something is missing that they hold, and what.
    pub notices: Vec<FailureRow>,
    /// The ways of the files' sounds.
    pub signals: Vec<FileSignal>,
    /// How often sound was not ready in time; never for a WAV file, which waits.
    pub underruns: u64,
}

fn file_signal(path: &Path, signal: &SignalPath) -> FileSignal {
    FileSignal {
        path: path.to_string_lossy().into_owned(),
        signal: signal.clone(),
    }
}

/// How far playing is.
#[derive(Clone, Debug)]
pub struct Playing {
    /// The file that sounds.
    pub path: String,
    /// Seconds from its start.
    pub position_s: f64,
}

impl Segue {
    /// Plays files. Plays of tracks in the library are logged when they sounded; rendering a WAV file is no listening.
    pub fn play(
        &self,
        request: &PlayRequest,
        tell: &mut dyn FnMut(&Playing),
    ) -> Result<PlayReport, AppError> {
        let (start_s, length_s) = (request.start_s, request.length_s);
        let sensible = |seconds: f64| seconds.is_finite() && seconds >= 0.0;
        if !sensible(start_s) || !length_s.is_none_or(sensible) {
            return Err(AppError::NegativeStretch);
        }
        let files = request
            .files
            .iter()
            .map(|file| self.file(file))
            .collect::<Result<Vec<_>, _>>()?;
        let settings = self.sound_commands(
            request.loudness,
            request.equalizer.as_deref(),
            request.crossfade,
        )?;
        let known = files.iter().map(|(path, span)| {
            let profile = self.profile(path, *span)?;
            Ok(((path.clone(), *span), profile))
        });
        type Known = HashMap<(PathBuf, FileSpan), TrackProfile>;
        let known = known.collect::<Result<Known, AppError>>()?;
        let profile_of = move |item: &MediaItem| {
            let known = known.get(&(item.path.clone(), item.span));
            known.copied().unwrap_or_default()
        };
        let kind = match &request.output {
            AudioOutput::Default => OutputKind::Device(self.output_settings()?),
            AudioOutput::Null => OutputKind::Null,
            AudioOutput::Wav(wav) => {
                let rendered = render(&files, start_s, length_s, settings, profile_of, wav)?;
                return Ok(PlayReport {
                    seconds: rendered.frames as f64 / f64::from(rendered.sample_rate_hz.max(1)),
                    sample_rate_hz: rendered.sample_rate_hz,
                    wav: Some(wav.to_string_lossy().into_owned()),
                    failures: rendered.failures.iter().map(FailureRow::from).collect(),
                    notices: rendered.notices.iter().map(FailureRow::from).collect(),
                    signals: rendered
                        .paths
                        .iter()
                        .map(|(path, signal)| file_signal(path, signal))
                        .collect(),
                    underruns: 0,
                });
            }
        };
        let (heard, events) = crossbeam_channel::unbounded();
        let engine = Engine::start(kind, profile_of, move |event| {
            // Fails only when nobody listens any more.
            _ = heard.send(event);
        })?;
        for command in settings {
            engine.send(command);
        }
        engine.play_files(files, start_s);
        let sleep_s = request.sleep_min.map(|minutes| 60.0 * minutes);
        if let Some(after) = sleep_s.and_then(|s| Duration::try_from_secs_f64(s).ok()) {
            engine.send(EngineCommand::Sleep(Some(after)));
        }
        self.follow(&engine, &events, request, tell)
    }

    /// Follows what plays to its end, or for as long as it shall last.
    fn follow(
        &self,
        engine: &Engine,
        events: &Receiver<TimedEvent>,
        request: &PlayRequest,
        tell: &mut dyn FnMut(&Playing),
    ) -> Result<PlayReport, AppError> {
        let length_s = request.length_s;
        let mut done = PlayReport {
            seconds: 0.0,
            sample_rate_hz: 0,
            wav: None,
            failures: Vec::new(),
            notices: Vec::new(),
            signals: Vec::new(),
            underruns: 0,
        };
        let mut path = String::new();
        let mut begun_s = request.start_s;
        for TimedEvent { event, .. } in events {
            match event {
                Event::Started {
                    item,
                    from_s,
                    notice,
                    path: signal,
                    ..
                } => {
                    done.signals
                        .extend(signal.map(|signal| file_signal(&item.path, &signal)));
                    let notice =
                        notice.map(|why| FailureRow::from(&FailedFile::new(&item.path, why)));
                    done.notices.extend(notice);
                    path = item.path.to_string_lossy().into_owned();
                    begun_s = from_s;
                }
                Event::Position { position_s, .. } => {
                    tell(&Playing {
                        path: path.clone(),
                        position_s,
                    });
                    if length_s
                        .is_some_and(|length_s| done.seconds + position_s - begun_s >= length_s)
                    {
                        engine.send(EngineCommand::Stop);
                    }
                }
                Event::Ended {
                    item,
                    listened_s,
                    how,
                    ..
                } => {
                    done.seconds += listened_s;
                    if let Some(track) = self.library.track_at(&item.path, item.span)? {
                        self.log_play(&Play {
                            at: ago(listened_s),
                            subject: subject(&track),
                            listened_s,
                            source: PlaySource::Queue,
                            skipped: how == End::Skipped,
                            rating: None,
                            context: PlayContext::default(),
                        })?;
                    }
                }
                Event::Failed { item, why, .. } => done
                    .failures
                    .push(FailureRow::from(&FailedFile::new(&item.path, why))),
                Event::OutputLost { why } => return Err(why.into()),
                // It fell asleep.
                Event::Paused { .. } => _ = engine.send(EngineCommand::Stop),
                Event::QueueEnded | Event::Stopped => break,
                _ => {}
            }
        }
        done.underruns = engine.state().underruns;
        match done.failures.first() {
            Some(first) if done.seconds == 0.0 => Err(AppError::NothingSounded {
                wav: None,
                first: Some(first.clone()),
            }),
            _ => Ok(done),
        }
    }
}
