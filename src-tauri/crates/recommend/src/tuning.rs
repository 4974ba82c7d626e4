//! The constants by which the recommender learns and ranks: one list for what a taste learns, one for what the terms of a
//! score count for, one for what corrects and combines nearness.
//!
//! They were set by hand, on the simulator and on reasons that stand beside them. They are passed in, never asked of the
//! listener: the player uses [`DEFAULT`](Learning::DEFAULT), and `cargo xtask eval taste --parts sensitivity` tries each at
//! half and at one and a half times its value, by its name in `FIELDS`. Not here: limits that bound work (steps, beams,
//! candidates), what transitions cost ([`crate::sequencing`]) and what is said by hand, of which no simulated listener can tell.

/// A list of constants, each with its default and its name.
macro_rules! constants {
    ($(#[$about:meta])* $list:ident: $($(#[$doc:meta])* $field:ident = $value:expr;)*) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub struct $list {
            $($(#[$doc])* pub $field: f64,)*
        }

        impl $list {
            /// What the player uses.
            pub const DEFAULT: Self = Self { $($field: $value,)* };

            /// Each constant by its name.
            pub const FIELDS: &'static [(&'static str, fn(&mut Self) -> &mut f64)] =
                &[$((stringify!($field), |list| &mut list.$field),)*];
        }
    };
}

constants! {
    /// How a play log becomes a taste.
    Learning:
    /// Prior variances, in squared logits per unit of the feature. None of them moves a figure by itself, but with 0.5 for each
    /// name at once rankings fell a little, most for listeners who go by names. Of the intercepts;
    prior_intercept = 0.5;
    /// of familiarity, recency, mood and hour;
    prior_context = 1.0;
    /// of the sound,
    prior_sound = 0.7;
    /// of an artist,
    prior_artist = 0.9;
    /// of genres,
    prior_genre = 0.4;
    /// of tags,
    prior_tag = 0.3;
    /// of a cluster,
    prior_cluster = 0.3;
    /// of an album,
    prior_album = 0.6;
    /// and of a recording.
    prior_recording = 0.5;
    /// Prior means: people hear half of 59 % of what they start,
    expected_always = 0.36;
    /// moods last,
    expected_session = 0.8;
    /// and hours have their music.
    expected_hour = 0.3;
    /// Recordings that could have been chosen, per choice.
    choices = 10.0;
    /// Before validation: the slope of calibration that is expected,
    slope = 0.6;
    /// and the deviation of that guess.
    slope_deviation = 0.4;
    /// Log odds of hearing half of what was started,
    offset = 0.3;
    /// and of what was chosen by hand beyond that, before any play;
    offset_chosen = 0.3;
    /// and the variance of that guess.
    offset_variance = 0.3;
    /// Plays after which a play counts half for the offsets. Much is heard again and again in a long log, and known better
    /// and better, but not listened to more and more: how much is listened to is asked of the latest plays.
    offset_plays = 1_000.0;
    /// Evidence loses half its weight in this time.
    half_life_days = 365.0;
    /// Effective plays at which taste has half its weight in a ranking.
    evidence_half = 30.0;
    /// How long "just heard" lasts: the time in which it fades to a third.
    recent_days = 1.0;
    /// What one more play takes of the session's mood so far.
    session_fade = 0.15;
    /// What listening to half of a piece adds to the mood,
    session_listened = 0.41;
    /// and what leaving it before takes: the sum over usual plays is nothing.
    session_left = 0.59;
    /// Concentration of the smoothing around the clock (von Mises): a play speaks of some three hours.
    hours_concentration = 5.0;
    /// Plays of a cluster at which its own hours weigh as much as those of all music.
    hours_plays_half = 30.0;
    /// Weight of an opinion, in plays.
    rating_weight = 3.0;
    /// What leaving a song at once says against it, where leaving it soon says 1;
    glimpsed = 0.3;
    /// and leaving it late.
    abandoned = 0.4;
    /// How much a play out of a list says of the single recording, where others say 1;
    reliability_playlist = 0.8;
    /// one of a history;
    reliability_import = 0.5;
    /// and one of an album.
    reliability_album = 0.3;
    /// How much the choice of a list says of each song, in plays, where that of a song says 1;
    contrast_playlist = 0.2;
    /// and that of an album.
    contrast_album = 0.1;
    /// What is left of a choice when the song was left.
    choice_left = 0.5;
    /// Of the metric: the logistic slope per unit of likeness,
    metric_slope = 4.0;
    /// the step of each triplet,
    metric_step = 0.05;
    /// and its pull towards nothing.
    metric_shrink = 0.02;
}

constants! {
    /// What the terms of a score count for. Nearness by sound lies in `0..=1`.
    Weights:
    /// Nearness to the anchors.
    near = 1.0;
    /// Taste, per unit of log odds at full weight,
    taste = 0.4;
    /// and the log odds at which it is bounded.
    odds_max = 2.0;
    /// What is learned of the very recording, against the rest of taste.
    own = 0.5;
    /// The mood of the session, per unit of log odds.
    mood = 1.0;
    /// What was heard within the last day.
    just_heard = 0.3;
    /// What is asked for, asked away and adjusted by hand.
    said = 1.0;
    /// A draw from the posterior, per unit of log odds.
    explore = 0.06;
    /// Against what lies nearer to an earlier pick than to the seeds.
    variety = 0.15;
    /// What lying below the best that is left costs, against the transitions ([`crate::sequencing`]).
    score_cost = 1.0;
}

constants! {
    /// How near and how apt a recording is, whatever the station starts from.
    Scoring:
    /// What the hour counts, per unit of log odds.
    hour = 0.15;
    /// What the dial counts at its ends.
    dial = 0.2;
    /// With several anchors: what the nearest one counts, against the mean of all.
    nearest_share = 0.7;
    /// How unusual the cosine of a near neighbour is, in deviations.
    neighbour = 2.5;
    /// What the correction of hubs counts in a large library: half is the mean of both standard scores,
    hub_share = 0.5;
    /// and the recordings at which it counts half of that: below, their moments say more of the sample than of hubs.
    hub_rows = 200.0;
}

impl Weights {
    /// Where there are none, taste is the station.
    const SEEDLESS: Self = Self {
        near: 0.05,
        taste: 2.0,
        odds_max: 8.0,
        own: 1.0,
        mood: 2.5,
        said: 8.0,
        explore: 0.03,
        variety: 0.05,
        score_cost: 8.0,
        ..Self::DEFAULT
    };
}

/// How a catalogue and a taste become a ranking.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ranking {
    /// Where there are seeds taste shades the station.
    pub seeded: Weights,
    /// Where there are none it is the station.
    pub seedless: Weights,
    /// What holds for both.
    pub scoring: Scoring,
}

impl Ranking {
    /// What the player uses.
    pub const DEFAULT: Self = Self {
        seeded: Weights::DEFAULT,
        seedless: Weights::SEEDLESS,
        scoring: Scoring::DEFAULT,
    };
}
