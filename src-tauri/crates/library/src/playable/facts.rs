//! What a look at a file's headers finds.

/// What is known of the sound beside what the tag reader finds.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Facts {
    pub(crate) codec: Option<&'static str>,
    pub(crate) sample_rate_hz: Option<u32>,
    pub(crate) duration_s: Option<f64>,
    /// The core's rate of what announces itself as HE-AAC.
    pub(crate) he_aac_core_hz: Option<u32>,
}
