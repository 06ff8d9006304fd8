/** The layers of the bureau (永久基本农田, 三调 …): which are shown, and how densely. */
import { reactive, shallowRef, watch } from "vue";
import { api, ask } from "../api/client";
import type { components } from "../schema";
import { language } from "../words";
import { tellError } from "./notices";

export type ControlLayer = components["schemas"]["LayerOut"];
export type Look = { shown: boolean; opacity: number };

const KEY = "luotu.layers";

/** Those that have ground, the ones that refuse plots first. */
export const controlLayers = shallowRef<ControlLayer[]>([]);
/** By code, as this browser was told. */
export const looks = reactive<Record<string, Look>>(remembered());

function remembered(): Record<string, Look> {
  try {
    const read: unknown = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    if (read === null || typeof read !== "object") return {};
    return Object.fromEntries(
      Object.entries(read as Record<string, Partial<Look> | null>).flatMap(([code, look]) =>
        typeof look?.shown === "boolean" && typeof look.opacity === "number"
          ? [[code, { shown: look.shown, opacity: look.opacity }]]
          : [],
      ),
    );
  } catch {
    return {};
  }
}

/** How a layer is shown: those that refuse plots from the beginning, others when asked for. */
export function lookOf(layer: Pick<ControlLayer, "code" | "role">): Look {
  return looks[layer.code] ?? { shown: layer.role === "block", opacity: 0.7 };
}

/** Its name in the language that is spoken. */
export const nameOf = (layer: ControlLayer): string =>
  language() === "zh" ? layer.label_zh : layer.label_en;

export function setLook(layer: Pick<ControlLayer, "code" | "role">, look: Partial<Look>): void {
  looks[layer.code] = { ...lookOf(layer), ...look };
}

watch(looks, () => {
  try {
    localStorage.setItem(KEY, JSON.stringify(looks));
  } catch {
    // A browser without storage shows what it was told until it is closed.
  }
});

export async function askControlLayers(): Promise<void> {
  try {
    const { rows } = await ask(api.GET("/api/layers"));
    controlLayers.value = rows.filter((one) => (one.features ?? 0) > 0);
  } catch (error) {
    tellError(error);
  }
}
