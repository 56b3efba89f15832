// Scripts use only features of all browsers in package.json. The rules complement each other: compat/compat knows
// interfaces of browsers, baseline-js interfaces and functions newer than its lists, es-x methods by their name.

import baseline from "eslint-plugin-baseline-js";
import compat from "eslint-plugin-compat";
import ecmascript from "eslint-plugin-es-x";

const FIRST_YEAR = new Date().getFullYear() - 3;
const UNDERSTOOD = [
  "async-clipboard", // writeText() is older; its failure has a fallback
  "abortsignal-timeout", // older; only the reason of the abort was different
  "share", // optional: without it, the link is copied
  "top-level-await", // older, apart from modules that import each other in a circle
];
// Methods of iterators (ES2025) with the names of methods of arrays.
const OF_ARRAYS = ["every", "filter", "find", "flatmap", "foreach", "map", "reduce", "some"];

export default [
  compat.configs["flat/recommended"],
  ecmascript.configs["flat/restrict-to-es2023"],
  {
    plugins: { "baseline-js": baseline },
    languageOptions: { ecmaVersion: "latest", sourceType: "module" },
    linterOptions: { noInlineConfig: true },
    settings: {
      lintAllEsApis: true,
      "es-x": { aggressive: true },
    },
    rules: {
      "baseline-js/use-baseline": [
        "error",
        {
          available: FIRST_YEAR,
          includeWebApis: { preset: "auto" },
          includeJsBuiltins: { preset: "auto" },
          ignoreFeatures: UNDERSTOOD,
        },
      ],
      ...Object.fromEntries(OF_ARRAYS.map((name) => [`es-x/no-iterator-prototype-${name}`, "off"])),
      "es-x/no-resizable-and-growable-arraybuffers": "off", // any method named resize()
      "no-restricted-syntax": [
        "error",
        {
          selector:
            "MemberExpression > CallExpression.object[arguments.length=0] > " +
            "MemberExpression.callee[property.name=/^(entries|keys|values)$/]",
          message: "Methods of iterators are missing in older browsers: make an array first.",
        },
      ],
    },
  },
];
