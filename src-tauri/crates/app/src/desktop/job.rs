//! Long work: its progress, and the switch by which it is paused, resumed and cancelled.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::lock::lock;
use crate::player::Notify;
use crate::wire::{AppError, AppEvent, JobKind, JobProgress, JobStage, JobStatus};

/// The window is told so often at most.
const TELL_EVERY: Duration = Duration::from_millis(200);

/// One kind of long work, idle or under way.
pub(crate) struct Job {
    state: Mutex<JobState>,
    changed: Condvar,
    tell: Notify,
}

struct JobState {
    progress: JobProgress,
    paused: bool,
    cancelled: bool,
    begun: Instant,
    told: Option<Instant>,
}

impl Job {
    pub(crate) fn new(job: JobKind, paused: bool, tell: Notify) -> Self {
        let status = if paused {
            JobStatus::Paused
        } else {
            JobStatus::Idle
        };
        let progress = fresh(job, status);
        let state = JobState {
            progress,
            paused,
            cancelled: false,
            begun: Instant::now(),
            told: None,
        };
        Self {
            state: Mutex::new(state),
            changed: Condvar::new(),
            tell,
        }
    }

    pub(crate) fn progress(&self) -> JobProgress {
        lock(&self.state).progress.clone()
    }

    /// A new run begins; an earlier cancellation is forgotten.
    pub(crate) fn begin(&self) {
        let mut state = lock(&self.state);
        let status = if state.paused {
            JobStatus::Paused
        } else {
            JobStatus::Running
        };
        state.progress = fresh(state.progress.job, status);
        (state.cancelled, state.begun) = (false, Instant::now());
        self.tell(&mut state);
    }

    /// A stage of the run begins: its numbers and its clock start anew.
    pub(crate) fn stage(&self, stage: JobStage) {
        let mut state = lock(&self.state);
        if state.progress.stage == Some(stage) {
            return;
        }
        let (job, status) = (state.progress.job, state.progress.status);
        state.progress = JobProgress {
            stage: Some(stage),
            ..fresh(job, status)
        };
        state.begun = Instant::now();
        state.told = None;
    }

    /// Notes how far the work is; waits here while it is paused, or gives up, where other work waits for its thread. `false`: it
    /// was cancelled, or gives up.
    pub(crate) fn advance(
        &self,
        done: u64,
        total: u64,
        failures: u64,
        current: Option<String>,
    ) -> bool {
        let mut state = lock(&self.state);
        let spent_s = state.begun.elapsed().as_secs_f64();
        let progress = &mut state.progress;
        (
            progress.done,
            progress.total,
            progress.failures,
            progress.current,
        ) = (done, total, failures, current);
        // Told once there is something to judge by.
        progress.left_s = (done >= 5 && spent_s > 2.0 && total >= done)
            .then(|| spent_s / done as f64 * (total - done) as f64);
        if state.told.is_none_or(|told| told.elapsed() >= TELL_EVERY) {
            self.tell(&mut state);
        }
        let held = Instant::now();
        while state.paused && !state.cancelled {
            if state.progress.job == JobKind::Closely {
                return false;
            }
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        state.begun += held.elapsed();
        !state.cancelled
    }

    /// The run is over; `failed` says why it could not be done.
    pub(crate) fn end(&self, failed: Option<AppError>) {
        let mut state = lock(&self.state);
        state.progress.status = match (&failed, state.paused) {
            (Some(_), _) => JobStatus::Failed,
            (None, true) => JobStatus::Paused,
            (None, false) => JobStatus::Idle,
        };
        (
            state.progress.problem,
            state.progress.current,
            state.progress.left_s,
            state.progress.stage,
        ) = (failed, None, None, None);
        self.tell(&mut state);
    }

    pub(crate) fn pause(&self, paused: bool) {
        let mut state = lock(&self.state);
        state.paused = paused;
        state.progress.status = match (paused, state.progress.status) {
            (true, JobStatus::Running | JobStatus::Idle) => JobStatus::Paused,
            (false, JobStatus::Paused) if state.progress.current.is_some() => JobStatus::Running,
            (false, JobStatus::Paused) => JobStatus::Idle,
            (_, status) => status,
        };
        self.changed.notify_all();
        self.tell(&mut state);
    }

    pub(crate) fn cancel(&self) {
        lock(&self.state).cancelled = true;
        self.changed.notify_all();
    }

    pub(crate) fn is_paused(&self) -> bool {
        lock(&self.state).paused
    }

    fn tell(&self, state: &mut JobState) {
        state.told = Some(Instant::now());
        (self.tell)(AppEvent::Job {
            progress: state.progress.clone(),
        });
    }
}

/// Nothing done yet.
fn fresh(job: JobKind, status: JobStatus) -> JobProgress {
    JobProgress {
        job,
        status,
        stage: None,
        done: 0,
        total: 0,
        failures: 0,
        current: None,
        left_s: None,
        problem: None,
    }
}
