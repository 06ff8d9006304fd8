/** The time slider: the whole period, or one step of it at a time. */
import { DomEvent } from "leaflet";
import type { Map as LeafletMap } from "leaflet";
import { append, choice, clear, element } from "../dom";
import { say } from "../language";
import { item } from "../lists";
import { STEPS } from "./days";
import type { Days, Span, Step } from "./days";

const DAY_MS = 350;
const LONGER_STEP_MS = 900;

export class Timeline {
  private step: Step = "all";
  private spans: Span[];
  private place = 0;
  private timer: number | null = null;
  private readonly root = element("div", "timeline");
  private readonly play = element("button", "play");
  private readonly slider = element("input");
  private readonly label = element("output");

  constructor(
    readonly days: Days,
    map: LeafletMap,
    private readonly changed: () => void,
  ) {
    this.spans = days.spans("all");
    DomEvent.disableClickPropagation(this.root);
    DomEvent.disableScrollPropagation(this.root);
    map.getContainer().appendChild(this.root);
    this.slider.type = "range";
    this.slider.min = "0";
    this.play.addEventListener("click", () => {
      this.toggle();
    });
    this.slider.addEventListener("input", () => {
      this.stop();
      this.goTo(Number(this.slider.value));
    });
  }

  /** The days that are shown. */
  get span(): Span {
    return item(this.spans, this.place);
  }

  /** The days that are shown, in words. */
  get text(): string {
    return this.days.spanText(this.span);
  }

  /** Write everything anew in the language that is spoken. */
  write(): void {
    const steps = STEPS.map((step) => [step, say(`step_${step}`)] as const);
    const select = choice(steps, this.step, (value) => {
      this.setStep(STEPS.find((step) => step === value) ?? "all");
    });
    select.setAttribute("aria-label", say("step"));
    this.slider.setAttribute("aria-label", say("slider"));
    append(clear(this.root), this.play, select, this.slider, this.label);
    this.show();
  }

  /** Shorter or longer steps, at about the same day. */
  private setStep(step: Step): void {
    const [day] = this.step === "all" ? this.days.whole : this.span;
    this.stop();
    this.step = step;
    this.spans = this.days.spans(step);
    this.goTo(this.spans.findIndex(([, to]) => to >= day));
  }

  private goTo(place: number): void {
    this.place = Math.max(0, Math.min(place, this.spans.length - 1));
    this.show();
    this.changed();
  }

  private show(): void {
    const hasSteps = this.spans.length > 1;
    this.slider.max = String(this.spans.length - 1);
    this.slider.value = String(this.place);
    this.slider.setAttribute("aria-valuetext", this.text);
    this.slider.hidden = !hasSteps;
    this.play.hidden = !hasSteps;
    this.play.textContent = this.timer === null ? "▶" : "❚❚";
    this.play.title = say(this.timer === null ? "play" : "pause");
    this.play.setAttribute("aria-label", this.play.title);
    this.label.textContent = this.text;
  }

  private toggle(): void {
    if (this.timer !== null) {
      this.stop();
      return;
    }
    if (this.isAtEnd()) this.goTo(0);
    const step_ms = this.step === "day" ? DAY_MS : LONGER_STEP_MS;
    this.timer = window.setInterval(() => {
      if (this.isAtEnd()) this.stop();
      else this.goTo(this.place + 1);
    }, step_ms);
    this.show();
  }

  private stop(): void {
    if (this.timer === null) return;
    window.clearInterval(this.timer);
    this.timer = null;
    this.show();
  }

  private isAtEnd(): boolean {
    return this.place >= this.spans.length - 1;
  }
}
