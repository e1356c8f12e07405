import { commonVantage } from "../../engine/common-vantage.js";
import { seconds } from "../../engine/message-values.js";
import { spanOf } from "../../engine/time-window.js";
import type { BackgroundScan } from "./background-scans.js";

/** More ports than a message names. */
const MOST_PORTS_NAMED = 20;

/** What `Report` wants of the background at one address beside message and evidence; `limitNote` is that of `FailedAttempts`. */
export function backgroundReport(
  { serverAddress, ports, attempts, clients }: BackgroundScan,
  limitNote: string,
) {
  const { startNs, endNs } = spanOf(attempts);
  return {
    data: {
      serverAddress,
      clients,
      targets: ports.length,
      ports: portsInWords(ports),
      refused: attempts.length,
      spanSeconds: seconds(endNs - startNs),
      limitNote,
      port: "PORT",
    },
    subject: serverAddress,
    flowIds: attempts.map(({ flowId }) => flowId),
    confidence: "strong",
    vantage: commonVantage(attempts),
    alternatives: [
      "Services that are down, and whose clients ask for them once in hours, or that have one client each.",
    ],
    startNs,
    endNs,
  } as const;
}

/** `22, 1023, 4899`, ascending. */
function portsInWords(ports: BackgroundScan["ports"]): string {
  const numbers = ports.map(({ port }) => port).sort((a, b) => a - b);
  const named = numbers.slice(0, MOST_PORTS_NAMED).join(", ");
  return numbers.length > MOST_PORTS_NAMED ? `${named} …` : named;
}
