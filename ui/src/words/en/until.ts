// For how long it plays on by itself.

export const until = {
  more: "More",
  /** Beside the button, while it will pause by itself. */
  sleeps_one: "Pauses in {{count, number}} minute",
  sleeps_other: "Pauses in {{count, number}} minutes",
  stopAfterSong: "Stop after this song",
  stopAfterAlbum: "Stop after this album",
  sleep: "Sleep timer",
  minutes_one: "{{count, number}} minute",
  minutes_other: "{{count, number}} minutes",
  noSleep: "Off",
  loopFrom: "Repeat from here…",
  loopTo: "… to here, from {{from}}",
  endLoop: "Play on",
  stretch: "{{from}} to {{to}} repeats",
} as const;
