//! What a station counts where it is asked for more of one side of music: a term of its own for rhythm or harmony beside that of
//! the sound, which counts less then; or the sound alone, which counts more.

use segue_core::{Facet, ReasonKind};

use super::choice::StationScorer;
use crate::facets::{Rhythm, key_nearness};

/// What rhythm or harmony counts where more of it is asked for: more than all of the sound.
const MORE: f64 = 1.4;

/// What the sound counts beside it: songs of one tempo or key are many, and those that sound alike are the better ones.
const BESIDE: f64 = 0.6;

/// What the sound counts where more of it is asked for.
const MORE_SOUND: f64 = 1.6;

/// How near a recording is to an anchor by the side that more is asked of.
pub(super) struct FacetNearness {
    pub(super) kind: ReasonKind,
    pub(super) weight: f64,
    /// The anchor's number.
    pub(super) anchor: usize,
}

impl StationScorer<'_> {
    /// What nearness by sound counts.
    pub(super) fn sound_weight(&self) -> f64 {
        let share = match self.spec.more {
            None => 1.0,
            Some(Facet::Sound) => MORE_SOUND,
            Some(Facet::Rhythm | Facet::Harmony) => BESIDE,
        };
        share * self.spec.weights.near
    }

    /// The nearest anchor by rhythm or harmony, if more of it is asked for and any is near; among several that which stands for
    /// more of the seeds.
    pub(super) fn facet(&self, item: usize) -> Option<FacetNearness> {
        let catalogue = self.catalogue;
        let (kind, near): (ReasonKind, Vec<f64>) = match self.spec.more? {
            Facet::Sound => return None,
            Facet::Rhythm => {
                let own = Rhythm::new(catalogue, item);
                let near = self.rhythms.iter().map(|anchor| anchor.nearness(&own));
                (ReasonKind::Rhythm, near.collect())
            }
            Facet::Harmony => {
                let own = catalogue.key(item)?;
                let keys = self.anchors.iter().map(|it| catalogue.key(it.position));
                let near = keys.map(|key| key.map_or(0.0, |key| key_nearness(key, own)));
                (ReasonKind::Harmony, near.collect())
            }
        };
        let near = near.into_iter().enumerate();
        let (anchor, near) = near.reduce(|a, b| {
            let share = |(number, near): &(usize, f64)| (*near, self.anchors[*number].share);
            if share(&b) > share(&a) { b } else { a }
        })?;
        let weight = MORE * self.spec.weights.near * near;
        (weight > 0.0).then_some(FacetNearness {
            kind,
            weight,
            anchor,
        })
    }
}
