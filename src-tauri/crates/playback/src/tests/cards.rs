//! Cards that are chosen, unplugged and plugged in again, that rest, and that run at the file's rate: a host of cards by a script.

use std::collections::BTreeMap;

use crossbeam_channel::bounded;
use segue_core::{ChosenDevice, Equalizer, OutputSettings, SignalStep, WhenLost};

use super::*;
use crate::card::Card;
use crate::host::{CardStream, HeedStream, Host, OpenedStream, OutputDevice};

/// What happened to cards, in order.
type Log = Rc<RefCell<Vec<String>>>;

#[derive(Clone, Default)]
struct Plugged {
    /// The first is the default.
    ids: Rc<RefCell<Vec<&'static str>>>,
    log: Log,
    tap: Rc<RefCell<Option<Tap>>>,
}

struct LoggedStream(Log, String);

impl CardStream for LoggedStream {
    fn play(&self) -> Result<(), String> {
        self.0.borrow_mut().push(format!("{} wakes", self.1));
        Ok(())
    }

    fn pause(&self) -> Result<(), String> {
        self.0.borrow_mut().push(format!("{} rests", self.1));
        Ok(())
    }
}

impl Drop for LoggedStream {
    fn drop(&mut self) {
        self.0.borrow_mut().push(format!("{} closed", self.1));
    }
}

impl Plugged {
    fn list(&self) -> Vec<OutputDevice> {
        let ids = self.ids.borrow();
        let devices = ids.iter().enumerate().map(|(place, id)| OutputDevice {
            id: (*id).to_owned(),
            name: id.to_uppercase(),
            is_default: place == 0,
        });
        devices.collect()
    }

    /// What happened since the last look.
    fn log(&self) -> Vec<String> {
        std::mem::take(&mut *self.log.borrow_mut())
    }
}

impl Host for Plugged {
    fn devices(&mut self) -> Result<Vec<OutputDevice>, OutputFault> {
        Ok(self.list())
    }

    fn open(
        &mut self,
        wanted: Option<&str>,
        rate_hz: Option<u32>,
        _: HeedStream,
    ) -> Result<OpenedStream, OutputFault> {
        let mut devices = self.list().into_iter();
        let device = devices.find(|device| wanted.is_none_or(|id| id == device.id));
        let device = device.ok_or(OutputFault::NoDevice)?;
        // These cards have two rates.
        let rate_hz = rate_hz.filter(|rate_hz| [8_000, 16_000].contains(rate_hz));
        let rate_hz = rate_hz.unwrap_or(RATE_HZ);
        let (feed, tap) = ring(rate_hz, 600);
        *self.tap.borrow_mut() = Some(tap);
        self.log
            .borrow_mut()
            .push(format!("{} opened at {rate_hz}", device.id));
        let stream = LoggedStream(Rc::clone(&self.log), device.id.clone());
        Ok(OpenedStream {
            device,
            bits: Some(16),
            feed,
            stream: Box::new(stream),
        })
    }
}

fn chosen(id: &str, when_lost: WhenLost) -> OutputSettings {
    OutputSettings {
        device: Some(ChosenDevice {
            id: id.to_owned(),
            name: id.to_uppercase(),
        }),
        when_lost,
        match_rate: false,
    }
}

/// An engine on the cards that are plugged in.
fn bench(plugged: &Plugged, settings: OutputSettings) -> Bench {
    let card = Card::new(
        Box::new(plugged.clone()),
        settings,
        Arc::new(|_, _| {}),
        bounded(0).0,
    );
    Bench::on(
        Box::new(card),
        Rc::clone(&plugged.tap),
        Box::new(AtOnce::new(bring)),
        RATE_HZ,
    )
}

fn plugged(ids: &[&'static str]) -> Plugged {
    let plugged = Plugged::default();
    plugged.ids.replace(ids.to_vec());
    plugged
}

impl Bench {
    /// So are the cards now.
    fn replug(&mut self, plugged: &Plugged, ids: &[&'static str]) {
        plugged.ids.replace(ids.to_vec());
        self.transport.devices_seen(&plugged.list(), self.now);
        self.transport.pump(self.now);
    }
}

#[test]
fn a_card_that_is_unplugged_pauses_and_plays_on_where_it_was_once_it_is_back() {
    let (_folder, items) = shelf();
    let cards = plugged(&["built-in", "phones"]);
    let mut bench = bench(&cards, chosen("phones", WhenLost::Pause));
    bench.send(set(&items, &[2]));
    bench.pull(800);
    assert_eq!(cards.log(), ["phones opened at 8000"]);
    bench.replug(&cards, &["built-in"]);
    assert_eq!(bench.told(), ["started 2", "OutputLost", "paused"]);
    assert_eq!(cards.log(), ["phones closed"]);
    // The listener wants it all the same: what is missing has a name.
    bench.send(EngineCommand::Play);
    let lost = bench
        .events()
        .into_iter()
        .find_map(|told| match told.event {
            Event::OutputLost { why } => Some(why),
            _ => None,
        });
    let device = "PHONES".to_owned();
    assert_eq!(lost, Some(OutputFault::NotThere { device }));
    bench.replug(&cards, &["built-in", "phones"]);
    assert_eq!(
        bench.state().status,
        Status::Paused,
        "it does not start by itself"
    );
    bench.send(EngineCommand::Play);
    assert_eq!(cards.log(), ["phones opened at 8000"]);
    assert_eq!(bench.state().position_s, 0.1);
    assert_eq!(bench.pull(9000).len(), 4200);
}

#[test]
fn sound_that_may_goes_on_through_the_default_until_its_card_is_back() {
    let (_folder, items) = shelf();
    let cards = plugged(&["built-in", "phones"]);
    let mut bench = bench(&cards, chosen("phones", WhenLost::Default));
    bench.send(set(&items, &[2]));
    bench.pull(800);
    bench.replug(&cards, &["built-in"]);
    bench.pull(800);
    assert_eq!(bench.state().output.unwrap().name, "BUILT-IN");
    bench.replug(&cards, &["built-in", "usb"]);
    bench.replug(&cards, &["built-in", "usb", "phones"]);
    assert_eq!(bench.pull(9000).len(), 3400);
    let log = [
        "phones opened at 8000",
        "phones closed",
        "built-in opened at 8000",
        "built-in closed",
        "phones opened at 8000",
    ];
    assert_eq!(cards.log(), log);
    assert_eq!(
        bench.told(),
        [
            "started 2",
            "OutputChanged",
            "OutputChanged",
            "ended 2 Finished",
            "QueueEnded"
        ]
    );
    // A stream that breaks off by itself is such a loss, too.
    bench.send(set(&items, &[2]));
    bench.pull(800);
    cards.ids.replace(vec!["built-in"]);
    let generation = 3;
    let news = DeviceNews::Lost("unplugged".to_owned());
    bench.transport.device_news(generation, news, bench.now);
    assert_eq!(bench.state().output.unwrap().name, "BUILT-IN");
    assert_eq!(bench.pull(9000).len(), 4200);
}

#[test]
fn who_chooses_nothing_follows_the_systems_default_and_a_choice_takes_effect_at_once() {
    let (_folder, items) = shelf();
    let cards = plugged(&["built-in", "phones"]);
    let mut bench = bench(&cards, OutputSettings::default());
    bench.send(set(&items, &[2]));
    bench.pull(800);
    bench.replug(&cards, &["phones", "built-in"]);
    bench.pull(800);
    assert_eq!(bench.state().output.unwrap().name, "PHONES");
    bench.send(EngineCommand::UseOutput(chosen(
        "built-in",
        WhenLost::Pause,
    )));
    assert_eq!(bench.state().output.unwrap().name, "BUILT-IN");
    bench.replug(&cards, &["usb", "phones", "built-in"]);
    assert_eq!(bench.pull(9000).len(), 3400);
    let log = [
        "built-in opened at 8000",
        "built-in closed",
        "phones opened at 8000",
        "phones closed",
        "built-in opened at 8000",
    ];
    assert_eq!(cards.log(), log);
    // Headphones that were the default are not followed to the loudspeakers.
    bench.send(EngineCommand::UseOutput(OutputSettings::default()));
    bench.send(set(&items, &[2]));
    bench.pull(800);
    bench.told();
    bench.replug(&cards, &["built-in"]);
    assert_eq!(bench.told(), ["OutputLost", "paused"]);
    assert_eq!(
        cards.log(),
        ["built-in closed", "usb opened at 8000", "usb closed"]
    );
}

#[test]
fn without_a_card_nothing_is_wrong_until_something_is_to_sound() {
    let (_folder, items) = shelf();
    let cards = plugged(&[]);
    let mut bench = bench(&cards, OutputSettings::default());
    bench.send(EngineCommand::Append(pick(&items, &[2])));
    assert_eq!(bench.told(), [""; 0]);
    bench.send(EngineCommand::Play);
    assert_eq!(bench.told(), ["OutputLost"]);
    bench.replug(&cards, &["usb"]);
    bench.send(EngineCommand::Play);
    assert_eq!(bench.pull(9000).len(), 5000);
}

#[test]
fn a_card_rests_when_nothing_has_played_for_a_while_and_wakes_to_the_very_frame() {
    let (_folder, items) = shelf();
    let cards = plugged(&["built-in"]);
    let mut bench = bench(&cards, OutputSettings::default());
    bench.send(set(&items, &[2]));
    bench.pull(800);
    bench.send(EngineCommand::Pause);
    bench.pull(200);
    assert_eq!(cards.log(), ["built-in opened at 8000"]);
    bench.now += Duration::from_secs(4);
    assert_ne!(bench.transport.pump(bench.now), Pace::Idle);
    bench.now += Duration::from_secs(2);
    bench.transport.pump(bench.now);
    bench.transport.pump(bench.now);
    assert_eq!(cards.log(), ["built-in rests"]);
    let position_s = bench.state().position_s;
    bench.send(EngineCommand::Play);
    assert_eq!(cards.log(), ["built-in wakes"]);
    assert_eq!(bench.state().position_s, position_s);
    let sound = bench.pull(9000);
    assert_eq!(sound.len(), 4200 - FADE);
    assert!(sound[FADE..].iter().all(|frame| *frame == [0.75; 2]));
    // Stopped, it rests as well, and then wants nothing any more.
    bench.now += Duration::from_secs(1);
    assert_ne!(bench.transport.pump(bench.now), Pace::Idle);
    bench.now += Duration::from_secs(6);
    bench.transport.pump(bench.now);
    assert_eq!(cards.log(), ["built-in rests"]);
    assert_eq!(bench.transport.pump(bench.now), Pace::Idle);
}

#[test]
fn a_card_runs_at_the_files_rate_by_choice_and_lets_what_it_holds_sound_out() {
    let folder = tempfile::tempdir().unwrap();
    let slow = synth(&folder, "slow.wav", 8_000, &level(0.25, 1000));
    let fast = synth(&folder, "fast.wav", 16_000, &level(0.5, 3000));
    let odd = synth(&folder, "odd.wav", 11_025, &level(0.75, 1000));
    let items: Vec<_> = [&slow, &fast, &fast, &odd]
        .into_iter()
        .zip(0..)
        .map(|(path, key)| item(path, key))
        .collect();
    let cards = plugged(&["built-in"]);
    let settings = OutputSettings {
        match_rate: true,
        ..OutputSettings::default()
    };
    let mut bench = bench(&cards, settings);
    cards
        .tap
        .borrow()
        .as_ref()
        .unwrap()
        .will_sound(Duration::from_millis(50));
    bench.send(set(&items, &[0, 1, 2, 3]));
    let sound = bench.pull(1000);
    assert_eq!(sound, level(0.25, 1000));
    assert_eq!(
        cards.log(),
        ["built-in opened at 8000"],
        "its last frames are not heard yet"
    );
    bench.pull(5 * 97);
    assert_eq!(cards.log(), ["built-in closed", "built-in opened at 16000"]);
    bench.rate_hz = 16_000;
    let sound = bench.pull(6000);
    assert_eq!(sound.len(), 6000, "two of one rate have no seam");
    assert!(sound.iter().all(|frame| *frame == [0.5; 2]));
    bench.pull(3000);
    // It has no 11,025 Hz, and is asked for it once.
    assert_eq!(cards.log(), ["built-in closed", "built-in opened at 8000"]);
    bench.rate_hz = 8_000;
    bench.pull(3000);
    let odd = bench.entry(3);
    bench.send(EngineCommand::Jump(odd));
    assert_eq!(bench.pull(300).len(), 300);
    assert_eq!(cards.log(), [""; 0]);
}

#[test]
fn the_position_told_is_what_is_heard() {
    let (_folder, items) = shelf();
    let mut bench = Bench::new();
    bench.send(set(&items, &[2]));
    bench.pull(400);
    bench
        .tap
        .borrow()
        .as_ref()
        .unwrap()
        .will_sound(Duration::from_millis(25));
    bench.pull(400);
    // Of 800 frames taken the last 200 lie in the card.
    assert_eq!(bench.state().position_s, 0.075);
    bench.send(EngineCommand::Pause);
    bench.now += Duration::from_millis(10);
    bench.transport.pump(bench.now);
    assert_eq!(bench.state().position_s, 0.085);
    bench.now += Duration::from_millis(100);
    bench.transport.pump(bench.now);
    assert_eq!(bench.state().position_s, 0.1);
    bench.send(EngineCommand::Seek(0.3));
    bench.send(EngineCommand::Play);
    assert_eq!(bench.state().position_s, 0.3);
}

#[test]
fn the_sound_has_the_equaliser_of_whichever_card_it_goes_to() {
    let (_folder, items) = shelf();
    let cards = plugged(&["built-in", "phones"]);
    let mut bench = bench(&cards, OutputSettings::default());
    let own = Equalizers {
        by_output: BTreeMap::from([("phones".to_owned(), Equalizer::of_octaves(-12.0, [3.0; 10]))]),
        otherwise: Equalizer::default(),
    };
    bench.send(EngineCommand::SetEqualizers(Box::new(own)));
    bench.send(set(&items, &[2]));
    let plain = bench.pull(600);
    let equalised = |bench: &Bench| {
        let path = bench.state().path.unwrap();
        assert_eq!(path.output.bits, Some(16));
        let steps = path.steps.into_iter();
        let bands = steps.filter(|step| matches!(step, SignalStep::Equalizer { .. }));
        (path.output.name.unwrap(), bands.count())
    };
    assert_eq!(equalised(&bench), ("BUILT-IN".to_owned(), 0));
    // By choice, by another default, and by the system's own leading elsewhere.
    bench.send(EngineCommand::UseOutput(chosen("phones", WhenLost::Pause)));
    let quieter = bench.pull(600);
    assert_eq!(equalised(&bench), ("PHONES".to_owned(), 1));
    assert!(
        quieter[500][0] < 0.8 * plain[500][0],
        "{:?}, {:?}",
        quieter[500],
        plain[500]
    );
    bench.send(EngineCommand::UseOutput(OutputSettings::default()));
    bench.pull(600);
    assert_eq!(equalised(&bench), ("BUILT-IN".to_owned(), 0));
    cards.ids.replace(vec!["phones", "built-in"]);
    let generation = 3;
    let rerouted = DeviceNews::Rerouted;
    bench.transport.device_news(generation, rerouted, bench.now);
    bench.pull(600);
    assert_eq!(equalised(&bench), ("PHONES".to_owned(), 1));
}
