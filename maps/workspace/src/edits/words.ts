import type { Pairs } from "../words";

/** What the attributes of a plot are called, wherever they are shown. */
export const field = {
  stage: ["阶段", "Stage"],
  kind: ["造林类型", "Kind"],
  year: ["任务年度", "Year"],
  name: ["名称", "Name"],
  plot_no: ["图斑号", "Plot number"],
  category: ["项目类别", "Category"],
  programme: ["工程类别", "Programme"],
  theme: ["主题林", "Theme"],
  work_type: ["建设性质", "Type of work"],
  method: ["造林方式", "Method"],
  species: ["树种组成", "Species mix"],
  density_per_ha: ["造林密度（株/公顷）", "Density (stems/ha)"],
  planted_on: ["造林时间", "Planted on"],
  evidence: ["佐证材料", "Evidence"],
  compartment_no: ["林班号", "Compartment"],
  subcompartment_no: ["小班号", "Subcompartment"],
  town: ["乡镇代码", "Town code"],
  village: ["村代码", "Village code"],
  land_ownership: ["土地权属", "Land ownership"],
  tree_ownership: ["林木权属", "Tree ownership"],
  declared_m2: ["申报面积（m²）", "Declared area (m²)"],
  plan_ids: ["落实的计划图斑", "Plans carried out"],
  note: ["备注", "Note"],
  extra: ["其他上报字段", "Further official fields"],
} as const satisfies Pairs;
