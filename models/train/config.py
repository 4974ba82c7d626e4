"""Every number that shapes the ears, in one place.

Owns: which networks an ear is made of and how much each part of what they say weighs, the windows of a track, and the tags with the
networks' classes behind each. Front ends are `networks.py`'s. Holds no paths of any machine: those are arguments.

Words: a *piece* is one work of music; an *excerpt* a file of about 30 s cut from it; a *patch* what a network takes at once.
"""

from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
TRAINING = REPOSITORY.parent / "shared" / "training"  # the default of --training
CACHE = REPOSITORY / "target" / "train-cache"  # the default of --cache; ignored by git

# -- windows of a track ------------------------------------------------------------------------------------------------
WINDOWS_MAX = 6
WINDOW_S = 10.0
WINDOWS_FROM, WINDOWS_TO = 0.10, 0.85

# -- ears --------------------------------------------------------------------------------------------------------------
# A part is (network, statistic, from, to, weight): a slice of the mean embedding over a track's patches, or the mean of its
# log-mel. Each is brought to variance 1 over the training music, then to a length of its weight.
QUICK_PARTS = [
    ("mn04", "embedding_mean", 0, 384, 1.0),    # its last layer
    ("mn04", "embedding_mean", 384, 736, 0.7),  # four earlier ones
    ("fcn", "embedding_mean", 0, 64, 1.0),
    ("fcn", "embedding_mean", 64, 398, 0.7),
    ("mn04", "mel_mean", 0, 128, 0.3),
]
FINE_PARTS = QUICK_PARTS + [
    ("musicnn", "embedding_mean", 0, 200, 1.0),
    ("musicnn", "embedding_mean", 200, 953, 0.7),
    ("musicnn", "embedding_mean", 953, 1706, 0.7),
]
EARS = {
    "segue-ear-4": {
        "description": "EfficientAT mn04 and an FCN of the Million Song Dataset, joined and whitened on openly licensed music",
        "networks": ["mn04", "fcn"],
        "parts": QUICK_PARTS,
    },
    "segue-ear-4-fine": {
        "description": "EfficientAT mn04, an FCN and MusiCNN of the Million Song Dataset, joined and whitened on openly licensed music",
        "role": "fine",
        "networks": ["mn04", "fcn", "musicnn"],
        "parts": FINE_PARTS,
    },
}
VECTOR = 192
WHITENING = 0.5  # 0 keeps the variances of the principal axes, 1 evens them

# -- tags --------------------------------------------------------------------------------------------------------------
# (name, kind, parent or None, classes behind it): "a:" mn04 on AudioSet, "m:" the FCN and MusiCNN on the Million Song Dataset
TAGS = [
    ("rock", "genre", None, ["a:Rock music", "m:rock"]),
    ("alternative", "genre", "rock", ["m:alternative", "m:alternative rock"]),
    ("indie", "genre", "rock", ["m:indie", "m:indie rock", "m:indie pop"]),
    ("classic rock", "genre", "rock", ["m:classic rock"]),
    ("progressive rock", "genre", "rock", ["a:Progressive rock", "m:Progressive rock"]),
    ("psychedelic rock", "genre", "rock", ["a:Psychedelic rock"]),
    ("hard rock", "genre", "rock", ["m:hard rock"]),
    ("grunge", "genre", "rock", ["a:Grunge"]),
    ("rock and roll", "genre", "rock", ["a:Rock and roll"]),
    ("punk", "genre", "rock", ["a:Punk rock", "m:punk"]),
    ("metal", "genre", "rock", ["a:Heavy metal", "m:metal", "m:heavy metal"]),
    ("pop", "genre", None, ["a:Pop music", "m:pop"]),
    ("indie pop", "genre", "pop", ["m:indie pop"]),
    ("hip hop", "genre", None, ["a:Hip hop music", "m:Hip-Hop"]),
    ("r&b", "genre", None, ["a:Rhythm and blues", "m:rnb"]),
    ("soul", "genre", "r&b", ["a:Soul music", "m:soul"]),
    ("funk", "genre", "r&b", ["a:Funk", "m:funk"]),
    ("disco", "genre", "r&b", ["a:Disco"]),
    ("gospel", "genre", "r&b", ["a:Gospel music"]),
    ("christian", "genre", None, ["a:Christian music"]),
    ("jazz", "genre", None, ["a:Jazz", "m:jazz"]),
    ("swing", "genre", "jazz", ["a:Swing music"]),
    ("blues", "genre", None, ["a:Blues", "m:blues"]),
    ("country", "genre", None, ["a:Country", "m:country"]),
    ("bluegrass", "genre", "country", ["a:Bluegrass"]),
    ("folk", "genre", None, ["a:Folk music", "m:folk"]),
    ("traditional", "genre", "folk", ["a:Traditional music"]),
    ("reggae", "genre", None, ["a:Reggae"]),
    ("ska", "genre", "reggae", ["a:Ska"]),
    ("latin", "genre", None, ["a:Music of Latin America"]),
    ("salsa", "genre", "latin", ["a:Salsa music"]),
    ("flamenco", "genre", None, ["a:Flamenco"]),
    ("african", "genre", None, ["a:Music of Africa"]),
    ("afrobeat", "genre", "african", ["a:Afrobeat"]),
    ("middle eastern", "genre", None, ["a:Middle Eastern music"]),
    ("asian", "genre", None, ["a:Music of Asia"]),
    ("carnatic", "genre", "asian", ["a:Carnatic music"]),
    ("bollywood", "genre", "asian", ["a:Music of Bollywood"]),
    ("classical", "genre", None, ["a:Classical music"]),
    ("opera", "genre", "classical", ["a:Opera"]),
    ("electronic", "genre", None, ["a:Electronic music", "m:electronic"]),
    ("electronica", "genre", "electronic", ["a:Electronica", "m:electronica"]),
    ("electro", "genre", "electronic", ["m:electro"]),
    ("house", "genre", "electronic", ["a:House music", "m:House"]),
    ("techno", "genre", "electronic", ["a:Techno"]),
    ("trance", "genre", "electronic", ["a:Trance music"]),
    ("drum and bass", "genre", "electronic", ["a:Drum and bass"]),
    ("dubstep", "genre", "electronic", ["a:Dubstep"]),
    ("dance", "genre", "electronic", ["a:Dance music", "a:Electronic dance music", "m:dance"]),
    ("ambient", "genre", "electronic", ["a:Ambient music", "m:ambient"]),
    ("new age", "genre", None, ["a:New-age music"]),
    ("experimental", "genre", None, ["m:experimental"]),
    ("soundtrack", "genre", None, ["a:Soundtrack music"]),
    ("video game music", "genre", "soundtrack", ["a:Video game music"]),
    ("children's music", "genre", None, ["a:Music for children"]),
    ("lullaby", "genre", "children's music", ["a:Lullaby"]),
    ("christmas", "genre", None, ["a:Christmas music"]),
    ("easy listening", "genre", None, ["m:easy listening"]),
    ("oldies", "genre", None, ["m:oldies"]),
    ("60s", "genre", "oldies", ["m:60s"]),
    ("70s", "genre", None, ["m:70s"]),
    ("80s", "genre", None, ["m:80s"]),
    ("90s", "genre", None, ["m:90s"]),
    ("happy", "mood", None, ["a:Happy music", "m:happy"]),
    ("funny", "mood", None, ["a:Funny music"]),
    ("sad", "mood", None, ["a:Sad music", "m:sad"]),
    ("tender", "mood", None, ["a:Tender music"]),
    ("exciting", "mood", None, ["a:Exciting music"]),
    ("angry", "mood", None, ["a:Angry music"]),
    ("dark", "mood", None, ["a:Scary music"]),
    ("chill", "mood", None, ["m:chill", "m:chillout"]),
    ("mellow", "mood", None, ["m:Mellow"]),
    ("beautiful", "mood", None, ["m:beautiful"]),
    ("party", "mood", None, ["m:party"]),
    ("catchy", "mood", None, ["m:catchy"]),
    ("sexy", "mood", None, ["m:sexy"]),
    ("guitar", "instrument", None, ["a:Guitar", "m:guitar"]),
    ("acoustic guitar", "instrument", "guitar", ["a:Acoustic guitar"]),
    ("electric guitar", "instrument", "guitar", ["a:Electric guitar"]),
    ("steel guitar", "instrument", "guitar", ["a:Steel guitar, slide guitar"]),
    ("bass guitar", "instrument", "guitar", ["a:Bass guitar"]),
    ("acoustic", "instrument", None, ["m:acoustic"]),
    ("banjo", "instrument", None, ["a:Banjo"]),
    ("mandolin", "instrument", None, ["a:Mandolin"]),
    ("ukulele", "instrument", None, ["a:Ukulele"]),
    ("sitar", "instrument", None, ["a:Sitar"]),
    ("zither", "instrument", None, ["a:Zither"]),
    ("harp", "instrument", None, ["a:Harp"]),
    ("piano", "instrument", None, ["a:Piano"]),
    ("electric piano", "instrument", None, ["a:Electric piano"]),
    ("organ", "instrument", None, ["a:Organ", "a:Electronic organ", "a:Hammond organ"]),
    ("harpsichord", "instrument", None, ["a:Harpsichord"]),
    ("synthesizer", "instrument", None, ["a:Synthesizer"]),
    ("drum kit", "instrument", None, ["a:Drum kit"]),
    ("drum machine", "instrument", None, ["a:Drum machine"]),
    ("percussion", "instrument", None, ["a:Percussion", "a:Drum"]),
    ("tabla", "instrument", "percussion", ["a:Tabla"]),
    ("timpani", "instrument", "percussion", ["a:Timpani"]),
    ("mallets", "instrument", "percussion", ["a:Mallet percussion", "a:Marimba, xylophone", "a:Glockenspiel", "a:Vibraphone"]),
    ("steelpan", "instrument", "percussion", ["a:Steelpan"]),
    ("bells", "instrument", None, ["a:Bell", "a:Chime", "a:Tubular bells"]),
    ("orchestra", "instrument", None, ["a:Orchestra"]),
    ("strings", "instrument", None, ["a:String section", "a:Bowed string instrument"]),
    ("violin", "instrument", "strings", ["a:Violin, fiddle"]),
    ("cello", "instrument", "strings", ["a:Cello"]),
    ("double bass", "instrument", "strings", ["a:Double bass"]),
    ("brass", "instrument", None, ["a:Brass instrument"]),
    ("trumpet", "instrument", "brass", ["a:Trumpet"]),
    ("trombone", "instrument", "brass", ["a:Trombone"]),
    ("french horn", "instrument", "brass", ["a:French horn"]),
    ("woodwind", "instrument", None, ["a:Wind instrument, woodwind instrument"]),
    ("saxophone", "instrument", "woodwind", ["a:Saxophone"]),
    ("clarinet", "instrument", "woodwind", ["a:Clarinet"]),
    ("flute", "instrument", "woodwind", ["a:Flute"]),
    ("harmonica", "instrument", None, ["a:Harmonica"]),
    ("accordion", "instrument", None, ["a:Accordion"]),
    ("bagpipes", "instrument", None, ["a:Bagpipes"]),
    ("turntables", "instrument", None, ["a:Scratching (performance technique)"]),
    ("instrumental", "voice", None, ["m:instrumental"]),
    ("singing", "voice", None, ["a:Singing"]),
    ("female vocals", "voice", "singing", ["a:Female singing", "m:female vocalists", "m:female vocalist"]),
    ("male vocals", "voice", "singing", ["a:Male singing", "m:male vocalists"]),
    ("child vocals", "voice", "singing", ["a:Child singing"]),
    ("synthetic vocals", "voice", "singing", ["a:Synthetic singing"]),
    ("choir", "voice", "singing", ["a:Choir"]),
    ("a cappella", "voice", "singing", ["a:A capella"]),
    ("chant", "voice", None, ["a:Chant"]),
    ("rap", "voice", None, ["a:Rapping"]),
    ("beatboxing", "voice", None, ["a:Beatboxing"]),
    ("whistling", "voice", None, ["a:Whistling"]),
]
# The networks say "present" at different heights. A class counts as present above its 0.90 quantile over the training music,
# held between a floor and a ceiling; logits are shifted so that this height reads 0.5 for every tag. Moods and voices have low
# floors: AudioSet's annotators named them seldom, so that mn04 is shy of them and yet ranks them well.
PRESENT_QUANTILE = 0.90
PRESENT_MIN = {"genre": 0.08, "mood": 0.03, "instrument": 0.08, "voice": 0.03}
PRESENT_MAX = 0.30
EXAMPLES_MIN = 8  # fewer decide no threshold
THRESHOLDS = (0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7)
