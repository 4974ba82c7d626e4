//! What lives as long as the window: the player, the jobs in the background, the watcher, and the window's requests.

#[cfg(test)]
mod contract;
mod job;
mod playlist_edits;
mod playlists;
mod recommendations;
mod sound;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, unbounded};
use segue_core::{FailedFile, PlaySource, PlayedFrom, Rating, TrackId};
use segue_library::{Watched, Watcher};
use segue_playback::OutputKind;

use self::job::Job;
use crate::analysis::{AnalyzeProgress, AnalyzeRequest, Limit};
use crate::convert::{album_row, root_row, waveform_row};
use crate::lock::lock;
use crate::models::why_not_now;
use crate::player::{MediaRequest, Notify, NowPlaying, Player};
use crate::render::AudioOutput;
use crate::thread::spawn;
use crate::wire::{
    AlbumSort, AlbumsPage, AppEvent, EnqueueAt, FailureRow, FileAttempt, JobAction, JobKind,
    JobProgress, JobStage, JobStatus, LibraryStatus, Notice, PlayerCommand, PlayerState, QueuePage,
    SongsPage, SongsQuery, WaveformRow, shown,
};
use crate::{AppError, Provider, Segue, places};

/// Interval at which the window is told of new songs while a scan runs.
const NEWS_EVERY: Duration = Duration::from_millis(700);
/// Interval at which changes by the command line (of models, of playlists, of the sound card) are looked for.
const SWITCH_EVERY: Duration = Duration::from_secs(20);
/// The setting that remembers a paused analysis.
const ANALYSIS_PAUSED: &str = "analysis-paused";
/// The setting that remembers that listening more closely is paused.
const CLOSELY_PAUSED: &str = "closely-paused";

/// Segue with a window.
pub struct Desktop {
    pub(crate) segue: Arc<Segue>,
    player: Arc<Player>,
    work: Arc<Work>,
    playlist_edits: Mutex<playlist_edits::PlaylistEdits>,
}

/// The background work.
struct Work {
    segue: Arc<Segue>,
    tell: Notify,
    scan: Job,
    analysis: Job,
    closely: Job,
    scan_requests: Sender<ScanRequest>,
    listen: Sender<()>,
    watcher: Mutex<Option<Watcher>>,
}

/// A request to the scanning thread.
enum ScanRequest {
    /// These folders, or, with none, all of the library.
    Folders(Vec<PathBuf>),
    /// What the watcher saw change.
    Changed(Vec<PathBuf>),
}

impl Desktop {
    /// Starts player, jobs and watcher, and brings the library up to date in the background.
    pub fn open(
        segue: Segue,
        output: AudioOutput,
        tell: impl Fn(AppEvent) + Send + Sync + 'static,
    ) -> Result<Self, AppError> {
        let (segue, tell): (_, Notify) = (Arc::new(segue), Arc::new(tell));
        let output = match output {
            AudioOutput::Default => OutputKind::Device(segue.output_settings()?),
            AudioOutput::Null => OutputKind::Null,
            AudioOutput::Wav(_) => {
                return Err(AppError::WindowPlaysNoFile);
            }
        };
        let player = Arc::new(Player::start(
            Arc::clone(&segue),
            output,
            Arc::clone(&tell),
        )?);
        let is_set = |name| {
            let value = segue.library.setting(name)?;
            Ok::<_, AppError>(value.is_some_and(|value| value == true))
        };
        let (paused, closely_paused) = (is_set(ANALYSIS_PAUSED)?, is_set(CLOSELY_PAUSED)?);
        let (scan_requests, requests) = unbounded();
        let (listen, listen_in) = unbounded();
        let work = Arc::new(Work {
            segue: Arc::clone(&segue),
            scan: Job::new(JobKind::Scan, false, Arc::clone(&tell)),
            analysis: Job::new(JobKind::Analysis, paused, Arc::clone(&tell)),
            closely: Job::new(JobKind::Closely, closely_paused, Arc::clone(&tell)),
            tell,
            scan_requests,
            listen,
            watcher: Mutex::default(),
        });
        let (scanning, listening, playing) =
            (Arc::clone(&work), Arc::clone(&work), Arc::clone(&player));
        let (learn, learn_in) = unbounded();
        segue.learn_in_background(learn);
        let learning = Arc::clone(&work);
        spawn("segue-taste", move || learning.learn_all(&learn_in))?;
        spawn("segue-scan", move || scanning.scan_all(&requests))?;
        spawn("segue-analysis", move || {
            listening.listen_all(&listen_in, &playing)
        })?;
        if !segue.library.roots()?.is_empty() {
            work.send(ScanRequest::Folders(Vec::new()));
        }
        Ok(Self {
            segue,
            player,
            work,
            playlist_edits: Mutex::default(),
        })
    }

    /// Ends the current play, stores the queue, and stops the background work.
    pub fn close(&self) {
        *lock(&self.work.watcher) = None;
        self.work.scan.cancel();
        self.work.analysis.cancel();
        self.work.closely.cancel();
        self.player.close();
    }

    /// The library as a whole.
    pub fn status(&self) -> Result<LibraryStatus, AppError> {
        let library = &self.segue.library;
        let counts = library.counts()?;
        let (model, model_error) = match self.segue.model_manager.model_id() {
            Ok(id) => (Some(id), None),
            Err(error) => (None, Some(error)),
        };
        let analyzed = match &model {
            Some(id) => library.heard_tracks(id)?,
            None => 0,
        };
        let closely = self.segue.closely()?;
        // What the fine model found is told with the model itself.
        let serving = self.segue.serving()?.filter(|id| {
            Some(id) != model.as_ref() && !closely.as_ref().is_some_and(|it| it.serving)
        });
        let to_hear = match (&model, &serving) {
            (Some(model), Some(serving)) => library.uncovered(model, serving)?,
            _ => 0,
        };
        let text = |path: PathBuf| path.to_string_lossy().into_owned();
        Ok(LibraryStatus {
            version: env!("CARGO_PKG_VERSION").into(),
            roots: library.roots()?.iter().map(root_row).collect(),
            tracks: counts.tracks,
            missing: counts.missing,
            albums: counts.albums,
            analyzed,
            failures: self.all_failures()?.len() as u64,
            suggested_folder: places::music().map(text),
            demo_folder: places::demo().map(text),
            model: model.map(|id| id.to_string()),
            model_error,
            serving: serving.map(|id| id.to_string()),
            to_hear,
            provider: self.segue.model_manager.active_provider(),
            closely,
            jobs: self.jobs()?,
            first_choice: self.segue.offers_first_choice(analyzed)?,
            revision: library.revision(),
        })
    }

    /// The long work; listening more closely where there is a model for it.
    fn jobs(&self) -> Result<Vec<JobProgress>, AppError> {
        let mut jobs = vec![self.work.scan.progress(), self.work.analysis.progress()];
        if self.segue.listens_closely()? {
            jobs.push(self.work.closely.progress());
        }
        Ok(jobs)
    }

    /// Has the fine model listen from now on, or not.
    pub fn set_closely(&self, on: bool) -> Result<(), AppError> {
        self.segue.set_closely(on)?;
        self.work.tell_library();
        self.work.want_listening();
        Ok(())
    }

    /// Adds a folder; it is scanned in the background.
    pub fn add_folder(&self, path: &Path) -> Result<(), AppError> {
        // Checked here and not by the scan, which reports later, when the listener no longer sees which folder it was.
        path.read_dir()
            .map_err(AppError::file(FileAttempt::ReadFolder, path))?;
        self.work.send(ScanRequest::Folders(vec![path.to_owned()]));
        Ok(())
    }

    /// Takes a folder out of the library; its plays and what was learned of it stay.
    pub fn remove_folder(&self, path: &Path) -> Result<(), AppError> {
        if !self.segue.library.remove_root(path)? {
            return Err(AppError::NoSuchRoot { path: shown(path) });
        }
        self.work.watch();
        self.work.tell_library();
        // A playlist's places may now resolve to other copies.
        (self.work.tell)(AppEvent::Playlists);
        Ok(())
    }

    /// Brings all folders up to date, in the background.
    pub fn rescan(&self) -> Result<(), AppError> {
        self.work.send(ScanRequest::Folders(Vec::new()));
        Ok(())
    }

    /// Forgets songs whose files were deleted; plays, opinions and playlists stay. Returns how many.
    pub fn forget_missing(&self) -> Result<u64, AppError> {
        let done = self.segue.forget_missing()?;
        self.work.tell_library();
        (self.work.tell)(AppEvent::Playlists);
        Ok(done.forgotten)
    }

    /// Files that failed, in the scan or the analysis.
    pub fn failures(&self) -> Result<Vec<FailureRow>, AppError> {
        Ok(self.all_failures()?.iter().map(FailureRow::from).collect())
    }

    fn all_failures(&self) -> Result<Vec<FailedFile>, AppError> {
        let mut failures = self.segue.library.failures()?;
        if let Ok(model) = self.segue.model_manager.model_id() {
            failures.extend(self.segue.library.analysis_failures(&model)?);
        }
        // A file that both passes cannot decode is listed once.
        for failure in self.segue.library.measure_failures()? {
            if !failures.contains(&failure) {
                failures.push(failure);
            }
        }
        Ok(failures)
    }

    /// A page of songs.
    pub fn songs(
        &self,
        query: &SongsQuery,
        offset: u32,
        limit: u32,
    ) -> Result<SongsPage, AppError> {
        let query = self.segue.track_query(query, offset, Some(limit))?;
        let (page, corrected) = self.segue.found(query)?;
        Ok(SongsPage {
            total: page.total,
            offset,
            corrected,
            rows: self.segue.track_rows(&page.tracks)?,
        })
    }

    /// A page of albums.
    pub fn albums(
        &self,
        text: &str,
        sort: AlbumSort,
        descending: bool,
        offset: u32,
        limit: u32,
    ) -> Result<AlbumsPage, AppError> {
        let sort = match sort {
            AlbumSort::Title => segue_library::AlbumSort::Title,
            AlbumSort::Artist => segue_library::AlbumSort::Artist,
            AlbumSort::Year => segue_library::AlbumSort::Year,
            AlbumSort::Added => segue_library::AlbumSort::Added,
        };
        let page = self
            .segue
            .library
            .albums(text, sort, descending, offset, Some(limit))?;
        Ok(AlbumsPage {
            total: page.total,
            offset,
            rows: page.albums.iter().map(album_row).collect(),
        })
    }

    /// The album that a track stands on.
    pub fn album_of(&self, track: i64) -> Result<Option<crate::AlbumRow>, AppError> {
        let library = &self.segue.library;
        let Some(id) = library.album_of(TrackId(track))? else {
            return Ok(None);
        };
        Ok(library.album(id)?.as_ref().map(album_row))
    }

    /// A square-bounded JPEG of a track's cover.
    pub fn cover(&self, track: i64, size_px: u32) -> Result<Option<Vec<u8>>, AppError> {
        let now = SystemTime::now();
        Ok(self.segue.library.thumbnail(TrackId(track), size_px, now)?)
    }

    /// The waveform of a track's recording, once it was measured.
    pub fn waveform(&self, track: i64) -> Result<Option<WaveformRow>, AppError> {
        let measures = self.segue.library.measures(TrackId(track))?;
        Ok(measures.map(|measures| waveform_row(measures.waveform)))
    }

    /// Plays a whole list of songs, starting at `index`.
    pub fn play_songs(
        &self,
        query: &SongsQuery,
        index: u32,
        source: PlaySource,
    ) -> Result<(), AppError> {
        let ids = self
            .segue
            .library
            .track_ids(&self.segue.track_query(query, 0, None)?)?;
        let from = match query.album {
            Some(_) => ids
                .first()
                .map(|first| self.album_named(*first))
                .transpose()?
                .flatten(),
            None if !query.text.trim().is_empty() => Some(PlayedFrom::Search {
                query: query.text.clone(),
            }),
            None => None,
        };
        self.player.play(&ids, index as usize, source, from)
    }

    /// Plays these tracks, in this order.
    pub fn play_tracks(&self, ids: &[i64], source: PlaySource) -> Result<(), AppError> {
        let ids = track_ids(ids);
        let from = match ids.first() {
            Some(first) if source == PlaySource::Album => self.album_named(*first)?,
            _ => None,
        };
        self.player.play(&ids, 0, source, from)
    }

    /// The album that a track stands on, as the log of plays names it.
    fn album_named(&self, track: TrackId) -> Result<Option<PlayedFrom>, AppError> {
        let track = self.segue.library.track(track)?;
        Ok(track.and_then(|track| {
            Some(PlayedFrom::Album {
                artist: track
                    .album_artist
                    .or_else(|| track.artists.into_iter().next()),
                title: track.album?,
            })
        }))
    }

    /// Puts tracks into the queue.
    pub fn enqueue(&self, ids: &[i64], at: EnqueueAt) -> Result<(), AppError> {
        self.player.enqueue(&track_ids(ids), at)
    }

    /// Sets the running station's dial.
    pub fn tune(&self, discovery: f32) -> Result<(), AppError> {
        self.player.tune(discovery.clamp(0.0, 1.0))
    }

    /// Ends the station, and leaves its queue.
    pub fn stop_radio(&self) -> Result<(), AppError> {
        self.player.stop_radio()
    }

    /// The player bar.
    pub fn player(&self) -> Result<PlayerState, AppError> {
        self.player.state()
    }

    /// Carries out a command of the player bar.
    pub fn command(&self, command: &PlayerCommand) -> Result<(), AppError> {
        self.player.command(command)
    }

    /// What plays, as the desktop's media controls show it.
    pub fn now_playing(&self) -> Result<NowPlaying, AppError> {
        self.player.now_playing()
    }

    /// Where the current song is at this instant, in seconds.
    pub fn position_s(&self) -> Result<f64, AppError> {
        self.player.position_s()
    }

    /// Does what was asked through the desktop's media controls.
    pub fn media_request(&self, request: &MediaRequest) -> Result<(), AppError> {
        self.player.media_request(request)
    }

    /// A page of the queue, in playing order.
    pub fn queue(&self, offset: u32, limit: u32) -> Result<QueuePage, AppError> {
        self.player.queue(offset, limit)
    }

    /// Records a like or dislike of a recording, or removes it.
    pub fn rate(&self, id: i64, rating: Option<Rating>) -> Result<(), AppError> {
        self.segue.rate(id.to_string(), rating)?;
        self.work.tell_library();
        (self.work.tell)(AppEvent::Taste);
        (self.work.tell)(AppEvent::Player {
            state: Box::new(self.player.state()?),
        });
        Ok(())
    }

    /// Pauses, resumes or cancels long work.
    pub fn job(&self, job: JobKind, action: JobAction) -> Result<(), AppError> {
        let which = match job {
            JobKind::Scan => &self.work.scan,
            JobKind::Analysis => &self.work.analysis,
            JobKind::Closely => &self.work.closely,
        };
        match action {
            JobAction::Pause => which.pause(true),
            JobAction::Resume => which.pause(false),
            JobAction::Cancel => which.cancel(),
        }
        let setting = match job {
            JobKind::Scan => None,
            JobKind::Analysis => Some(ANALYSIS_PAUSED),
            JobKind::Closely => Some(CLOSELY_PAUSED),
        };
        if let Some(setting) = setting.filter(|_| action != JobAction::Cancel) {
            let paused = action == JobAction::Pause;
            self.segue.library.put_setting(setting, &paused.into())?;
            self.work.want_listening();
        }
        Ok(())
    }
}

impl Work {
    fn send(&self, request: ScanRequest) {
        // Fails only when the program ends.
        _ = self.scan_requests.send(request);
    }

    fn want_listening(&self) {
        _ = self.listen.send(());
    }

    fn tell_library(&self) {
        (self.tell)(AppEvent::Library {
            revision: self.segue.library.revision(),
        });
    }

    /// Watches all folders of the library, and no others.
    fn watch(self: &Work) {
        let roots = match self.segue.library.roots() {
            Ok(roots) => roots.into_iter().map(|root| root.path).collect::<Vec<_>>(),
            Err(error) => return tracing::warn!(%error, "changes on disk are not followed"),
        };
        let mut watcher = lock(&self.watcher);
        if let Some(watcher) = &*watcher {
            return watcher.follow(&roots);
        }
        let (scan_requests, tell) = (self.scan_requests.clone(), Arc::clone(&self.tell));
        let begun = segue_library::watch(&roots, move |watched| match watched {
            Watched::Changed(paths) => _ = scan_requests.send(ScanRequest::Changed(paths)),
            Watched::Polling => tell(AppEvent::Notice {
                notice: Notice::Polling,
            }),
        });
        match begun {
            Ok(begun) => *watcher = Some(begun),
            Err(error) => tracing::warn!(%error, "changes on disk are not followed"),
        }
    }

    /// The scanning thread: one request after the other.
    fn scan_all(&self, scan_requests: &Receiver<ScanRequest>) {
        // Changes reported by the watcher and not scanned yet.
        let mut changed = BTreeSet::new();
        let mut failing = false;
        for request in scan_requests {
            match request {
                ScanRequest::Folders(folders) => {
                    // What changes during the scan is scanned after it.
                    self.watch();
                    self.scan_folders(&folders);
                    self.watch();
                    self.segue.library.prune_covers(SystemTime::now());
                }
                ScanRequest::Changed(paths) => changed.extend(paths),
            }
            if !changed.is_empty() {
                let paths: Vec<PathBuf> = changed.iter().cloned().collect();
                let taken_up = self.segue.library.scan_paths(&paths);
                let was_failing = std::mem::replace(&mut failing, taken_up.is_err());
                match taken_up {
                    Ok(_) => changed.clear(),
                    Err(error) => {
                        tracing::warn!(%error, "a change on disk was not taken up");
                        // The watcher reports a change once: if it were dropped here, the file would stay unread until the next full scan.
                        if !was_failing {
                            (self.tell)(AppEvent::Notice {
                                notice: Notice::ChangesNotTakenUp {
                                    problem: error.into(),
                                },
                            });
                        }
                    }
                }
            }
            self.tell_library();
            // A playlist's places may have found their songs.
            (self.tell)(AppEvent::Playlists);
            self.want_listening();
        }
    }

    fn scan_folders(&self, folders: &[PathBuf]) {
        self.scan.begin();
        let mut told = Instant::now();
        let done = self.segue.scan(folders, &mut |progress| {
            if progress.added > 0 && told.elapsed() >= NEWS_EVERY {
                self.tell_library();
                told = Instant::now();
            }
            let total = if progress.walked { progress.files } else { 0 };
            let current = progress
                .path
                .as_ref()
                .map(|path| path.to_string_lossy().into_owned());
            self.scan
                .advance(progress.done, total, progress.failed, current)
        });
        self.scan.end(done.err());
    }

    /// The learning thread: refits the taste when that is due.
    fn learn_all(&self, wanted: &Receiver<()>) {
        for () in wanted {
            while wanted.try_recv().is_ok() {}
            match self.segue.refit() {
                Ok(()) => (self.tell)(AppEvent::Taste),
                Err(error) => {
                    tracing::warn!(%error, "taste was not learned anew")
                }
            }
        }
    }

    /// The analysis thread: analyses and measures new recordings, whenever there may be some; then has the fine model listen.
    fn listen_all(&self, wanted: &Receiver<()>, player: &Player) {
        let mut current = self.segue.model_manager.current();
        let mut playlists = self.segue.library.playlists_changed().ok();
        let mut output = self.segue.output_settings().ok();
        loop {
            match wanted.recv_timeout(SWITCH_EVERY) {
                Ok(()) => while wanted.try_recv().is_ok() {},
                Err(RecvTimeoutError::Timeout) => {
                    let changed = self.segue.library.playlists_changed().ok();
                    if changed != playlists {
                        playlists = changed;
                        (self.tell)(AppEvent::Playlists);
                    }
                    let chosen = self.segue.output_settings().ok();
                    if chosen != output {
                        output.clone_from(&chosen);
                        // Fails only when the player is gone.
                        _ = chosen.map(|settings| player.use_output(settings));
                    }
                    let now = self.segue.model_manager.current();
                    if now == current {
                        // What failed is tried again when something came, and not on and on.
                        if self.closely.progress().status != JobStatus::Failed {
                            self.listen_closely(wanted);
                        }
                        continue;
                    }
                    current = now;
                    self.tell_library();
                }
                Err(RecvTimeoutError::Disconnected) => return,
            }
            if !self.analysis.is_paused() {
                self.listen_now(wanted, player);
            }
            self.listen_closely(wanted);
        }
    }

    /// Has the fine model hear what the current one has heard: one recording after the other, for as long as nothing else is to
    /// be done and the machine has time and power.
    fn listen_closely(&self, wanted: &Receiver<()>) {
        let is_due = || -> Result<bool, AppError> {
            let closely = self.segue.closely()?;
            let due = closely.is_some_and(|it| {
                it.on && it.to_hear > 0 && it.waits.is_none() && it.problem.is_none()
            });
            // What is new is heard quickly first, even where that is paused.
            Ok(due && !self.has_unheard()? && self.segue.library.unmeasured(1)?.is_empty())
        };
        if self.closely.is_paused() || !matches!(is_due(), Ok(true)) {
            return;
        }
        self.closely.begin();
        let request = AnalyzeRequest {
            jobs: Some(1),
            provider: Provider::Auto,
            again: false,
            closely: true,
        };
        let mut told = Instant::now();
        let mut observe = |progress: &AnalyzeProgress| {
            if told.elapsed() >= NEWS_EVERY * 4 {
                self.tell_library();
                told = Instant::now();
            }
            let go_on = self.closely.advance(
                progress.done,
                progress.total,
                progress.failed,
                progress.current.clone(),
            );
            go_on
                && wanted.is_empty()
                && why_not_now().is_none()
                && matches!(self.segue.listens_closely(), Ok(true))
        };
        let done = self
            .segue
            .listen_closely(&request, &Limit::default(), &mut observe);
        self.closely.end(done.err());
        self.tell_library();
    }

    /// Whether anything is to be analysed: asked first, because loading a network for nothing takes time and memory.
    fn has_unheard(&self) -> Result<bool, AppError> {
        let model = self.segue.model_manager.model_id()?;
        Ok(!self.segue.library.unanalyzed(&model, 1)?.is_empty())
    }

    fn listen_now(&self, wanted: &Receiver<()>, player: &Player) {
        let unheard = self.has_unheard();
        let unmeasured = match self.segue.library.unmeasured(1) {
            Ok(waiting) => !waiting.is_empty(),
            Err(error) => return self.analysis.end(Some(error.into())),
        };
        if matches!(unheard, Ok(false)) && !unmeasured {
            return;
        }
        // Half of the cores, and one while music plays: analysis must not make playback stutter.
        let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get());
        let jobs = (cores / 2).max(1);
        let limit = Limit::default();
        let heed_the_listener = || limit.set(if player.is_playing() { 1 } else { jobs });
        heed_the_listener();
        self.analysis.begin();
        let request = AnalyzeRequest {
            jobs: Some(jobs),
            provider: Provider::Auto,
            again: false,
            closely: false,
        };
        let mut told = Instant::now();
        let mut observe = |progress: &AnalyzeProgress| {
            if told.elapsed() >= NEWS_EVERY * 4 {
                self.tell_library();
                told = Instant::now();
            }
            heed_the_listener();
            self.analysis.stage(progress.stage);
            let go_on = self.analysis.advance(
                progress.done,
                progress.total,
                progress.failed,
                progress.current.clone(),
            );
            // What was added meanwhile is analysed before the rest is measured, since radio needs the vectors first.
            go_on && (progress.stage == JobStage::Listening || wanted.is_empty())
        };
        // Without a model nothing can be analysed; measuring needs none.
        let heard = unheard.and_then(|unheard| match unheard {
            true => Ok(self
                .segue
                .listen(&request, &limit, &mut observe)?
                .finished()),
            false => Ok(true),
        });
        let measured = match heard {
            Ok(false) => Ok(()),
            _ => self.segue.measure(&request, &limit, &mut observe).map(drop),
        };
        let failed = heard.err().or(measured.err());
        self.analysis.end(failed);
        self.tell_library();
    }
}

fn track_ids(ids: &[i64]) -> Vec<TrackId> {
    ids.iter().copied().map(TrackId).collect()
}
