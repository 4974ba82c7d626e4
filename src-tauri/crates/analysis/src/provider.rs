//! Where a network can run.

use ort::ep::ExecutionProviderDispatch;

/// Where a network runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "ProviderName"))]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    /// The best that works on this machine.
    Auto,
    /// The processor.
    Cpu,
    /// NVIDIA cards.
    Cuda,
    /// Graphics cards on Windows.
    DirectMl,
    /// Apple's neural engine and graphics.
    CoreMl,
}

impl Provider {
    /// The name used on the command line and in settings.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Cpu => "cpu",
            Self::Cuda => "cuda",
            Self::DirectMl => "directml",
            Self::CoreMl => "coreml",
        }
    }

    /// Reads [`as_str`](Self::as_str) back.
    pub fn parse(name: &str) -> Option<Self> {
        [
            Self::Auto,
            Self::Cpu,
            Self::Cuda,
            Self::DirectMl,
            Self::CoreMl,
        ]
        .into_iter()
        .find(|provider| provider.as_str() == name)
    }

    /// What to try, in order: itself, or for `Auto` what this build was made for, the processor last.
    pub(crate) fn candidates(self) -> Vec<Self> {
        match self {
            Self::Auto => {
                let mut all = vec![Self::CoreMl, Self::DirectMl, Self::Cuda, Self::Cpu];
                all.retain(|provider| provider.is_compiled());
                all
            }
            one => vec![one],
        }
    }

    /// Whether this build was made with it.
    pub(crate) fn is_compiled(self) -> bool {
        self == Self::Cpu || self.dispatch().is_some()
    }

    /// What to register, where this system has it (see the features of `ort` in this crate's manifest). The
    /// processor needs no registering.
    pub(crate) fn dispatch(self) -> Option<ExecutionProviderDispatch> {
        match self {
            #[cfg(any(target_os = "linux", target_os = "windows"))]
            Self::Cuda => Some(ort::ep::CUDA::default().build()),
            #[cfg(target_os = "windows")]
            Self::DirectMl => Some(ort::ep::DirectML::default().build()),
            #[cfg(target_os = "macos")]
            Self::CoreMl => Some(ort::ep::CoreML::default().build()),
            _ => None,
        }
    }
}
