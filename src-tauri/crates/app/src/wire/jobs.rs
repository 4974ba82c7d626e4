//! Long work and its progress.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::problem::AppError;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum JobKind {
    Scan,
    Analysis,
}

/// What an analysis is about, one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum JobStage {
    /// Vectors, tags, tempo and key.
    Listening,
    /// Loudness, silence and outline of whole files.
    Measuring,
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
