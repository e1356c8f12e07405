import type { Signature } from "./extension-words.js";
import type { FailedAttempt, FailingListener } from "./failed-attempts.js";

/** Counters of Linux for segments that it drops because of their signature, in silence. */
const COUNTERS = {
  "TCP-MD5": "TcpExtTCPMD5NotFound TcpExtTCPMD5Unexpected TcpExtTCPMD5Failure",
  "TCP-AO": "TcpExtTCPAORequired TcpExtTCPAOKeyNotFound TcpExtTCPAOBad",
} as const;

/** Why signatures may be to blame that SYNs are not answered. */
export interface SignatureSuspicion {
  /** Words behind others. */
  readonly note: string;
  /** A sentence. */
  readonly cause: string;
}

/** SYNs without an answer, by who asked whom: two routers that speak BGP ask each other. */
export class SignedSyns {
  readonly #signatures = new Map<string, Signature | null>();

  /** `all`: the attempts that were not answered, at every listener. */
  constructor(all: readonly FailingListener[]) {
    for (const { flows } of all)
      for (const { client, serverAddress, port, signature } of flows)
        this.#signatures.set(keyOf(client, serverAddress, port), signature);
  }

  /** Null where neither these SYNs nor those of the other end are signed, or only some of these. */
  suspicionOf(attempts: readonly FailedAttempt[]): SignatureSuspicion | null {
    const { client, serverAddress, port, signature } = attempts[0]!;
    if (attempts.some((attempt) => attempt.signature !== signature)) return null;
    const other = this.#signatures.get(keyOf(serverAddress, client, port));
    if (signature === null) {
      if (!other) return null;
      return {
        note: `; these SYNs are not signed, those of ${serverAddress} to port ${port} of ${client} are (${other})`,
        cause: `One end has a key for ${other} and the other has none, and each drops what the other sends: \`nstat -az ${COUNTERS[other]}\` on both.`,
      };
    }
    const differs = other === null ? `, those of ${serverAddress} to port ${port} of ${client} are not` : "";
    return {
      note: `; these SYNs are signed (${signature})${differs}`,
      cause: `${differs === "" ? "The server has no key for this client, or another one" : "One end has a key and the other has none"}, and drops what is signed otherwise: \`nstat -az ${COUNTERS[signature]}\` there.`,
    };
  }
}

function keyOf(client: string, server: string, port: number): string {
  return `${client} ${server} ${port}`;
}
