import { defineConfig } from "vite";

// One classic script and one style sheet, which Python puts inside each page: nothing is fetched.
// Chrome 69 is the first with conic gradients, which the clusters are drawn with.
export default defineConfig({
  build: {
    target: "chrome69",
    reportCompressedSize: false,
    lib: {
      entry: "src/main.ts",
      name: "luotu",
      formats: ["iife"],
      fileName: () => "pages.js",
      cssFileName: "pages",
    },
    // Leaflet stands in the page as a script of its own.
    rolldownOptions: { external: ["leaflet"], output: { globals: { leaflet: "L" } } },
  },
});
