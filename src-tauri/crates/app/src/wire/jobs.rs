//! Long work and its progress.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::problem::AppError;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum JobKind {
    Scan,
    Analysis,
    /// The fine model hears what the quick one has heard.
    Closely,
}

/// What an analysis is about, one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum JobStage {
    /// Vectors, tags, tempo and key.
    Listening,
    /// Loudness, silence and outline of whole files.
    Measuring,
    /// Vectors and tags once more, by the fine model.
    Closely,
}

/// Why the fine model does not listen now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum CloselyWaits {
    /// The machine runs on its battery.
    Battery,
    /// Others keep the machine busy.
    Busy,
}

/// How far the fine model is, which hears once more what the quick one has heard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct CloselyStatus {
    /// Whether it is to listen.
    pub on: bool,
    /// Its id.
    pub model: String,
    /// Whether radio, likeness and heard tags go by its vectors.
    pub serving: bool,
    /// Recordings that it heard.
    pub heard: u64,
    /// Recordings at hand that the quick one has heard, and it has neither heard nor refused.
    pub to_hear: u64,
    /// Seconds of listening left, by what the others took; `null` before the first.
    pub left_s: Option<f64>,
    /// Why it does not listen now, though it should.
    pub waits: Option<CloselyWaits>,
    /// Why it cannot listen.
    pub problem: Option<AppError>,
}

/// What to do with long work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum JobAction {
    Pause,
    Resume,
    Cancel,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum JobStatus {
    Idle,
    Running,
    Paused,
    Failed,
}

/// Where long work stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct JobProgress {
    pub job: JobKind,
    pub status: JobStatus,
    /// Of an analysis under way; the numbers below are this stage's.
    pub stage: Option<JobStage>,
    pub done: u64,
    /// 0 while not known yet.
    pub total: u64,
    pub failures: u64,
    /// What is being worked on.
    pub current: Option<String>,
    /// Seconds left, once they can be told.
    pub left_s: Option<f64>,
    /// Why it failed.
    pub problem: Option<AppError>,
}
