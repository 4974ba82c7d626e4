// English, by subject. The keys are what the window asks for; another language answers the same ones.
import { counts } from "./en/counts";
import { time } from "./en/time";

export const en = { counts, time } as const;
