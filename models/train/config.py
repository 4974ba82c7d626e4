"""Every number that shapes the model, in one place.

Owns: the front end's constants (the Rust side reads them from the manifest that `export.py` writes), the student's
size, the losses' weights, the augmentation, the schedule, and the list of tags with the teachers' tags behind each.
Holds no paths of any machine: those are arguments.

Words: a *piece* is one work of music; an *excerpt* a file of about 30 s cut from it; a *patch* 150 frames = 3.0 s.
"""

from pathlib import Path

NAME = "segue-ear-3"
DESCRIPTION = "Music embedding and tags, distilled from EfficientAT mn04 and MusiCNN on openly licensed music"
EVERY_SPLIT = True  # whether what ships learned from validation and test too, once all was chosen by its twin
HALF_FROM = 1000  # tensors of more weights ship in half precision

REPOSITORY = Path(__file__).resolve().parents[2]
TRAINING = REPOSITORY.parent / "shared" / "training"  # the default of --training
CACHE = REPOSITORY / "target" / "train-cache"  # the default of --cache; ignored by git

# -- front end: a contract with Rust -----------------------------------------------------------------------------------
RATE_HZ = 16_000
N_FFT = 1024
HOP = 320  # 20 ms; frame i covers samples [HOP i, HOP i + N_FFT): no padding, no centring
MELS = 64
F_MIN_HZ, F_MAX_HZ = 30.0, 7800.0
# The level goes before the logarithm: power is divided by its mean over all bands and frames of the track's windows, so
# that a quiet master and a loud one give the same patches. The knee of ln(1 + x) then lies 60 dB under that mean: under it
# is noise, over it a change of level is a shift. The floor (-72 dBFS) keeps near silence from being lifted to music.
LEVEL_FLOOR = 1e-4  # of mean |X|^2 a band
LOG_SCALE = 1e6
CACHE_SCALE = 1e4  # the cache holds ln(1 + CACHE_SCALE P), with the level
PATCH = 150  # frames

# -- windows of a track ------------------------------------------------------------------------------------------------
WINDOWS_MAX = 6
WINDOW_S = 10.0
WINDOWS_FROM, WINDOWS_TO = 0.10, 0.85

# -- teachers ----------------------------------------------------------------------------------------------------------
MN04_RATE_HZ = 32_000
MN04_SEGMENT_S = 10.0
MUSICNN_PATCH_S = 3.0

# -- student -----------------------------------------------------------------------------------------------------------
CHANNELS = (24, 48, 96, 192, 320)
EMBEDDING = 256
TEACHERS = 384 + 200  # mn04, MusiCNN
VECTOR = 128

# -- training ----------------------------------------------------------------------------------------------------------
SEED = 7
MINUTES = 65.0  # the schedule's length is time, so that a busy machine ends with fewer steps, not later
PIECES = 64  # pieces in a batch; two patches of each
LEARNING_RATE = 1.5e-3
LEARNING_RATE_LAST = 7e-4  # of the run over every split
WEIGHT_DECAY = 0.05
WARMUP = 0.03  # share of the schedule
EMA = 0.9995
SAVE_EVERY_S = 120.0
SHARES = {"given": 0.25, "gathered": 0.30, "mixes": 0.45}  # of the patches in a batch
POOL_FULL = 300  # pieces from which on a pool has its whole share

WEIGHT_COSINE_PATCH = 1.0
WEIGHT_COSINE_TRACK = 0.5
WEIGHT_RELATION = 2.0
WEIGHT_SAME_PIECE = 0.1
WEIGHT_TAGS = 0.5
TEMPERATURE = 0.2  # of InfoNCE

# -- augmentation, in the power domain ---------------------------------------------------------------------------------
MIXUP_SHARE = 0.4
MIXUP_BETA = 0.3
GAIN_DB = 3.0  # what is left of the level: the track's is out, but a patch is no track
TILT_DB = 6.0  # from the lowest band to the highest
SHIFT_BANDS = 3
STRETCH = 0.12  # of time, either way
MASK_BANDS, MASK_FRAMES = 10, 30

# -- tags: (name, kind, teachers' tags behind it); "a:" EfficientAT on AudioSet, "m:" MusiCNN on MSD --------------------
TAGS = [
    ("rock", "genre", ["a:Rock music", "m:rock"]),
    ("alternative", "genre", ["m:alternative", "m:alternative rock"]),
    ("indie", "genre", ["m:indie", "m:indie rock", "m:indie pop"]),
    ("classic rock", "genre", ["m:classic rock", "m:70s", "a:Rock and roll"]),
    ("progressive rock", "genre", ["a:Progressive rock", "m:Progressive rock"]),
    ("punk", "genre", ["a:Punk rock", "m:punk"]),
    ("metal", "genre", ["a:Heavy metal", "m:metal", "m:heavy metal", "m:hard rock"]),
    ("pop", "genre", ["a:Pop music", "m:pop"]),
    ("hip hop", "genre", ["a:Hip hop music", "m:Hip-Hop"]),
    ("r&b", "genre", ["a:Rhythm and blues", "m:rnb"]),
    ("soul", "genre", ["a:Soul music", "m:soul"]),
    ("funk", "genre", ["a:Funk", "m:funk"]),
    ("disco", "genre", ["a:Disco"]),
    ("jazz", "genre", ["a:Jazz", "m:jazz"]),
    ("swing", "genre", ["a:Swing music"]),
    ("blues", "genre", ["a:Blues", "m:blues"]),
    ("country", "genre", ["a:Country", "m:country"]),
    ("folk", "genre", ["a:Folk music", "m:folk"]),
    ("reggae", "genre", ["a:Reggae"]),
    ("latin", "genre", ["a:Music of Latin America", "a:Salsa music"]),
    ("classical", "genre", ["a:Classical music"]),
    ("opera", "genre", ["a:Opera"]),
    ("electronic", "genre", ["a:Electronic music", "m:electronic", "m:electronica"]),
    ("house", "genre", ["a:House music", "m:House"]),
    ("techno", "genre", ["a:Techno"]),
    ("trance", "genre", ["a:Trance music"]),
    ("drum and bass", "genre", ["a:Drum and bass"]),
    ("dubstep", "genre", ["a:Dubstep"]),
    ("dance", "genre", ["a:Dance music", "a:Electronic dance music", "m:dance"]),
    ("ambient", "genre", ["a:Ambient music", "m:ambient"]),
    ("new age", "genre", ["a:New-age music"]),
    ("experimental", "genre", ["m:experimental"]),
    ("soundtrack", "genre", ["a:Soundtrack music"]),
    ("video game music", "genre", ["a:Video game music"]),
    ("gospel", "genre", ["a:Christian music", "a:Gospel music"]),
    ("children's music", "genre", ["a:Music for children"]),
    ("happy", "mood", ["a:Happy music", "m:happy"]),
    ("sad", "mood", ["a:Sad music", "m:sad"]),
    ("tender", "mood", ["a:Tender music"]),
    ("exciting", "mood", ["a:Exciting music"]),
    ("dark", "mood", ["a:Scary music"]),
    ("chill", "mood", ["m:chill", "m:chillout"]),
    ("mellow", "mood", ["m:Mellow", "m:easy listening"]),
    ("beautiful", "mood", ["m:beautiful"]),
    ("party", "mood", ["m:party", "m:catchy"]),
    ("piano", "instrument", ["a:Piano"]),
    ("electric piano", "instrument", ["a:Electric piano"]),
    ("organ", "instrument", ["a:Organ", "a:Electronic organ", "a:Hammond organ"]),
    ("synthesizer", "instrument", ["a:Synthesizer"]),
    ("acoustic guitar", "instrument", ["a:Acoustic guitar", "m:acoustic"]),
    ("electric guitar", "instrument", ["a:Electric guitar"]),
    ("bass guitar", "instrument", ["a:Bass guitar"]),
    ("drum kit", "instrument", ["a:Drum kit"]),
    ("drum machine", "instrument", ["a:Drum machine"]),
    ("mallets", "instrument", ["a:Mallet percussion", "a:Marimba, xylophone", "a:Glockenspiel", "a:Vibraphone"]),
    ("bells", "instrument", ["a:Bell", "a:Chime", "a:Tubular bells"]),
    ("orchestra", "instrument", ["a:Orchestra"]),
    ("strings", "instrument", ["a:String section", "a:Bowed string instrument"]),
    ("violin", "instrument", ["a:Violin, fiddle"]),
    ("cello", "instrument", ["a:Cello"]),
    ("brass", "instrument", ["a:Brass instrument", "a:Trumpet", "a:Trombone", "a:French horn"]),
    ("saxophone", "instrument", ["a:Saxophone"]),
    ("flute", "instrument", ["a:Flute"]),
    ("harp", "instrument", ["a:Harp"]),
    ("accordion", "instrument", ["a:Accordion"]),
    ("instrumental", "voice", ["m:instrumental"]),
    ("female vocals", "voice", ["a:Female singing", "m:female vocalists", "m:female vocalist"]),
    ("male vocals", "voice", ["a:Male singing", "m:male vocalists"]),
    ("choir", "voice", ["a:Choir"]),
    ("rap", "voice", ["a:Rapping"]),
]
# Kinds of music that free recordings are short of; `data.py mixes --rare` makes more of the pieces that are the most of one.
RARE = ("rock", "metal", "punk", "hip hop", "rap", "jazz", "swing", "blues", "country", "folk", "reggae", "disco", "funk", "soul", "male vocals", "female vocals")
RARE_SHARE = 0.05
# The teachers say "present" at different heights. A tag counts as present above its 0.90 quantile over the train split,
# held between a floor and a ceiling; the network's logit is shifted so that this height reads 0.5 for every tag. Moods and
# voices have low floors: AudioSet's annotators named them seldom, so that mn04 is shy of them and yet ranks them well.
PRESENT_QUANTILE = 0.90
PRESENT_MIN = {"genre": 0.08, "mood": 0.03, "instrument": 0.08, "voice": 0.03}
PRESENT_MAX = 0.30
EXAMPLES_MIN = 8  # fewer decide no threshold
THRESHOLDS = (0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7)

# -- track vector: what export.py tries on validation ------------------------------------------------------------------
TEACHERS_WEIGHTS = (0.0, 0.5, 1.0, 2.0)  # of what the embedding says of the teachers; the embedding itself has 1
MEL_WEIGHTS = (0.0, 0.1, 0.2, 0.3, 0.5, 0.7)  # of mel mean and of mel deviation
WHITENING = (0.0, 0.25, 0.5, 0.75, 1.0)
TIE = 0.01  # under this, validation is too small to tell two choices apart; the demo library's styles decide
