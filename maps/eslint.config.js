import js from "@eslint/js";
import vue from "eslint-plugin-vue";
import { defineConfig, globalIgnores } from "eslint/config";
import ts from "typescript";
import tseslint from "typescript-eslint";

// The rules of types hand the compiler of each .vue its script alone. To a compiler that had read
// the whole file that is a change, after which it looks at all files anew; so it reads the script.
const { readFile } = ts.sys;
ts.sys.readFile = (file, encoding) => {
  const text = readFile(file, encoding);
  return file.endsWith(".vue") ? /<script[^>]*>([^]*?)<\/script>/.exec(text)?.[1] : text;
};

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
      // It calls `"look" as Tool` in `reactive({ … })` idle; without it the state knows one word only.
      "@typescript-eslint/no-unnecessary-type-assertion": "off",
    },
  },
  {
    // A test that meets nothing where something must be fails by itself.
    files: ["**/*.test.ts"],
    rules: { "@typescript-eslint/no-non-null-assertion": "off" },
  },
  {
    // Only vue-tsc knows the types of components; to this compiler each import of one is unknown.
    files: ["**/*.vue", "workspace/src/main.ts", "workspace/src/parts/*.test.ts"],
    rules: {
      // The same of a type that is a component's parameter: `Row | null` is `unknown` to it.
      "@typescript-eslint/no-redundant-type-constituents": "off",
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
    },
  },
);
