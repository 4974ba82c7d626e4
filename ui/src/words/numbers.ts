// Numbers, lengths and days as the language writes them.
import { language, t } from ".";

/** English dates put the day before the month; counts are grouped by threes either way. */
const DATES = language === "en" ? "en-GB" : language;

/** `20,000`. */
export function count(n: number): string {
  return n.toLocaleString(language);
}

/** `2.5`, `−14.2`. */
export function decimal(value: number, digits: number): string {
  const places = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return value.toLocaleString(language, places).replace("-", "−");
}

/** A gain: `+1.5 dB`, `−6.0 dB`, `0.0 dB`. */
export function decibels(db: number): string {
  const sign = db > 0 ? "+" : "";
  return t("loudness.decibels", { value: `${sign}${decimal(db, 1)}` });
}

/** A frequency: `63 Hz`, `1,000 Hz`. */
export function hertz(hz: number): string {
  return t("signal.hertz", { value: hz.toLocaleString(language, { maximumFractionDigits: 1 }) });
}

/** A sample rate: `44.1 kHz`. */
export function kilohertz(hz: number): string {
  const value = (hz / 1000).toLocaleString(language, { maximumFractionDigits: 3 });
  return t("signal.kilohertz", { value });
}

/** A share in 0..1: `76%`. */
export function percent(share: number, digits = 0): string {
  return share.toLocaleString(language, { style: "percent", maximumFractionDigits: digits });
}

/** A time for ears: `4 minutes 5 seconds`. */
export function spokenTime(seconds: number): string {
  const whole = Math.max(0, Math.floor(Number.isFinite(seconds) ? seconds : 0));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const parts = [
    h > 0 ? t("time.hours", { count: h }) : "",
    m > 0 ? t("time.minutes", { count: m }) : "",
    s > 0 || whole === 0 ? t("time.seconds", { count: s }) : "",
  ];
  return parts.filter((part) => part !== "").join(" ");
}

/** A rough length: `52 min`, `3 h 10 min`, `61 days`. */
export function length(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  if (minutes < 1) return t("time.underMinute");
  if (minutes < 60) return t("time.shortMinutes", { minutes });
  if (minutes >= 48 * 60) return t("time.days", { count: Math.round(minutes / 1440) });
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return rest > 0 ? t("time.shortHoursMinutes", { hours, minutes: rest }) : t("time.shortHours", { hours });
}

/** `2 days ago` would need a clock in every row; a date sorts and aligns: `12 Nov 2026`. */
export function day(rfc3339: string): string {
  const date = new Date(rfc3339);
  if (Number.isNaN(date.getTime())) return "";
  return date.toLocaleDateString(DATES, {
    day: "numeric",
    month: "short",
    year: "numeric",
    timeZone: "UTC",
  });
}

/** A moment on the listener's clock: `26 Nov 2026, 18:00`. */
export function moment(at: Date): string {
  return at.toLocaleString(DATES, {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
  });
}

/** Names after each other: `A, B, C`. */
export function list(names: string[]): string {
  return new Intl.ListFormat(language, { type: "unit", style: "short" }).format(names);
}

/** `August 2022`, whatever the clock's zone. */
export function calendarMonth(year: number, month: number): string {
  const at = new Date(Date.UTC(year, month - 1));
  return at.toLocaleDateString(DATES, { month: "long", year: "numeric", timeZone: "UTC" });
}

/** `20 December 2022`, whatever the clock's zone. */
export function calendarDay(year: number, month: number, day: number): string {
  const at = new Date(Date.UTC(year, month - 1, day));
  return at.toLocaleDateString(DATES, {
    day: "numeric",
    month: "long",
    year: "numeric",
    timeZone: "UTC",
  });
}
