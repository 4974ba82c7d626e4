//! A WAV file as it is written: stereo integers, under a temporary name until it is whole.
//!
//! Layout: Microsoft "Multiple Channel Audio Data and WAVE Files" (2007). 16 bits stand in a plain PCM `fmt `
//! chunk, 24 bits in an extensible one, as the document demands of depths above 16.

use std::fs::File;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use tempfile::TempPath;

use crate::ring::StereoFrame;

/// KSDATAFORMAT_SUBTYPE_PCM, after the two bytes of its format code.
const PCM_GUID_REST: [u8; 14] = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71];

/// A file in the making. Dropped before [`finish`](Self::finish), it leaves nothing behind.
pub(crate) struct WavWriter {
    path: PathBuf,
    file: BufWriter<File>,
    /// What is left of it is removed after it was closed, which Windows demands, so it stands behind the file here.
    part: Option<TempPath>,
    format: Option<WavFormat>,
    frames: u64,
}

/// What the samples look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WavFormat {
    /// Frames per second.
    pub(crate) rate_hz: u32,
    /// 16 or 24 bits a sample.
    pub(crate) bits: u16,
}

impl WavWriter {
    /// Makes sure that `path` can be written, before anything is decoded for it.
    pub(crate) fn create(path: &Path) -> io::Result<Self> {
        let name = path
            .file_name()
            .ok_or(io::ErrorKind::InvalidInput)?
            .to_string_lossy();
        if path.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        // Opened as any other file is: what is made to be temporary nobody but its owner may read, and it keeps its mode.
        let (file, part) = tempfile::Builder::new()
            .prefix(&format!(".{name}."))
            .suffix(".part")
            .make_in(path.parent().unwrap_or(path), |part| File::create_new(part))?
            .into_parts();
        Ok(Self {
            path: path.to_owned(),
            file: BufWriter::with_capacity(1 << 16, file),
            part: Some(part),
            format: None,
            frames: 0,
        })
    }

    /// Where the file will lie.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// What was begun, and how many frames are written.
    pub(crate) fn written(&self) -> (Option<WavFormat>, u64) {
        (self.format, self.frames)
    }

    /// Settles the format and writes a header that [`finish`](Self::finish) completes.
    pub(crate) fn begin(&mut self, format: WavFormat) -> io::Result<()> {
        self.format = Some(format);
        self.file.write_all(&header(format, 0))
    }

    /// Writes frames, rounded to the nearest integer and clipped to full scale.
    pub(crate) fn write(&mut self, frames: &[StereoFrame]) -> io::Result<()> {
        let Some(format) = self.format else {
            return Ok(());
        };
        let bytes = (self.frames + frames.len() as u64) * u64::from(format.bits / 8) * 2;
        if bytes > u64::from(u32::MAX) - 1024 {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "over 4 GiB"));
        }
        for sample in frames.as_flattened() {
            let full = f64::from(1_u32 << (format.bits - 1));
            let integer = (f64::from(*sample) * full).round().clamp(-full, full - 1.0) as i32;
            self.file
                .write_all(&integer.to_le_bytes()[..usize::from(format.bits / 8)])?;
        }
        self.frames += frames.len() as u64;
        Ok(())
    }

    /// Completes the header and gives the file its name.
    pub(crate) fn finish(&mut self) -> io::Result<()> {
        let Some(format) = self.format else {
            return Ok(());
        };
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(&header(format, self.frames))?;
        self.file.flush()?;
        if let Some(part) = self.part.take() {
            part.persist(&self.path)?;
        }
        Ok(())
    }
}

fn header(format: WavFormat, frames: u64) -> Vec<u8> {
    let frame_bytes = u32::from(format.bits / 8) * 2;
    let data_bytes = frames as u32 * frame_bytes;
    let mut fmt = Vec::new();
    let extensible = format.bits > 16;
    fmt.extend(if extensible { 0xfffe_u16 } else { 1 }.to_le_bytes());
    fmt.extend(2_u16.to_le_bytes());
    fmt.extend(format.rate_hz.to_le_bytes());
    fmt.extend((format.rate_hz * frame_bytes).to_le_bytes());
    fmt.extend((frame_bytes as u16).to_le_bytes());
    fmt.extend(format.bits.to_le_bytes());
    if extensible {
        fmt.extend(22_u16.to_le_bytes());
        fmt.extend(format.bits.to_le_bytes());
        // Speakers: front left and front right.
        fmt.extend(3_u32.to_le_bytes());
        fmt.extend(1_u16.to_le_bytes());
        fmt.extend(PCM_GUID_REST);
    }
    let mut bytes = Vec::new();
    bytes.extend(b"RIFF");
    bytes.extend((4 + 8 + fmt.len() as u32 + 8 + data_bytes).to_le_bytes());
    bytes.extend(b"WAVEfmt ");
    bytes.extend((fmt.len() as u32).to_le_bytes());
    bytes.extend(fmt);
    bytes.extend(b"data");
    bytes.extend(data_bytes.to_le_bytes());
    bytes
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn integers_come_out_as_they_went_in_and_overloads_clip() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.wav");
        for (bits, frames, expected) in [
            (
                16,
                vec![[1.0 / 32768.0, -1.0], [1.5, 32767.0 / 32768.0]],
                vec![1, 0, 0, 128, 255, 127, 255, 127],
            ),
            (
                24,
                vec![[1.0 / 8_388_608.0, -1.0]],
                vec![1, 0, 0, 0, 0, 128],
            ),
        ] {
            let mut writer = WavWriter::create(&path).unwrap();
            writer
                .begin(WavFormat {
                    rate_hz: 44_100,
                    bits,
                })
                .unwrap();
            writer.write(&frames).unwrap();
            writer.finish().unwrap();
            let bytes = fs::read(&path).unwrap();
            assert_eq!(bytes[bytes.len() - expected.len()..], expected);
            assert_eq!(
                bytes.len() as u32 - 8,
                u32::from_le_bytes(bytes[4..8].try_into().unwrap())
            );
        }
    }

    #[test]
    fn an_unfinished_file_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.wav");
        let mut writer = WavWriter::create(&path).unwrap();
        writer
            .begin(WavFormat {
                rate_hz: 44_100,
                bits: 16,
            })
            .unwrap();
        drop(writer);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        assert!(WavWriter::create(&folder.path().join("no/such/out.wav")).is_err());
        assert!(WavWriter::create(folder.path()).is_err());
    }
}
