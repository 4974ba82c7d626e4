// Buttons beside the reasons of a song.

export const reasons = {
  title: "Reasons",
  less: "Less",
  lessOfThis: "Less of this",
  lessOfThisAnywhere: "Less of this, for every song",
  lessOf: "Less of this: {{reason}}",
  undo: "Undo",
  undoLess: "Undo less of this",
} as const;
