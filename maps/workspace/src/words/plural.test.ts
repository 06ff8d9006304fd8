// @vitest-environment node
import { expect, it } from "vitest";
import { createI18n } from "vue-i18n";
import { PLURALS } from "./pairs";

it("says one as one in English, and a figure that is a text as many", () => {
  const messages = { en: { rows: "{n} row | {n} rows" } };
  const { t } = createI18n({ legacy: false, locale: "en", messages, pluralRules: PLURALS }).global;
  const told = [0, 1, 2, "1,234"].map((n) => t("rows", { n }));
  expect(told).toEqual(["0 rows", "1 row", "2 rows", "1,234 rows"]);
});
