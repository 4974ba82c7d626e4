// How long something takes.

export const time = {
  hours_one: "{{count}} hour",
  hours_other: "{{count}} hours",
  minutes_one: "{{count}} minute",
  minutes_other: "{{count}} minutes",
  seconds_one: "{{count}} second",
  seconds_other: "{{count}} seconds",
  days_one: "{{count, number}} day",
  days_other: "{{count, number}} days",
  underMinute: "under a minute",
  shortMinutes: "{{minutes}} min",
  shortHours: "{{hours}} h",
  shortHoursMinutes: "{{hours}} h {{minutes}} min",
} as const;
