/** What a tab keeps of its plots, and how two such stocks become one: pure. */
import type { Plot } from "../api/client";
import { randomKey } from "../api/once";
import { type Content, same } from "./content";
import { EMPTY, type Log, renamed } from "./log";

/** A plot as the service has it. `gone`: it was deleted; restoring brings `version` back. */
export type Anchor = { plot: Plot; content: Content; gone: boolean };

/** What was sent of a plot, and which warnings were acknowledged with it. */
export type Sent = { content: Content; codes: string[] };

export type Stock = {
  log: Log;
  anchors: Array<[string, Anchor]>;
  /** What plots are here, where that is not what the service has. */
  contents: Array<[string, Content | null]>;
  /** What was sent and not answered: the service may have it, or not. */
  sent: Array<[string, Sent]>;
};

export const keyOf = (id: number): string => `p${id}`;

/** A key for a plot that is not stored yet; no other draft of any browser has it. */
export const newKey = (): string => `n${randomKey()}`;

/** The stock with other keys for some plots. */
export function withKeys(stock: Stock, names: ReadonlyMap<string, string>): Stock {
  const entry = <T>([key, one]: [string, T]): [string, T] => [names.get(key) ?? key, one];
  return {
    log: [...names].reduce((log, [from, to]) => renamed(log, from, to), stock.log),
    anchors: stock.anchors.map(entry),
    contents: stock.contents.map(entry),
    sent: stock.sent.map(entry),
  };
}

/** The stock with every stored plot under the key of its number, also when it was drawn here. */
export function canonical(stock: Stock): Stock {
  const names = stock.anchors.map(([key, { plot }]) => [key, keyOf(plot.id)] as const);
  return withKeys(stock, new Map(names.filter(([from, to]) => from !== to)));
}

/** What of a stock cannot be taken over yet: other changes of the same plots stand here. */
export type United = { now: Stock; rest: Stock | null };

const storedContent = (known: Anchor | undefined): Content | null =>
  known === undefined || known.gone ? null : known.content;

/**
 * One stock of two. Each plot keeps one key, that of `here`. What was saved is as the service has
 * it; a change keeps the version that it was made on, so that somebody else's is noticed.
 */
export function united(here: Stock, left: Stock): United {
  const keys = new Map(here.anchors.map(([key, { plot }]) => [plot.id, key]));
  const names = left.anchors.flatMap(([key, { plot }]) => {
    const own = keys.get(plot.id);
    return own === undefined || own === key ? [] : [[key, own] as const];
  });
  const found = withKeys(left, new Map(names));
  const anchors = new Map(here.anchors);
  const contents = new Map(here.contents);
  const sent = new Map(here.sent);
  const leftAnchors = new Map(found.anchors);
  const leftSent = new Map(found.sent);
  const changed = new Map<string, Content | null>();
  for (const [key, one] of found.contents)
    if (!same(one, storedContent(leftAnchors.get(key)))) changed.set(key, one);

  for (const [key, one] of leftAnchors)
    if (!changed.has(key) && !anchors.has(key)) anchors.set(key, one);
  const aside = new Set<string>();
  for (const [key, one] of changed) {
    const known = anchors.get(key);
    const mine = contents.get(key);
    if (mine !== undefined && !same(mine, storedContent(known)) && !same(mine, one)) {
      aside.add(key);
      continue;
    }
    const base = leftAnchors.get(key);
    // Where only its review moved on, nobody else's change is written over.
    const asBefore = known !== undefined && same(storedContent(known), storedContent(base));
    if (base !== undefined && !asBefore) anchors.set(key, base);
    contents.set(key, one);
    const before = leftSent.get(key);
    if (before !== undefined) sent.set(key, before);
  }
  return {
    now: {
      log: here.log.steps.length === 0 ? found.log : here.log,
      anchors: [...anchors],
      contents: [...contents],
      sent: [...sent],
    },
    rest: aside.size === 0 ? null : only(found, aside),
  };
}

/** Some plots of a stock, without the way back. */
function only(stock: Stock, keys: ReadonlySet<string>): Stock {
  const mine = ([key]: readonly [string, unknown]): boolean => keys.has(key);
  return canonical({
    log: EMPTY,
    anchors: stock.anchors.filter(mine),
    contents: stock.contents.filter(mine),
    sent: stock.sent.filter(mine),
  });
}
