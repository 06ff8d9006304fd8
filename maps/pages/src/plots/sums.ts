/** Plots counted and their areas added up, each stage apart: planned ground is no planted ground. */
import { append, element } from "../dom";
import { area, whole } from "../figures";
import { pick, say } from "../language";
import type { PlotTable } from "./table";

export interface Sum {
  readonly plots: number;
  readonly area_m2: number;
}

const NOTHING: Sum = { plots: 0, area_m2: 0 };

const added = (a: Sum, b: Sum): Sum => ({
  plots: a.plots + b.plots,
  area_m2: a.area_m2 + b.area_m2,
});

export class StageSums {
  /** By stage: one more than its place among the choices; 0: not given. */
  private readonly byStage = new Map<number, Sum>();

  get total(): Sum {
    return [...this.byStage.values()].reduce(added, NOTHING);
  }

  add(stage: number, sum: Sum): void {
    this.byStage.set(stage, added(this.byStage.get(stage) ?? NOTHING, sum));
  }

  merge(other: StageSums): void {
    for (const [stage, sum] of other.byStage) this.add(stage, sum);
  }

  /** The stages that occur, in their order; "not given" comes first. */
  get stages(): [stage: number, sum: Sum][] {
    return [...this.byStage].sort(([a], [b]) => a - b);
  }
}

/** A line for all plots and one for each stage; one line of area where the stages are not known. */
export function sumLines(sums: StageSums, table: PlotTable): HTMLElement {
  const box = element("div", "sums");
  append(box, element("div", "", say("plots_unit", whole(sums.total.plots))));
  for (const [stage, { plots, area_m2 }] of sums.stages) {
    const count = say("plots_unit", whole(plots));
    const text = say("stage_sum", stageName(table, stage), count, area(area_m2));
    append(box, element("div", "stage", text));
  }
  return box;
}

function stageName(table: PlotTable, stage: number): string {
  const column = table.choices("stage");
  if (column === null) return say("area_m2");
  const words = column.choices[stage - 1];
  return words === undefined ? say("unknown") : pick(words);
}
