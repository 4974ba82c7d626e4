// Keys: what stands on them, and what they do.

export const shortcuts = {
  title: "Keyboard shortcuts",
  toggle: "Play or pause",
  previousNext: "Previous or next song",
  seek: "5 seconds back or forward in the song",
  history: "Page back or forward",
  search: "Search",
  pages: "Songs, Albums, Mixes, Radio, Taste, Queue, Settings",
  panes: "Sidebar, page, queue and player in turn",
  move: "Move through a list",
  select: "Select several",
  play: "Play from here",
  radio: "Radio from the selected songs",
  like: "Like, or undo it",
  enqueue: "Add to the queue",
  remove: "Remove from the queue or playlist",
  reorder: "Move within the queue or playlist",
  undo: "Undo the last change",
  redo: "Redo the change of the queue",
  menu: "Menu of the selected songs",
  help: "Keyboard shortcuts",
} as const;

export const keys = {
  Ctrl: "Ctrl",
  Alt: "Alt",
  Shift: "Shift",
  Space: "Space",
  Enter: "Enter",
  Home: "Home",
  End: "End",
  PgUp: "PgUp",
  PgDn: "PgDn",
  Del: "Del",
  Delete: "Delete",
  Click: "click",
} as const;
