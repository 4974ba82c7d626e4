// The way of a sound, step by step.
import type { OutputFormat, SignalStep, SourceFormat } from "../ipc/types";
import { t } from ".";
import { decibels, kilohertz } from "./numbers";

export function sourceFormat({ codec, sample_rate_hz, bits, channels, lossless }: SourceFormat): string {
  const parts = [
    codec.toUpperCase(),
    kilohertz(sample_rate_hz),
    bits !== null ? t("signal.bits", { count: bits }) : "",
    t("signal.channels", { count: channels }),
    lossless ? t("signal.lossless") : t("signal.lossy"),
  ];
  return parts.filter((part) => part !== "").join(" · ");
}

export function outputFormat({ name, sample_rate_hz, bits }: OutputFormat): string {
  const held = bits !== null ? t("signal.bits", { count: bits }) : t("signal.float");
  return [name ?? t("signal.output"), kilohertz(sample_rate_hz), held].join(" · ");
}

export function signalStep(step: SignalStep): string {
  switch (step.step) {
    case "downmix":
      return t("signal.downmix", { count: step.channels });
    case "gain": {
      const db = decibels(step.gain.db);
      const said = t(`signal.gain.${step.gain.source}`, { db });
      return step.gain.held_back ? t("signal.heldBack", { said }) : said;
    }
    case "resample":
      return t("signal.resample", { from: kilohertz(step.from_hz), to: kilohertz(step.to_hz) });
    case "crossfade":
      return t("signal.crossfade");
    case "volume":
      return step.db === null ? t("signal.muted") : t("signal.volume", { db: decibels(step.db) });
    case "equalizer":
      return t("signal.equalizer", { count: step.bands, db: decibels(step.preamp_db) });
    case "limiter":
      return t("signal.limiter");
    case "dither":
      return t("signal.dither", { count: step.bits });
  }
}
