//! The sound card: which of them, by the listener's choice, what becomes of the sound when it is gone, and its rest when nothing
//! plays. Streams come from a [`Host`].
//!
//! A stream runs from when it is opened until nothing has played for a while, silent in between: pauses are short, and a stream
//! that is started for each sound would garble its first frames on some systems. It is then paused and not closed, so that what
//! follows meets a stream that has already settled.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::Sender;
use segue_core::{OutputFault, OutputFormat, OutputSettings, WhenLost};
use segue_decode::AudioFormat;

use crate::host::{CardStream, HeedStream, Host, OutputDevice};
use crate::output::{DeviceChange, Drive, NotifyDevice, Output, OutputInUse, WrittenFile};
use crate::ring::Feed;

/// A card rests once nothing has played for so long.
const RESTS_AFTER: Duration = Duration::from_secs(5);

/// A stream that is open.
struct Open {
    device: OutputDevice,
    bits: Option<u32>,
    rate_hz: u32,
    /// The rate of the file for which it was opened: the card may not have it.
    asked_hz: Option<u32>,
    stream: Box<dyn CardStream>,
    rests: bool,
    /// Since when nothing plays.
    quiet: Option<Instant>,
}

/// See the file's promise.
pub(crate) struct Card {
    host: Box<dyn Host>,
    tell: NotifyDevice,
    settings: OutputSettings,
    generation: u64,
    /// Opened, and not yet taken by the engine.
    ready: Option<Feed>,
    open: Option<Open>,
    /// The wish is for what is default, until the card that was chosen is back.
    stands_in: bool,
    /// Ends the look-out for cards together with this one.
    _watch: Sender<()>,
}

impl Card {
    /// Opens the card at once, so that the first sound comes at once. If there is none now, there may be one when
    /// something is to be played: only then is its absence an error.
    pub(crate) fn new(
        host: Box<dyn Host>,
        settings: OutputSettings,
        tell: NotifyDevice,
        watch: Sender<()>,
    ) -> Self {
        let mut card = Self {
            _watch: watch,
            host,
            tell,
            settings,
            generation: 0,
            ready: None,
            open: None,
            stands_in: false,
        };
        card.ready = card.start(None).ok();
        card
    }

    fn start(&mut self, rate_hz: Option<u32>) -> Result<Feed, OutputFault> {
        // Some cards can be opened only once.
        self.open = None;
        self.generation += 1;
        let (tell, generation) = (Arc::clone(&self.tell), self.generation);
        let heed: HeedStream = Arc::new(move |news| tell(generation, news));
        let rate_hz = rate_hz.filter(|_| self.settings.match_rate);
        let chosen = self.settings.device.as_ref();
        let opened = match chosen {
            None => self.host.open(None, rate_hz, heed),
            Some(chosen) => {
                let opened = self.host.open(Some(&chosen.id), rate_hz, Arc::clone(&heed));
                match (opened, self.settings.when_lost) {
                    (Ok(opened), _) => Ok(opened),
                    (Err(_), WhenLost::Default) => self.host.open(None, rate_hz, heed),
                    (Err(OutputFault::NoDevice), WhenLost::Pause) => Err(OutputFault::NotThere {
                        device: chosen.name.clone(),
                    }),
                    (Err(fault), WhenLost::Pause) => Err(fault),
                }
            }
        }?;
        self.stands_in = chosen.is_some_and(|chosen| chosen.id != opened.device.id);
        self.open = Some(Open {
            device: opened.device,
            bits: opened.bits,
            rate_hz: opened.feed.rate_hz(),
            asked_hz: rate_hz,
            stream: opened.stream,
            rests: false,
            quiet: None,
        });
        Ok(opened.feed)
    }

    /// A card was unplugged.
    fn without(&self, gone: &OutputDevice) -> DeviceChange {
        match self.settings.when_lost {
            WhenLost::Default => DeviceChange::Reopen,
            WhenLost::Pause => DeviceChange::Lost(OutputFault::NotThere {
                device: gone.name.clone(),
            }),
        }
    }
}

impl Output for Card {
    fn open(&mut self, first: &AudioFormat) -> Result<Feed, OutputFault> {
        match self.ready.take().filter(|_| !self.reopens_for(first)) {
            Some(feed) => Ok(feed),
            None => self.start(Some(first.sample_rate_hz)),
        }
    }

    fn reopens_for(&self, format: &AudioFormat) -> bool {
        let Some(open) = self.open.as_ref().filter(|_| self.settings.match_rate) else {
            return false;
        };
        let wanted_hz = format.sample_rate_hz;
        open.rate_hz != wanted_hz && open.asked_hz != Some(wanted_hz)
    }

    fn format(&self) -> OutputFormat {
        OutputFormat {
            name: self.open.as_ref().map(|open| open.device.name.clone()),
            bits: self.open.as_ref().and_then(|open| open.bits),
            // No card can be opened exclusively (`system.rs`).
            shared: true,
            ..OutputFormat::default()
        }
    }

    fn drive(&mut self) -> Result<Drive, OutputFault> {
        Ok(Drive::Paced)
    }

    fn finish(&mut self) -> Result<Option<WrittenFile>, OutputFault> {
        Ok(None)
    }

    fn generation(&self) -> u64 {
        self.generation
    }

    fn in_use(&self) -> Option<OutputInUse> {
        self.open.as_ref().map(|open| OutputInUse {
            id: open.device.id.clone(),
            name: open.device.name.clone(),
            rate_hz: open.rate_hz,
        })
    }

    fn rest(&mut self, now: Instant) -> Option<Duration> {
        let open = self.open.as_mut().filter(|open| !open.rests)?;
        let since = *open.quiet.get_or_insert(now);
        let left = RESTS_AFTER.saturating_sub(now.saturating_duration_since(since));
        if !left.is_zero() {
            return Some(left);
        }
        if let Err(error) = open.stream.pause() {
            // It goes on silently.
            tracing::debug!(
                error,
                device = open.device.name,
                "the sound card does not rest"
            );
        }
        open.rests = true;
        None
    }

    fn wake(&mut self) -> Result<(), OutputFault> {
        let Some(open) = &mut self.open else {
            return Ok(());
        };
        open.quiet = None;
        if std::mem::take(&mut open.rests) {
            open.stream
                .play()
                .map_err(|detail| OutputFault::Lost { detail })?;
        }
        Ok(())
    }

    fn choose(&mut self, settings: OutputSettings) -> bool {
        let before = std::mem::replace(&mut self.settings, settings);
        let same = before.device.as_ref().map(|device| &device.id)
            == self.settings.device.as_ref().map(|device| &device.id)
            && before.match_rate == self.settings.match_rate;
        if !same {
            self.ready = None;
        }
        !same
    }

    fn devices_seen(&mut self, devices: &[OutputDevice]) -> DeviceChange {
        let Some(open) = &self.open else {
            return DeviceChange::None;
        };
        let there = |id: &str| devices.iter().any(|device| device.id == id);
        let default = devices.iter().find(|device| device.is_default);
        match &self.settings.device {
            Some(chosen) if self.stands_in => match there(&chosen.id) {
                true => DeviceChange::Reopen,
                false => DeviceChange::None,
            },
            Some(chosen) if there(&chosen.id) => DeviceChange::None,
            Some(_) => self.without(&open.device),
            None => match default {
                Some(default) if default.id == open.device.id => DeviceChange::None,
                // Another one was made the default.
                Some(_) if there(&open.device.id) => DeviceChange::Reopen,
                Some(_) => self.without(&open.device),
                None => DeviceChange::None,
            },
        }
    }

    fn rerouted(&mut self) {
        if let (Some(open), Ok(devices)) = (&mut self.open, self.host.devices()) {
            let default = devices.into_iter().find(|device| device.is_default);
            open.device = default.unwrap_or_else(|| open.device.clone());
        }
    }

    fn goes_on_elsewhere(&self) -> bool {
        self.settings.when_lost == WhenLost::Default
    }

    fn lost(&mut self) {
        (self.open, self.ready) = (None, None);
    }
}
