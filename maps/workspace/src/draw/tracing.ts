/** Tracing ends when the pointer leaves the edge: who begins at a neighbour's corner is not held to its outline. */
import type Feature from "ol/Feature";
import type Draw from "ol/interaction/Draw";
import Interaction from "ol/interaction/Interaction";
import type VectorSource from "ol/source/Vector";

const LEAVE_PX = 40;
const MOVES = ["pointermove", "pointerdown"];

/** What OpenLayers keeps of a trace; in public it ends by another click alone. */
type Traces = {
  traceState_: {
    active: boolean;
    targetIndex?: number;
    targets?: { startIndex: number; endIndex: number }[];
  };
  removeTracedCoordinates_: (from: number, to: number) => void;
  deactivateTrace_: () => void;
};

/** To be added after the drawing, so that it is asked before it. */
export function leavingEdges(draw: Draw, ground: VectorSource<Feature>): Interaction {
  const traces = draw as unknown as Traces;
  return new Interaction({
    handleEvent: ({ type, coordinate, map }) => {
      const { active, targetIndex = -1, targets } = traces.traceState_;
      if (!active || !MOVES.includes(type)) return true;
      const [x = 0, y = 0] = coordinate;
      const shape = ground.getClosestFeatureToCoordinate(coordinate)?.getGeometry();
      const [nearX = Infinity, nearY = Infinity] = shape?.getClosestPoint(coordinate) ?? [];
      const pixel = map.getView().getResolution() ?? 1;
      if (Math.hypot(nearX - x, nearY - y) <= LEAVE_PX * pixel) return true;
      const target = targets?.[targetIndex];
      if (target) traces.removeTracedCoordinates_(target.startIndex, target.endIndex);
      traces.deactivateTrace_();
      return true;
    },
  });
}
