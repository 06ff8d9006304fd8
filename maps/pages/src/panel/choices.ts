/** Which figure, which level and which part of the map is shown; only where there is a choice. */
import { append, choice, element, field } from "../dom";
import { pick, say } from "../language";
import type { Page } from "../page";

export function choices(page: Page): HTMLElement {
  const { themes, levels } = page.data;
  const box = element("section", "choices");
  if (themes.length > 1) {
    const options = themes.map(({ label }, place) => [String(place), pick(label)] as const);
    const chosen = String(themes.findIndex((theme) => theme === page.theme));
    const select = choice(options, chosen, (value) => {
      page.setTheme(Number(value));
    });
    append(box, field(say("theme"), select));
  }
  if (levels.length > 1) {
    const options = levels.map(({ id, label }) => [id, pick(label)] as const);
    const select = choice(options, page.level, (level) => {
      page.setLevel(level);
    });
    append(box, field(say("level"), select));
  }
  const groups = page.groups();
  if (groups.length > 1) {
    const options = groups.map(({ code, name }) => [code, name] as const);
    const select = choice([["", say("whole")], ...options], page.group, (code) => {
      page.goTo(code);
    });
    append(box, field(say("go_to"), select));
  }
  return box;
}
