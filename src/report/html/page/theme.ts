import { button, element } from "./dom.js";

const CHOICES = ["auto", "light", "dark"] as const;
type Choice = (typeof CHOICES)[number];

const KEY = "tcptrace-analyze-theme";
const listeners: (() => void)[] = [];

/** Wears one colour after the other: a custom property itself is text that has the colours of both themes. */
const probe = element("span", { hidden: true });
/** Colours of the present theme by name. */
const resolved = new Map<string, string>();

/** Calls back whenever the colours have changed: what is painted on a canvas does not follow by itself. */
export function onThemeChange(listener: () => void): void {
  listeners.push(listener);
}

/** A switch between the system's colours, light and dark; the choice is remembered where the browser lets it. */
export function themeSwitch(): HTMLButtonElement {
  let choice = remembered();
  const pressed = button("", { class: "quiet", id: "theme" }, () => {
    choice = CHOICES[(CHOICES.indexOf(choice) + 1) % CHOICES.length]!;
    remember(choice);
    apply();
  });
  const apply = (): void => {
    if (choice === "auto") document.documentElement.removeAttribute("data-theme");
    else document.documentElement.setAttribute("data-theme", choice);
    pressed.textContent = `Theme: ${choice}`;
    resolved.clear();
    for (const listener of listeners) listener();
  };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", apply);
  apply();
  return pressed;
}

/** The value of a colour of style.css, such as `ink`, in the present theme. */
export function colour(name: string): string {
  const known = resolved.get(name);
  if (known !== undefined) return known;
  if (!probe.isConnected) document.body.append(probe);
  probe.style.color = `var(--${name})`;
  const { color } = getComputedStyle(probe);
  resolved.set(name, color);
  return color;
}

function remembered(): Choice {
  try {
    const stored = localStorage.getItem(KEY);
    return CHOICES.find((choice) => choice === stored) ?? "auto";
  } catch {
    // Files opened from disk may have no storage.
    return "auto";
  }
}

function remember(choice: Choice): void {
  try {
    localStorage.setItem(KEY, choice);
  } catch {
    // As above: the choice then lasts as long as the page.
  }
}
