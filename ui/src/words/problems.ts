// What goes wrong, said in the language: the faults, errors and notices that the program sends.
import type {
  AnalysisError,
  Damage,
  DataDirFault,
  FailureRow,
  FileFault,
  FolderFault,
  LibraryError,
  LostTag,
  ModelFault,
  Notice,
  OutputFault,
  Problem,
  RuntimeFault,
  SheetFault,
  UnplayableFormat,
} from "../ipc/types";
import { t } from ".";
import { quoted } from "./names";
import { list } from "./numbers";
import { queryFault } from "./query";

/** Why something could not be done. */
export function problem(of: Problem): string {
  switch (of.is) {
    case "library":
      return library(of.error);
    case "analysis":
      return analysis(of.error);
    case "output":
      return outputFault(of.error);
    case "unplayable":
      return failure(of);
    case "nothing-sounded": {
      const { wav, first } = of;
      const failed = first && failure(first);
      if (wav === null)
        return failed
          ? t("problems.asked.nothingSoundedBecause", { failed })
          : t("problems.asked.nothingSounded");
      return failed
        ? t("problems.asked.notWrittenBecause", { wav, failed })
        : t("problems.asked.notWritten", { wav });
    }
    case "not-installed":
      return t("problems.asked.notInstalled", { what: of.what, looked: list(of.looked) });
    case "bad-query":
      return t("problems.asked.badQuery", { text: of.text, why: queryFault(of.fault.kind) });
    case "no-such-track":
      return t("problems.asked.noTrack", of);
    case "no-such-playlist":
      return t("problems.asked.noPlaylist", of);
    case "file":
      return t(`problems.fileAttempt.${of.attempt}`, of);
    case "exchange":
      return t("problems.asked.exchange", of);
    case "no-thread":
      return t("problems.asked.noThread", of);
    case "player-ended":
      return t("problems.asked.playerEnded");
    case "no-home-folder":
      return t("problems.asked.noHomeFolder");
    case "not-serialized":
      return t("problems.asked.notSerialized", of);
    case "no-program":
      return t("problems.asked.noProgram", of);
    case "database-not-whole":
      return t("problems.asked.databaseNotWhole", of);
    case "window-plays-no-file":
      return t("problems.asked.windowPlaysNoFile");
    case "no-such-root":
      return t("problems.asked.noRoot", of);
    case "no-such-play-source":
      return t("problems.asked.noPlaySource", { source: quoted(of.source_name) });
    case "too-late-to-undo":
      return t("problems.asked.tooLateToUndo");
    case "not-played-as-shown":
      return t("problems.asked.notPlayedAsShown");
    case "not-an-instant":
      return t("problems.asked.notAnInstant", { ...of, text: quoted(of.text) });
    case "no-artist":
      return t("problems.asked.noArtist", of);
    case "feedback-not-of-a-song":
      return t("problems.asked.feedbackNotOfASong");
    case "same-recording":
      return t("problems.asked.sameRecording");
    case "no-such-feedback":
      return t("problems.asked.noFeedback", of);
    case "nothing-analyzed":
      return t("problems.asked.nothingAnalyzed");
    case "not-analyzed":
      return t("problems.asked.notAnalyzed", of);
    case "mix-too-small":
      return t("problems.asked.mixTooSmall", { mix: quoted(of.mix) });
    case "no-such-mix":
      return t("problems.asked.noMix", { mix: quoted(of.mix) });
    case "discovery-range":
      return t("problems.asked.discoveryRange");
    case "no-such-album":
      return t("problems.asked.noAlbum", { title: quoted(of.title) });
    case "no-such-seed":
      return t(`problems.seed.${of.kind}`, { name: quoted(of.name) });
    case "no-known-words":
      return t("problems.asked.noKnownWords", { text: quoted(of.text) });
    case "empty-station":
      return t("problems.asked.emptyStation");
    case "nothing-to-play":
      return t("problems.asked.nothingToPlay");
    case "songs-gone":
      return t("problems.asked.songsGone");
    case "shipped-model-name":
      return t("problems.asked.shippedModelName", of);
    case "model-name-taken":
      return t("problems.asked.modelNameTaken", of);
    case "no-fine-model":
      return t("problems.asked.noFineModel");
    case "model-shipped":
      return t("problems.asked.modelShipped", of);
    case "model-current":
      return t("problems.asked.modelCurrent", of);
    case "model-serving":
      return t("problems.asked.modelServing", of);
    case "no-such-model":
      return t("problems.asked.noModel", of);
    case "no-such-output":
      return t("problems.asked.noOutput", of);
    case "trial-refused":
      return t("problems.asked.trialRefused", of);
    case "trial-failed":
      return t("problems.asked.trialFailed");
    case "trial-crashed": {
      const { status, said } = of;
      return said === null
        ? t("problems.asked.trialCrashed", { status })
        : t("problems.asked.trialCrashedSaying", { status, said });
    }
    case "trial-timeout":
      return t("problems.asked.trialTimeout", { count: of.limit_s });
    case "source-never-changes":
      return t("problems.asked.sourceNeverChanges");
    case "no-deleted-playlist":
      return t("problems.asked.noDeletedPlaylist", of);
    case "playlist-changed-since":
      return t("problems.asked.playlistChangedSince");
    case "playlist-fixed":
      return t("problems.asked.playlistFixed", { playlist: quoted(of.playlist) });
    case "playlist-renewed":
      return t("problems.asked.playlistRenewed", { playlist: quoted(of.playlist) });
    case "album-gone":
      return t("problems.asked.albumGone");
    case "no-queue":
      return t("problems.asked.noQueue");
    case "no-playlist-name":
      return t("problems.asked.noPlaylistName");
    case "ambiguous-playlist": {
      const { name, ids } = of;
      return t("problems.asked.ambiguousPlaylist", {
        count: ids.length,
        name: quoted(name),
        ids: list(ids.map(String)),
      });
    }
    case "playlist-source-unreadable":
      return t("problems.asked.playlistSourceUnreadable", { ...of, playlist: quoted(of.playlist) });
    case "play-length":
      return t("problems.asked.playLength", { listened_s: String(of.listened_s) });
    case "future-play":
      return t("problems.asked.futurePlay");
    case "plays-not-written":
      return t("problems.asked.playsNotWritten", of);
    case "plays-format":
      return t("problems.asked.playsFormat", of);
    case "negative-stretch":
      return t("problems.asked.negativeStretch");
    case "too-few-plays":
      return t("problems.asked.tooFewPlays", { count: of.least });
    case "not-a-term":
      return t("problems.asked.notATerm", { term: quoted(of.term) });
    case "not-a-decade":
      return t("problems.asked.notADecade", of);
    case "no-such-reason-kind":
      return t("problems.asked.noReasonKind", { kind: quoted(of.kind) });
    case "term-not-in-library":
      return t("problems.asked.termNotInLibrary", { term: quoted(of.term) });
    case "forget-future":
      return t("problems.asked.forgetFuture");
    case "learned-again":
      return t("problems.asked.learnedAgain");
    case "no-such-forgotten":
      return t("problems.asked.noForgotten", of);
  }
}

/** What happened while the listener did something else. */
export function noticeText(of: Notice): string {
  switch (of.is) {
    case "polling":
      return t("problems.notice.polling");
    case "changes-not-taken-up":
      return t("problems.notice.changesNotTakenUp", { problem: problem(of.problem) });
    case "play-not-logged":
      return t("problems.notice.playNotLogged", { problem: problem(of.problem) });
    case "queue-not-kept":
      return t("problems.notice.queueNotKept", { problem: problem(of.problem) });
    case "file-incomplete":
      return t("problems.notice.fileIncomplete", { name: quoted(of.name), fault: fileFault(of.why) });
    case "file-passed-over":
      return t("problems.notice.filePassedOver", { name: quoted(of.name), fault: fileFault(of.why) });
    case "radio-ends":
      return t("problems.notice.radioEnds", { problem: problem(of.problem) });
    case "dj-stops":
      return t("problems.notice.djStops", { problem: problem(of.problem) });
    case "folder-not-added":
      return t("problems.notice.folderNotAdded", { problem: problem(of.problem) });
    case "still-starting":
      return t("problems.notice.stillStarting");
  }
}

/** A file and what is wrong with it. */
function failure({ path, why }: FailureRow): string {
  return t("problems.file.named", { name: path, fault: fileFault(why) });
}

/** What is wrong with a file. */
export function fileFault(why: FileFault): string {
  switch (why.is) {
    case "not-found":
    case "folder":
    case "empty":
    case "no-audio":
    case "no-sound-track":
    case "video":
    case "cut-off":
    case "no-packet-table":
    case "truncated":
    case "unknown-format":
    case "name-not-unicode":
    case "silent":
      return t(`problems.file.${why.is}`);
    case "unreadable":
    case "unsupported":
    case "panicked":
    case "network":
    case "loudness":
    case "no-vector":
      return t(`problems.file.${why.is}`, why);
    case "not-playable":
      return t("problems.file.not-playable", { format: format(why.format) });
    case "implausible":
      return t("problems.file.implausible", { count: why.channels, rate_hz: why.rate_hz });
    case "not-resampled":
      return t("problems.file.not-resampled", why);
    case "damaged":
      return t("problems.file.damaged", { damage: damage(why.damage) });
    case "hidden":
      return why.folder ? t("problems.file.hidden-folder") : t("problems.file.hidden-file");
    case "tags-lost":
      return t("problems.file.tags-lost", { tags: list(why.lost.map(lostTag)) });
    case "he-aac":
      return t("problems.file.he-aac", { khz: why.core_hz / 2000 });
    case "sheet":
      return sheet(why.why);
    case "told":
      return t("problems.file.told", why);
  }
}

function sheet(why: SheetFault): string {
  switch (why.is) {
    case "file-missing":
      return t("problems.sheet.file-missing", why);
    case "disc-image":
      return t("problems.sheet.disc-image", why);
    case "beyond-end":
      return t("problems.sheet.beyond-end", why);
  }
}

function format(of: UnplayableFormat): string {
  switch (of.is) {
    case "named":
      return t("problems.format.named", of);
    case "in-container":
      return t("problems.format.in-container", of);
    case "channels":
      return t("problems.format.channels", { name: of.name, count: of.channels });
    case "subtype":
      return t("problems.format.subtype", of);
  }
}

function damage(of: Damage): string {
  switch (of.is) {
    case "ends-early":
    case "sound-track-lost":
    case "more-packets-than-bytes":
    case "no-more-packets":
    case "circles":
      return t(`problems.damage.${of.is}`);
    case "nothing-decodes":
      return t("problems.damage.nothing-decodes", { count: of.packets });
    case "bad-packets":
      return t("problems.damage.bad-packets", { count: of.packets });
    case "said":
      return t("problems.damage.said", of);
  }
}

function lostTag({ name, why }: LostTag): string {
  const called = name ?? t("problems.tag.unnamed");
  return why === null ? called : t("problems.tag.because", { name: called, why: t(`problems.tag.${why}`) });
}

/** Why there is no sound. */
export function outputFault(why: OutputFault): string {
  switch (why.is) {
    case "no-device":
    case "stalled":
    case "panicked":
      return t(`problems.output.${why.is}`);
    case "not-there":
      return t("problems.output.not-there", why);
    case "not-opened":
    case "lost":
    case "no-thread":
      return t(`problems.output.${why.is}`, why);
    case "file":
      return t("problems.output.file", why);
  }
}

function library(of: LibraryError): string {
  switch (of.is) {
    case "folder":
      return t("problems.library.folder", { path: of.path, why: musicFolder(of.why) });
    case "data-dir":
      return t("problems.library.data-dir", {
        attempt: t(`problems.attempt.${of.action}`),
        path: of.path,
        why: dataFolder(of.why),
      });
    case "newer":
      return t("problems.library.newer", of);
    case "damaged":
      return t("problems.library.damaged", {
        path: of.path,
        detail: of.detail ?? t("problems.library.foreign"),
      });
    case "database":
      return t("problems.library.database", {
        attempt: t(`problems.attempt.${of.action}`),
        detail: of.detail,
      });
    case "value":
      return t("problems.library.value", of);
    case "watch":
      return t("problems.library.watch", of);
  }
}

function musicFolder(why: FolderFault): string {
  switch (why.is) {
    case "unreadable":
      return t("problems.musicFolder.unreadable", why);
    case "not-a-folder":
    case "name-not-unicode":
      return t(`problems.musicFolder.${why.is}`);
    case "hidden":
      return t("problems.musicFolder.hidden", why);
  }
}

function dataFolder(why: DataDirFault): string {
  switch (why.is) {
    case "unwritable":
    case "disk-full":
    case "read-only":
    case "no-new-files":
    case "disk-failed":
      return t(`problems.dataFolder.${why.is}`, why);
    case "write-protected":
    case "taken-away":
      return t(`problems.dataFolder.${why.is}`);
    case "opened-read-only":
      return t("problems.dataFolder.opened-read-only", { cause: library(why.cause) });
  }
}

function analysis(of: AnalysisError): string {
  switch (of.is) {
    case "runtime-missing":
      return t("problems.analysis.runtime-missing", of);
    case "runtime-refused":
      return t("problems.analysis.runtime-refused", { path: of.path, why: runtime(of.why) });
    case "runtime-uploads":
      return t("problems.analysis.runtime-uploads", of);
    case "model-missing":
    case "model-write":
      return t(`problems.analysis.${of.is}`, of);
    case "model-refused":
      return t("problems.analysis.model-refused", { path: of.path, why: model(of.why) });
    case "provider":
      return t("problems.analysis.provider", of);
  }
}

function runtime(why: RuntimeFault): string {
  switch (why.is) {
    case "another-loaded":
      return t("problems.runtime.another-loaded", why);
    case "unknown":
      return t("problems.runtime.unknown");
    case "unreadable":
    case "said":
      return t(`problems.runtime.${why.is}`, why);
  }
}

function model(why: ModelFault): string {
  switch (why.is) {
    case "no-hash":
      return t("problems.model.no-hash", why);
    case "other-hash":
      return t("problems.model.other-hash", why);
    case "not-in-manifest":
      return t("problems.model.not-in-manifest", why);
    case "not-text":
    case "not-probabilities":
      return t(`problems.model.${why.is}`);
    case "other-weights":
      return t("problems.model.other-weights", {
        wanted: quoted(why.wanted),
        named: why.named === null ? t("problems.model.none") : quoted(why.named),
      });
    case "too-large":
      return t("problems.model.too-large", why);
    case "said":
      return t("problems.model.said", why);
  }
}
