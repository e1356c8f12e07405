import { AnalyzeError } from "../../errors.js";

/** Why a backend cannot capture on an interface. */
export interface LiveFailure {
  readonly kind: "noBackend" | "notPermitted" | "noInterface" | "interfaceDown" | "badFilter" | "other";
  readonly interfaceName: string;
  /** What the backend itself says; may be empty. */
  readonly words: string;
}

/** Longest text of a backend that is repeated. */
const LONGEST_WORDS = 300;

/** The failure as one sentence that says what to do. */
export function liveError({ kind, interfaceName, words }: LiveFailure, filter: string): AnalyzeError {
  const said = words.trim().replace(/\s+/g, " ").replace(/\.$/, "").slice(0, LONGEST_WORDS);
  const because = said === "" ? "" : `: ${said}`;
  switch (kind) {
    case "noBackend":
      return new AnalyzeError("CAPTURE_BACKEND_MISSING", `Nothing can capture here${because}.`);
    case "notPermitted":
      return new AnalyzeError(
        "CAPTURE_NOT_PERMITTED",
        `Capturing on ${interfaceName} is not permitted: run as root, or let tcpdump capture for you: setcap cap_net_raw,cap_net_admin=eip "$(command -v tcpdump)".`,
      );
    case "noInterface":
      return new AnalyzeError(
        "INTERFACE_NOT_FOUND",
        `There is no interface ${interfaceName}; tcptrace-analyze live --list names those there are.`,
      );
    case "interfaceDown":
      return new AnalyzeError(
        "INTERFACE_DOWN",
        `The interface ${interfaceName} is down; ip link set ${interfaceName} up starts it.`,
      );
    case "badFilter":
      return new AnalyzeError("FILTER_INVALID", `The filter "${filter}" does not compile${because}.`);
    case "other":
      return new AnalyzeError("CAPTURE_FAILED", `Capturing on ${interfaceName} failed${because}.`);
  }
}
