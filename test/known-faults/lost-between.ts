import { readFileSync } from "node:fs";
import { directionOf, type OfFlow } from "../../src/between/direction.js";
import type { Sent } from "../../src/between/pair-segments.js";
import { surveyBetween } from "../../src/between/survey.js";
import { firstFrameAtNs, readObservation } from "../../src/cli/read-observation.js";
import { openDatabase } from "../../src/store/open-database.js";
import type { End } from "../two-hosts/hosts.js";

/** How many segments did not pass between the ends. */
export interface LostBetween {
  /** By the path's own log. */
  readonly lost: number;
  /** By the command `between`, from both captures; and those of them that the log does not have. */
  readonly found: number;
  readonly wrong: number;
  /** Of which it says that nothing can be said: sent when the other capture had ended, or nearly so. */
  readonly unknown: number;
}

/** What faulty-path.c calls what it does not deliver. */
const LOST = new Set(["lost", "stopped", "forgotten"]);

/** Of the databases of both ends' captures, with the log of the path between. */
export function compareLosses(databases: Readonly<Record<End, string>>, pathLog: string): LostBetween {
  const dropped = new Map<string, number>();
  let lost = 0;
  for (const line of readFileSync(pathLog, "utf8").split("\n")) {
    const [end, identification, seq, what = ""] = line.split(" ");
    if (!LOST.has(what)) continue;
    lost++;
    const key = `${end} ${identification} ${seq}`;
    dropped.set(key, (dropped.get(key) ?? 0) + 1);
  }
  const [client, server] = [openDatabase(databases.client), openDatabase(databases.server)];
  try {
    const sinceNs = firstFrameAtNs(client) ?? 0n;
    const survey = surveyBetween(
      readObservation(client, "client", sinceNs),
      readObservation(server, "server", sinceNs),
    );
    let [found, wrong, unknown] = [0, 0, 0];
    for (const from of [0, 1] as const) {
      const direction = directionOf(survey, from);
      unknown += direction.unknown;
      found += direction.lost.length;
      for (const each of direction.lost) {
        const key = `${from === 0 ? "a" : "b"} ${identityOf(each, from)}`;
        const left = dropped.get(key) ?? 0;
        if (left === 0) wrong++;
        dropped.set(key, left - 1);
      }
    }
    return { lost, found, wrong, unknown };
  } finally {
    client.close();
    server.close();
  }
}

/** IP identification and sequence number, as the path writes them. */
function identityOf({ flow, end, what: { segment } }: OfFlow<Sent>, from: 0 | 1): string {
  const { clientIsn, serverIsn } = flow.flows[from]!;
  // A server that sends no SYN refuses, by a RST with number 0, which is the first of its own and counts as 1.
  const isn = (end === "client" ? clientIsn : serverIsn) ?? -1;
  return `${segment.ipId ?? 0} ${(isn + segment.seq) % 2 ** 32}`;
}
