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
      // App, Modal: no HTML element has such a name.
      "vue/multi-word-component-names": "off",
    },
  },
);
