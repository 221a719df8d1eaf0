import js from "@eslint/js";
import globals from "globals";
import * as lit from "eslint-plugin-lit";
import noUnsanitized from "eslint-plugin-no-unsanitized";

export default [
  { ignores: ["static/vendor/", ".venv/", "node_modules/", "dist/", "build/"] }, // made by tools
  js.configs.recommended,
  noUnsanitized.configs.recommended,
  lit.configs["flat/recommended"],
  {
    files: ["static/js/**/*.js", "tests/browser/**/*.js"],
    languageOptions: { globals: globals.browser },
  },
  {
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "no-undef": "off", // tsc finds these, and knows the types that JSDoc names
      "no-unused-vars": "off", // the same
      eqeqeq: "error",
      "no-console": "error", // browser tests fail on any console message
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-new-func": "error",
      "no-var": "error",
      "prefer-const": "error",
      "object-shorthand": "error",
      "no-shadow": "error",
      "no-restricted-properties": [
        "error",
        { object: "Math", property: "random", message: "Every number on the page is measured." },
      ],
    },
  },
];
