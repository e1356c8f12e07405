import type { FlowIdentity } from "../../flows/flow-identity.js";

/** RFC 8305, section 8: the longest that a client waits before it also tries the server's next address. */
const MAX_ATTEMPT_DELAY_NS = 2_000_000_000;
/** A client that is connected gives up its other attempts, as the same section asks: later SYNs than this are no loser's. */
const MAX_GIVING_UP_NS = 2_000_000_000;
/** Latest connections among which rivals are looked for. */
const RECENT = 200;

/** A connection that lost, or may have. */
export interface Loser {
  readonly startNs: number;
  /** When its client last tried to open it. */
  readonly lastTryNs: number;
  /** A connection to another address of the server, or from the server, was tried side by side and used. */
  hasRival: boolean;
}

interface Ends {
  client: string;
  server: string;
  port: number;
}

interface Winner extends Ends {
  startNs: number;
  connectedNs: number;
}

/**
 * Tells connections of which a client tried two side by side, or one right after the other, to two addresses of one
 * server, and used the other one (RFC 8305), or which crossed one of the server to the client. Flows are told in order of
 * appearance.
 */
export class Rivals {
  /** The latest, in no order; written over, since there is one for nearly every connection. */
  readonly #winners: Winner[] = [];
  #winnerCount = 0;
  /** The latest, in order of appearance; those that began too long ago for any winner to come are taken out. */
  #losers: (Ends & { readonly loser: Loser })[] = [];
  /** The one server address of each port; null where there are several. */
  readonly #serverOf = new Map<number, string | null>();

  /** `connectedNs`: when the server accepted it. */
  addWinner(identity: FlowIdentity, startNs: number, connectedNs: number): void {
    const winner = this.#nextWinner();
    winner.client = identity.clientAddress;
    winner.server = identity.serverAddress;
    winner.port = identity.serverPort;
    winner.startNs = startNs;
    winner.connectedNs = connectedNs;
    if (this.#hasSeveralServers(identity) && this.#losers.length > 0) {
      const late = this.#losers.findIndex(({ loser }) => loser.startNs >= startNs - MAX_ATTEMPT_DELAY_NS);
      if (late !== 0) this.#losers = late < 0 ? [] : this.#losers.slice(late);
      let found = 0;
      for (const each of this.#losers) {
        if (!isRival(winner, each)) continue;
        each.loser.hasRival = true;
        found++;
      }
      if (found > 0) this.#losers = this.#losers.filter(({ loser }) => !loser.hasRival);
    }
  }

  addLoser(identity: FlowIdentity, loser: Loser): void {
    const { clientAddress: client, serverAddress: server, serverPort: port } = identity;
    const entry = { client, server, port, loser };
    if (this.#hasSeveralServers(identity) && this.#winners.some((winner) => isRival(winner, entry)))
      loser.hasRival = true;
    if (this.#losers.length === RECENT) this.#losers.shift();
    this.#losers.push(entry);
  }

  #nextWinner(): Winner {
    const place = this.#winnerCount++ % RECENT;
    this.#winners[place] ??= { client: "", server: "", port: 0, startNs: 0, connectedNs: 0 };
    return this.#winners[place];
  }

  /** Without a second server address of a port there are no rivals, as in most captures. */
  #hasSeveralServers({ serverAddress, serverPort }: FlowIdentity): boolean {
    const known = this.#serverOf.get(serverPort);
    if (known === undefined) this.#serverOf.set(serverPort, serverAddress);
    else if (known !== null && known !== serverAddress) this.#serverOf.set(serverPort, null);
    return known !== undefined && known !== serverAddress;
  }
}

/**
 * Over IPv4 and IPv6 the client's own address differs too. Peers that connect to each other keep one connection of the
 * two (RFC 4271, section 6.8; RFC 5036, section 2.5.2).
 */
function isRival(winner: Winner, other: Ends & { readonly loser: Loser }): boolean {
  // Called for pairs of connections by the million: what tells most apart comes first.
  return (
    winner.port === other.port &&
    winner.server !== other.server &&
    Math.abs(winner.startNs - other.loser.startNs) <= MAX_ATTEMPT_DELAY_NS &&
    other.loser.lastTryNs - winner.connectedNs <= MAX_GIVING_UP_NS &&
    (winner.client === other.client ||
      winner.client.includes(":") !== other.client.includes(":") ||
      (winner.client === other.server && winner.server === other.client))
  );
}
