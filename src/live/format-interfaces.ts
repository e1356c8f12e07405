import type { LiveInterface } from "../capture/live/list-interfaces.js";
import { alignColumns } from "../report/columns.js";
import { printable } from "../report/printable.js";

/** A line for each interface, and one for all of them; lines with their ends. */
export function formatInterfaces(interfaces: readonly LiveInterface[]): string {
  const rows = interfaces.map(({ name, isUp, addresses }) => [
    printable(name),
    isUp === null ? "unknown" : isUp ? "up" : "down",
    printable(addresses.join(", ")),
  ]);
  const all = ["any", "", "all of them"];
  return `${alignColumns([...rows, all], ["left", "left", "left"]).join("\n")}\n`;
}
