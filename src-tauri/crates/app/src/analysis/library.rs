//! Listening to the library, in two passes: every recording without a vector of the current model gets one, with its
//! tempo and key; then every recording that was not measured yet is, from its first sample to its last.
//!
//! Vectors come first for the whole library, because radio waits for them: they take a minute of each file, and
//! measuring takes all of it. Both in one decoding would save about a fifth of the sum and double the wait. Short
//! files are heard whole anyway, and measured on the way.
//!
//! Some threads decode and compute; one writes. What is written is whole, so a kill costs the tracks in the air and
//! nothing else, and the next run goes on. What is found does not depend on the number of threads, because each track
//! is dealt with by one alone.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError, mpsc};
use std::time::Instant;

use segue_analysis::{Fallen, Provider, measure_file};
use segue_core::{FailedFile, FileFault, LibraryError};
use segue_library::Unanalyzed;

use crate::lock::lock;
use crate::models::default_jobs;
use crate::wire::{AnalyzeDone, FailureRow, JobStage};
use crate::{AppError, Segue};

/// How to listen.
#[derive(Clone, Debug)]
pub struct AnalyzeRequest {
    /// Tracks at the same time; by default all cores but one.
    pub jobs: Option<usize>,
    /// Where the network runs.
    pub provider: Provider,
    /// Also what has a vector and was measured, or was refused before.
    pub again: bool,
    /// Once all that is done, have the fine model listen too.
    pub closely: bool,
}

/// How many tracks may be dealt with at the same time, changed while that is done: whoever listens goes first.
pub(crate) struct Limit {
    at_once: Mutex<usize>,
    changed: Condvar,
}

impl Default for Limit {
    /// As many as there are threads.
    fn default() -> Self {
        Self {
            at_once: Mutex::new(usize::MAX),
            changed: Condvar::new(),
        }
    }
}

impl Limit {
    /// From now on so many, once what is in the air is done.
    pub(crate) fn set(&self, at_once: usize) {
        *lock(&self.at_once) = at_once;
        self.changed.notify_all();
    }

    /// Holds the `worker`-th thread while fewer may work and there is work.
    fn wait(&self, worker: usize, is_work: impl Fn() -> bool) {
        let mut at_once = lock(&self.at_once);
        while worker >= *at_once && is_work() {
            at_once = self
                .changed
                .wait(at_once)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// There is no more work.
    fn release(&self) {
        // Held, so that nobody is between looking for work and waiting.
        drop(lock(&self.at_once));
        self.changed.notify_all();
    }
}

/// How far one pass is.
#[derive(Clone, Debug)]
pub struct AnalyzeProgress {
    /// Which pass.
    pub stage: JobStage,
    /// Recordings dealt with.
    pub done: u64,
    /// Recordings to deal with.
    pub total: u64,
    /// Of these, refused.
    pub failed: u64,
    /// The file dealt with last.
    pub current: Option<String>,
}

/// What a pass came to.
#[derive(Default)]
pub(crate) struct Pass {
    /// Recordings dealt with.
    pub(crate) done: u64,
    pub(crate) failures: Vec<FailureRow>,
    /// False when it was stopped before its end.
    pub(crate) finished: bool,
    pub(crate) seconds: f64,
    pub(crate) cpu_seconds: Option<f64>,
}

/// The first pass, with what is known of it beside.
pub(crate) struct FirstPass {
    pass: Pass,
    /// Recordings that were heard whole and measured too.
    measured: u64,
    already: u64,
    audio_seconds: f64,
    provider: String,
    fell_back: Option<String>,
    model: String,
}

impl FirstPass {
    /// False when it was stopped before its end.
    pub(crate) fn finished(&self) -> bool {
        self.pass.finished
    }
}

/// Told after each recording; `false` ends the pass early.
type Observe<'a> = &'a mut dyn FnMut(&AnalyzeProgress) -> bool;

impl Segue {
    /// Listens to what has no vector of the current model, then measures what was not measured, then listens more closely, if
    /// asked to. `observe` is called after each recording; its `false` ends the work early, and loses nothing.
    pub fn analyze(
        &self,
        request: &AnalyzeRequest,
        observe: Observe,
    ) -> Result<AnalyzeDone, AppError> {
        if request.closely && self.model_manager.fine().is_none() {
            return Err(AppError::NoFineModel);
        }
        if request.again {
            self.library.clear_measures()?;
        }
        let limit = Limit::default();
        let listened = self.listen(request, &limit, observe)?;
        let measured = match listened.pass.finished {
            true => self.measure(request, &limit, observe)?,
            false => Pass::default(),
        };
        let closely = match measured.finished && request.closely {
            true => self.listen_closely(request, &limit, observe)?,
            false => Pass {
                finished: measured.finished,
                ..Pass::default()
            },
        };
        // A file that no pass can decode is one refusal.
        let mut failures = listened.pass.failures;
        for failure in measured.failures.into_iter().chain(closely.failures) {
            if !failures.contains(&failure) {
                failures.push(failure);
            }
        }
        Ok(AnalyzeDone {
            analyzed: listened.pass.done,
            already: listened.already,
            measured: listened.measured + measured.done,
            analyzed_closely: closely.done,
            failures,
            finished: closely.finished,
            seconds: listened.pass.seconds + measured.seconds + closely.seconds,
            listening_seconds: listened.pass.seconds,
            measuring_seconds: measured.seconds,
            listening_cpu_seconds: listened.pass.cpu_seconds,
            measuring_cpu_seconds: measured.cpu_seconds,
            audio_seconds: listened.audio_seconds,
            provider: listened.provider,
            fell_back: listened.fell_back,
            model: listened.model,
        })
    }

    /// The first pass: vectors and tags, tempo and key.
    pub(crate) fn listen(
        &self,
        request: &AnalyzeRequest,
        limit: &Limit,
        observe: Observe,
    ) -> Result<FirstPass, AppError> {
        let folder = self.model_manager.folder()?;
        self.listen_with(&folder, JobStage::Listening, request, limit, observe)
    }

    /// The fine model's pass over what it has not heard.
    pub(crate) fn listen_closely(
        &self,
        request: &AnalyzeRequest,
        limit: &Limit,
        observe: Observe,
    ) -> Result<Pass, AppError> {
        let fine = self.model_manager.fine().ok_or(AppError::NoFineModel)?;
        let heard = self.listen_with(&fine.folder, JobStage::Closely, request, limit, observe)?;
        let pass = heard.pass;
        let recordings = pass.done + pass.failures.len() as u64;
        let threads = request.threads(recordings as usize);
        let model = self.model_manager.id_of(&fine.folder)?;
        self.add_cost(&model, recordings, pass.seconds * threads as f64)?;
        Ok(pass)
    }

    fn listen_with(
        &self,
        folder: &Path,
        stage: JobStage,
        request: &AnalyzeRequest,
        limit: &Limit,
        observe: Observe,
    ) -> Result<FirstPass, AppError> {
        let begun = Begun::now();
        let first = self.model_manager.open_in(folder, request.provider)?;
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
        // Models are opened here, one after the other, so that a refusal is an error and not a dead thread.
        let mut models = vec![first];
        while models.len() < request.threads(todo.len()) {
            models.push(self.model_manager.open_in(folder, request.provider)?);
        }
        let (mut audio_seconds, mut measured) = (0.0, 0);
        let fallen: Mutex<Option<Fallen>> = Mutex::default();
        let pass = in_parallel(
            stage,
            &todo,
            models,
            limit,
            |model, recording| {
                let heard = model.analyze_file(&recording.path, recording.span);
                if let Some(failed) = model.fallen() {
                    lock(&fallen).get_or_insert(failed);
                }
                heard
            },
            |recording, heard| match heard {
                Ok(heard) => {
                    audio_seconds += heard.audio_seconds;
                    let (embedding, ends, tags) = (&heard.embedding, &heard.ends, &heard.tags);
                    if let Some(measures) = &heard.measures {
                        self.library.put_measures(recording.audio, measures)?;
                        measured += 1;
                    }
                    self.library.put_analysis(
                        recording.audio,
                        embedding,
                        ends,
                        tags,
                        &heard.descriptors,
                    )
                }
                Err(why) => self.library.put_analysis_failure(recording.audio, &id, why),
            },
            observe,
        )?;
        let fallen = lock(&fallen).take();
        if let Some(failed) = &fallen {
            self.model_manager.note_fallen(failed);
        }
        self.hand_over()?;
        Ok(FirstPass {
            pass: begun.until_now(pass),
            measured,
            already,
            audio_seconds,
            provider: match &fallen {
                Some(_) => Provider::Cpu,
                None => provider,
            }
            .as_str()
            .into(),
            fell_back: fallen
                .map(|failed| format!("{}: {}", failed.provider.as_str(), failed.reason)),
            model: id.to_string(),
        })
    }

    /// The second pass: loudness, silence and outline of whole files. Needs no model.
    pub(crate) fn measure(
        &self,
        request: &AnalyzeRequest,
        limit: &Limit,
        observe: Observe,
    ) -> Result<Pass, AppError> {
        let begun = Begun::now();
        let todo = self.library.unmeasured(u32::MAX)?;
        let pass = in_parallel(
            JobStage::Measuring,
            &todo,
            vec![(); request.threads(todo.len())],
            limit,
            |(), recording| measure_file(&recording.path, recording.span),
            |recording, measured| match measured {
                Ok(measures) => self.library.put_measures(recording.audio, measures),
                Err(why) => self.library.put_measure_failure(recording.audio, why),
            },
            observe,
        )?;
        Ok(begun.until_now(pass))
    }
}

/// When a pass began, by both clocks.
struct Begun {
    wall: Instant,
    cpu_s: Option<f64>,
}

impl Begun {
    fn now() -> Self {
        Self {
            wall: Instant::now(),
            cpu_s: process_cpu_s(),
        }
    }

    /// `pass` with what it took.
    fn until_now(&self, pass: Pass) -> Pass {
        let cpu = process_cpu_s().zip(self.cpu_s);
        Pass {
            seconds: self.wall.elapsed().as_secs_f64(),
            cpu_seconds: cpu.map(|(now, then)| now - then),
            ..pass
        }
    }
}

/// Processor time of this process, user and system, all threads; where the system tells it.
fn process_cpu_s() -> Option<f64> {
    #[cfg(unix)]
    {
        use rustix::time::{ClockId, clock_gettime};
        let time = clock_gettime(ClockId::ProcessCPUTime);
        Some(time.tv_sec as f64 + time.tv_nsec as f64 / 1e9)
    }
    #[cfg(not(unix))]
    None
}

impl AnalyzeRequest {
    fn threads(&self, todo: usize) -> usize {
        let jobs = self.jobs.unwrap_or_else(default_jobs);
        jobs.clamp(1, 64).min(todo.max(1))
    }
}

/// Deals with recordings on a thread for each of `workers`, as many as the limit allows; `keep` gets each result, or the fault it was refused for.
fn in_parallel<W: Send, T: Send>(
    stage: JobStage,
    todo: &[Unanalyzed],
    workers: Vec<W>,
    limit: &Limit,
    work: impl Fn(&mut W, &Unanalyzed) -> Result<T, FailedFile> + Sync,
    mut keep: impl FnMut(&Unanalyzed, Result<&T, &FileFault>) -> Result<(), LibraryError>,
    observe: Observe,
) -> Result<Pass, AppError> {
    let mut pass = Pass {
        finished: true,
        ..Pass::default()
    };
    let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    std::thread::scope(|scope| {
        // As many results may wait as there are threads: while the writer is held, the threads are too.
        let (sender, results) = mpsc::sync_channel(workers.len());
        for (number, mut worker) in workers.into_iter().enumerate() {
            let (sender, next, stop, work) = (sender.clone(), &next, &stop, &work);
            let is_work =
                || !stop.load(Ordering::Relaxed) && next.load(Ordering::Relaxed) < todo.len();
            scope.spawn(move || {
                yield_to_the_listener();
                loop {
                    limit.wait(number, is_work);
                    if !is_work() {
                        break;
                    }
                    let Some(recording) = todo.get(next.fetch_add(1, Ordering::Relaxed)) else {
                        break;
                    };
                    let done = work(&mut worker, recording);
                    if sender.send((recording, done)).is_err() {
                        break;
                    }
                }
                limit.release();
            });
        }
        drop(sender);
        for (recording, result) in results {
            match result {
                Ok(found) => {
                    keep(recording, Ok(&found))?;
                    pass.done += 1;
                }
                Err(failed) => {
                    // A file that went in the meantime is the scan's affair, not a refusal.
                    if recording.path.exists() {
                        keep(recording, Err(&failed.why))?;
                    }
                    pass.failures.push(FailureRow::from(&failed));
                }
            }
            let failed = pass.failures.len() as u64;
            let progress = AnalyzeProgress {
                stage,
                done: pass.done + failed,
                total: todo.len() as u64,
                failed,
                current: Some(recording.path.to_string_lossy().into_owned()),
            };
            if !stop.load(Ordering::Relaxed) && !observe(&progress) {
                // What is in the air is still written.
                stop.store(true, Ordering::Relaxed);
                pass.finished = false;
            }
        }
        Ok::<_, AppError>(())
    })?;
    Ok(pass)
}

/// Lets whatever a person waits for go first: playback above all.
fn yield_to_the_listener() {
    if let Err(error) =
        thread_priority::set_current_thread_priority(thread_priority::ThreadPriority::Min)
    {
        tracing::debug!(?error, "the analysis runs at ordinary priority");
    }
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};
    use std::sync::Barrier;

    use segue_core::{AudioHash, FileSpan, TrackId};

    use super::*;

    fn recordings(count: u8) -> Vec<Unanalyzed> {
        let all = (0..count).map(|n| Unanalyzed {
            audio: AudioHash([n; 16]),
            track: TrackId(n.into()),
            path: PathBuf::from(format!("{n:02}.flac")),
            span: FileSpan::WHOLE,
        });
        all.collect()
    }

    #[test]
    fn fewer_work_while_fewer_may_and_all_again_after() {
        let todo = recordings(40);
        let limit = Limit::default();
        limit.set(1);
        let (working, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let meeting = Barrier::new(3);
        let mut done = 0;
        let pass = in_parallel(
            JobStage::Measuring,
            &todo,
            vec![(); 3],
            &limit,
            |(), recording| {
                let path = recording.path.as_path();
                let now = working.fetch_add(1, Ordering::SeqCst) + 1;
                if path < Path::new("20.flac") {
                    most.fetch_max(now, Ordering::SeqCst);
                }
                // These three are only got over together.
                let together = ["37.flac", "38.flac", "39.flac"];
                if together.iter().any(|name| path == Path::new(name)) {
                    meeting.wait();
                }
                working.fetch_sub(1, Ordering::SeqCst);
                Ok(())
            },
            |_, _| Ok(()),
            &mut |progress| {
                done = progress.done;
                if done == 30 {
                    limit.set(3);
                }
                true
            },
        );
        assert!(pass.unwrap().finished);
        assert_eq!((done, most.into_inner()), (40, 1));
    }

    #[test]
    fn who_is_held_goes_home_at_the_end() {
        for stops in [false, true] {
            let (todo, limit) = (recordings(5), Limit::default());
            limit.set(1);
            let pass = in_parallel(
                JobStage::Measuring,
                &todo,
                vec![(); 3],
                &limit,
                |(), _| Ok(()),
                |_, _| Ok(()),
                &mut |progress| !(stops && progress.done == 2),
            );
            assert_eq!(pass.unwrap().finished, !stops);
        }
    }
}
