// What the fake twin takes a misspelt search for: the words of its library that are nearest to those that begin none.

/** Letters that are wrong, missing, too many, or changed places: optimal string alignment. */
function slips(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const other = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(rows[i - 1]![j]! + 1, row[j - 1]! + 1, rows[i - 1]![j - 1]! + other);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, rows[i - 2]![j - 2]! + 1);
      row.push(least);
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}

/** `known`: each word with how many songs hold it. */
export function spelled(words: string[], known: Map<string, number>): string | null {
  let replaced = false;
  const meant = words.map((word) => {
    if (word.length < 4 || [...known.keys()].some((own) => own.startsWith(word))) return word;
    const most = word.length < 6 ? 1 : 2;
    let best = { word, slips: most + 1, songs: 0 };
    for (const [own, songs] of known) {
      if (own.length + most < word.length) continue;
      const whole = own.length <= word.length + most ? slips(word, own) : most + 1;
      const least = Math.min(whole, slips(word, own.slice(0, word.length)));
      if (least < best.slips || (least === best.slips && least <= most && songs > best.songs))
        best = { word: own, slips: least, songs };
    }
    replaced ||= best.word !== word;
    return best.word;
  });
  return replaced ? meant.join(" ") : null;
}
