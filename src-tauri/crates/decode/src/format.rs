//! What a file of sound holds.

/// What a file holds, as found by decoding its first packet.
#[derive(Clone, Debug, PartialEq)]
pub struct AudioFormat {
    /// Lower-case name of the codec: `flac`, `mp3`, `aac`, `alac`, `vorbis`, `opus`, `pcm`, `adpcm` …
    pub codec: String,
    /// Frames per second.
    pub sample_rate_hz: u32,
    /// Samples per frame, at least 1.
    pub channels: usize,
    /// Audible frames, where the file states them to the sample; a damaged file may hold fewer.
    pub frames: Option<u64>,
    /// Bits per sample of the original, where the codec knows such a thing.
    pub bits_per_sample: Option<u32>,
    /// Whether the samples are those that were encoded.
    pub lossless: bool,
}
