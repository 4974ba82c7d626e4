"""The sleeve notes: six albums, who plays what on them, and which function of which style writes it."""

from typing import Callable, NamedTuple

from . import ambient, chamber, chiptune, groove, nocturne, techno


class Piece(NamedTuple):
    """One track: title, artists (one tag each), composer, and the function that returns its stereo master."""

    title: str
    artists: tuple
    composer: str
    render: Callable
    date: str = ""


class Album(NamedTuple):
    """One style. `cover` is "folder" (cover.jpg beside the files), "embedded" (in each file) or "none"."""

    title: str
    genre: str
    date: str
    cover: str
    art: str
    pieces: tuple


ALBUMS = (
    Album("Felt & Lamplight", "Classical Piano", "2019", "folder", "moon", (
        Piece("Nocturne in E-flat Major, “Lamplight on the Stairs”", ("Ilse Marchetti",), "Ilse Marchetti", nocturne.lamplight),
        Piece("Snow on Slates", ("Tomasz Wieliczko",), "Tomasz Wieliczko", nocturne.snow_on_slates, "2016"),
        Piece("Valse lente à l’été indien", ("Noémie Duvalier",), "Noémie Duvalier", nocturne.slow_waltz, "2021"),
        Piece("Berceuse in D-flat Major, Op. 12", ("Haruto Nishikawa",), "Haruto Nishikawa", nocturne.cradle),
    )),
    Album("Slow Weather", "Ambient", "2021", "embedded", "horizon", (
        Piece("Estuary Light", ("Pale Meridian",), "Ingrid Solheim", ambient.estuary_light),
        Piece("Under the Pier, Listening", ("The Tidal Archive",), "Owen Fairweather", ambient.under_the_pier),
        Piece("Salt Glass", ("Vesna Oblak",), "Vesna Oblak", ambient.salt_glass, "2018"),
        Piece("Seven Tapes for an Empty Departure Hall", ("Quiet Concourse",), "Miriam Adeyemi", ambient.seven_tapes),
    )),
    Album("Night Bus Frequencies", "Techno", "2023", "folder", "rings", (
        Piece("Last Tram", ("Kontakt 9",), "Jonas Reuter", techno.last_tram),
        Piece("Glass Arcade", ("Delphine Moreau", "Basement Ferry"), "Delphine Moreau", techno.glass_arcade, "2022"),
        Piece("Foghorn Dub", ("Harbour Grid",), "Pieter van Aalst", techno.fog_horn_dub),
        Piece("Antennae", ("Lumen Drift",), "Sofia Brandt", techno.antennae),
    )),
    Album("Cartridge Weather", "Chiptune", "2014", "embedded", "pixels", (
        Piece("Up the Beanstalk", ("Pixel Parsnip",), "Robin Achterberg", chiptune.up_the_beanstalk),
        Piece("Clockwork Keep (Stage 4)", ("Duty Cycle",), "Kenji Morimoto", chiptune.clockwork_keep, "2012"),
        Piece("Frostbite Café", ("Señor Sprite",), "Mateo Iglesias", chiptune.frostbite_cafe),
        Piece("Kraken at the Gate", ("NULLBYTE ORCHESTRA",), "Anneli Virtanen", chiptune.kraken_at_the_gate, "2015"),
    )),
    Album("Sonatas for a Cold Hall", "Baroque", "2011", "folder", "arches", (
        Piece("Passacaglia in D Minor for Strings and Basso continuo", ("Camerata Lindenhof",), "Matthias Rohleder", chamber.passacaglia),
        Piece("Canon a tre sopra un basso in G Major", ("Ensemble Contrappunto",), "Livia Santacroce", chamber.canon, "2008"),
        Piece("Sonata da camera in A Minor, Op. 4 No. 7: II. Allegro ma non troppo", ("Accademia San Rocco",), "Livia Santacroce", chamber.allegro),
        Piece("Menuet in F Major", ("Kirkwall Consort",), "Edmund Harcastle", chamber.minuet, "2013"),
    )),
    Album("Second Helpings, Vol. 1", "Funk", "1974", "none", "", (
        Piece("Pocket Change", ("The Brass Tacks",), "Leroy Dunmore", groove.pocket_change),
        Piece("Rain Check", ("Otis Calloway Trio",), "Otis Calloway", groove.rain_check, "1976"),
        Piece("Velvet Escalator", ("Gloria Stokes & Company",), "Gloria Stokes", groove.velvet_escalator, "1978"),
        Piece("Second Helping", ("Hammersmith Soul Kitchen",), "Winston Bellweather", groove.second_helping),
    )),
)
