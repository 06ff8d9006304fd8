/** Into which files the workspace is built: few, so that a start over a slow line asks for four scripts, not forty. */

// Nothing of the map comes later but base maps, a file of their own with what they need of OpenLayers.
const PAGE = /\/workspace\/src\/(?!map\/)([^/]+)\//;

export const codeSplitting = {
  // A module goes where its own group says, and not with whoever imports it first.
  includeDependenciesRecursively: false,
  groups: [
    { name: "start", tags: ["$initial" as const], priority: 2 },
    // Tables, fields and what else several pages are made of; all but the first page have it by then.
    { name: "shared", minShareCount: 2, priority: 1 },
    // A page and its words.
    { name: (file: string) => PAGE.exec(file)?.[1] ?? null, debugName: "page" },
  ],
};
