//! What the window sees of the player. It is sent on a thread of its own (`segue-news`), because a song is shown as the library knows it,
//! and the library may lie on a disk that sleeps.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError};
use segue_core::OutputFault;
use segue_core::{PlaySubject, TrackId};
use segue_playback::{Edit, EditKind, EngineState, EntryId, Repeat, Status};

use super::items::QueueItem;
use crate::wire::{
    AppEvent, DjMode, LoopStretch, Notice, PlayerState, PlayerStatus, QueueEdit, QueueEditKind,
    QueueRow, RepeatMode, Station, StopAfter, TrackRow,
};
use crate::{AppError, Segue};

/// Interval at which changes of the library by other processes are looked for: the command line may work on it too.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Sends to the window.
pub(crate) type Notify = Arc<dyn Fn(AppEvent) + Send + Sync>;

/// What is sent to the window.
pub(super) enum WindowUpdate {
    Player(Box<Snapshot>),
    Event(AppEvent),
}

impl WindowUpdate {
    /// Something to be read once.
    pub(super) fn notice(notice: Notice) -> Self {
        Self::Event(AppEvent::Notice { notice })
    }
}

/// The player at one moment.
pub(super) struct Snapshot {
    pub(super) state: EngineState,
    pub(super) current: Option<(EntryId, Arc<QueueItem>)>,
    pub(super) stop_after: Option<StopAfter>,
    pub(super) station: Option<Station>,
    pub(super) dj: Option<DjMode>,
    pub(super) guest: bool,
    pub(super) output_error: Option<OutputFault>,
}

impl Snapshot {
    /// As the window shows it.
    pub(super) fn shown(self, segue: &Segue) -> PlayerState {
        let Self { state, .. } = self;
        let rows = queue_rows(segue, self.current.as_slice());
        let current = rows.ok().and_then(|mut rows| rows.pop());
        let duration_s = state
            .duration_s
            .or(current.as_ref().map(|row| row.track.duration_s));
        PlayerState {
            status: match state.status {
                Status::Stopped => PlayerStatus::Stopped,
                Status::Playing => PlayerStatus::Playing,
                Status::Paused => PlayerStatus::Paused,
            },
            current,
            position_s: state.position_s,
            duration_s: duration_s.unwrap_or_default(),
            volume: state.volume as f32,
            gain: state.gain,
            signal: state.path.map(|path| *path),
            repeat: match state.repeat {
                Repeat::Off => RepeatMode::Off,
                Repeat::All => RepeatMode::All,
                Repeat::One => RepeatMode::One,
            },
            shuffle: state.shuffled,
            stop_after: self.stop_after,
            sleeps_in_s: state.sleeps_in_s,
            stretch: state
                .stretch
                .map(|[from_s, to_s]| LoopStretch { from_s, to_s }),
            station: self.station,
            dj: self.dj,
            guest: self.guest,
            queue_revision: state.queue_revision,
            undo: state.undo.map(queue_edit),
            redo: state.redo.map(queue_edit),
            output_error: self.output_error,
            underruns: state.underruns,
        }
    }
}

/// The thread that sends. It ends when all senders are gone.
pub(super) fn tell_all(segue: &Segue, news: &Receiver<WindowUpdate>, tell: &Notify) {
    let mut looked = Instant::now();
    let mut revision = segue.library.revision();
    loop {
        match news.recv_timeout(LOOK_EVERY) {
            // Of waiting states only the last is sent: it supersedes the others.
            Ok(WindowUpdate::Player(snapshot)) => {
                let mut last = snapshot;
                let mut after = None;
                for next in news.try_iter() {
                    match next {
                        WindowUpdate::Player(snapshot) => last = snapshot,
                        WindowUpdate::Event(event) => {
                            after = Some(event);
                            break;
                        }
                    }
                }
                let state = Box::new(last.shown(segue));
                tell(AppEvent::Player { state });
                if let Some(event) = after {
                    tell(event);
                }
            }
            Ok(WindowUpdate::Event(event)) => tell(event),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        if looked.elapsed() >= LOOK_EVERY {
            looked = Instant::now();
            let now = segue.library.revision();
            if now != revision {
                revision = now;
                tell(AppEvent::Library { revision });
            }
        }
    }
}

/// Rows of the queue, as the library knows its songs today, or, of those that have left it, as the queue does.
pub(super) fn queue_rows(
    segue: &Segue,
    places: &[(EntryId, Arc<QueueItem>)],
) -> Result<Vec<QueueRow>, AppError> {
    let ids: Vec<TrackId> = places.iter().map(|(_, item)| item.track).collect();
    let tracks = segue.library.tracks_by_id(&ids)?;
    let rows = segue.track_rows(&tracks)?;
    let rows: HashMap<i64, TrackRow> = rows.into_iter().map(|row| (row.id, row)).collect();
    let shown = places.iter().map(|(entry, item)| QueueRow {
        entry: entry.0,
        track: rows
            .get(&item.track.0)
            .cloned()
            .unwrap_or_else(|| gone(&item.subject)),
        source: item.placed.shown(),
        reasons: item.placed.reasons.clone(),
    });
    Ok(shown.collect())
}

/// A row for a song that has left the library.
fn gone(subject: &PlaySubject) -> TrackRow {
    let path = subject.path.as_deref().unwrap_or(Path::new(""));
    let title = subject.title.clone().unwrap_or_else(|| {
        let stem = path.file_stem().unwrap_or_default();
        stem.to_string_lossy().into_owned()
    });
    TrackRow {
        id: 0,
        path: path.to_string_lossy().into_owned(),
        title,
        artists: subject.artist.iter().cloned().collect(),
        album: subject.album.clone(),
        duration_s: subject.duration_s.unwrap_or_default(),
        missing: true,
        ..TrackRow::default()
    }
}

fn queue_edit(edit: Edit) -> QueueEdit {
    QueueEdit {
        number: edit.number,
        kind: match edit.kind {
            EditKind::Replaced => QueueEditKind::Replaced,
            EditKind::Cleared => QueueEditKind::Cleared,
            EditKind::Removed => QueueEditKind::Removed,
            EditKind::Moved => QueueEditKind::Moved,
            EditKind::Added => QueueEditKind::Added,
            EditKind::Shuffled => QueueEditKind::Shuffled,
        },
        songs: edit.songs as u32,
    }
}
