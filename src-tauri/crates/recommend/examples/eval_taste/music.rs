//! The music that is listened to in the simulation: what people wrote about it, what the judge heard, what the
//! player knows. `models/train/judge.py` makes the file.

use std::collections::HashMap;
use std::error::Error;
use std::fs;
use std::path::Path;

use segue_core::{AudioHash, Embedding, Key, ModelId, TagScore};
use segue_recommend::{Catalogue, Item};
use serde::Deserialize;

use crate::rng::Rng;

/// Length of every piece: the excerpts do not say.
pub(crate) const DURATION_S: f64 = 200.0;

/// Components of the judge's embedding; the rest are tags.
const JUDGE_EMBEDDING: usize = 200;

#[derive(Deserialize)]
struct Line {
    title: Option<String>,
    artist: Option<String>,
    source: String,
    genre: Option<String>,
    judge: Vec<f32>,
    mfcc: Vec<f32>,
    vector: Vec<f32>,
    tags: Vec<Tag>,
    ends: [Vec<f32>; 2],
    bpm: Option<f64>,
    musical_key: Option<String>,
    edges_lufs: [Option<f64>; 2],
}

#[derive(Deserialize)]
struct Tag {
    name: String,
    p: f32,
    present: bool,
}

/// Everything about the pieces, by their number.
pub(crate) struct Music {
    pub(crate) catalogue: Catalogue,
    /// The same with every piece's vector and tags given to another piece.
    pub(crate) shuffled: Catalogue,
    /// By number; nobody is nobody.
    pub(crate) artists: Vec<Option<usize>>,
    pub(crate) sources: Vec<usize>,
    pub(crate) genres: Vec<Option<usize>>,
    /// The judge's embedding, z-scored, of unit length.
    pub(crate) judged: Vec<Vec<f32>>,
    /// The judge's tags, z-scored logits.
    pub(crate) judged_tags: Vec<Vec<f32>>,
    /// Z-scored, of unit length.
    pub(crate) mfcc: Vec<Vec<f32>>,
    /// The player's vectors.
    pub(crate) vectors: Vec<Vec<f32>>,
    /// How each begins and ends, one after the other, by its recording.
    pub(crate) ends: HashMap<AudioHash, Vec<f32>>,
    /// A style of each, by clustering what the judge heard.
    pub(crate) styles: Vec<usize>,
}

/// The styles that the judge's embedding is cut into.
pub(crate) const STYLES: usize = 10;

pub(crate) fn audio(number: usize) -> AudioHash {
    AudioHash((number as u128 + 1).to_le_bytes())
}

impl Music {
    pub(crate) fn read(path: &Path) -> Result<Self, Box<dyn Error>> {
        let text = fs::read_to_string(path)
            .map_err(|error| format!("cannot read the features {}: {error}", path.display()))?;
        let lines = text
            .lines()
            .map(serde_json::from_str)
            .collect::<Result<Vec<Line>, _>>()?;
        let mut order: Vec<usize> = (0..lines.len()).collect();
        Rng::new(17).shuffle(&mut order);
        let mut names: Vec<&str> = Vec::new();
        let mut number = |name| {
            names
                .iter()
                .position(|known| *known == name)
                .unwrap_or_else(|| {
                    names.push(name);
                    names.len() - 1
                })
        };
        let artists: Vec<Option<usize>> = lines
            .iter()
            .map(|line| line.artist.as_deref().map(&mut number))
            .collect();
        let sources: Vec<usize> = lines.iter().map(|line| number(&line.source)).collect();
        let genres = lines
            .iter()
            .map(|line| line.genre.as_deref().map(&mut number))
            .collect();
        let part = |from: usize, to: usize| {
            let rows = lines
                .iter()
                .map(|line| line.judge[from..to.min(line.judge.len())].to_vec());
            rows.collect::<Vec<_>>()
        };
        let judged = unit_rows(z_scored(part(0, JUDGE_EMBEDDING)));
        let mut tags = part(JUDGE_EMBEDDING, usize::MAX);
        for p in tags.iter_mut().flatten() {
            let kept = p.clamp(1e-4, 1.0 - 1e-4);
            *p = (kept / (1.0 - kept)).ln();
        }
        let styles = clusters(&judged, STYLES);
        let model = ModelId("eval@000000000000".into());
        let items = |heard: &dyn Fn(usize) -> usize| {
            let item = |number: usize| {
                let (line, heard) = (&lines[number], &lines[heard(number)]);
                let tag = |tag: &Tag| TagScore {
                    name: tag.name.clone(),
                    p: tag.p,
                    present: tag.present,
                };
                Item {
                    audio: audio(number),
                    title: line
                        .title
                        .clone()
                        .unwrap_or_else(|| format!("Piece {number}")),
                    artists: line.artist.iter().cloned().collect(),
                    // What an artist has in one source is an album.
                    album_id: Some(
                        (sources[number] * lines.len()
                            + artists[number].map_or(0, |artist| artist + 1))
                            as i64,
                    ),
                    album: Some(line.source.clone()),
                    genres: line.genre.iter().cloned().collect(),
                    year: None,
                    place: None,
                    bpm: line.bpm,
                    key: line.musical_key.as_deref().and_then(Key::parse),
                    loudness_lufs: None,
                    edges_lufs: line.edges_lufs,
                    duration_s: DURATION_S,
                    tags: heard.tags.iter().map(tag).collect(),
                    vector: Embedding::new(model.clone(), heard.vector.clone()).ok(),
                }
            };
            Catalogue::new(Some(model.clone()), (0..lines.len()).map(item))
        };
        Ok(Self {
            catalogue: items(&|number| number),
            shuffled: items(&|number| order[number]),
            artists,
            sources,
            genres,
            judged,
            judged_tags: z_scored(tags),
            mfcc: unit_rows(z_scored(
                lines.iter().map(|line| line.mfcc.clone()).collect(),
            )),
            ends: (0..lines.len())
                .map(|number| (audio(number), lines[number].ends.concat()))
                .collect(),
            vectors: unit_rows(lines.iter().map(|line| line.vector.clone()).collect()),
            styles,
        })
    }

    pub(crate) fn len(&self) -> usize {
        self.artists.len()
    }
}

pub(crate) fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// Every column with mean 0 and deviation 1.
fn z_scored(mut rows: Vec<Vec<f32>>) -> Vec<Vec<f32>> {
    for column in 0..rows.first().map_or(0, Vec::len) {
        let mut values: Vec<f64> = rows.iter().map(|row| f64::from(row[column])).collect();
        z_score(&mut values);
        for (row, value) in rows.iter_mut().zip(values) {
            row[column] = value as f32;
        }
    }
    rows
}

/// Mean 0 and deviation 1.
pub(crate) fn z_score(values: &mut [f64]) {
    let count = values.len().max(1) as f64;
    let mean = values.iter().sum::<f64>() / count;
    let variance = values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / count;
    let scale = variance.sqrt().max(1e-9).recip();
    values.iter_mut().for_each(|x| *x = (*x - mean) * scale);
}

fn unit_rows(mut rows: Vec<Vec<f32>>) -> Vec<Vec<f32>> {
    for row in &mut rows {
        let length = dot(row, row).sqrt().max(1e-9);
        row.iter_mut().for_each(|x| *x /= length);
    }
    rows
}

/// Spherical k-means from spread-out starts: the style of each row.
fn clusters(rows: &[Vec<f32>], count: usize) -> Vec<usize> {
    let mut centres: Vec<Vec<f32>> = rows.iter().take(1).cloned().collect();
    while centres.len() < count {
        let nearest = |row: &Vec<f32>| {
            let all = centres.iter().map(|centre| dot(centre, row));
            all.fold(f32::NEG_INFINITY, f32::max)
        };
        let farthest = rows.iter().min_by(|a, b| nearest(a).total_cmp(&nearest(b)));
        let Some(farthest) = farthest.cloned() else {
            break;
        };
        centres.push(farthest);
    }
    let mut styles = vec![0; rows.len()];
    for _ in 0..20 {
        for (style, row) in styles.iter_mut().zip(rows) {
            let near = |centre: &usize| dot(&centres[*centre], row);
            let best = (0..centres.len()).max_by(|a, b| near(a).total_cmp(&near(b)));
            *style = best.unwrap_or(0);
        }
        for (number, centre) in centres.iter_mut().enumerate() {
            let mut sum = vec![0.0; centre.len()];
            for (row, _) in rows
                .iter()
                .zip(&styles)
                .filter(|(_, style)| **style == number)
            {
                sum.iter_mut().zip(row).for_each(|(s, x)| *s += x);
            }
            if sum.iter().any(|x| *x != 0.0) {
                *centre = unit_rows(vec![sum]).remove(0);
            }
        }
    }
    styles
}
