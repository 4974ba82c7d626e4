// What the window says in plain letters while it speaks the pseudo-language: whatever is left was not taken from `src/words`.
// Run inside the page by its own tests and by those of the real window. `data` is what may stand as it is: names, titles, paths.

export default (data) => {
  // A line may begin with a name, and its first letter is then a capital one.
  const known = data
    .map((text) => text.toLowerCase())
    .filter((text) => /[a-z]{3}/.test(text))
    .sort((a, b) => b.length - a.length);

  /** What is left of a text once the words (in brackets, with all that was put into them) and the data are gone. */
  function rest(text) {
    let left = text.toLowerCase();
    for (let before = ""; before !== left;) {
      before = left;
      left = left.replace(/\[[^[\]]*\]/gu, " ");
    }
    for (const one of known) left = left.replaceAll(one, " ");
    // Days, as the system's own formatter writes them, and the program's name.
    left = left.replace(/\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec) \d{1,2}, \d{4}\b/g, " ");
    return left.replaceAll("segue", " ");
  }

  const found = new Set();
  const look = (text, where) => {
    if (text && /[a-z]{3}/.test(rest(text))) found.add(`${where}: ${text.trim()}`);
  };
  const walker = document.createTreeWalker(
    document.documentElement,
    NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT,
  );
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.nodeType === Node.TEXT_NODE) {
      // Letters that stand for a cover are drawn, not said.
      if (!node.parentElement.closest("script, style, noscript, svg text")) look(node.data, "text");
    } else {
      for (const name of ["aria-label", "aria-valuetext", "title", "placeholder", "alt"])
        look(node.getAttribute(name), name);
    }
  }
  return [...found];
};
