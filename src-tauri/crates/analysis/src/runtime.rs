//! ONNX Runtime: a library that is loaded from a path, once per process, and the hardware it can use.

use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use ort::environment::Environment;
use ort::logging::LogLevel;
use ort::session::Session;
use ort::session::builder::SessionBuilder;
use segue_core::{AnalysisError, RuntimeFault};

use crate::Provider;
use crate::files::shown;
use crate::uploader::look_for_uploader;

/// What a program's `main` puts into its environment before anything else, in case a library with an uploader gets past
/// [`Runtime::load`]. The official libraries since 1.29 ask for the first before they start theirs; the second is the name
/// that Microsoft's other libraries ask for.
pub const OPT_OUTS: [(&str, &str); 2] = [
    ("ORT_DISABLE_TELEMETRY", "1"),
    ("ORT_TELEMETRY_DISABLED", "1"),
];

/// A loaded ONNX Runtime. Cheap to clone; the library stays until the process ends.
#[derive(Clone)]
pub struct Runtime {
    environment: Environment,
    path: PathBuf,
}

/// One environment per process is all that ONNX Runtime allows; it is kept for good.
static LOADED: Mutex<Option<Runtime>> = Mutex::new(None);

impl Runtime {
    /// Loads the library at `path`, unless it carries an uploader. A process holds one: asking for it again is cheap, for
    /// another an error.
    pub fn load(path: &Path) -> Result<Runtime, AnalysisError> {
        if !path.is_file() {
            return Err(AnalysisError::RuntimeMissing { path: shown(path) });
        }
        let refuse = |why| AnalysisError::RuntimeRefused {
            path: shown(path),
            why,
        };
        // The loader takes a relative path for a name to search for: what is looked into must be what is loaded.
        let absolute = std::path::absolute(path).map_err(|error| {
            let detail = error.to_string();
            refuse(RuntimeFault::Unreadable { detail })
        })?;
        let path = absolute.as_path();
        let mut loaded = LOADED
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some(runtime) = &*loaded
            && runtime.path == path
        {
            return Ok(runtime.clone());
        }
        look_for_uploader(path)?;
        if let Some(runtime) = &*loaded {
            let path = shown(&runtime.path);
            return Err(refuse(RuntimeFault::AnotherLoaded { path }));
        }
        // A library that is something else makes `ort` panic in places.
        let environment = catch_unwind(|| {
            let builder = ort::init_from(path).map_err(|e| e.to_string())?;
            let builder = builder.with_name("segue").with_telemetry(false); // Windows: ETW
            builder.build().map_err(|e| e.to_string())
        })
        .map_err(|_| refuse(RuntimeFault::Unknown))?
        .map_err(|detail| refuse(RuntimeFault::Said { detail }))?;
        environment.set_log_level(LogLevel::Error);
        let runtime = Self {
            environment,
            path: path.to_owned(),
        };
        *loaded = Some(runtime.clone());
        Ok(runtime)
    }

    /// Which ONNX Runtime it is, by its build description: the release's number, such as `1.24.4`, else the
    /// commit. (The number itself is only told through a raw pointer, which this crate does not touch.)
    pub fn version(&self) -> String {
        let info = ort::info();
        let field = |name: &str| {
            let (_, rest) = info.split_once(name)?;
            Some(rest.split([',', ' ']).next().unwrap_or(rest).to_owned())
        };
        match field("git-branch=rel-") {
            Some(release) => release,
            None => field("git-commit-id=")
                .map_or_else(|| info.to_owned(), |commit| format!("commit {commit}")),
        }
    }

    /// Where the library was loaded from.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A session builder with `provider` registered by itself, so that a failure is told and not papered over
    /// by the processor. One thread and no spinning: workers run side by side, a track in each, and the order
    /// of sums, hence every bit, stays the same.
    #[expect(
        clippy::result_large_err,
        reason = "ort's error brings the builder back; words are made of it at once"
    )]
    pub(crate) fn session_builder(&self, provider: Provider) -> Result<SessionBuilder, String> {
        let builder = Session::builder(&self.environment).map_err(|e| e.to_string())?;
        let builder = builder
            .with_intra_threads(1)
            .and_then(|builder| builder.with_inter_threads(1))
            .and_then(|builder| builder.with_parallel_execution(false))
            .and_then(|builder| builder.with_intra_op_spinning(false))
            .and_then(|builder| builder.with_inter_op_spinning(false))
            .and_then(|builder| builder.with_deterministic_compute(true))
            .and_then(|builder| builder.with_log_level(LogLevel::Error))
            // DirectML refuses memory patterns.
            .and_then(|builder| builder.with_memory_pattern(provider != Provider::DirectMl))
            .map_err(|e| e.to_string())?;
        match provider.dispatch() {
            Some(dispatch) => builder
                .with_execution_providers([dispatch.error_on_failure()])
                .map_err(|e| e.to_string()),
            None if provider == Provider::Cpu => Ok(builder),
            None => Err("not made for this system".to_owned()),
        }
    }
}

/// Whether a provider works here, and why not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderStatus {
    /// Which one.
    pub provider: Provider,
    /// Whether a session can be made with it.
    pub available: bool,
    /// The library's version, or the reason why not.
    pub detail: String,
}

/// Tries every provider by itself.
pub fn provider_report(runtime: &Runtime) -> Vec<ProviderStatus> {
    [
        Provider::Cpu,
        Provider::Cuda,
        Provider::DirectMl,
        Provider::CoreMl,
    ]
    .into_iter()
    .map(|provider| match runtime.session_builder(provider) {
        Ok(_) => {
            let detail = format!("ONNX Runtime {}", runtime.version());
            ProviderStatus {
                provider,
                available: true,
                detail,
            }
        }
        Err(detail) => ProviderStatus {
            provider,
            available: false,
            detail: detail.trim().to_owned(),
        },
    })
    .collect()
}
