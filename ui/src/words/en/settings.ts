// The first run, folders, failed files, the analysis, sound, appearance; and long work at the foot of the sidebar.

export const settings = {
  folders: "Folders",
  libraryFolders: "Library folders",
  offlineFolder: "{{songs}} · offline: connect the drive, then rescan. Nothing is lost.",
  removeHelp: "Its songs leave the library. Files, plays and likes stay. Press again to remove.",
  remove: "Remove",
  removeNamed: "Remove {{path}}",
  reallyRemove: "Really remove",
  reallyRemoveNamed: "Really remove {{path}}",
  deleted_one:
    "The file of {{count, number}} song was deleted. The song is in no list. Its plays and likes are kept, and it comes back when the file does.",
  deleted_other:
    "The files of {{count, number}} songs were deleted. The songs are in no list. Their plays and likes are kept, and they come back when the files do.",
  forgetDeleted: "Forget deleted songs",
  addFolder: "Add folder",
  addAFolder: "Add a folder…",
  rescan: "Rescan",
  folderPath: "Folder path",
  pastePath: "or paste a path",
  analysis: "Analysis",
  analysed: "{{done}} of {{total}} songs analysed",
  analysedSongs: "Songs analysed",
  newModel_one:
    "A new model is analysing your library. Until it has finished the last {{count, number}} song, radio uses what {{model}} found.",
  newModel_other:
    "A new model is analysing your library. Until it has finished the last {{count, number}} songs, radio uses what {{model}} found.",
  modelFailed:
    "The audio model failed: {{reason}}. Until it works, radio uses tags and what you play. To repair it, install Segue again.",
  analysisHelp:
    "Segue analyses how each song sounds, once, and keeps a short fingerprint. Radio works from the start, and gets better as more songs are analysed.",
  closely: "Listen more closely",
  closelyHelp:
    "A second, slower model listens to your songs once more when the computer is idle and plugged in. Once it has heard them all, radio and tags go by what it heard. New songs are always analysed by the quick model first.",
  closelyDone: "It has heard all songs, and radio goes by what it heard.",
  closelyLeft_one: "{{count, number}} song to go, about {{time}} of listening.",
  closelyLeft_other: "{{count, number}} songs to go, about {{time}} of listening.",
  closelyToHear_one: "{{count, number}} song to go.",
  closelyToHear_other: "{{count, number}} songs to go.",
  closelyBattery: "It waits for the computer to be plugged in.",
  closelyBusy: "It waits for the computer to be less busy.",
  closelyFailed: "The second model failed: {{reason}}.",
  model: "Model",
  noModel: "none",
  runsOn: "Runs on",
  version: "Version",
  sound: "Sound",
  noDropouts: "No dropouts since Segue started.",
  dropouts_one:
    "{{count, number}} dropout since Segue started. The usual cause is another program that keeps the computer busy.",
  dropouts_other:
    "{{count, number}} dropouts since Segue started. The usual cause is another program that keeps the computer busy.",
  failures: "Failed files",
  noFailures: "No file failed.",
  moreFailures: "… and {{count, number}} more.",
  appearance: "Appearance",
  theme: "Theme",
  themeSystem: "Same as system",
  themeLight: "Light",
  themeDark: "Dark",
} as const;

export const firstRun = {
  welcome: "Welcome",
  title: "Where is your music?",
  promise:
    "Segue scans your folders, analyses every song on this computer, and learns what you like. It changes no file, and nothing leaves your computer.",
  use: "Use {{folder}}",
  chooseAnother: "Choose another folder…",
  choose: "Choose a folder…",
  orPaste: "Or paste a path",
  pathHint: "/path/to/music",
  noMusic: "No music at hand?",
  demo: "Try the demo library",
} as const;

export const jobs = {
  scan: "Scan",
  analysis: "Analysis",
  scanning: "Scanning folders",
  scanningShort: "Scanning",
  analysing: "Analysing songs",
  analysingShort: "Analysing",
  measuring: "Measuring loudness",
  measuringShort: "Measuring",
  closely: "Listening more closely",
  closelyShort: "More closely",
  done: "{{done}} of {{total}}",
  hint: "{{title}}: {{far}}",
  failed: "It failed.",
  paused: "{{far}} · paused",
  left: "{{far}} · {{time}} left",
  pauseScan: "Pause scan",
  resumeScan: "Resume scan",
  pauseAnalysis: "Pause analysis",
  resumeAnalysis: "Resume analysis",
  pauseClosely: "Pause listening more closely",
  resumeClosely: "Resume listening more closely",
} as const;

export const search = {
  title: "Search",
  songs: "Search songs",
  albums: "Search albums",
  clear: "Clear search",
} as const;
