/** Element Plus' select; its own types do not hold under `exactOptionalPropertyTypes`. */
import { ElOption, ElOptionGroup, ElSelect } from "element-plus/es/components/select/index";
import "element-plus/theme-chalk/base.css";
import "element-plus/theme-chalk/el-input.css";
import "element-plus/theme-chalk/el-option-group.css";
import "element-plus/theme-chalk/el-option.css";
import "element-plus/theme-chalk/el-popper.css";
import "element-plus/theme-chalk/el-scrollbar.css";
import "element-plus/theme-chalk/el-select.css";
import "element-plus/theme-chalk/el-tag.css";
import type { Component } from "vue";

export const Select: Component = ElSelect;
export const Option: Component = ElOption;
export const OptionGroup: Component = ElOptionGroup;
