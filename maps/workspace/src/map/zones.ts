/** The 3° zones of CGCS2000: what the office's paper maps count in. */
export type ZonePosition = { zone: number; x: number; y: number };

type Turn = (position: [number, number]) => [number, number];
type Zone = { forward: Turn; inverse: Turn };
const made = new Map<number, Zone>();

/** The 3° zone of a longitude: 39 has the meridian 117° E. */
export const zoneOf = (lon: number): number => Math.round(lon / 3);

async function converterOf(zone: number): Promise<Zone> {
  let found = made.get(zone);
  if (found === undefined) {
    const { default: proj4 } = await import("proj4");
    found = proj4(
      `+proj=tmerc +lat_0=0 +lon_0=${zone * 3} +k=1 +x_0=${zone * 1_000_000 + 500_000} +y_0=0 +ellps=GRS80 +units=m +no_defs`,
    ) as unknown as Zone;
    made.set(zone, found);
  }
  return found;
}

/** Metres north (x) and east with the zone before it (y), as 国家三度带 coordinates are written. */
export async function inZone(lon: number, lat: number): Promise<ZonePosition> {
  const zone = zoneOf(lon);
  const [east, north] = (await converterOf(zone)).forward([lon, lat]);
  return { zone, x: north, y: east };
}

/** Longitude and latitude of a position in a zone. */
export async function fromZone({ zone, x, y }: ZonePosition): Promise<[number, number]> {
  return (await converterOf(zone)).inverse([y, x]);
}

/** From metres east (500 000 at the meridian) and north, by the part that computes it once it has come. */
export async function fromMetres(): Promise<
  (east: number, north: number, meridian: number) => [number, number]
> {
  const { default: proj4 } = await import("proj4");
  return (east, north, meridian) =>
    proj4(
      `+proj=tmerc +lat_0=0 +lon_0=${meridian} +k=1 +x_0=500000 +y_0=0 +ellps=GRS80 +units=m +no_defs`,
    ).inverse([east, north]) as [number, number];
}
