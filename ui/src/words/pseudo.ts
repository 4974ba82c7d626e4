// A language made of English, as longer and stranger ones are: accents on every letter, a third longer, in brackets.
// Whatever is read in the window without them was not taken from the words. Values in a sentence stay as they are. Pure.

const PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const ACCENTED = "àƀçđéƒğĥîĵķłɱñöþǫŕšţûṽŵẋýžÀƁÇĐÉƑĞĤÎĴĶŁṀÑÖÞǪŔŠŢÛṼŴẊÝŽ";
const LONGER = 0.3;

type Words = { readonly [key: string]: string | Words };

/** The same words, key by key. */
export function pseudo(words: Words): Words {
  return Object.fromEntries(
    Object.entries(words).map(([key, text]) => [
      key,
      typeof text === "string" ? pseudoText(text) : pseudo(text),
    ]),
  );
}

function pseudoText(text: string): string {
  // Odd pieces are what stands in `{{…}}`.
  const pieces = text.split(/(\{\{[^}]*\}\})/);
  const said = pieces.map((piece, i) => (i % 2 === 1 ? piece : accented(piece))).join("");
  const letters = pieces.filter((_, i) => i % 2 === 0).join("").length;
  return `[${said}${longer(letters)}]`;
}

/** In pieces of a word's length: a line may end between them, as in any text. */
function longer(letters: number): string {
  return "~".repeat(Math.ceil(letters * LONGER)).replace(/~{6}(?=~)/g, "$& ");
}

function accented(text: string): string {
  return text.replace(/[a-z]/gi, (letter) => ACCENTED[PLAIN.indexOf(letter)]!);
}
