//! Simulated listeners: what they like, how a session goes, and what they leave.
//!
//! A listener's utility of a piece comes only from human labels (artist, source) and from the judge, a network that
//! the player never heard of: one to four *interests*, each the surroundings of one piece in the judge's embedding,
//! with Dirichlet weights; leanings to a few of the judge's tags; affinities to artists and sources. All parts are
//! z-scored over the library. Over the log a tenth of the utility drifts away.
//!
//! A session has an *intent*, one of the interests, more likely at that interest's hour; it switches with 5 % per
//! piece. What was just heard must *recover* for a day. A tenth of all plays end as chance has it.
//!
//! Leaving is three hazards: within 5 s (mood more than liking), within 30 s (liking), before the end. Their
//! intercepts are calibrated so that 24 %, 35 % and 49 % of the plays have ended by then (Lamere; Brost 2019).

use segue_core::{Play, PlaySource, PlaySubject, Timestamp};

use crate::music::{DURATION_S, Music, audio, dot, z_score};
use crate::rng::Rng;

/// How sharply an interest ends, in cosine.
const REACH: f64 = 0.15;

/// What makes up utility, and how choosy people are: nobody knows what real listeners are like, so what is found in one
/// world is looked for in others.
#[derive(Clone, Copy, Debug)]
pub(crate) struct World {
    pub(crate) name: &'static str,
    /// Deviations of the parts of utility before they are brought to one.
    sound: f64,
    tags: f64,
    artist: f64,
    source: f64,
    /// How choosy a listener is who puts something on by hand, in logits per unit of utility.
    choosing: f64,
    /// How much of what is left is left by liking, in logits per unit of utility.
    slope: f64,
}

impl World {
    pub(crate) const PLAIN: Self = Self {
        name: "plain",
        sound: 1.0,
        tags: 0.5,
        artist: 0.6,
        source: 0.4,
        choosing: 1.2,
        slope: 1.2,
    };

    pub(crate) const OTHERS: [Self; 6] = [
        Self {
            name: "idle hands (choosing 0.6)",
            choosing: 0.6,
            ..Self::PLAIN
        },
        Self {
            name: "choosy hands (choosing 1.8)",
            choosing: 1.8,
            ..Self::PLAIN
        },
        Self {
            name: "very choosy hands (choosing 3)",
            choosing: 3.0,
            ..Self::PLAIN
        },
        Self {
            name: "all by ear (no artists, no sources)",
            artist: 0.0,
            source: 0.0,
            ..Self::PLAIN
        },
        Self {
            name: "mostly by name (sound a third)",
            sound: 0.4,
            tags: 0.2,
            artist: 1.0,
            source: 0.7,
            ..Self::PLAIN
        },
        Self {
            name: "hard to tell (slope 0.6)",
            slope: 0.6,
            ..Self::PLAIN
        },
    ];
}

/// What the mood of a session adds, against utility.
const INTENT: f64 = 0.7;
const SWITCH: f64 = 0.05;
const NOISE: f64 = 0.10;

/// Correlation of the utility at the log's end with that at its start.
const DRIFTED: f64 = 0.9;

/// What having just heard a piece takes from its utility, and how long that lasts.
const TIRED: f64 = 2.0;
const RECOVERY_S: f64 = 86_400.0;

/// Shares of plays ended within 5 s, 30 s and before the end.
pub(crate) const LEFT: [f64; 3] = [0.24, 0.35, 0.49];

/// Intercepts of the three hazards.
pub(crate) type Hazards = [f64; 3];

/// What somebody likes.
pub(crate) struct Listener {
    /// Utility at the start and what it drifts towards, z-scored, `[pieces]`.
    first: Vec<f64>,
    other: Vec<f64>,
    /// How well each piece fits each interest, z-scored, `[interests][pieces]`.
    fits: Vec<Vec<f64>>,
    shares: Vec<f64>,
    /// The hour of the day at which an interest is strongest, in radians.
    hours: Vec<f64>,
    /// 0 for a listener without taste.
    slope: f64,
    choosing: f64,
    hazards: Hazards,
    /// Plays after which the drift is complete.
    life: f64,
}

impl Listener {
    pub(crate) fn new(
        music: &Music,
        world: Option<&World>,
        seed: u64,
        hazards: Hazards,
        life: usize,
    ) -> Self {
        // A listener without taste lives in no world.
        let of = world.unwrap_or(&World::PLAIN);
        let mut chance = Rng::new(seed);
        let interests = 1 + chance.below(4);
        let mut shares = chance.dirichlet(interests);
        shares.sort_by(|a, b| b.total_cmp(a));
        let tags: Vec<f64> = (0..music.judged_tags[0].len())
            .map(|_| {
                if chance.happens(0.1) {
                    chance.normal()
                } else {
                    0.0
                }
            })
            .collect();
        let mut affinity = || {
            let names = music.len() * 2;
            (0..names).map(|_| chance.normal()).collect::<Vec<f64>>()
        };
        let (artists, sources) = (affinity(), affinity());
        let utility = |centres: &[usize]| {
            let near = |centre: usize, piece: usize| {
                f64::from(dot(&music.judged[centre], &music.judged[piece]))
            };
            let parts: [(f64, &dyn Fn(usize) -> f64); 4] = [
                (of.sound, &|piece| {
                    let parts = centres.iter().zip(&shares);
                    let sum = parts.map(|(c, share)| share * (near(*c, piece) / REACH).exp());
                    sum.sum::<f64>().ln()
                }),
                (of.tags, &|piece| {
                    let heard = music.judged_tags[piece].iter().zip(&tags);
                    heard.map(|(x, w)| f64::from(*x) * w).sum()
                }),
                (of.artist, &|piece| {
                    music.artists[piece].map_or(0.0, |name| artists[name])
                }),
                (of.source, &|piece| sources[music.sources[piece]]),
            ];
            let mut sum = vec![0.0; music.len()];
            for (weight, part) in parts {
                let mut values: Vec<f64> = (0..music.len()).map(part).collect();
                z_score(&mut values);
                sum.iter_mut()
                    .zip(&values)
                    .for_each(|(s, x)| *s += weight * x);
            }
            z_score(&mut sum);
            sum
        };
        let centre = |chance: &mut Rng| chance.below(music.len());
        let centres: Vec<usize> = (0..interests).map(|_| centre(&mut chance)).collect();
        let later: Vec<usize> = (0..interests).map(|_| centre(&mut chance)).collect();
        let fits = centres.iter().map(|centre| {
            let mut fit: Vec<f64> = (0..music.len())
                .map(|piece| f64::from(dot(&music.judged[*centre], &music.judged[piece])))
                .collect();
            z_score(&mut fit);
            fit
        });
        Self {
            first: utility(&centres),
            other: utility(&later),
            fits: fits.collect(),
            hours: (0..interests)
                .map(|_| chance.within(0.0, std::f64::consts::TAU))
                .collect(),
            shares,
            slope: world.map_or(0.0, |world| world.slope),
            choosing: of.choosing,
            hazards,
            life: life.max(1) as f64,
        }
    }

    /// Utility after `plays`, without mood and tiredness.
    pub(crate) fn utility(&self, piece: usize, plays: usize) -> f64 {
        if self.slope == 0.0 {
            return 0.0;
        }
        let kept = 1.0 - (1.0 - DRIFTED) * (plays as f64 / self.life).min(1.0);
        kept * self.first[piece] + (1.0 - kept * kept).sqrt() * self.other[piece]
    }

    pub(crate) fn utilities(&self, plays: usize) -> Vec<f64> {
        (0..self.first.len())
            .map(|piece| self.utility(piece, plays))
            .collect()
    }
}

/// A listener's days: the clock, the session, what was heard when.
#[derive(Clone)]
pub(crate) struct Life<'a> {
    music: &'a Music,
    listener: &'a Listener,
    chance: Rng,
    pub(crate) plays: usize,
    /// Seconds since the epoch.
    pub(crate) now_s: f64,
    last_s: Vec<f64>,
    intent: usize,
    left: usize,
    policy: Policy,
    /// What a policy goes by: the seed of a radio, the rest of an album.
    queue: Vec<usize>,
    /// Pieces that were listened to, for playlists and seeds.
    liked: Vec<usize>,
}

#[derive(Clone, Copy, PartialEq)]
enum Policy {
    Shuffle,
    Choice,
    Album,
    Radio,
    Playlist,
}

impl<'a> Life<'a> {
    pub(crate) fn new(music: &'a Music, listener: &'a Listener, seed: u64) -> Self {
        let mut life = Self {
            music,
            listener,
            chance: Rng::new(seed ^ 0x11fe),
            plays: 0,
            now_s: 1.5e9,
            last_s: vec![-1e12; music.len()],
            intent: 0,
            left: 0,
            policy: Policy::Shuffle,
            queue: Vec::new(),
            liked: Vec::new(),
        };
        life.begin_session();
        life
    }

    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_second(self.now_s as i64).unwrap_or_default()
    }

    /// Pauses for hours, and comes back in some mood.
    pub(crate) fn begin_session(&mut self) {
        self.now_s += 3600.0 * (2.0 - 14.0 * self.chance.uniform().ln());
        self.left = 8 + self.chance.below(16);
        self.intent = self.mood();
        let policies = [
            (Policy::Shuffle, 0.25),
            (Policy::Choice, 0.25),
            (Policy::Album, 0.15),
            (Policy::Radio, 0.20),
            (Policy::Playlist, 0.15),
        ];
        let weights = policies.map(|(_, weight)| weight);
        self.policy = policies[self.chance.weighted(&weights)].0;
        self.queue.clear();
    }

    fn mood(&mut self) -> usize {
        let hour = self.now_s / 86_400.0 * std::f64::consts::TAU;
        let parts = self.listener.shares.iter().zip(&self.listener.hours);
        let weights: Vec<f64> = parts
            .map(|(share, peak)| share * (0.5 * (hour - peak).cos()).exp())
            .collect();
        self.chance.weighted(&weights)
    }

    /// How much a piece is wanted right now.
    pub(crate) fn wanted(&self, piece: usize) -> f64 {
        self.listener.utility(piece, self.plays) + self.mind(piece)
    }

    /// Mood and tiredness.
    fn mind(&self, piece: usize) -> f64 {
        if self.listener.slope == 0.0 {
            return 0.0;
        }
        let rested = (self.last_s[piece] - self.now_s) / RECOVERY_S;
        INTENT * self.listener.fits[self.listener_intent()][piece] - TIRED * rested.exp()
    }

    fn listener_intent(&self) -> usize {
        self.intent.min(self.listener.fits.len() - 1)
    }

    /// Probability of leaving in each stage, given that the stage is reached, without the noise.
    pub(crate) fn hazards(&self, piece: usize) -> [f64; 3] {
        let (utility, mind) = (self.listener.utility(piece, self.plays), self.mind(piece));
        let slope = self.listener.slope;
        let odds = [
            0.4 * utility + mind,
            utility + 0.4 * mind,
            0.5 * (utility + 0.4 * mind),
        ];
        [0, 1, 2]
            .map(|stage| 1.0 / (1.0 + (slope * odds[stage] - self.listener.hazards[stage]).exp()))
    }

    /// Probability that at least half of a piece sounds, noise and all.
    pub(crate) fn listens(&self, piece: usize) -> f64 {
        let survives = |[a, b, c]: [f64; 3]| (1.0 - a) * (1.0 - b) * (1.0 - c * EARLY_HALF);
        let calm = stage_shares(LEFT);
        (1.0 - NOISE) * survives(self.hazards(piece)) + NOISE * survives(calm)
    }

    /// What the listener, or what plays for them, puts on next.
    pub(crate) fn next(&mut self) -> (usize, PlaySource) {
        if self.left == 0 {
            self.begin_session();
        }
        let pieces = self.music.len();
        match self.policy {
            Policy::Shuffle => (self.chance.below(pieces), PlaySource::Shuffle),
            Policy::Choice => (self.choose(), PlaySource::Queue),
            Policy::Playlist if !self.liked.is_empty() => {
                let at = self.chance.below(self.liked.len());
                (self.liked[at], PlaySource::Playlist)
            }
            Policy::Playlist => (self.choose(), PlaySource::Playlist),
            Policy::Album => {
                if self.queue.is_empty() {
                    let start = self.choose();
                    let source = self.music.sources[start];
                    let same = |piece: &usize| self.music.sources[*piece] == source;
                    self.queue = (0..pieces).rev().filter(same).collect();
                }
                (self.queue.pop().unwrap_or_default(), PlaySource::Album)
            }
            Policy::Radio => {
                if self.queue.is_empty() {
                    let seed = self.choose();
                    let near =
                        |piece: usize| dot(&self.music.vectors[seed], &self.music.vectors[piece]);
                    let mut order: Vec<usize> = (0..pieces).filter(|p| *p != seed).collect();
                    order.sort_by(|a, b| near(*b).total_cmp(&near(*a)));
                    order.truncate(40);
                    self.chance.shuffle(&mut order);
                    self.queue = order;
                }
                (self.queue.pop().unwrap_or_default(), PlaySource::Radio)
            }
        }
    }

    /// By hand: the more wanted the likelier.
    pub(crate) fn choose(&mut self) -> usize {
        let weights: Vec<f64> = (0..self.music.len())
            .map(|piece| (self.listener.choosing * self.wanted(piece)).exp())
            .collect();
        self.chance.weighted(&weights)
    }

    /// Listens to a piece until its end or until it is left.
    pub(crate) fn listen(&mut self, piece: usize, source: PlaySource) -> Play {
        let noise = self.chance.happens(NOISE);
        let hazards = if noise {
            stage_shares(LEFT)
        } else {
            self.hazards(piece)
        };
        let ends_s = [(0.5, 5.0), (5.0, 30.0), (30.0, DURATION_S - 11.0)];
        let mut listened_s = DURATION_S;
        for (hazard, (from, to)) in hazards.into_iter().zip(ends_s) {
            if self.chance.happens(hazard) {
                listened_s = self.chance.within(from, to);
                break;
            }
        }
        let play = Play {
            at: self.now(),
            subject: PlaySubject {
                audio: Some(audio(piece)),
                duration_s: Some(DURATION_S),
                ..PlaySubject::default()
            },
            listened_s,
            source,
            skipped: listened_s < DURATION_S,
            rating: None,
            context: segue_core::PlayContext::default(),
        };
        if listened_s > DURATION_S / 2.0 && (self.liked.len() < 100 || self.chance.happens(0.05)) {
            self.liked.push(piece);
        }
        self.now_s += listened_s + 1.0;
        self.last_s[piece] = self.now_s;
        self.plays += 1;
        self.left = self.left.saturating_sub(1);
        if self.chance.happens(SWITCH) {
            self.intent = self.mood();
        }
        play
    }

    /// Whether the session is over.
    pub(crate) fn tired(&self) -> bool {
        self.left == 0
    }

    /// `count` plays under mixed policies.
    pub(crate) fn live(&mut self, count: usize) -> Vec<Play> {
        (0..count)
            .map(|_| {
                let (piece, source) = self.next();
                self.listen(piece, source)
            })
            .collect()
    }
}

/// Share of those who leave between 30 s and the end who leave before the half.
const EARLY_HALF: f64 = (DURATION_S / 2.0 - 30.0) / (DURATION_S - 41.0);

/// Hazards of the stages from the shares that have left by their ends.
pub(crate) fn stage_shares(left: [f64; 3]) -> [f64; 3] {
    let [a, b, c] = left;
    [a, (b - a) / (1.0 - a), (c - b) / (1.0 - b)]
}

/// Finds the hazards' intercepts with which `listeners` people leave as people do, over plays of mixed policies.
pub(crate) fn calibrate(
    music: &Music,
    world: &World,
    seed: u64,
    listeners: u64,
    plays: usize,
) -> Hazards {
    let wanted = stage_shares(LEFT);
    let mut hazards = wanted.map(|p| (p / (1.0 - p)).ln());
    for _ in 0..8 {
        let (mut reached, mut left) = ([0.0; 3], [0.0; 3]);
        for number in 0..listeners {
            let seed = seed ^ (number << 20) ^ 0xca1;
            let listener = Listener::new(music, Some(world), seed, hazards, plays);
            for play in Life::new(music, &listener, seed).live(plays) {
                let stage = [5.0, 30.0, DURATION_S]
                    .iter()
                    .position(|s| play.listened_s < *s);
                let last = stage.unwrap_or(2);
                reached[..=last].iter_mut().for_each(|count| *count += 1.0);
                if let Some(stage) = stage {
                    left[stage] += 1.0;
                }
            }
        }
        for stage in 0..3 {
            let found: f64 = left[stage] / f64::max(reached[stage], 1.0);
            let wanted = (wanted[stage] / (1.0 - wanted[stage])).ln();
            hazards[stage] += wanted - (found / (1.0 - found)).ln();
        }
    }
    hazards
}
