// The queue, its guest DJ, and the tags of what plays.

export const queue = {
  title: "Queue",
  panel: "Queue panel",
  save: "Save",
  saveAsPlaylist: "Save the queue as a playlist",
  clear: "Clear",
  clearQueue: "Clear queue",
  close: "Close queue",
  none: "The queue is empty",
  noneHelp: "Play a song, or choose “Add to queue” in the menu of any song. Radio fills the queue by itself.",
  moveUp: "Move up",
  moveDown: "Move down",
  remove: "Remove from queue",
  addedByDj: "Added by the guest DJ",
  sources: {
    radio: "Radio",
    dj: "Guest DJ",
    album: "Album",
    search: "Search",
    shuffle: "Shuffle",
    queue: "Songs",
    mix: "Mix",
    playlist: "Playlist",
    import: "Import",
  },
  dj: {
    title: "Guest DJ",
    off: "Off",
    nearest: "Similar",
    sameArtist: "Same artist",
    bridge: "Bridge",
    nearestHelp:
      "After each song, the guest DJ adds the one that sounds most like it. Turn it off to remove what it added.",
    sameArtistHelp:
      "After each song, the guest DJ adds another one by the same artist. Turn it off to remove what it added.",
    bridgeHelp:
      "Between two songs, the guest DJ adds one that leads from the first to the second. Turn it off to remove what it added.",
    waits: "The station chooses its own songs. The guest DJ starts with the next queue of yours.",
  },
  tags: {
    title: "Tags of this song",
    hint: "Songs with {{tag}}. Its menu starts a radio.",
  },
} as const;
