// English, by subject. The keys are what the window asks for; another language answers the same ones.
import { albums } from "./en/albums";
import { because } from "./en/because";
import { counts } from "./en/counts";
import { mixes } from "./en/mixes";
import { names } from "./en/names";
import { advice, done, failed } from "./en/notices";
import { output } from "./en/output";
import { player } from "./en/player";
import { playlists } from "./en/playlists";
import { problems } from "./en/problems";
import { query } from "./en/query";
import { queue } from "./en/queue";
import { radio } from "./en/radio";
import { reasons } from "./en/reasons";
import { firstRun, jobs, search, settings } from "./en/settings";
import { keys, shortcuts } from "./en/shortcuts";
import { songs } from "./en/songs";
import { crossfade, equalizer, loudness, signal } from "./en/sound";
import { taste } from "./en/taste";
import { time } from "./en/time";
import { until } from "./en/until";
import { window } from "./en/window";

export const en = {
  advice,
  albums,
  because,
  counts,
  crossfade,
  done,
  equalizer,
  failed,
  firstRun,
  jobs,
  keys,
  loudness,
  mixes,
  names,
  output,
  player,
  playlists,
  problems,
  query,
  queue,
  radio,
  reasons,
  search,
  settings,
  shortcuts,
  signal,
  songs,
  taste,
  time,
  until,
  window,
} as const;
