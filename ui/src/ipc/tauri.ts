// The program behind the window: Tauri commands and its one event. The only file that knows `@tauri-apps`.
import { convertFileSrc, invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import type { AppEvent, Backend } from "./backend";

export const tauri: Backend = {
  status: () => invoke("status"),
  chooseFolder: () => invoke("choose_folder"),
  addFolder: (path) => invoke("add_folder", { path }),
  removeFolder: (path) => invoke("remove_folder", { path }),
  rescan: () => invoke("rescan"),
  failures: () => invoke("failures"),
  songs: (query, offset, limit) => invoke("songs", { query, offset, limit }),
  albums: (query, offset, limit) => invoke("albums", { ...query, offset, limit }),
  albumOf: (id) => invoke("album_of", { id }),
  waveform: (id) => invoke("waveform", { track: id }),
  playSongs: (query, index, source) => invoke("play_songs", { query, index, source }),
  playTracks: (ids, source) => invoke("play_tracks", { ids, source }),
  enqueue: (ids, at) => invoke("enqueue", { ids, at }),
  radio: (ids, discovery, count) => invoke("radio", { ids, discovery, count }),
  startRadio: (ids, discovery) => invoke("start_radio", { ids, discovery }),
  tune: (discovery) => invoke("tune", { discovery }),
  stopRadio: () => invoke("stop_radio"),
  player: () => invoke("player"),
  command: (command) => invoke("command", { command }),
  queue: (offset, limit) => invoke("queue", { offset, limit }),
  rate: (id, rating) => invoke("rate", { id, rating }),
  say: (kind, id, artist) => invoke("say", { kind, id, artist }),
  sayWrongAfter: (earlier, later) => invoke("say_wrong_after", { earlier, later }),
  feedback: () => invoke("feedback"),
  undoFeedback: (id) => invoke("undo_feedback", { id }),
  job: (job, action) => invoke("job", { job, action }),
  coverUrl: (track, size) => convertFileSrc(`${track}/${size}`, "cover"),
  listen: (hear) => listen<AppEvent>("app", (event) => hear(event.payload)),
};
