/** What stands above and below the map: title, facts, links to other periods, warning. */
import { PERIODS } from "./data";
import type { CaptionData, PageData, Words } from "./data";
import { append, byId, clear, element, userText } from "./dom";
import { today } from "./figures";
import { pickWords, pick, say, spoken } from "./language";
import type { Word } from "./words";

/** A fact with its heading, or without one; nothing is shown for an empty text. */
type Fact = readonly [heading: Word | null, text: Words];

/** Write it all in the language that is spoken. */
export function writeFrame({ caption, links }: PageData): void {
  document.documentElement.lang = spoken() === "zh" ? "zh-CN" : "en";
  const headline = pickWords(caption.title);
  document.title = headline;
  const title = append(clear(byId("title")), userText(headline));
  if (caption.invented) append(title, element("span", "invented", say("invented")));
  for (const mark of caption.marks) append(title, element("span", "invented", pick(mark)));
  writeFacts("subtitle", [
    ["scope", caption.scope],
    ["period", caption.period ?? ""],
    ["as_of", caption.as_of],
    ["compared", caption.compared],
  ]);
  append(byId("subtitle"), periodLinks(links ?? {}));
  byId("language").textContent = say("language");
  byId("print").textContent = say("print");
  byId("print").title = say("print_hint");
  writeDownload(caption);
  writeFacts("foot", [
    ["source", caption.source],
    ["vintage", caption.vintage],
    caption.approval ? ["approval", caption.approval] : [null, say("draft")],
    [null, caption.invented ? say("invented_long") : ""],
    ["expires", caption.expires],
  ]);
  warnOfExpiry(caption);
}

function writeFacts(id: string, facts: readonly Fact[]): void {
  const box = clear(byId(id));
  for (const [heading, words] of facts) {
    const text = pickWords(words);
    if (!text) continue;
    const colon = spoken() === "zh" ? "：" : ": ";
    const fact = element("span", "fact", heading === null ? "" : say(heading) + colon);
    append(box, append(fact, userText(text)));
  }
}

/** The same map of other periods; a file that is passed on leads nowhere. */
function periodLinks(links: NonNullable<PageData["links"]>): HTMLElement {
  const box = element("span", "links");
  for (const way of PERIODS) {
    const link = links[way];
    if (link === undefined) continue;
    const [period, address] = link;
    const anchor = element("a", way, say(`to_${way}`, period));
    anchor.href = `${address}#${spoken()}`;
    append(box, anchor);
  }
  return box;
}

/** The button is a link: it asks for the same map as a file. */
function writeDownload({ download }: CaptionData): void {
  const anchor = byId("download");
  anchor.hidden = download === "";
  anchor.setAttribute("href", download);
  anchor.textContent = say("download");
  anchor.title = say("download_hint");
}

function warnOfExpiry({ expires }: CaptionData): void {
  const warning = byId("warning");
  warning.hidden = !expires || today() <= expires;
  warning.textContent = say("expired");
}
