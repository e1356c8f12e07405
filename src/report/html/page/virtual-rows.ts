import { element } from "./dom.js";

/** Rows made beyond both edges, so that scrolling shows no gaps. */
const MARGIN = 12;

export interface VirtualRowsOptions {
  /** Height of every row, CSS pixels. */
  readonly rowHeight: number;
  readonly count: () => number;
  readonly make: (index: number) => HTMLElement;
  /** Opens a row; rows are then chosen by arrow keys and Enter. */
  readonly onOpen?: (index: number) => void;
  readonly label: string;
  readonly idPrefix: string;
}

/** A list of any length that keeps only the rows in sight in the document. */
export class VirtualRows {
  readonly element: HTMLElement;
  readonly #options: VirtualRowsOptions;
  readonly #space = element("div", { class: "space", role: "presentation" });
  #active = 0;
  #shown = "";

  constructor(options: VirtualRowsOptions) {
    this.#options = options;
    this.element = element(
      "div",
      { class: "rows", role: "rowgroup", tabindex: 0, "aria-label": options.label },
      this.#space,
    );
    this.element.addEventListener("scroll", () => this.#update());
    this.element.addEventListener("keydown", (event) => this.#onKey(event));
    this.element.addEventListener("focus", () => this.refresh());
    new ResizeObserver(() => this.refresh()).observe(this.element);
  }

  /** Makes the rows anew: their number or order has changed. */
  refresh(): void {
    this.#shown = "";
    this.#active = Math.max(0, Math.min(this.#active, this.#options.count() - 1));
    this.#space.style.height = `${this.#options.count() * this.#options.rowHeight}px`;
    this.#update();
  }

  /** Brings a row into sight and makes it the active one. */
  reveal(index: number): void {
    const { rowHeight, count } = this.#options;
    this.#active = Math.max(0, Math.min(index, count() - 1));
    const top = this.#active * rowHeight;
    const { scrollTop, clientHeight } = this.element;
    if (top < scrollTop) this.element.scrollTop = top;
    else if (top + rowHeight > scrollTop + clientHeight)
      this.element.scrollTop = top + rowHeight - clientHeight;
    this.refresh();
  }

  #onKey(event: KeyboardEvent): void {
    const { count, rowHeight, onOpen } = this.#options;
    const page = Math.max(1, Math.floor(this.element.clientHeight / rowHeight) - 1);
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: -count(),
      End: count(),
    };
    const step = steps[event.key];
    if (step !== undefined) {
      this.reveal(this.#active + step);
      // The list itself may reach beyond the window.
      this.#space.querySelector(".active")?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter" && count() > 0) onOpen?.(this.#active);
    else return;
    event.preventDefault();
  }

  #update(): void {
    const { rowHeight, count, make, idPrefix, onOpen } = this.#options;
    const first = Math.max(0, Math.floor(this.element.scrollTop / rowHeight) - MARGIN);
    const last = Math.min(
      count(),
      Math.ceil((this.element.scrollTop + this.element.clientHeight) / rowHeight) + MARGIN,
    );
    const wanted = `${first}-${last}`;
    if (wanted === this.#shown) return;
    this.#shown = wanted;
    const rows: HTMLElement[] = [];
    for (let index = first; index < last; index++) {
      const row = make(index);
      row.id = `${idPrefix}-${index}`;
      row.style.top = `${index * rowHeight}px`;
      row.setAttribute("aria-rowindex", String(index + 2));
      if (index === this.#active) row.classList.add("active");
      if (onOpen !== undefined) row.addEventListener("click", () => onOpen(index));
      rows.push(row);
    }
    this.#space.replaceChildren(...rows);
    if (this.#active >= first && this.#active < last) {
      this.element.setAttribute("aria-activedescendant", `${idPrefix}-${this.#active}`);
    } else this.element.removeAttribute("aria-activedescendant");
  }
}
