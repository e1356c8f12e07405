import { expect } from "chai";
import { synRefused } from "../../../src/rules/syn-refused.js";
import { analyzeScript } from "../../support/analyze-script.js";

interface Try {
  readonly atS: number;
  readonly client: string;
  readonly port: number;
  readonly isAnswered?: boolean;
  readonly options?: string;
}

/** Connections to one server, refused unless they are answered. */
function script(tries: readonly Try[]): string {
  return [...tries]
    .sort((a, b) => a.atS - b.atS)
    .map(
      ({ atS, client, port, isAnswered, options = "sackOK,wscale 7" }, index) => `
        connection ${index + 1} client ${client}:${40_000 + index} server 81.99.1.1:${port}
        ${atS.toFixed(3)} -> S 0:0(0) <mss 1460${options === "" ? "" : `,${options}`}> @syn-${index + 1}
        +.01 ${isAnswered === true ? "<- S. 0:0(0) ack 1" : "<- R. 0:0(0) ack 1"} @rst-${index + 1}`,
    )
    .join("\n");
}

/** Two clients for each port, a quarter of an hour apart; `clientOf` names the n-th. */
function strangers(ports: number, clientOf = (n: number) => `90.${n}.3.4`): Try[] {
  return Array.from({ length: 2 * ports }, (_, n) => ({
    atS: 900 * n,
    client: clientOf(n),
    port: 1000 + (n % ports),
  }));
}

async function messages(tries: readonly Try[]): Promise<string[]> {
  const { report } = await analyzeScript(script(tries), { rules: [synRefused] });
  return report.findings.map(({ data, severity, messageId }) =>
    [severity, messageId, messageId === "background" ? data["targets"] : data["port"]].join(" "),
  );
}

const warnings = (ports: number) =>
  Array.from({ length: ports }, (_, index) => `warning refused ${1000 + index}`);

describe("the background of the Internet", () => {
  it("is one note for each address", async () => {
    expect(await messages(strangers(7))).to.deep.equal(["note background 7"]);
  });

  it("is there when a client asks twice within a minute", async () => {
    const again = strangers(7).map((each) => ({ ...each, atS: each.atS + 40 }));
    expect(await messages([...strangers(7), ...again])).to.deep.equal(["note background 7"]);
  });

  it("is there within a minute when each port has one client", async () => {
    const once = strangers(7)
      .slice(0, 7)
      .map((each, index) => ({ ...each, atS: index * 7 }));
    expect(await messages(once)).to.deep.equal(["note background 7"]);
    expect(await messages(once.slice(0, 5))).to.deep.equal(warnings(5));
    const second = { atS: 50, client: "99.1.1.1", port: 1000 };
    expect(await messages([...once, second])).to.deep.equal(["warning refused 1000", "note background 6"]);
  });

  it("is told by fewer ports where no system in use sends such SYNs", async () => {
    const crafted = strangers(7)
      .slice(0, 3)
      .map((each, index) => ({ ...each, atS: index * 7, options: "" }));
    expect(await messages(crafted)).to.deep.equal(["note background 3"]);
    expect(await messages(crafted.slice(0, 2))).to.deep.equal(warnings(2));
    const other = { atS: 50, client: "99.1.1.1", port: 1003 };
    expect(await messages([...crafted, other])).to.deep.equal(["warning refused 1003", "note background 3"]);
  });

  it("is not a port to which a client comes again", async () => {
    const again = { atS: 5000, client: "90.0.3.4", port: 1000 };
    expect(await messages([...strangers(7), again])).to.deep.equal([
      "warning refused 1000",
      "note background 6",
    ]);
  });

  it("is not a port that answers somebody", async () => {
    const answered = { atS: 5000, client: "90.77.3.4", port: 1000, isAnswered: true };
    expect(await messages([...strangers(7), answered])).to.deep.equal([
      "warning refused 1000",
      "note background 6",
    ]);
  });

  it("is not a port that a client of the house asks for", async () => {
    const inside = { atS: 5000, client: "192.168.3.4", port: 1000 };
    expect(await messages([...strangers(7), inside])).to.deep.equal([
      "warning refused 1000",
      "note background 6",
    ]);
  });

  it("is not a port that many ask for", async () => {
    const many = Array.from({ length: 19 }, (_, n) => ({
      atS: 50 * n + 7,
      client: `91.${n}.3.4`,
      port: 1000,
    }));
    expect(await messages([...strangers(7), ...many])).to.deep.equal([
      "warning refused 1000",
      "note background 6",
    ]);
  });

  const outages: Record<string, { tries: Try[]; ports: number }> = {
    "few ports": { tries: strangers(5), ports: 5 },
    "clients of one site": { tries: strangers(7, (n) => `90.1.3.${n}`), ports: 7 },
    "clients of the house": { tries: strangers(7, (n) => `10.${n}.3.4`), ports: 7 },
    "too short a time for anybody to come again": {
      tries: strangers(7).map((each) => ({ ...each, atS: each.atS / 2 })),
      ports: 7,
    },
  };
  for (const [name, { tries, ports }] of Object.entries(outages)) {
    it(`is not: ${name}`, async () => {
      expect(await messages(tries)).to.deep.equal(warnings(ports));
    });
  }
});
