// Every fault, error and notice has its sentence, which names what it is about.
import { expect, test } from "vitest";
import type { FileFault, LibraryAction, Notice, OutputFault, Problem } from "../ipc/types";
import { fileFault, noticeText, outputFault, problem } from "./problems";

type Of<All extends { is: string }, Is extends All["is"]> = Omit<Extract<All, { is: Is }>, "is">;
/** The compiler asks for each of them. */
type Cases<All extends { is: string }> = {
  [Is in All["is"]]: [fields: Of<All, Is>, sentence: string][];
};

function check<All extends { is: string }>(cases: Cases<All>, say: (of: All) => string): void {
  const rows = Object.entries<[object, string][]>(cases);
  for (const [is, said] of rows)
    for (const [fields, sentence] of said)
      test(sentence, () => expect(say({ is, ...fields } as unknown as All)).toBe(sentence));
}

const path = "/m/a.flac";
const detail = "denied";

check<FileFault>(
  {
    "not-found": [[{}, "the file is not there"]],
    folder: [[{}, "it is a folder"]],
    unreadable: [[{ detail }, "it cannot be read: denied"]],
    empty: [[{}, "the file is empty"]],
    "no-audio": [[{}, "there is no sound in it"]],
    "no-sound-track": [[{}, "it has no sound track"]],
    video: [[{}, "it is a video"]],
    "cut-off": [[{}, "it is cut off before its sound begins"]],
    "no-packet-table": [[{}, "it is cut off before the table of its packets"]],
    truncated: [[{}, "it ends long before the length it states"]],
    "not-playable": [
      [{ format: { is: "named", name: "Dolby Digital (AC-3)" } }, "Segue cannot play Dolby Digital (AC-3)"],
      [
        { format: { is: "in-container", name: "DTS", container: "WAV" } },
        "Segue cannot play DTS in a WAV file",
      ],
      [{ format: { is: "channels", name: "Opus", channels: 6 } }, "Segue cannot play Opus with 6 channels"],
      [{ format: { is: "subtype", name: "WAV", subtype: "0x0270" } }, "Segue cannot play WAV of type 0x0270"],
    ],
    "unknown-format": [[{}, "it is not a sound file of a known kind"]],
    implausible: [[{ channels: 255, rate_hz: 7 }, "it claims 255 channels at 7 Hz"]],
    "not-resampled": [[{ to_hz: 48_000, detail }, "it cannot be resampled to 48000 Hz: denied"]],
    unsupported: [[{ detail }, "it cannot be decoded: denied"]],
    damaged: [
      [{ damage: { is: "ends-early" } }, "it is damaged: it ends too early"],
      [{ damage: { is: "nothing-decodes", packets: 1 } }, "it is damaged: its only packet cannot be decoded"],
      [
        { damage: { is: "nothing-decodes", packets: 7 } },
        "it is damaged: none of its 7 packets can be decoded",
      ],
      [
        { damage: { is: "bad-packets", packets: 5000 } },
        "it is damaged: 5,000 packets in a row cannot be decoded",
      ],
      [{ damage: { is: "sound-track-lost" } }, "it is damaged: its sound track is lost on the way"],
      [
        { damage: { is: "more-packets-than-bytes" } },
        "it is damaged: it claims more packets than it has bytes",
      ],
      [{ damage: { is: "no-more-packets" } }, "it is damaged: no more packets can be found in it"],
      [{ damage: { is: "circles" } }, "it is damaged: it leads its reader in circles"],
      [{ damage: { is: "said", detail } }, "it is damaged: denied"],
    ],
    panicked: [[{ detail }, "reading it failed inside Segue: denied"]],
    hidden: [
      [{ folder: false }, "its name begins with a dot, and hidden files are skipped"],
      [{ folder: true }, "its name begins with a dot, and hidden folders are skipped with the music in them"],
    ],
    "name-not-unicode": [[{}, "its name is not valid Unicode"]],
    "tags-lost": [
      [
        {
          lost: [
            { name: "TIT2", why: "too-short" },
            { name: "APIC", why: null },
            { name: null, why: "length" },
          ],
        },
        "some of its tags cannot be read: TIT2 (too short), APIC, one without a name (wrong length)",
      ],
    ],
    "he-aac": [
      [
        { core_hz: 22_050 },
        "it is HE-AAC, of which Segue plays the core alone: it sounds dull above 11.025 kHz",
      ],
    ],
    sheet: [
      [
        { why: { is: "file-missing", name: "Album.wav" } },
        "this cue sheet names Album.wav, which is not there",
      ],
      [
        { why: { is: "disc-image", name: "Album.bin" } },
        "this cue sheet names Album.bin, a disc image, which Segue does not play",
      ],
      [{ why: { is: "beyond-end", number: 9 } }, "its cue sheet has track 9 begin after the end of the file"],
    ],
    silent: [[{}, "it is silent"]],
    network: [[{ detail }, "the audio network failed on it: denied"]],
    loudness: [[{ detail }, "its loudness cannot be measured: denied"]],
    "no-vector": [[{ detail }, "the audio network made nothing of it: denied"]],
    told: [[{ text: "it is no music" }, "it is no music"]],
  },
  fileFault,
);

check<OutputFault>(
  {
    "no-device": [[{}, "the system has no sound card"]],
    "not-there": [[{ device: "USB" }, "the sound card USB is not connected"]],
    "not-opened": [[{ detail }, "the sound card cannot be opened: denied"]],
    lost: [[{ detail }, "the sound card is gone: denied"]],
    stalled: [[{}, "the sound card takes no more sound"]],
    file: [[{ path: "/w.wav", detail }, "/w.wav cannot be written: denied"]],
    "no-thread": [[{ detail }, "the system starts no more threads: denied"]],
    panicked: [[{}, "opening the sound card failed inside Segue"]],
  },
  outputFault,
);

const first = { path, why: { is: "empty" } } as const;
const denied = (action: LibraryAction) => ({ is: "database", action, detail }) as const;

check<Problem>(
  {
    library: [
      [
        { error: { is: "folder", path: "/m", why: { is: "hidden", root: "/" } } },
        "/m cannot be a music folder: it is hidden in /, and hidden folders there are skipped",
      ],
      [
        {
          error: { is: "data-dir", action: "save-queue", path: "/d", why: { is: "disk-full", detail: "13" } },
        },
        "cannot save the queue: the data folder cannot be written at /d: the disk is full (13)",
      ],
      [
        {
          error: {
            is: "data-dir",
            action: "save-plays",
            path: "/d",
            why: { is: "opened-read-only", cause: denied("open-database") },
          },
        },
        "cannot save the plays: the data folder cannot be written at /d: it was opened read-only: cannot open the database: denied",
      ],
      [
        { error: { is: "newer", path: "/d", found: 12, known: 10 } },
        "the database /d is from a newer Segue (version 12; this one knows up to 10). Use the newer Segue",
      ],
      [
        { error: { is: "damaged", path: "/d", detail: null } },
        "the database /d is damaged: it is not an SQLite database. Move it away and add your folders again, or restore a backup",
      ],
      [{ error: denied("read-tracks") }, "cannot read the songs: denied"],
      [{ error: { is: "value", what: "place", detail } }, "the stored value of place cannot be read: denied"],
      [{ error: { is: "watch", path: "/m", detail } }, "changes in /m cannot be followed: denied"],
    ],
    analysis: [
      [{ error: { is: "runtime-missing", path: "/o.so" } }, "there is no ONNX Runtime at /o.so"],
      [
        {
          error: { is: "model-refused", path: "/o", why: { is: "other-weights", wanted: "w", named: null } },
        },
        "the model file /o was refused: it wants weights from “w”; its manifest names none",
      ],
      [{ error: { is: "provider", provider: "cuda", detail } }, "the provider cuda is not available: denied"],
    ],
    output: [[{ error: { is: "no-device" } }, "the system has no sound card"]],
    unplayable: [[first, "/m/a.flac: the file is empty"]],
    "nothing-sounded": [
      [{ wav: null, first: null }, "nothing sounded"],
      [{ wav: null, first }, "nothing sounded; /m/a.flac: the file is empty"],
      [{ wav: "/w.wav", first: null }, "nothing sounded, so /w.wav was not written"],
      [{ wav: "/w.wav", first }, "nothing sounded, so /w.wav was not written; /m/a.flac: the file is empty"],
    ],
    "not-installed": [
      [{ what: "models", looked: ["/a", "/b"] }, "models is not installed; looked in /a, /b"],
    ],
    "bad-query": [
      [
        { text: "year:x", fault: { from: 0, to: 6, kind: { is: "not-a-number", field: "year", text: "x" } } },
        "“year:x” cannot be read. “x” is not a number for “year”. Write 1957, >=1957, 1957..1965 or none.",
      ],
    ],
    "no-such-track": [[{ track: "7" }, "song 7 is not in the library"]],
    "no-such-playlist": [[{ playlist: "7" }, "there is no playlist 7"]],
    file: [[{ attempt: "read-folder", path: "/m", detail }, "the folder /m cannot be read: denied"]],
    exchange: [
      [
        { action: "read the playlist", path: "/l.m3u", reason: detail },
        "cannot read the playlist /l.m3u: denied",
      ],
    ],
    "no-thread": [[{ detail }, "the system starts no more threads: denied"]],
    "player-ended": [[{}, "the player has ended"]],
    "no-home-folder": [[{}, "this user has no home folder to keep data in"]],
    "not-serialized": [[{ detail }, "it cannot be saved: denied"]],
    "no-program": [[{ detail }, "Segue cannot find its own program file: denied"]],
    "database-not-whole": [[{ detail }, "the database is damaged: denied"]],
    "window-plays-no-file": [[{}, "a window does not play into a file"]],
    "no-such-root": [[{ path: "/m" }, "/m is not a folder of the library"]],
    "no-such-play-source": [[{ source_name: "x" }, "“x” is not a source of plays"]],
    "too-late-to-undo": [[{}, "this was too long ago to be undone"]],
    "not-played-as-shown": [[{}, "only mixes and paths are played as they are shown"]],
    "not-an-instant": [[{ text: "x", detail }, "“x” is not a time: denied"]],
    "no-artist": [[{ path }, "/m/a.flac names no artist"]],
    "feedback-not-of-a-song": [[{}, "this is feedback on something else than one song"]],
    "same-recording": [[{}, "these are the same recording"]],
    "no-such-feedback": [[{ id: 7 }, "there is no feedback with number 7"]],
    "nothing-analyzed": [[{}, "none of these files could be analysed"]],
    "not-analyzed": [[{ path }, "/m/a.flac has not been analysed yet; wait until it is"]],
    "mix-too-small": [[{ mix: "mood:calm" }, "there is too little for the mix “mood:calm” yet"]],
    "no-such-mix": [[{ mix: "x" }, "there is no mix “x”"]],
    "discovery-range": [[{}, "discovery goes from 0 to 1"]],
    "no-such-album": [[{ title: "Hits" }, "there is no album “Hits”"]],
    "no-such-seed": [
      [{ kind: "album", name: "7" }, "the album “7” is not in the library"],
      [{ kind: "artist", name: "Ann" }, "the artist “Ann” is not in the library"],
      [{ kind: "genre", name: "Polka" }, "the genre “Polka” is not in the library"],
      [{ kind: "tag", name: "calm" }, "the tag “calm” is not in the library"],
    ],
    "no-known-words": [
      [
        { text: "xyzzy" },
        "none of these words means anything here: “xyzzy”. Try what the songs' tags, genres and artists are called",
      ],
    ],
    "empty-station": [[{}, "the library has nothing for this station"]],
    "nothing-to-play": [[{}, "there is nothing to play"]],
    "songs-gone": [[{}, "none of these songs is in the library any more"]],
    "shipped-model-name": [
      [
        { model: "ear" },
        "ear is the name of the model that comes with Segue; choose another in the manifest",
      ],
    ],
    "model-name-taken": [
      [
        { model: "ear" },
        "there is another model named ear; remove it first, or choose another name in the manifest",
      ],
    ],
    "no-fine-model": [[{}, "no second model came with Segue, or another model was chosen"]],
    "model-shipped": [[{ model: "ear" }, "ear comes with Segue and cannot be removed"]],
    "model-current": [[{ model: "ear" }, "ear is the current model; use another first"]],
    "model-serving": [[{ model: "ear" }, "ear is needed until the current model has analysed the library"]],
    "no-such-output": [[{ name: "usb" }, "there is no one sound card named usb"]],
    "no-such-model": [[{ model: "ear" }, "there is no model named ear"]],
    "trial-refused": [[{ said: "its tags are odd" }, "its tags are odd"]],
    "trial-failed": [[{}, "the model's trial failed"]],
    "trial-crashed": [
      [{ status: "signal: 11", said: null }, "ONNX Runtime crashed on the model (signal: 11)"],
      [{ status: "9", said: "oh" }, "ONNX Runtime crashed on the model (9); it said: oh"],
    ],
    "trial-timeout": [[{ limit_s: 60 }, "the model's trial was not over after 60 seconds"]],
    "source-never-changes": [
      [
        {},
        "these songs never change; a playlist that renews itself is made of a search, a mix, a station or a path",
      ],
    ],
    "no-deleted-playlist": [[{ playlist: "7" }, "no playlist 7 was deleted"]],
    "playlist-changed-since": [[{}, "the playlist was changed again since, or deleted"]],
    "playlist-fixed": [[{ playlist: "Mine" }, "“Mine” is made of nothing that changes"]],
    "playlist-renewed": [
      [{ playlist: "Mine" }, "“Mine” renews itself each day; changes by hand would be lost"],
    ],
    "album-gone": [[{}, "its album has left the library"]],
    "no-queue": [[{}, "there is no queue without a window"]],
    "no-playlist-name": [[{}, "a playlist needs a name"]],
    "ambiguous-playlist": [[{ name: "Mine", ids: [3, 5] }, "2 playlists are called “Mine”: numbers 3, 5"]],
    "playlist-source-unreadable": [
      [{ playlist: "Mine", detail }, "what “Mine” is made from cannot be read: denied"],
    ],
    "play-length": [[{ listened_s: -1.5 }, "nobody listens for -1.5 seconds"]],
    "future-play": [[{}, "a play cannot lie in the future"]],
    "plays-not-written": [[{ detail }, "the plays cannot be written: denied"]],
    "plays-format": [[{ format: "csv" }, "plays cannot be written as csv"]],
    "negative-stretch": [[{}, "start and length are seconds from 0"]],
    "too-few-plays": [[{ least: 50 }, "there are fewer than 50 plays of songs in the library"]],
    "not-a-term": [[{ term: "x" }, "“x” names nothing that can be turned up or down"]],
    "not-a-decade": [[{ year: 1991 }, "eras are decades, and 1991 is not one"]],
    "no-such-reason-kind": [[{ kind: "x" }, "no reason is of the kind “x”"]],
    "term-not-in-library": [[{ term: "tag:x" }, "nothing in the library has “tag:x”"]],
    "forget-future": [[{}, "nothing was learned in the future yet"]],
    "learned-again": [[{}, "what was forgotten was learned again at once"]],
    "no-such-forgotten": [[{ id: 7 }, "nothing was forgotten under number 7"]],
  },
  problem,
);

const gone = { is: "songs-gone" } as const;

check<Notice>(
  {
    polling: [
      [
        {},
        "There are more folders than this system lets a program watch: changes show within half a minute.",
      ],
    ],
    "changes-not-taken-up": [
      [
        { problem: gone },
        "Changes on disk are not taken up yet: none of these songs is in the library any more",
      ],
    ],
    "play-not-logged": [
      [{ problem: gone }, "The play was not logged: none of these songs is in the library any more"],
    ],
    "queue-not-kept": [
      [{ problem: gone }, "The queue is not saved: none of these songs is in the library any more"],
    ],
    "file-incomplete": [[{ name: "a.m4a", why: { is: "silent" } }, "“a.m4a”: it is silent"]],
    "file-passed-over": [[{ name: "a.m4a", why: { is: "empty" } }, "“a.m4a” was skipped: the file is empty"]],
    "radio-ends": [
      [{ problem: { is: "empty-station" } }, "The radio ends here: the library has nothing for this station"],
    ],
    "dj-stops": [
      [{ problem: gone }, "The guest DJ cannot go on: none of these songs is in the library any more"],
    ],
    "folder-not-added": [
      [
        { problem: { is: "file", attempt: "read-folder", path: "/m", detail } },
        "The folder was not added: the folder /m cannot be read: denied",
      ],
    ],
    "still-starting": [[{}, "Segue was still starting; add the folder again"]],
  },
  noticeText,
);
