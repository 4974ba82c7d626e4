// How things sound: loudness.

export const loudness = {
  title: "Loudness",
  mode: "Play equally loud",
  off: "Off",
  track: "Songs",
  album: "Albums",
  auto: "Automatic",
  help: {
    off: "Songs are played as loud as they were made.",
    track: "Each song is as loud as the others.",
    album: "Each album is as loud as the others, and its quiet songs stay quiet.",
    auto: "An album that is played in its order stays as it is, and is as loud as other albums. Songs from anywhere are as loud as each other.",
  },
  preamp: "Louder or quieter",
  fallback: "Songs of unknown loudness",
  decibels: "{{value}} dB",
} as const;
