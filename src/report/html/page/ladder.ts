import { countOf, formatDuration } from "../../quantity.js";
import type { DrawnFlow } from "../page-data.js";
import { element } from "./dom.js";
import { describePacket, directionOf, packetNotation, packetRemarks } from "./packet-text.js";
import type { Selection } from "./selection.js";
import { formatMoment } from "./time-format.js";
import type { Tooltip } from "./tooltip.js";
import { VirtualRows } from "./virtual-rows.js";

const ROW_HEIGHT = 24;
/** A silence that a reader should see: as long as Linux's shortest retransmission timeout. */
const SILENCE_NS = 200e6;

/** A line of the ladder: a packet, an ICMP error, or packets that the page does not hold. */
type Rung =
  | { readonly row: number }
  | { readonly timeNs: number; readonly text: string }
  | { readonly missing: number };

/** All packets between two lifelines, one below the other, what proves something highlighted. */
export function ladder(
  flow: DrawnFlow,
  evidence: ReadonlyMap<number, string>,
  selection: Selection,
  tooltip: Tooltip,
): HTMLElement {
  const rungs = rungsOf(flow);
  const indexOf = new Map(
    rungs.flatMap((rung, index) => ("row" in rung ? [[rung.row, index] as const] : [])),
  );
  const rows = new VirtualRows({
    rowHeight: ROW_HEIGHT,
    count: () => rungs.length,
    make: (index) => {
      const rung = rungs[index]!;
      if (!("row" in rung)) return remarkRow(rung);
      const made = packetRow(flow, rung.row, evidence.get(rung.row) ?? null);
      if (rung.row === selection.row) made.classList.add("selected");
      made.addEventListener("mousemove", (event) => {
        const role = evidence.get(rung.row);
        tooltip.show(
          describePacket(flow, rung.row, role === undefined ? [] : [role]),
          event.clientX,
          event.clientY,
        );
      });
      made.addEventListener("mouseleave", () => tooltip.hide());
      return made;
    },
    onOpen: (index) => {
      const rung = rungs[index]!;
      if ("row" in rung) selection.choose(rung.row);
    },
    label: "packets; arrow keys choose, Enter marks one in the graph",
    idPrefix: "packet-row",
  });
  selection.onChange((row) => {
    const index = row === null ? undefined : indexOf.get(row);
    if (index !== undefined) rows.reveal(index);
  });
  const head = element("div", { role: "rowgroup", class: "head" }, headRow());
  return element("div", { class: "ladder", role: "table", "aria-label": "packets" }, head, rows.element);
}

function rungsOf(flow: DrawnFlow): Rung[] {
  const { packets, icmpErrors, packetsTotal } = flow;
  const rungs: Rung[] = [];
  let nextError = 0;
  let before = 0;
  for (let row = 0; row < packets.frame.length; row++) {
    while (nextError < icmpErrors.length && icmpErrors[nextError]!.timeNs < packets.timeNs[row]!) {
      rungs.push(icmpErrors[nextError++]!);
    }
    const missing = packets.position[row]! - before - 1;
    if (missing > 0) rungs.push({ missing });
    rungs.push({ row });
    before = packets.position[row]!;
  }
  rungs.push(...icmpErrors.slice(nextError));
  if (packetsTotal > before) rungs.push({ missing: packetsTotal - before });
  return rungs;
}

function headRow(): HTMLElement {
  const titles = [
    ["time", "s"],
    ["gap", "gap"],
    ["rung", "C → S"],
    ["packet", "packet"],
    ["notes", "notes"],
    ["frame", "frame"],
  ] as const;
  const row = element("div", { role: "row", class: "row" });
  for (const [name, title] of titles)
    row.append(element("div", { role: "columnheader", class: `cell ${name}` }, title));
  return row;
}

function packetRow(flow: DrawnFlow, row: number, role: string | null): HTMLElement {
  const { packets } = flow;
  const timeNs = packets.timeNs[row]!;
  const gapNs = row === 0 ? 0 : timeNs - packets.timeNs[row - 1]!;
  const direction = directionOf(flow, row);
  const kind = packets.cause[row] === null ? "" : " again";
  const cell = (name: string, ...content: (Node | string)[]): HTMLElement =>
    element("div", { role: "cell", class: `cell ${name}` }, ...content);
  const notes: (Node | string)[] = [packetRemarks(flow, row).join(" · ")];
  if (role !== null) notes.unshift(element("span", { class: "role" }, role), " ");
  const arrow = element("span", {
    class: `arrow ${direction === "->" ? "right" : "left"}${kind}`,
    role: "img",
    "aria-label": direction === "->" ? "client to server" : "server to client",
  });
  return element(
    "div",
    { role: "row", class: `row${role === null ? "" : " evidence"}${kind}` },
    cell("time", formatMoment(timeNs)),
    cell(`gap${gapNs >= SILENCE_NS ? " long" : ""}`, row === 0 ? "" : formatDuration(gapNs)),
    cell("rung", arrow),
    cell("packet", packetNotation(flow, row)),
    cell("notes", ...notes),
    cell("frame", String(packets.frame[row]!)),
  );
}

function remarkRow(rung: Exclude<Rung, { readonly row: number }>): HTMLElement {
  const text =
    "missing" in rung
      ? `${countOf(rung.missing, "packet")} not in this file`
      : `${formatMoment(rung.timeNs)}  ${rung.text}`;
  return element(
    "div",
    { role: "row", class: "row between" },
    element("div", { role: "cell", class: "cell" }, text),
  );
}
