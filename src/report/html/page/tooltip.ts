import { element } from "./dom.js";

const DISTANCE = 14;

/** A few lines beside the pointer. What is told by keyboard is also said aloud. */
export class Tooltip {
  readonly #box = element("div", { class: "tooltip", hidden: true });
  readonly #spoken = element("div", { class: "spoken", role: "status", "aria-live": "polite" });

  constructor() {
    document.body.append(this.#box, this.#spoken);
  }

  /** @param x point of the window, CSS pixels */
  show(lines: readonly string[] | null, x: number, y: number): void {
    if (lines === null || lines.length === 0) {
      this.hide();
      return;
    }
    this.#box.replaceChildren(
      ...lines.map((line, at) => element("div", { class: at === 0 ? "first" : null }, line)),
    );
    this.#box.hidden = false;
    const { width, height } = this.#box.getBoundingClientRect();
    const left = x + DISTANCE + width > innerWidth ? x - DISTANCE - width : x + DISTANCE;
    const top = y + DISTANCE + height > innerHeight ? y - DISTANCE - height : y + DISTANCE;
    this.#box.style.left = `${Math.max(4, left)}px`;
    this.#box.style.top = `${Math.max(4, top)}px`;
  }

  say(lines: readonly string[]): void {
    this.#spoken.textContent = lines.join(", ");
  }

  hide(): void {
    this.#box.hidden = true;
  }
}
