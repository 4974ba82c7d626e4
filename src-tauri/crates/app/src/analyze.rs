//! Listening to the library: every recording without a vector of the current model gets one.
//!
//! Some threads decode and run the network; one writes. What is written is whole, so a kill costs the tracks in the
//! air and nothing else, and the next run goes on. The vectors do not depend on the number of threads, because each
//! track is heard by one network alone.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, mpsc};
use std::time::Instant;

use segue_analysis::{Analyzed, Fallen, Provider};
use segue_library::Unanalyzed;

use crate::convert::failure_row;
use crate::lock::lock;
use crate::reports::AnalyzeDone;
use crate::{AppError, Segue};

/// How to listen.
#[derive(Clone, Debug)]
pub struct AnalyzeRequest {
    /// Tracks at the same time; by default all cores but one.
    pub jobs: Option<usize>,
    /// Where the network runs.
    pub provider: Provider,
    /// Also what has a vector, or was refused before.
    pub again: bool,
}

/// How far the listening is.
#[derive(Clone, Debug)]
pub struct AnalyzeProgress {
    /// Recordings dealt with.
    pub done: u64,
    /// Recordings to deal with.
    pub total: u64,
    /// Of these, refused.
    pub failed: u64,
    /// The file heard last.
    pub current: Option<String>,
}

impl Segue {
    /// Listens to what has no vector of the current model. `observe` is called after each recording; its `false`
    /// ends the work early, and loses nothing.
    pub fn analyze(
        &self,
        request: &AnalyzeRequest,
        observe: &mut dyn FnMut(&AnalyzeProgress) -> bool,
    ) -> Result<AnalyzeDone, AppError> {
        let begun = Instant::now();
        let first = self.ear.open(request.provider)?;
        let (id, provider) = (first.id().clone(), first.active_provider());
        if request.again {
            self.library.clear_analyses(&id)?;
        }
        // Vectors of the model before serve until these cover the library.
        if let Some(serving) = self.serving()? {
            self.keep_serving(&serving)?;
        }
        let already = self.library.analyzed_count(&id)?;
        let todo = self.library.unanalyzed(&id, u32::MAX)?;
        let jobs = request
            .jobs
            .unwrap_or_else(default_jobs)
            .clamp(1, 64)
            .min(todo.len().max(1));
        // Models are opened here, one after the other, so that a refusal is an error and not a dead thread.
        let mut models = vec![first];
        while models.len() < jobs {
            models.push(self.ear.open(request.provider)?);
        }
        let mut done = AnalyzeDone {
            analyzed: 0,
            already,
            failures: Vec::new(),
            finished: true,
            seconds: 0.0,
            audio_seconds: 0.0,
            provider: provider.as_str().into(),
            fell_back: None,
            model: id.to_string(),
        };
        let fallen: Mutex<Option<Fallen>> = Mutex::default();
        let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
        std::thread::scope(|scope| {
            // As many results may wait as there are threads: while the writer is held, the threads are too.
            let (heard, results) = mpsc::sync_channel::<(&Unanalyzed, Result<Analyzed, _>)>(jobs);
            for mut model in models {
                let (heard, next, stop, todo) = (heard.clone(), &next, &stop, &todo);
                let fallen = &fallen;
                scope.spawn(move || {
                    yield_to_the_listener();
                    while !stop.load(Ordering::Relaxed)
                        && let Some(recording) = todo.get(next.fetch_add(1, Ordering::Relaxed))
                        && heard
                            .send((recording, model.analyze_file(&recording.path)))
                            .is_ok()
                    {}
                    if let Some(failed) = model.fallen() {
                        *lock(fallen) = Some(failed.clone());
                    }
                });
            }
            drop(heard);
            for (recording, result) in results {
                match result {
                    Ok(analyzed) => {
                        self.library.put_analysis(
                            recording.audio,
                            &analyzed.embedding,
                            &analyzed.tags,
                        )?;
                        done.analyzed += 1;
                        done.audio_seconds += analyzed.audio_seconds;
                    }
                    Err(error) => {
                        let reason = AppError::from(error).sentence();
                        // A file that went while it was being heard is the scan's affair, not a refusal.
                        if recording.path.exists() {
                            self.library
                                .put_analysis_failure(recording.audio, &id, &reason)?;
                        }
                        let path = recording.path.clone();
                        done.failures
                            .push(failure_row(&segue_library::Failure { path, reason }));
                    }
                }
                let failed = done.failures.len() as u64;
                let progress = AnalyzeProgress {
                    done: done.analyzed + failed,
                    total: todo.len() as u64,
                    failed,
                    current: Some(recording.path.to_string_lossy().into_owned()),
                };
                if !stop.load(Ordering::Relaxed) && !observe(&progress) {
                    // What is in the air is still written.
                    stop.store(true, Ordering::Relaxed);
                    done.finished = false;
                }
            }
            Ok::<_, AppError>(())
        })?;
        if let Some(failed) = lock(&fallen).take() {
            self.ear.note_fallen(&failed);
            done.provider = Provider::Cpu.as_str().into();
            done.fell_back = Some(format!("{}: {}", failed.provider.as_str(), failed.reason));
        }
        // The turn may have come to these vectors.
        self.serving()?;
        done.seconds = begun.elapsed().as_secs_f64();
        Ok(done)
    }
}

/// Lets whatever a person waits for go first: playback above all.
fn yield_to_the_listener() {
    if let Err(error) =
        thread_priority::set_current_thread_priority(thread_priority::ThreadPriority::Min)
    {
        tracing::debug!(?error, "the analysis runs at ordinary priority");
    }
}

pub(crate) fn default_jobs() -> usize {
    std::thread::available_parallelism().map_or(1, |cores| cores.get().saturating_sub(1).max(1))
}
