//! Packets into blocks, in their place in time; jumps.

use std::fs::File;

use segue_core::{Damage, FailedFile, FileFault};
use symphonia::core::audio::Channels;
use symphonia::core::errors::{Error as CodecError, SeekErrorKind};
use symphonia::core::formats::{SeekMode, SeekTo};
use symphonia::core::packet::Packet;
use symphonia::core::units::{Duration, Timestamp};

use super::clock::clamp;
use super::container::open_container;
use super::link::{FRUITLESS_PACKETS_MAX, LinkDecoder};
use super::packet_frames;
use crate::error::guarded;

/// A longer hole in the timestamps is taken for a broken clock and not filled with silence.
const GAP_S_MAX: u64 = 30;
/// Ogg: a page entered alone is timed from its end, which is wrong for the last page, for it also carries
/// padding. Jumps near the end therefore land this far before it.
const OGG_TAIL_S: u64 = 10;

impl LinkDecoder {
    /// Asks the container to go to a packet before `frame`. `false` where it cannot.
    pub(super) fn jump(&mut self, frame: u64) -> Result<bool, FailedFile> {
        self.alive()?;
        let mut target = frame as i64 - self.run_up as i64;
        if let Some(end) = self.format.frames
            && self.reader.format_info().short_name == "ogg"
        {
            target = target
                .min(end as i64 - (OGG_TAIL_S * u64::from(self.format.sample_rate_hz)) as i64);
        }
        if self.reader.format_info().short_name == "flac" {
            // Symphonia's FLAC reader keeps half a frame of the old place when the new one begins with a frame.
            let file = File::open(&self.path).map_err(|e| FailedFile::new(&self.path, e))?;
            let renewed = guarded(&self.path, || {
                open_container(&self.path, file, &self.link.shown)
            });
            (self.reader, self.budget) = self.note_panic(renewed)??;
        }
        let to = SeekTo::Timestamp {
            ts: Timestamp::from(self.clock.ticks(target).max(self.first_tick)),
            track_id: self.track,
        };
        self.budget.refill();
        let jumped = guarded(&self.path, || {
            let jumped = self.reader.seek(SeekMode::Accurate, to);
            self.codec.reset();
            jumped
        });
        (self.waiting, self.cursor, self.at_end, self.packets) = (None, None, false, 0);
        self.next = frame;
        match self.note_panic(jumped)? {
            Ok(_) => Ok(true),
            Err(CodecError::IoError(e))
                if !matches!(
                    e.kind(),
                    std::io::ErrorKind::UnexpectedEof | std::io::ErrorKind::InvalidData
                ) =>
            {
                Err(FailedFile::new(&self.path, e))
            }
            Err(CodecError::SeekError(SeekErrorKind::InvalidTrack)) => {
                Err(FailedFile::new(&self.path, Damage::SoundTrackLost))
            }
            Err(_) => Ok(false),
        }
    }

    /// Passes over the packets before `frame` without decoding them, as long as their heads tell how long they are. The
    /// frame is known by counting, where no timestamp could tell it.
    pub(super) fn pass_over(&mut self, frame: u64) -> Result<(), FailedFile> {
        let goal = frame as i64 - self.run_up as i64;
        while let Some(start) = self.cursor.filter(|start| *start < goal) {
            let Some(packet) = self.read_packet()? else {
                self.at_end = true;
                return Ok(());
            };
            let format = &self.format;
            let Some(length) = packet_frames(&format.codec, &packet.data, format.sample_rate_hz)
            else {
                // Decoded as ever, so that nothing is missed in the count.
                if let Decoded::Block(_) = self.decode(&packet)? {
                    self.place(start);
                }
                return Ok(());
            };
            let end = start.saturating_add(clamp(length.into()));
            if end > goal {
                // The goal lies in it: it is the first to be decoded, by a decoder that remembers none before.
                let reset = guarded(&self.path, || self.codec.reset());
                self.note_panic(reset)?;
                match self.decode(&packet)? {
                    Decoded::Block(_) => self.place(start),
                    _ => (self.waiting, self.cursor) = (None, Some(end)),
                }
                return Ok(());
            }
            (self.waiting, self.cursor, self.packets) = (None, Some(end), 0);
        }
        Ok(())
    }

    /// Decodes up to the block that holds `frame`. `false` where the blocks begin behind it or end before it.
    pub(super) fn advance_to(&mut self, frame: u64) -> Result<bool, FailedFile> {
        Ok(self.fill()? && self.waiting.is_some_and(|start| start <= frame as i64))
    }

    /// Decodes until a block waits that holds frame `next`. `false` at the end.
    pub(super) fn fill(&mut self) -> Result<bool, FailedFile> {
        self.alive()?;
        let mut fruitless = 0;
        loop {
            if self.at_end || self.format.frames.is_some_and(|end| self.next >= end) {
                self.at_end = true;
                return Ok(false);
            }
            if let Some(start) = self.waiting {
                let frames = (self.block.len() / self.format.channels) as i64;
                if start + frames > self.next as i64 {
                    return Ok(true);
                }
                self.waiting = None;
            }
            let Some(packet) = self.read_packet()? else {
                self.at_end = true;
                return Ok(false);
            };
            let stamp = self.stamp(&packet);
            match self.decode(&packet)? {
                Decoded::Block(spec)
                    if spec.rate_hz == self.format.sample_rate_hz
                        && spec.channels.count() == self.format.channels =>
                {
                    fruitless = 0;
                    let start = self.start_of_block(stamp);
                    self.place(start);
                }
                Decoded::Nothing => fruitless += 1,
                Decoded::Block(_) | Decoded::Corrupt => {
                    self.corrupt += 1;
                    fruitless += 1;
                    // In the run-up nobody hears it; later, silence keeps the time.
                    if let Some(start) = self.cursor
                        && start >= self.next as i64
                    {
                        let lost = self.clock.length(packet.dur.get());
                        let lost = lost.min(u64::from(self.format.sample_rate_hz)) as usize;
                        self.block.clear();
                        self.block.resize(lost * self.format.channels, 0.0);
                        self.place(start);
                    } else {
                        self.cursor = None;
                    }
                }
            }
            if fruitless > FRUITLESS_PACKETS_MAX {
                let packets = fruitless;
                return Err(FailedFile::new(&self.path, Damage::BadPackets { packets }));
            }
        }
    }

    /// Where the block just decoded begins. In the run-up the timestamp is believed anew for every packet,
    /// for the first one after a jump may decode to less than it lasts. Then frames are counted, except that
    /// FLAC's frame numbers tell of a hole that the parser skipped.
    fn start_of_block(&mut self, stamp: i64) -> i64 {
        let Some(cursor) = self.cursor.filter(|cursor| *cursor >= self.next as i64) else {
            return match self.cursor {
                Some(cursor) if !self.clock.is_exact() => cursor,
                _ => stamp,
            };
        };
        let gap = stamp - cursor;
        let gap_max = (GAP_S_MAX * u64::from(self.format.sample_rate_hz)) as i64;
        if self.format.codec == "flac" && self.clock.is_exact() && gap > 0 && gap <= gap_max {
            self.corrupt += 1;
            let silence = gap as usize * self.format.channels;
            self.block.splice(0..0, std::iter::repeat_n(0.0, silence));
        }
        cursor
    }

    /// The audible frame at which a packet's sound begins, by its timestamp.
    pub(super) fn stamp(&self, packet: &Packet) -> i64 {
        let trimmed = packet.trim_start.get() as i64;
        self.clock.frame(packet.pts.get().saturating_add(trimmed))
    }

    /// Lets the block wait from `start` on.
    pub(super) fn place(&mut self, start: i64) {
        let frames = (self.block.len() / self.format.channels) as i64;
        self.waiting = (frames > 0).then_some(start);
        self.cursor = Some(start.saturating_add(frames));
    }

    /// The next packet of the sound track. `None` at the end, also at an end that comes too early.
    pub(super) fn read_packet(&mut self) -> Result<Option<Packet>, FailedFile> {
        self.alive()?;
        for _ in 0..FRUITLESS_PACKETS_MAX {
            self.packets += 1;
            if self.packets > self.packets_max {
                return Err(FailedFile::new(&self.path, Damage::MorePacketsThanBytes));
            }
            self.budget.refill();
            let packet = guarded(&self.path, || self.reader.next_packet());
            match self.note_panic(packet)? {
                Ok(Some(mut packet)) if packet.track_id == self.track => {
                    if self.end_is_guessed {
                        packet.trim_end = Duration::ZERO;
                    }
                    return Ok(Some(packet));
                }
                Ok(Some(_)) => {}
                Ok(None) => return Ok(None),
                Err(CodecError::IoError(e)) if e.kind() == std::io::ErrorKind::UnexpectedEof => {
                    return Ok(None);
                }
                Err(CodecError::IoError(e)) => return Err(FailedFile::new(&self.path, e)),
                Err(CodecError::ResetRequired) => {
                    tracing::warn!(path = %self.path.display(), "a second stream was not expected; it is left out");
                    return Ok(None);
                }
                Err(_) => self.corrupt += 1,
            }
        }
        Err(FailedFile::new(&self.path, Damage::NoMorePackets))
    }

    /// Decodes `packet` into `block`.
    pub(super) fn decode(&mut self, packet: &Packet) -> Result<Decoded, FailedFile> {
        self.alive()?;
        let decoded = guarded(&self.path, || match self.codec.decode(packet) {
            Ok(buffer) => {
                buffer.copy_to_vec_interleaved::<f32>(&mut self.block);
                let spec = buffer.spec();
                Ok(Spec {
                    rate_hz: spec.rate(),
                    channels: spec.channels().clone(),
                })
            }
            Err(error) => Err(error),
        });
        match self.note_panic(decoded)? {
            Ok(_) if self.block.is_empty() => Ok(Decoded::Nothing),
            Ok(spec) => {
                // A damaged float file may hold what no amplifier should get. Looking first is quicker, for nearly none does.
                let finite = self.block.iter().map(|sample| sample.is_finite());
                if !finite.fold(true, |all, one| all & one) {
                    for sample in self.block.iter_mut().filter(|s| !s.is_finite()) {
                        *sample = 0.0;
                    }
                }
                if self.gain != 1.0 {
                    self.block.iter_mut().for_each(|s| *s *= self.gain);
                }
                Ok(Decoded::Block(spec))
            }
            Err(_) => Ok(Decoded::Corrupt),
        }
    }

    pub(super) fn note_panic<T>(&mut self, result: Result<T, FailedFile>) -> Result<T, FailedFile> {
        if let Err(failed) = &result
            && let FileFault::Panicked { .. } = failed.why
        {
            self.dead = Some(failed.clone());
        }
        result
    }

    pub(super) fn alive(&self) -> Result<(), FailedFile> {
        match &self.dead {
            Some(failed) => Err(failed.clone()),
            None => Ok(()),
        }
    }
}

pub(super) struct Spec {
    pub(super) rate_hz: u32,
    pub(super) channels: Channels,
}

pub(super) enum Decoded {
    Block(Spec),
    Nothing,
    Corrupt,
}
