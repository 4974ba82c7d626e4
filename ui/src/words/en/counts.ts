// How many of what.

export const counts = {
  songs_one: "{{count, number}} song",
  songs_other: "{{count, number}} songs",
  albums_one: "{{count, number}} album",
  albums_other: "{{count, number}} albums",
  plays_one: "{{count, number}} play",
  plays_other: "{{count, number}} plays",
  files_one: "{{count, number}} file",
  files_other: "{{count, number}} files",
} as const;
