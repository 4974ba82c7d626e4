//! A file to PCM, for analysis and playback alike.
//!
//! This room owns what happens between a path and samples: finding out what a file is, decoding it without
//! the encoder's delay and padding, seeking to the sample, mixing down to stereo or mono, and changing the
//! sampling rate. Tags, queues and networks belong to the rooms around it.
//!
//! Files come from strangers. Whatever is in them costs at most that file: a panic in a codec, an endless
//! loop, a header that lies about its length all end in a [`FailedFile`](segue_core::FailedFile) that names the path.
//!
//! Words: a *frame* is one sample of every channel; a *block* is what one packet decodes to; positions are
//! counted in frames that a listener hears, so the first audible frame is 0 whatever the encoder put before it.

mod ape;
mod bytes;
mod decoder;
mod downmix;
mod dsd;
mod error;
mod format;
mod mp4;
mod musepack;
mod pcm_reader;
mod resample;
mod shown;
mod source;
mod stream;
mod tta;
mod wavpack;
mod windows;

pub use decoder::Decoder;
pub use format::AudioFormat;
pub use resample::StereoResampler;
pub use stream::StereoStream;
pub use windows::{MonoStream, Span};

#[cfg(test)]
mod tests;
