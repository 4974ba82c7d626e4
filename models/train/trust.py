"""How far each tag can be trusted, into the manifest: `trust = 0.0..1.0`.

    python trust.py --out ../segue-ear-4

Owns the evidence, which is pooled:

    people   words that people wrote of the music (style, title): ROC-AUC of the tag against them
    judge    a network that nothing here was made of (MagnaTagATune's people taught it): against its highest tenth
    apart    the tag's own networks, taught by other people each: one against the highest tenth of the other

Each counts as many examples as it has, networks' opinions at most as many as WEIGHTS says, beside PRIOR examples of the area that is
expected of a tag of which nothing is known. Trust is twice the pooled area less 1. A tag without any evidence is
below what the player shows, and works in wishes at less weight. Nothing that is heard changes, so the model's stamp stays
(`analysis/src/files.rs`).
"""

import json
import re
from pathlib import Path

import numpy as np

import config as c
import data
import evaluate
import fit
import judge
from networks import Ear

PRIOR, EXPECTED = 10, 0.7
WEIGHTS = {"people": 1000, "judge": 20, "apart": 10}
TOP = 0.1  # of the music counts as having what another network hears
# The judge's words and the tag that they are.
JUDGES = [
    ("guitar", "guitar"), ("classical|classic", "classical"), ("techno", "techno"), ("strings", "strings"), ("drums", "drum kit"), ("electronic", "electronic"),
    ("rock", "rock"), ("piano", "piano"), ("ambient", "ambient"), ("violin", "violin"), ("synth", "synthesizer"), ("indian", "asian"), ("opera", "opera"),
    ("singing|vocal|vocals|voice", "singing"), ("female|woman|female vocal|female voice", "female vocals"), ("male|man|male vocal|male voice", "male vocals"),
    ("no vocals|no vocal|no voice", "instrumental"), ("harpsichord", "harpsichord"), ("flute", "flute"), ("pop", "pop"), ("soft|quiet", "mellow"), ("sitar", "sitar"),
    ("choir|choral", "choir"), ("new age", "new age"), ("dance", "dance"), ("harp", "harp"), ("cello", "cello"), ("country", "country"), ("metal", "metal"),
    ("loud", "exciting"), ("beat|beats", "drum machine"),
]
# What titles say beside evaluate.py's words: (words, tag).
TITLES = evaluate.WORDS + [
    ("orchestra|symphon(y|ic)", "orchestra"), ("strings?", "strings"), ("cello", "cello"), ("trumpet", "trumpet"), ("brass", "brass"), ("accordion", "accordion"),
    ("banjo", "banjo"), ("ukulele", "ukulele"), ("synth(wave)?", "synthesizer"), ("acoustic", "acoustic"), ("lullaby", "lullaby"), ("christmas|xmas|jingle", "christmas"),
    ("ambient|ambience|atmosphere", "ambient"), ("techno", "techno"), ("trance", "trance"), ("house", "house"), ("dubstep", "dubstep"), ("drum and bass|dnb", "drum and bass"),
    ("chill|lofi|relax(ing)?", "chill"), ("calm|peaceful|gentle|quiet", "mellow"), ("happy|cheerful|joy(ful)?", "happy"), ("sad|sorrow|melanchol(y|ic)|lament|tears", "sad"),
    ("dark|horror|scary|spooky|creepy|haunted|evil", "dark"), ("battle|boss|fight|action|epic", "exciting"), ("party", "party"), ("love|romance|tender", "tender"), ("funny|silly|comic", "funny"),
    ("march|fanfare", "brass"), ("swing", "swing"), ("ska", "ska"), ("latin|salsa|samba|bossa", "latin"), ("gospel", "gospel"), ("opera", "opera"), ("punk", "punk"), ("theme|credits|cutscene|menu", "soundtrack"),
    ("level|stage|world|dungeon|chiptune|8.?bit", "video game music"), ("rock", "rock"), ("jazz", "jazz"), ("blues", "blues"), ("funk", "funk"), ("dance", "dance"),
]


def people(ear, tags, lines):
    """AUC by what people wrote: {tag: (area, examples)}."""
    found = evaluate.against_people(ear, tags, lines)
    titles = [line["title"].lower().replace("_", " ") for line in lines]
    columns = {name: k for k, name in enumerate(ear.tags)}
    for tag in dict.fromkeys(tag for _, tag in TITLES):
        words = "|".join(words for words, other in TITLES if other == tag)
        truth = np.array([bool(re.search(rf"\b({words})\b", title)) for title in titles])
        if tag in columns and tag not in found and (area := evaluate.roc_auc(tags[:, columns[tag]], truth)) is not None:
            found[tag] = (float(area), int(truth.sum()))
    return found


def top(values):
    return values >= np.quantile(values, 1 - TOP)


def by_judge(ear, tags, training, cache_dir, lines):
    names = json.loads((training / "judge/mtt_musicnn.tags.json").read_text())
    heard = np.stack([answer["judge"][-len(names):] for answer in judge.judged(training, cache_dir, lines)])
    columns = {name: k for k, name in enumerate(ear.tags)}
    found = {}
    for words, tag in JUDGES:
        theirs = heard[:, [names.index(word) for word in words.split("|")]].max(1)
        if tag in columns:
            found[tag] = (float(evaluate.roc_auc(tags[:, columns[tag]], top(theirs))), int(top(theirs).sum()))
    return found


def apart(ear, answers, training):
    """A tag's networks against each other; of both ways the worse."""
    found = {}
    marks = {mark: [network for network in ear.networks if fit.CLASSES[network] == mark] for mark in ("a:", "m:")}
    classes = {network: [name for of, name in fit.class_names(training, [network])] for network in ear.networks}
    means = {network: np.stack([a["tags"].mean(0) for a in answers[network]]) for network in ear.networks}
    for tag, _, _, sources in c.TAGS:
        sides = []
        for mark, networks in marks.items():
            columns = [means[network][:, classes[network].index(name)] for network in networks for name in sources if name.startswith(mark)]
            if columns:
                sides.append(np.mean(columns, 0))
        if len(sides) == 2:
            one, other = sides
            area = min(evaluate.roc_auc(one, top(other)), evaluate.roc_auc(other, top(one)))
            found[tag] = (float(area), len(one))
    return found


def trust(folder, training, cache_dir):
    """{tag: (trust, {evidence: (area, examples)})}."""
    ear, lines = Ear(folder), data.index(training)
    answers = {network: data.answers(cache_dir, network, lines) for network in ear.networks}
    tags = data.join(ear, answers)[1]
    first = judge.pieces(training)
    keys = [line["key"] for line in lines]
    rows = np.array([keys.index(line["key"]) for line in first])
    evidence = {"people": people(ear, tags, lines), "judge": by_judge(ear, tags[rows], training, cache_dir, first), "apart": apart(ear, answers, training)}
    found = {}
    for tag in ear.tags:
        said = {kind: evidence[kind][tag] for kind in evidence if tag in evidence[kind]}
        weights = {kind: min(examples, WEIGHTS[kind]) for kind, (_, examples) in said.items()}
        pooled = sum(weights[kind] * area for kind, (area, _) in said.items()) + PRIOR * EXPECTED
        found[tag] = (round(max(0.0, 2 * pooled / (sum(weights.values()) + PRIOR) - 1), 2), said)
    return found


def write(folder, found):
    """Into the manifest, as the last line of each tag."""
    path = folder / "manifest.toml"
    text = re.sub(r"\ntrust = [^\n]*", "", path.read_text())
    for tag, (value, *_) in found.items():
        entry = re.compile(rf'(\[\[tags\]\]\nname = {re.escape(fit.toml(tag))}\n(?:[a-z_]+ = [^\n]*\n)*)')
        text, count = entry.subn(lambda match: match[1] + f"trust = {value}\n", text, count=1)
        assert count == 1, tag
    path.write_text(text)


if __name__ == "__main__":
    parser = data.arguments()
    parser.add_argument("--out", type=Path, required=True, help="the ear's folder")
    a = parser.parse_args()
    found = trust(a.out, a.training, a.cache)
    for tag, (value, said) in sorted(found.items(), key=lambda item: item[1][0]):
        print(f"{value:5.2f}  {tag:20} " + ", ".join(f"{kind} {area:.2f} ({examples})" for kind, (area, examples) in said.items()))
    write(a.out, found)
