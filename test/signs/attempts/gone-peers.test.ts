import { expect } from "chai";
import { synRefused } from "../../../src/rules/syn-refused.js";
import { synUnanswered } from "../../../src/rules/syn-unanswered.js";
import { analyzeScript } from "../../support/analyze-script.js";

interface Round {
  /** Addresses that a client tries one after the other, and of these the ones that refuse. */
  readonly addresses: readonly string[];
  readonly refusing: readonly string[];
}

/** Four rounds, not at steady intervals, of one SYN to each address; `answers` gives seconds and address of those that answer. */
function rounds({ addresses, refusing }: Round, answers: readonly (readonly [number, string])[]): string {
  const tries = [0, 60, 100, 180].flatMap((at, round) =>
    addresses.map((address, index) => {
      const number = 100 * round + index + 1;
      const startS = at + index * 0.1;
      return {
        startS,
        packets: `
          connection ${number} client 10.9.0.1:${40_000 + number} server ${address}:6346
          ${startS.toFixed(3)} -> S 0:0(0)
          ${refusing.includes(address) ? "+.01 <- R. 0:0(0) ack 1" : ""}`,
      };
    }),
  );
  const answered = answers.map(([startS, address], index) => ({
    startS,
    packets: `
      connection ${900 + index} client 10.9.0.1:${50_000 + index} server ${address}:6346
      ${startS.toFixed(3)} -> S  0:0(0)
      +.01 <- S. 0:0(0) ack 1
      +.01 -> .  1:1(0) ack 1
      +.01 -> P. 1:101(100) ack 1
      +.01 <- P. 1:51(50) ack 101`,
  }));
  return [...tries, ...answered]
    .sort((a, b) => a.startS - b.startS)
    .map(({ packets }) => packets)
    .join("\n");
}

/** So many addresses, each of another provider. */
const scattered = (count: number) => Array.from({ length: count }, (_, index) => `81.${index}.7.9`);
/** So many addresses of one network. */
const together = (count: number) => Array.from({ length: count }, (_, index) => `81.5.7.${index}`);
const half = (addresses: readonly string[]) => addresses.filter((_, index) => index % 2 === 0);
const peers = { addresses: scattered(24), refusing: half(scattered(24)) };
const meanwhile = [[30, "90.1.2.3"]] as const;

async function findings(packets: string): Promise<{ messages: string[]; severities: Set<string> }> {
  const { report } = await analyzeScript(packets, { rules: [synRefused, synUnanswered] });
  return {
    messages: report.findings.map(({ message }) => message),
    severities: new Set(report.findings.map(({ severity }) => severity)),
  };
}

describe("peers that are gone", () => {
  it("are one note of each rule, however often they were tried", async () => {
    const { messages, severities } = await findings(rounds(peers, meanwhile));
    const verdict =
      "again and again while others answered it on the same port: most likely peers that are gone.";
    expect(messages).to.have.members([
      `10.9.0.1 tried 12 addresses and was refused 48 times, ${verdict}`,
      `10.9.0.1 tried 12 addresses without an answer, ${verdict}`,
    ]);
    expect([...severities]).to.deep.equal(["note"]);
  });

  const outages: Record<string, string> = {
    "a cluster of which one member is left": rounds(
      { addresses: together(24), refusing: half(together(24)) },
      [[30, "81.5.7.200"]],
    ),
    "a cluster, while another one answers": rounds(
      { addresses: together(24), refusing: half(together(24)) },
      meanwhile,
    ),
    "an uplink: answers come before and after, not meanwhile": rounds(peers, [
      [-5, "90.1.2.3"],
      [210, "90.1.2.3"],
    ]),
    "an uplink, while a server beside the client answers": rounds(peers, [[30, "10.8.0.1"]]),
    "a provider: nobody refuses": rounds({ ...peers, refusing: [] }, meanwhile),
    "a filter that lets some addresses pass: all others are refused": rounds(
      { ...peers, refusing: peers.addresses },
      meanwhile,
    ),
    "servers of several clusters": rounds(
      { addresses: scattered(20), refusing: half(scattered(20)) },
      meanwhile,
    ),
  };
  for (const [name, packets] of Object.entries(outages)) {
    it(`are not what fails: ${name}`, async () => {
      const { messages, severities } = await findings(packets);
      expect(messages).to.have.length(name.startsWith("servers") ? 20 : 24);
      expect([...severities]).to.deep.equal(["warning"]);
    });
  }

  it("are not servers that answered before", async () => {
    const before = scattered(4).map((address, index) => [-10 + index * 0.1, address] as const);
    const few = await findings(rounds(peers, [...before, ...meanwhile]));
    expect(few.messages).to.have.length(24);
    expect([...few.severities]).to.deep.equal(["warning"]);

    const addresses = scattered(28);
    const many = await findings(rounds({ addresses, refusing: half(addresses) }, [...before, ...meanwhile]));
    expect(many.messages).to.have.length(4 + 2);
    expect([...many.severities]).to.have.members(["warning", "note"]);
  });
});
