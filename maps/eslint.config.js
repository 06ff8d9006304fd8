import js from "@eslint/js";
import vue from "eslint-plugin-vue";
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

export default defineConfig(
  globalIgnores(["**/dist/", "workspace/src/schema.d.ts"]),
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  // "essential" finds errors; what the larger sets add is form, which is prettier's.
  vue.configs["flat/essential"],
  {
    languageOptions: {
      parserOptions: {
        parser: tseslint.parser,
        projectService: true,
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: [".vue"],
      },
    },
    rules: {
      // The compiler finds names that nothing declares, in templates too.
      "no-undef": "off",
      // Numbers in sentences and addresses are meant.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // `() => act()` is read as "does it", not as "returns it".
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      // App, Modal: no HTML element has such a name.
      "vue/multi-word-component-names": "off",
    },
  },
  {
    files: ["workspace/**"],
    rules: {
      // Its advice to leave an assertion out turned values of JSON and of templates into `any`.
      "@typescript-eslint/no-unnecessary-type-assertion": "off",
      // `void value` names what a watcher depends on.
      "@typescript-eslint/no-meaningless-void-operator": "off",
      // Attributes of a plot are `unknown` until their field is known, and shown as they are.
      "@typescript-eslint/no-base-to-string": "off",
      // IndexedDB's errors are DOMExceptions or null, and handed on as they are.
      "@typescript-eslint/prefer-promise-reject-errors": "off",
      // Records of attributes and filters lose a key when a field is emptied.
      "@typescript-eslint/no-dynamic-delete": "off",
      // `Json | undefined` says what a reader must expect, although Json is `unknown`.
      "@typescript-eslint/no-redundant-type-constituents": "off",
      // Answers of the service and of OpenLayers are less certain than their types.
      "@typescript-eslint/no-unnecessary-condition": "off",
      "@typescript-eslint/no-unnecessary-type-conversion": "off",
      // OpenLayers' properties of features, and trees of words, are `any`.
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-return": "off",
      // A `|` in a template of ours is a union of types.
      "vue/no-deprecated-filter": "off",
      // `store<Draft>()` says at the call what a database gives back.
      "@typescript-eslint/no-unnecessary-type-parameters": "off",
    },
  },
  {
    // A test that meets nothing where something must be fails by itself.
    files: ["**/*.test.ts"],
    rules: { "@typescript-eslint/no-non-null-assertion": "off" },
  },
  {
    // Only vue-tsc knows the types of components; to this compiler each import of one is unknown.
    files: ["**/*.vue", "workspace/src/main.ts"],
    rules: {
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
    },
  },
);
