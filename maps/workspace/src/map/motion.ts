/** How long the map takes to get somewhere: no time at all for whoever wants little motion. */

/** Milliseconds of a flight of `ms`: 0 where the system, as on a remote desktop, is set to reduce motion. */
export const flight = (ms: number): number =>
  matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : ms;
