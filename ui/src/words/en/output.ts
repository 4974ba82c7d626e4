// Where the sound goes: the sound card, what happens without it, and its rate.

export const output = {
  title: "Output",
  device: "Sound card",
  systemDefault: "System default",
  systemDefaultNow: "System default ({{device}})",
  notConnected: "{{device}} (not connected)",
  playsOn: "Plays on {{device}} at {{rate}} kHz.",
  idle: "The sound card is not in use.",
  none: "No sound card is connected. Connect one, and it appears here.",
  whenLost: "When it is unplugged",
  pause: "Pause",
  moveOn: "Play on through the default",
  whenLostHelp: {
    pause: "The song pauses. When the sound card is back, playing goes on there.",
    default: "The song goes on through the system default, and returns when the sound card is back.",
  },
  matchRate: "Match the sample rate of each file",
  matchRateHelp:
    "Where two songs have different sample rates, the sound card is opened again between them. That takes a moment, so such songs do not follow each other without a gap.",
  exclusive:
    "Segue shares the sound card with other programs: cpal, the audio library it uses, cannot open one exclusively.",
} as const;
