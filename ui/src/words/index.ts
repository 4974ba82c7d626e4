// Every word that the window itself says, in the language that is spoken: `t` with a key that exists and all that its
// sentence needs, or the check fails. Data (titles, names, paths) passes through unchanged.
import { createInstance } from "i18next";
import { en } from "./en";
import { pseudo } from "./pseudo";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "words";
    resources: { words: typeof en };
  }
}

/** Made of English by a machine: a text that it does not reach did not come from here. Tests alone ask for it. */
export const PSEUDO = "en-XA";
const KEY = "segue.language";

/** The one place where the language is chosen. */
function chosen(): string {
  const kept = typeof localStorage === "undefined" ? null : localStorage.getItem(KEY);
  return kept === PSEUDO ? PSEUDO : "en";
}

export const language = chosen();

const words = createInstance();
void words.init({
  lng: language,
  resources: { [language]: { words: language === PSEUDO ? pseudo(en) : en } },
  defaultNS: "words",
  fallbackLng: false,
  // All words are at hand: the first component that is drawn finds them.
  initAsync: false,
  // Svelte escapes what it draws. Escaped twice, “Rock & Roll” would be read as “Rock &amp; Roll”.
  interpolation: { escapeValue: false },
});

export const t = words.t;
