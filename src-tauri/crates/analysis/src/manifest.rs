//! `manifest.toml`: what input a model's networks take and what their outputs mean. Read and checked as a whole; an error
//! names the key.
//!
//! It describes any networks that take log-mel patches: one, in `[files]`, `[front_end]` and `[network]`, or several, in
//! `[[networks]]`. Both are read into one form, a list of networks. `models/manifests/README.md` documents every key for
//! people. What a manifest asks for is bounded here, so that no later code has to fear its numbers.

mod bounds;
mod front_end;
mod network;

use std::collections::HashMap;

use serde::Deserialize;

use bounds::{at_most, is_plain, within};
pub(crate) use front_end::{
    FrontEnd, LastPatch, Law, MelNorm, MelScale, Padding, Spectrum, Triangles, WindowFunction,
};
use network::NetworkEntry;
pub(crate) use network::{Activation, ModelFile, NetworkSpec, Ports};

/// Networks of a model.
const NETWORKS_MAX: usize = 8;
/// Samples of a track that are analysed at most, at all rates together (80 MB as `f32`).
const SAMPLES_MAX: f64 = 20e6;
/// Values of log-mel that a track may come to for one network (80 MB).
const MEL_VALUES_MAX: f64 = 20e6;
/// Runs of all networks for one track.
const PATCHES_MAX: f64 = 2_000.0;
/// Parts of a vector or a readout for each network.
const PARTS_MAX: usize = 8;

/// What a manifest says, with everything in its place.
#[derive(Clone, Debug)]
pub(crate) struct Manifest {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) role: ModelRole,
    pub(crate) windows: Windows,
    /// At least one.
    pub(crate) networks: Vec<NetworkSpec>,
    /// What the track's vector is made of.
    pub(crate) parts: Vec<NetworkStatistic>,
    /// From the parts to the vector; without it they are the vector.
    pub(crate) projection: Option<ModelFile>,
    pub(crate) vector_size: usize,
    pub(crate) tags: Vec<TagInfo>,
    pub(crate) tag_source: TagSource,
}

/// The manifest as written. Unknown keys are refused: a model that asks for something this program does not
/// know would otherwise get wrong input.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: String,
    description: String,
    #[serde(default)]
    role: ModelRole,
    #[serde(default)]
    files: WrittenFiles,
    front_end: Option<FrontEnd>,
    network: Option<Ports>,
    #[serde(default)]
    networks: Vec<NetworkEntry>,
    windows: Windows,
    #[serde(default)]
    track_vector: WrittenVector,
    tags_readout: Option<WrittenReadout>,
    #[serde(default)]
    tags: Vec<TagInfo>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenFiles {
    onnx: Option<String>,
    onnx_sha256: Option<String>,
    weights: Option<String>,
    weights_sha256: Option<String>,
    projection: Option<String>,
    projection_sha256: Option<String>,
    readout: Option<String>,
    readout_sha256: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenVector {
    parts: Option<Vec<String>>,
    /// Its length; without a projection that of the parts.
    size: Option<usize>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenReadout {
    parts: Vec<String>,
}

/// What a model that comes with Segue is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ModelRole {
    /// It hears everything first.
    #[default]
    Quick,
    /// It takes its time, and hears what the quick one has heard once more.
    Fine,
}

/// Which parts of a track are analysed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Windows {
    pub(crate) count_max: usize,
    pub(crate) seconds: f64,
    pub(crate) from: f64,
    pub(crate) to: f64,
}

/// A statistic of what one network hears of a track.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NetworkStatistic {
    /// Which network, by its place in the list.
    pub(crate) network: usize,
    pub(crate) statistic: Statistic,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Statistic {
    /// Mean of the patches' embeddings: `[embedding_size]`.
    EmbeddingMean,
    /// Mean of the patches' tags, all that the network gives, after its activation: `[tags_size]`.
    TagsMean,
    /// Mean of all log-mel frames: `[mel_bands]`.
    MelMean,
    /// Population standard deviation of all log-mel frames: `[mel_bands]`.
    MelStd,
}

/// Where the tags' probabilities come from.
#[derive(Clone, Debug)]
pub(crate) enum TagSource {
    /// From the networks' own outputs: for each tag, which network and which of its values.
    Networks(Vec<(usize, usize)>),
    /// From a map that was learned over the statistics of all networks.
    Readout {
        parts: Vec<NetworkStatistic>,
        file: ModelFile,
    },
}

/// A tag that the model gives.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TagInfo {
    /// Lower-case name, such as `female vocals`.
    pub name: String,
    /// What it speaks of.
    pub kind: TagKind,
    /// Probability from which on it is worth showing.
    pub threshold: f32,
    /// A tag that holds wherever this one does, such as `jazz` for `bebop`.
    #[serde(default)]
    pub parent: Option<String>,
    /// How far it can be trusted, in `0..=1`; by default wholly. It changes nothing that is heard.
    #[serde(default = "whole_trust")]
    pub trust: f32,
    /// The network that gives it, where there are several.
    #[serde(default)]
    network: Option<String>,
    /// Its place in the network's output; by default its place among the network's tags in the list.
    #[serde(default)]
    index: Option<usize>,
}

fn whole_trust() -> f32 {
    1.0
}

/// What a tag speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TagKind {
    /// A style of music.
    Genre,
    /// A mood or occasion.
    Mood,
    /// What the music is for or about, such as a film or a season.
    Theme,
    /// An instrument.
    Instrument,
    /// Voices, or their absence.
    Voice,
}

impl Manifest {
    /// Reads and checks a manifest. The refusal names the key.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let written: Written =
            toml::from_str(text).map_err(|e| e.to_string().trim().replace('\n', " "))?;
        let manifest = written.resolve()?;
        manifest.check()?;
        Ok(manifest)
    }

    /// Length of such statistics, one after the other.
    pub(crate) fn parts_size(&self, parts: &[NetworkStatistic]) -> usize {
        parts_size(&self.networks, parts)
    }

    fn check(&self) -> Result<(), String> {
        if !is_plain(&self.name) {
            return Err(format!(
                "name is {:?}; up to 64 letters, digits, dots, dashes are expected, and no dot first",
                self.name
            ));
        }
        self.check_files()?;
        for network in &self.networks {
            network.check().map_err(|reason| network.named(reason))?;
        }
        within(
            "windows.count_max",
            self.windows.count_max as f64,
            1.0..=1_000.0,
        )?;
        within("windows.seconds", self.windows.seconds, 0.1..=600.0)?;
        within("windows.to", self.windows.to, 0.0..=1.0)?;
        within("windows.from", self.windows.from, 0.0..=self.windows.to)?;
        self.check_amounts()?;
        self.check_parts("track_vector", &self.parts)?;
        within("track_vector.size", self.vector_size as f64, 1.0..=65_536.0)?;
        let parts = self.parts_size(&self.parts);
        if self.projection.is_none() && self.vector_size != parts {
            return Err(format!(
                "track_vector.size is {}, but without a projection the parts' {parts} values are the vector",
                self.vector_size,
            ));
        }
        if let TagSource::Readout { parts, .. } = &self.tag_source {
            self.check_parts("tags_readout", parts)?;
            if self.tags.is_empty() {
                return Err("tags_readout is there, but no tags are listed".to_owned());
            }
            // The tags listed are the readout's, so they do not tell how many a network gives.
            let unsaid = |network: &&NetworkSpec| {
                network.ports.tags.is_some() && network.ports.tags_size.is_none()
            };
            if let Some(network) = self.networks.iter().find(unsaid) {
                return Err(network.named(format!("{} is missing", network.key("tags_size"))));
            }
        }
        self.check_tags()
    }

    fn check_files(&self) -> Result<(), String> {
        let readout = match &self.tag_source {
            TagSource::Readout { file, .. } => Some(file),
            TagSource::Networks(_) => None,
        };
        let networks = self.networks.iter();
        let files = networks
            .flat_map(|network| [Some(&network.onnx), network.weights.as_ref()])
            .chain([self.projection.as_ref(), readout]);
        let names: Vec<&String> = files.flatten().map(|file| &file.name).collect();
        for (index, file) in names.iter().enumerate() {
            if !is_plain(file) || *file == "manifest.toml" || names[..index].contains(file) {
                return Err(format!(
                    "files names {file:?}; a file of its own in the model's folder is expected"
                ));
            }
        }
        Ok(())
    }

    /// Bounds what a track can cost, whatever the single numbers are.
    fn check_amounts(&self) -> Result<(), String> {
        let heard_s = self.windows.count_max as f64 * self.windows.seconds;
        let (mut samples, mut patches) = (0.0, 0.0);
        for network in &self.networks {
            let front = &network.front_end;
            let at_its_rate = heard_s * f64::from(front.sample_rate_hz);
            samples += at_its_rate;
            // Segments may overlap, and each has its own frames.
            let overlap = match (front.segment(), front.segment_hop()) {
                (Some(length), Some(hop)) => (length as f64 / hop as f64).max(1.0),
                _ => 1.0,
            };
            let frames = at_its_rate * overlap / front.hop as f64;
            patches += frames / front.patch_hop_frames as f64;
            at_most(
                "what windows and sample_rate_hz ask for, in samples,",
                samples,
                SAMPLES_MAX,
            )
            .and_then(|()| {
                at_most(
                    "what windows, hop and mel_bands ask for, in values of log-mel,",
                    frames * front.mel_bands as f64,
                    MEL_VALUES_MAX,
                )
            })
            .and_then(|()| at_most("the number of patches of a track", patches, PATCHES_MAX))
            .map_err(|reason| network.named(reason))?;
        }
        Ok(())
    }

    fn check_parts(&self, table: &str, parts: &[NetworkStatistic]) -> Result<(), String> {
        let max = PARTS_MAX * self.networks.len();
        if parts.is_empty() || parts.len() > max {
            return Err(format!("{table}.parts: one to {max} parts are expected"));
        }
        for part in parts {
            let network = &self.networks[part.network];
            if part.statistic == Statistic::TagsMean && network.ports.tags.is_none() {
                let key = network.key("tags");
                let reason = format!("{table}.parts has tags_mean, but {key} names no output");
                return Err(network.named(reason));
            }
        }
        Ok(())
    }

    fn check_tags(&self) -> Result<(), String> {
        at_most("the number of tags", self.tags.len() as f64, 4_096.0)?;
        for (place, tag) in self.tags.iter().enumerate() {
            within("a tag's threshold", f64::from(tag.threshold), 0.0..=1.0)?;
            within("a tag's trust", f64::from(tag.trust), 0.0..=1.0)?;
            let length = tag.name.chars().count();
            if !(1..=64).contains(&length) || tag.name.chars().any(char::is_control) {
                return Err(format!(
                    "a tag is named {:?}; up to 64 characters are expected",
                    tag.name
                ));
            }
            if self.tags[..place]
                .iter()
                .any(|other| other.name == tag.name)
            {
                return Err(format!("the tag {:?} is listed twice", tag.name));
            }
            if let TagSource::Networks(places) = &self.tag_source {
                let (network, index) = (&self.networks[places[place].0], places[place].1);
                if network.ports.tags.is_none() {
                    let key = network.key("tags");
                    let reason = format!("tags are listed, but {key} names no output");
                    return Err(network.named(reason));
                }
                if index >= network.tags_size {
                    return Err(network.named(format!(
                        "the tag {:?} is value {index} of {} of the network's output",
                        tag.name, network.tags_size
                    )));
                }
            }
        }
        self.check_parents()
    }

    /// Every parent is a tag, and none is, by whatever way, its own.
    fn check_parents(&self) -> Result<(), String> {
        let tags = self.tags.iter().enumerate();
        let places: HashMap<&str, usize> = tags.map(|(place, tag)| (&*tag.name, place)).collect();
        let parent = |tag: &TagInfo| {
            let Some(name) = &tag.parent else {
                return Ok(None);
            };
            let found = places.get(name.as_str()).copied();
            found.map(Some).ok_or_else(|| {
                format!(
                    "the tag {:?} has the parent {name:?}, which is not listed",
                    tag.name
                )
            })
        };
        let parents: Vec<Option<usize>> = self.tags.iter().map(parent).collect::<Result<_, _>>()?;
        for (place, tag) in self.tags.iter().enumerate() {
            let above = std::iter::successors(parents[place], |above| parents[*above]);
            if above.take(self.tags.len()).any(|above| above == place) {
                return Err(format!("the tag {:?} is among its own parents", tag.name));
            }
        }
        Ok(())
    }
}

impl Written {
    /// Networks in a list, names as places in it.
    fn resolve(self) -> Result<Manifest, String> {
        let entry = |name: Option<String>, sha256| name.map(|name| ModelFile { name, sha256 });
        let files = self.files;
        let onnx = entry(files.onnx, files.onnx_sha256);
        let weights = entry(files.weights, files.weights_sha256);
        let single = onnx.is_some()
            || weights.is_some()
            || self.front_end.is_some()
            || self.network.is_some();
        let networks = match (self.networks.is_empty(), single) {
            (false, true) => {
                return Err(
                    "networks are listed, and files.onnx, files.weights, front_end or network stand beside them; a network's are expected in its entry"
                        .to_owned(),
                );
            }
            (true, _) => {
                let ports = self.network.ok_or("network is missing")?;
                vec![NetworkSpec {
                    name: None,
                    onnx: onnx.ok_or("files.onnx is missing")?,
                    weights,
                    front_end: self.front_end.ok_or("front_end is missing")?,
                    tags_size: ports.tags_size.unwrap_or(self.tags.len()),
                    ports,
                }]
            }
            (false, false) => specs(self.networks, &self.tags)?,
        };
        let parts = match &self.track_vector.parts {
            Some(parts) => resolve_parts("track_vector", parts, &networks)?,
            None if networks[0].name.is_none() => vec![NetworkStatistic {
                network: 0,
                statistic: Statistic::EmbeddingMean,
            }],
            None => return Err("track_vector.parts is missing".to_owned()),
        };
        let readout = entry(files.readout, files.readout_sha256);
        let tag_source = match (self.tags_readout, readout) {
            (Some(written), Some(file)) => {
                let parts = resolve_parts("tags_readout", &written.parts, &networks)?;
                let mut tags = self.tags.iter();
                if let Some(tag) = tags.find(|tag| tag.network.is_some() || tag.index.is_some()) {
                    return Err(format!(
                        "the tag {:?} has network or index, which mean nothing with tags_readout",
                        tag.name
                    ));
                }
                TagSource::Readout { parts, file }
            }
            (None, None) => TagSource::Networks(tag_places(&self.tags, &networks)?),
            (Some(_), None) => return Err("files.readout is missing".to_owned()),
            (None, Some(_)) => {
                return Err("files.readout means nothing without tags_readout".to_owned());
            }
        };
        let size = self.track_vector.size;
        Ok(Manifest {
            name: self.name,
            description: self.description,
            role: self.role,
            windows: self.windows,
            projection: entry(files.projection, files.projection_sha256),
            vector_size: size.unwrap_or_else(|| parts_size(&networks, &parts)),
            networks,
            parts,
            tags: self.tags,
            tag_source,
        })
    }
}

/// The entries of `[[networks]]`, each of another name.
fn specs(entries: Vec<NetworkEntry>, tags: &[TagInfo]) -> Result<Vec<NetworkSpec>, String> {
    if entries.len() > NETWORKS_MAX {
        return Err(format!(
            "{} networks are listed; at most {NETWORKS_MAX} are expected",
            entries.len()
        ));
    }
    for (place, entry) in entries.iter().enumerate() {
        if !is_plain(&entry.name) {
            return Err(format!(
                "a network is named {:?}; up to 64 letters, digits, dots, dashes are expected, and no dot first",
                entry.name
            ));
        }
        if entries[..place]
            .iter()
            .any(|other| other.name == entry.name)
        {
            return Err(format!("the network {:?} is listed twice", entry.name));
        }
    }
    let specs = entries.into_iter().map(|entry| {
        let of_it = |tag: &&TagInfo| tag.network.as_ref() == Some(&entry.name);
        let listed = tags.iter().filter(of_it).count();
        entry.spec(listed)
    });
    Ok(specs.collect())
}

fn resolve_parts(
    table: &str,
    parts: &[String],
    networks: &[NetworkSpec],
) -> Result<Vec<NetworkStatistic>, String> {
    let resolve = |text: &String| {
        let (name, statistic) = match text.rsplit_once('.') {
            Some((name, statistic)) => (Some(name), statistic),
            None => (None, text.as_str()),
        };
        let statistic = match statistic {
            "embedding_mean" => Statistic::EmbeddingMean,
            "tags_mean" => Statistic::TagsMean,
            "mel_mean" => Statistic::MelMean,
            "mel_std" => Statistic::MelStd,
            _ => {
                return Err(format!(
                    "{table}.parts has {text:?}; embedding_mean, tags_mean, mel_mean or mel_std is expected"
                ));
            }
        };
        let of_it = |network: &NetworkSpec| network.name.as_deref() == name;
        let network = networks.iter().position(of_it).ok_or_else(|| {
            format!(
                "{table}.parts has {text:?}; {} is expected",
                match networks[0].name {
                    None => "a statistic without a network's name".to_owned(),
                    Some(_) => format!("one of {} before the statistic", names(networks)),
                }
            )
        })?;
        Ok(NetworkStatistic { network, statistic })
    };
    parts.iter().map(resolve).collect()
}

/// For each tag, which network gives it and which of its values it is.
fn tag_places(tags: &[TagInfo], networks: &[NetworkSpec]) -> Result<Vec<(usize, usize)>, String> {
    let mut places: Vec<(usize, usize)> = Vec::new();
    for tag in tags {
        let of_it = |network: &NetworkSpec| network.name == tag.network;
        let network = networks.iter().position(of_it).ok_or_else(|| {
            let found = match &tag.network {
                None => "no network".to_owned(),
                Some(name) => format!("the network {name:?}"),
            };
            let expected = match networks[0].name {
                None => "none".to_owned(),
                Some(_) => format!("one of {}", names(networks)),
            };
            format!("the tag {:?} has {found}; {expected} is expected", tag.name)
        })?;
        let before = places.iter().filter(|place| place.0 == network).count();
        places.push((network, tag.index.unwrap_or(before)));
    }
    Ok(places)
}

fn names(networks: &[NetworkSpec]) -> String {
    let names = networks.iter().flat_map(|network| &network.name);
    names.cloned().collect::<Vec<_>>().join(", ")
}

fn parts_size(networks: &[NetworkSpec], parts: &[NetworkStatistic]) -> usize {
    let size = |part: &NetworkStatistic| {
        let network = &networks[part.network];
        match part.statistic {
            Statistic::EmbeddingMean => network.ports.embedding_size,
            Statistic::TagsMean => network.tags_size,
            Statistic::MelMean | Statistic::MelStd => network.front_end.mel_bands,
        }
    };
    parts.iter().map(size).sum()
}
