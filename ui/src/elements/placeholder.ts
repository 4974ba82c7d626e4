// What stands for a cover that does not exist: letters, and a colour that stays with the name. Pure.

/** Initials for a cover that does not exist: the first letters of two words, or the first sign of a CJK name. */
export function initials(name: string): string {
  const words = name.normalize("NFC").match(/[\p{L}\p{N}]+/gu) ?? [];
  const kept = words.filter((word, i) => i === 0 || !/^(the|of|and|a|an|in|to)$/i.test(word));
  const first = kept[0]?.toLowerCase() === "the" && kept.length > 1 ? kept.slice(1) : kept;
  const firstSign = (word: string) => Array.from(word)[0] ?? "";
  if (first.length === 0) return "";
  if (!/^[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{N}]/u.test(first[0]!))
    return firstSign(first[0]!);
  return first.slice(0, 2).map(firstSign).join("").toUpperCase();
}

/** A hue in 0..360 that stays with a name. FNV-1a, as names differ mostly in their last letters. */
export function hue(name: string): number {
  let hash = 0x811c9dc5;
  for (const sign of name) hash = Math.imul(hash ^ sign.codePointAt(0)!, 0x01000193) >>> 0;
  return hash % 360;
}
