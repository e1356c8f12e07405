import { button, element } from "./dom.js";
import type { TimeAxis } from "./time-axis.js";

const ZOOM_STEP = 0.6;
const PAN_STEP = 0.25;

/** Buttons that do what the keys do, for those without a keyboard at hand. */
export function axisButtons(axis: TimeAxis): HTMLElement {
  const whole = button("whole", { title: "show the whole time (0)" }, () => axis.reset());
  const update = (): void => {
    whole.disabled = axis.isWhole;
  };
  axis.onChange(update);
  update();
  return element(
    "div",
    { class: "buttons", role: "group", "aria-label": "zoom" },
    button("−", { title: "zoom out (-)", "aria-label": "zoom out" }, () => axis.zoom(1 / ZOOM_STEP)),
    button("+", { title: "zoom in (+)", "aria-label": "zoom in" }, () => axis.zoom(ZOOM_STEP)),
    button("◂", { title: "earlier (left arrow)", "aria-label": "earlier" }, () => axis.pan(-PAN_STEP)),
    button("▸", { title: "later (right arrow)", "aria-label": "later" }, () => axis.pan(PAN_STEP)),
    whole,
  );
}

/** Keys and wheel on a graph. `xAt`: the time below a point of the screen. */
export function controlAxis(target: HTMLElement, axis: TimeAxis, xAt: (clientX: number) => number): void {
  target.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act = {
      "+": () => axis.zoom(ZOOM_STEP),
      "=": () => axis.zoom(ZOOM_STEP),
      "-": () => axis.zoom(1 / ZOOM_STEP),
      ArrowLeft: () => axis.pan(-PAN_STEP),
      ArrowRight: () => axis.pan(PAN_STEP),
      Home: () => axis.show(axis.fullMin, axis.fullMin + axis.max - axis.min),
      End: () => axis.show(axis.fullMax - axis.max + axis.min, axis.fullMax),
      "0": () => axis.reset(),
    }[event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  });
  target.addEventListener(
    "wheel",
    (event) => {
      // A page that scrolls must not be caught by a graph in its way.
      if (!event.ctrlKey && !event.shiftKey && document.activeElement !== target) return;
      event.preventDefault();
      if (event.shiftKey) axis.pan(Math.sign(event.deltaY || event.deltaX) * 0.1);
      else axis.zoom(event.deltaY > 0 ? 1.2 : 1 / 1.2, xAt(event.clientX));
    },
    { passive: false },
  );
}

/** Dragging with shift, or with the middle button, moves the time. */
export function panByDragging(over: HTMLElement, axis: TimeAxis): void {
  over.addEventListener(
    "mousedown",
    (event) => {
      if (!event.shiftKey && event.button !== 1) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      let before = event.clientX;
      const move = (next: MouseEvent): void => {
        axis.pan((before - next.clientX) / over.clientWidth);
        before = next.clientX;
      };
      const end = (): void => {
        document.removeEventListener("mousemove", move);
        document.removeEventListener("mouseup", end);
      };
      document.addEventListener("mousemove", move);
      document.addEventListener("mouseup", end);
    },
    true,
  );
}
