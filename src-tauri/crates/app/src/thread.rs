//! Threads with names.

use std::thread::{Builder, JoinHandle};

use crate::AppError;

/// Starts a thread.
pub(crate) fn spawn(
    name: &str,
    run: impl FnOnce() + Send + 'static,
) -> Result<JoinHandle<()>, AppError> {
    let thread = Builder::new().name(name.into()).spawn(run);
    thread.map_err(|error| AppError::NoThread {
        detail: error.to_string(),
    })
}
