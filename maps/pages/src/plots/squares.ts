/** Plots too small to be seen, counted in squares of the screen. */

const SQUARE_PX = 72;
/** Squares whose middles are nearer than this become one, so that no bubble hides another. */
const MIN_DISTANCE_PX = 46;

/** The plots of one square. */
export class Square {
  plots = 0;
  area_m2 = 0;
  /** How many plots have which value: one more than its place among the choices; 0: not given. */
  readonly parts = new Map<number, number>();
  private sumX = 0;
  private sumY = 0;

  /** The middle of the plots in pixels. */
  get x(): number {
    return this.sumX / this.plots;
  }

  get y(): number {
    return this.sumY / this.plots;
  }

  add(x: number, y: number, plots: number, area_m2: number, part: number): void {
    this.sumX += x * plots;
    this.sumY += y * plots;
    this.plots += plots;
    this.area_m2 += area_m2;
    this.addPart(part, plots);
  }

  merge(other: Square): void {
    this.sumX += other.sumX;
    this.sumY += other.sumY;
    this.plots += other.plots;
    this.area_m2 += other.area_m2;
    other.parts.forEach((plots, part) => {
      this.addPart(part, plots);
    });
  }

  isNear(other: Square): boolean {
    return (other.x - this.x) ** 2 + (other.y - this.y) ** 2 < MIN_DISTANCE_PX ** 2;
  }

  private addPart(part: number, plots: number): void {
    this.parts.set(part, (this.parts.get(part) ?? 0) + plots);
  }
}

/** Counts plots by where they are on the screen. */
export class SquareCounter {
  private readonly squares = new Map<string, Square>();

  /** Add a row of the table: where it is in pixels of the map's zoom, and what it stands for. */
  add(x: number, y: number, plots: number, area_m2: number, part: number): void {
    const key = `${Math.floor(x / SQUARE_PX)},${Math.floor(y / SQUARE_PX)}`;
    let square = this.squares.get(key);
    if (square === undefined) {
      square = new Square();
      this.squares.set(key, square);
    }
    square.add(x, y, plots, area_m2, part);
  }

  /** The squares with most plots; those too near to one of them are merged into it. */
  merged(): Square[] {
    const apart: Square[] = [];
    for (const square of [...this.squares.values()].sort((a, b) => b.plots - a.plots)) {
      const near = apart.find((larger) => larger.isNear(square));
      if (near === undefined) apart.push(square);
      else near.merge(square);
    }
    return apart;
  }
}
