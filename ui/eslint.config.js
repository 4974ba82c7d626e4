// What the compiler does not say: promises that nobody waits for, values that are never used, markup that Svelte warns of.
import js from "@eslint/js";
import svelte from "eslint-plugin-svelte";
import { defineConfig } from "eslint/config";
import ts from "typescript-eslint";
import house from "./lint-words.js";
import svelteConfig from "./svelte.config.js";

export default defineConfig(
  { ignores: ["dist", "src/ipc/types.ts"] },
  js.configs.recommended,
  ts.configs.recommendedTypeChecked,
  svelte.configs.recommended,
  // Prettier owns the look of it.
  svelte.configs.prettier,
  {
    languageOptions: {
      parserOptions: { projectService: { allowDefaultProject: ["*.js"] }, extraFileExtensions: [".svelte"] },
    },
    rules: {
      // svelte-check knows every name, and those of the browser and of runes with them.
      "no-undef": "off",
      // An async function is also how an answer that is at hand becomes a promise.
      "@typescript-eslint/require-await": "off",
      // A refusal is what the program throws across the border: plain data.
      "@typescript-eslint/only-throw-error": ["error", { allow: [{ from: "file", name: "CommandError" }] }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
    },
  },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
  },
  {
    // Here eslint does not know the types of other components and of snippets, and calls them `any`; svelte-check knows them.
    files: ["**/*.svelte"],
    rules: {
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-return": "off",
    },
  },
  {
    files: ["src/**/*.svelte", "src/**/*.ts"],
    // The fake twin answers with data; tests say what they expect.
    ignores: ["src/ipc/**", "src/words/**", "src/**/*.test.ts", "src/**/testing.ts"],
    plugins: { house },
    rules: { "house/words": "error" },
  },
  { files: ["*.js"], extends: [ts.configs.disableTypeChecked] },
);
