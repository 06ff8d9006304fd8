import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";
import { codeSplitting } from "./chunks.ts";
import { packed } from "./packing.ts";

// Chrome 86 is what Windows 7 office machines were left with by many bureaus.
export default defineConfig({
  plugins: [vue(), packed()],
  define: {
    __VUE_OPTIONS_API__: "true", // Element Plus' tables are written with it
    __VUE_PROD_DEVTOOLS__: "false",
    __VUE_I18N_FULL_INSTALL__: "false",
    __VUE_I18N_LEGACY_API__: "false",
    __INTLIFY_PROD_DEVTOOLS__: "false",
  },
  build: {
    target: "chrome86",
    // The page's policy allows files of its own host only: nothing is inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: true,
    // The start is one script: libraries of the map and all that the frame needs.
    chunkSizeWarningLimit: 800,
    rolldownOptions: { output: { codeSplitting } },
  },
  server: { proxy: { "/api": "http://127.0.0.1:8000", "/tiles": "http://127.0.0.1:8000" } },
});
