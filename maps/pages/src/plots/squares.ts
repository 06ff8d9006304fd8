/** Plots too small to be seen, counted in squares of the screen. */
import { StageSums } from "./sums";
import type { Sum } from "./sums";

const SQUARE_PX = 72;
/** Squares whose middles are nearer than this become one, so that no bubble hides another. */
const MIN_DISTANCE_PX = 46;

/** A row of the table of plots. */
export interface CountedRow extends Sum {
  /** Where it is, in pixels of the map's zoom. */
  readonly x: number;
  readonly y: number;
  /** One more than the place of its value among the choices; 0: not given. */
  readonly stage: number;
  /** The same for the property that colours plots. */
  readonly part: number;
}

/** The plots of one square. */
export class Square {
  readonly sums = new StageSums();
  /** How many plots have which value of the property that colours them. */
  readonly parts = new Map<number, number>();
  private count = 0;
  private sumX = 0;
  private sumY = 0;

  get plots(): number {
    return this.count;
  }

  get area_m2(): number {
    return this.sums.total.area_m2;
  }

  /** The middle of the plots in pixels. */
  get x(): number {
    return this.sumX / this.count;
  }

  get y(): number {
    return this.sumY / this.count;
  }

  add(row: CountedRow): void {
    this.sumX += row.x * row.plots;
    this.sumY += row.y * row.plots;
    this.count += row.plots;
    this.sums.add(row.stage, row);
    this.addPart(row.part, row.plots);
  }

  merge(other: Square): void {
    this.sumX += other.sumX;
    this.sumY += other.sumY;
    this.count += other.count;
    this.sums.merge(other.sums);
    for (const [part, plots] of other.parts) this.addPart(part, plots);
  }

  isNear(other: Square): boolean {
    return (other.x - this.x) ** 2 + (other.y - this.y) ** 2 < MIN_DISTANCE_PX ** 2;
  }

  private addPart(part: number, plots: number): void {
    this.parts.set(part, (this.parts.get(part) ?? 0) + plots);
  }
}

/** Counts rows by where they are on the screen. */
export class SquareCounter {
  private readonly squares = new Map<string, Square>();

  add(row: CountedRow): void {
    const key = `${Math.floor(row.x / SQUARE_PX)},${Math.floor(row.y / SQUARE_PX)}`;
    let square = this.squares.get(key);
    if (square === undefined) {
      square = new Square();
      this.squares.set(key, square);
    }
    square.add(row);
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
