// A rule of our own: what is read or heard in the window is not written where it is shown, but taken from `src/words`. It sees
// texts of the markup, attributes and properties that are read out, and what notices say.

/** Attributes and properties whose value a listener reads. */
const READ = new Set([
  "alt",
  "aria-label",
  "aria-valuetext",
  "hint",
  "kind",
  "label",
  "note",
  "placeholder",
  "title",
  "valueText",
  "waiting",
  "words",
]);
/** Of properties, `kind` and `words` are data. */
const PROPERTIES = new Set([...READ].filter((name) => name !== "kind" && name !== "words"));
/** Methods whose first argument is said in a notice. */
const SAYING = new Set(["attempt", "error", "info"]);
/** Signs, numbers and single letters are no words; the program's name is its own in every language. */
const isWord = (text) => /\p{L}{2}/u.test(text.replaceAll("Segue", ""));

/** The texts written in an expression, but not those handed to a function: they are keys. */
function texts(node) {
  switch (node?.type) {
    case "Literal":
      return typeof node.value === "string" ? [[node, node.value]] : [];
    case "SvelteLiteral":
      return [[node, node.value]];
    case "TemplateLiteral":
      return [...node.quasis.map((piece) => [piece, piece.value.raw]), ...node.expressions.flatMap(texts)];
    case "SvelteMustacheTag":
      return texts(node.expression);
    case "ConditionalExpression":
      return [...texts(node.consequent), ...texts(node.alternate)];
    case "LogicalExpression":
    case "BinaryExpression":
      // What is compared is no text that is shown.
      return /^(?:[=!]==?|[<>]=?|in)$/.test(node.operator) ? [] : [node.left, node.right].flatMap(texts);
    case "AssignmentPattern":
      return texts(node.right);
    default:
      return [];
  }
}

const rule = {
  meta: { type: "problem", schema: [], messages: { literal: "“{{text}}” belongs into src/words" } },
  create(context) {
    const check = (node) => {
      for (const [at, text] of texts(node))
        if (isWord(text)) context.report({ node: at, messageId: "literal", data: { text: text.trim() } });
    };
    return {
      SvelteText(node) {
        if (node.parent.type !== "SvelteStyleElement" && isWord(node.value))
          context.report({ node, messageId: "literal", data: { text: node.value.trim() } });
      },
      "SvelteElement > SvelteMustacheTag, SvelteIfBlock > SvelteMustacheTag, SvelteEachBlock > SvelteMustacheTag, SvelteElseBlock > SvelteMustacheTag, SvelteSnippetBlock > SvelteMustacheTag":
        check,
      SvelteAttribute(node) {
        if (READ.has(node.key.name)) node.value.forEach(check);
      },
      Property(node) {
        const name = node.key.name ?? node.key.value;
        if (PROPERTIES.has(name)) check(node.value);
      },
      "CallExpression[callee.type=MemberExpression]"(node) {
        if (SAYING.has(node.callee.property.name)) check(node.arguments[0]);
      },
    };
  },
};

export default { rules: { words: rule } };
