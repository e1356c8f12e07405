import { expect } from "chai";
import { directionsOf, isWhole } from "../../src/between/direction.js";
import type { ObservedFlow, ObservedSegment } from "../../src/between/observation.js";
import { surveyBetween } from "../../src/between/survey.js";
import { RST, SYN } from "../../src/tcp/flags.js";
import { flow, observation, segment, taken } from "./observed.js";

const WAY_MS = 10;

interface Ends {
  readonly client: ObservedSegment[];
  readonly server: ObservedSegment[];
}

/** A handshake, and ten requests of 100 octets that are answered at once, a second apart; as both ends see them. */
function conversation(aheadMs = 0): { nearClient: Ends; nearServer: Ends } {
  const nearClient: Ends = { client: [], server: [] };
  const nearServer: Ends = { client: [], server: [] };
  const up = (timeMs: number, seq: number, length: number, given: Partial<ObservedSegment> = {}) => {
    const own = segment(timeMs, seq, length, { ipId: nearClient.client.length + 1, tsval: timeMs, ...given });
    nearClient.client.push(own);
    nearServer.client.push(taken(own, WAY_MS + aheadMs));
  };
  const down = (timeMs: number, seq: number, length: number, given: Partial<ObservedSegment> = {}) => {
    const own = segment(timeMs + aheadMs, seq, length, {
      ipId: nearServer.server.length + 1,
      tsval: timeMs,
      ...given,
    });
    nearServer.server.push(own);
    nearClient.server.push(taken(own, WAY_MS - aheadMs));
  };
  up(1000, 0, 0, { flags: SYN, options: "mss 1460" });
  down(1010, 0, 0, { flags: SYN | 16, options: "mss 1460" });
  up(1020, 1, 0);
  for (let turn = 0; turn < 10; turn++) {
    up(2000 + turn * 1000, 1 + turn * 100, 100, { ack: 1 + turn * 10 });
    down(2010 + turn * 1000, 1 + turn * 10, 10, { ack: 101 + turn * 100 });
  }
  return { nearClient, nearServer };
}

/** The capture near the client is the first; `spoil` changes what the captures hold. */
function survey(
  spoil: (held: { nearClient: Ends; nearServer: Ends }) => void = () => {},
  given: {
    aheadMs?: number;
    first?: { fromMs?: number; toMs?: number };
    second?: { fromMs?: number; toMs?: number };
    other?: Partial<ObservedFlow>;
    own?: Partial<ObservedFlow>;
  } = {},
) {
  const held = conversation(given.aheadMs);
  spoil(held);
  const own = flow(1, given.own);
  const other = flow(5, { ...flow(1), id: 5, ...given.other });
  const surveyed = surveyBetween(
    observation("client", [{ flow: own, segments: held.nearClient }], given.first),
    observation("server", [{ flow: other, segments: held.nearServer }], given.second),
  );
  const directions = directionsOf(surveyed);
  return { ...surveyed, directions, up: directions[0]!, down: directions[1]! };
}

describe("what passes between two captures", () => {
  it("is whole, and the clocks differ by so much", () => {
    const { flows, directions, clocks, up, down } = survey(() => {}, { aheadMs: 2500 });
    expect(isWhole(directions)).to.equal(true);
    expect(flows[0]!.clientSide).to.equal(0);
    expect([up.sent, up.sentBytes, down.sent, down.sentBytes]).to.deep.equal([12, 1000, 11, 100]);
    expect(clocks).to.deep.equal({ startNs: 2500e6, endNs: 2500e6, wayNs: 10e6 });
  });

  it("is the same where the captures are named the other way round", () => {
    const { nearClient, nearServer } = conversation(-700);
    const { flows, clocks } = surveyBetween(
      observation("server", [{ flow: flow(5, { ...flow(1), id: 5 }), segments: nearServer }]),
      observation("client", [{ flow: flow(1), segments: nearClient }]),
    );
    expect(flows[0]!.clientSide).to.equal(1);
    expect(clocks).to.deep.equal({ startNs: 700e6, endNs: 700e6, wayNs: 10e6 });
  });

  it("is lost on the way, each way for itself", () => {
    const { up, down } = survey(({ nearServer, nearClient }) => {
      nearServer.client.splice(2, 2);
      nearServer.server.length = 1;
      nearClient.server.length = 1;
    });
    expect(up.lost.map(({ what }) => what.segment.seq)).to.deep.equal([1, 101]);
    expect([up.lostBytes, down.lost.length]).to.deep.equal([200, 0]);
  });

  it("is missing in a capture where the other end acknowledges it nevertheless", () => {
    const { up } = survey(({ nearServer }) => nearServer.client.splice(3, 2));
    expect([up.lost.length, up.missed]).to.deep.equal([0, 2]);
  });

  it("is missing in the capture of its sender where that goes on behind it", () => {
    const { up } = survey(({ nearClient }) => nearClient.client.splice(4, 1));
    expect([up.foreign.length, up.unrecorded]).to.deep.equal([0, 1]);
  });

  it("is not known of what was sent when the other capture had ended, or right before", () => {
    const { up } = survey(({ nearServer }) => nearServer.client.splice(-3), { second: { toMs: 10_100 } });
    expect([up.lost.length, up.missed, up.unknown]).to.deep.equal([0, 1, 2]);
  });

  it("is not known of what was sent before the other capture began", () => {
    const spoil = ({ nearServer }: { nearServer: Ends }): void => {
      nearServer.client.splice(0, 4);
      nearServer.server.splice(0, 3);
    };
    const { up, down } = survey(spoil, { second: { fromMs: 4005 } });
    expect([up.lost.length, up.unknown]).to.deep.equal([0, 4]);
    expect([down.foreign.length, down.unrecorded]).to.deep.equal([0, 0]);
  });

  it("was lost if what was sent again arrived, and was acknowledged then", () => {
    const { up } = survey(({ nearClient, nearServer }) => {
      const again = segment(2400, 1, 100, { tsval: 2400, isRepeated: true });
      nearClient.client.splice(3, 0, again);
      nearServer.client.splice(2, 1, taken(again, WAY_MS));
    });
    expect([up.lost.length, up.missed, up.needed]).to.deep.equal([1, 0, 1]);
  });

  it("took once as long where it arrives in pieces", () => {
    const { up } = survey(({ nearServer: { client } }) => {
      const whole = client[2]!;
      client.splice(
        2,
        1,
        { ...whole, length: 60 },
        { ...whole, seq: 61, length: 40, timeNs: whole.timeNs + 5e6 },
      );
    });
    expect([up.delays!.longestNs, up.lost.length]).to.deep.equal([0, 0]);
  });

  it("was not sent again where nobody says so, as a probe is not", () => {
    const { up } = survey(({ nearClient, nearServer }) => {
      const probe = segment(20_000, 1, 100, { tsval: 20_000 });
      nearClient.client.push(probe);
      nearServer.client.push(taken(probe, WAY_MS));
    });
    expect([up.needed, up.needless]).to.deep.equal([0, 0]);
  });

  it("was not sent where nothing like it was, such as a RST", () => {
    const { down, flows } = survey(({ nearClient }) =>
      nearClient.server.push(segment(13_000, 101, 0, { flags: RST })),
    );
    expect(down.foreign.map(({ what }) => what.segment.flags)).to.deep.equal([RST]);
    expect(isWhole(directionsOf({ flows } as never))).to.equal(false);
  });

  it("took longer than the least, was overtaken, or came twice", () => {
    const { up } = survey(({ nearServer: { client } }) => {
      client.splice(4, 1, taken(client[4]!, 2500));
      client.push(client.splice(4, 1)[0]!, client[6]!);
    });
    expect([up.overtaken, up.duplicated]).to.deep.equal([1, 1]);
    expect([up.delays!.medianNs, up.delays!.longestNs]).to.deep.equal([0, 2500e6]);
  });

  it("was sent again because what was sent before had not arrived, or although it had", () => {
    const again = (timeMs: number, seq: number): ObservedSegment =>
      segment(timeMs, seq, 100, { tsval: timeMs, isRepeated: true });
    const { up } = survey(({ nearClient, nearServer }) => {
      nearServer.server.length = nearClient.server.length = 1;
      nearServer.client.splice(3, 1);
      nearClient.client.push(again(20_000, 1), again(20_001, 101));
      nearServer.client.push(...nearClient.client.slice(-2).map((each) => taken(each, WAY_MS)));
    });
    expect([up.needed, up.needless]).to.deep.equal([1, 1]);
  });

  it("is followed where timestamps are taken out on the way", () => {
    const { directions, flows } = survey(({ nearServer, nearClient }) => {
      nearServer.client.forEach((each, index) => {
        nearServer.client[index] = { ...each, tsval: null };
      });
      nearClient.server[0] = { ...nearClient.server[0]!, options: "mss 1360" };
    });
    expect(isWhole(directions)).to.equal(true);
    expect(flows[0]!.changes).to.deep.equal([
      { end: "client", sent: "mss 1460,TS", arrived: "mss 1460" },
      { end: "server", sent: "mss 1460,TS", arrived: "mss 1360,TS" },
    ]);
  });

  it("is followed in connections that began before the captures, whose numbers count from elsewhere", () => {
    const begun = { clientIsn: null, serverIsn: null };
    const cut = ({ nearServer, nearClient }: { nearServer: Ends; nearClient: Ends }): void => {
      for (const ends of [nearServer, nearClient])
        for (const end of ["client", "server"] as const) ends[end].splice(0, end === "client" ? 3 : 1);
      for (const [end, seq, ack] of [
        ["client", 500, 70],
        ["server", 70, 500],
      ] as const)
        nearServer[end].forEach((each, index) => {
          nearServer[end][index] = { ...each, seq: each.seq - seq, ack: each.ack! - ack };
        });
    };
    expect(isWhole(survey(cut, { own: begun, other: begun }).directions)).to.equal(true);
    for (const end of ["client", "server"] as const) {
      const oneWay = survey(
        (held) => {
          cut(held);
          held.nearServer[end].length = held.nearClient[end].length = 0;
        },
        { own: begun, other: begun },
      );
      expect([isWhole(oneWay.directions), oneWay.flows.length], end).to.deep.equal([true, 1]);
    }
    const turned = {
      ...begun,
      ...{ clientAddress: "192.0.2.7", clientPort: 80, serverAddress: "192.0.2.1", serverPort: 40_001 },
    };
    const mistaken = survey(
      (held) => {
        cut(held);
        const { client, server } = held.nearServer;
        held.nearServer = { client: server, server: client } as Ends;
      },
      { own: begun, other: turned },
    );
    expect([isWhole(mistaken.directions), mistaken.flows[0]!.clientSide, mistaken.up.sent]).to.deep.equal([
      true,
      0,
      9,
    ]);
    const unlike = survey(
      (held) => {
        cut(held);
        for (const end of ["client", "server"] as const)
          held.nearServer[end].forEach((each, index) => {
            held.nearServer[end][index] = { ...each, length: each.length + 1 };
          });
      },
      { own: begun, other: begun },
    );
    expect([unlike.unalike, unlike.flows.length]).to.deep.equal([1, 0]);
  });

  it("of a connection that is in one capture only is lost if others of the same ends are in both", () => {
    const { nearClient, nearServer } = conversation();
    const refused = [0, 1000, 3000].map((timeMs) =>
      segment(20_000 + timeMs, 0, 0, { flags: SYN, ack: null, isRepeated: timeMs > 0 }),
    );
    const alone = (given: Partial<ObservedFlow>, toMs = 100_000) =>
      surveyBetween(
        observation("client", [
          { flow: flow(1), segments: nearClient },
          { flow: flow(2, { serverIsn: null, ...given }), segments: { client: refused, server: [] } },
        ]),
        observation("server", [{ flow: flow(5, { ...flow(1), id: 5 }), segments: nearServer }], { toMs }),
      );
    const same = alone({});
    expect(directionsOf(same)[0]!.lost.map(({ what }) => what.segment.timeNs / 1e9)).to.deep.equal([
      20, 21, 23,
    ]);
    expect([directionsOf(same)[0]!.needed, same.apart]).to.deep.equal([2, [0, 0]]);
    expect(alone({}, 15_000).apart).to.deep.equal([1, 0]);
    for (const ends of [{ serverPort: 8443 }, { clientAddress: "192.0.2.50" }])
      expect(directionsOf(alone(ends))[0]!.lost, JSON.stringify(ends)).to.have.length(3);
    const other = alone({ serverAddress: "192.0.2.99" });
    expect([directionsOf(other)[0]!.lost.length, other.apart]).to.deep.equal([0, [1, 0]]);
  });

  it("of a connection in one capture only is not lost where the other cannot be expected to have it", () => {
    const { nearClient, nearServer } = conversation();
    const asked = [segment(20_000, 0, 0, { flags: SYN, ack: null })];
    const answer = (flags: number) => [segment(20_020, 0, 0, { flags })];
    const both = (atClient: Ends | null, atServer: Ends | null) =>
      surveyBetween(
        observation("client", [
          { flow: flow(1), segments: nearClient },
          ...(atClient === null
            ? []
            : [{ flow: flow(2, { clientAddress: "192.0.2.50" }), segments: atClient }]),
        ]),
        observation("server", [
          { flow: flow(5, { ...flow(1), id: 5 }), segments: nearServer },
          ...(atServer === null
            ? []
            : [{ flow: flow(6, { clientAddress: "192.0.2.60" }), segments: atServer }]),
        ]),
      );
    expect(both({ client: asked, server: answer(SYN | 16) }, null).apart).to.deep.equal([1, 0]);
    expect(both(null, { client: asked, server: [] }).apart).to.deep.equal([0, 1]);
    const refused = both({ client: asked, server: answer(RST) }, null);
    expect(directionsOf(refused).map(({ lost, foreign }) => [lost.length, foreign.length])).to.deep.equal([
      [1, 0],
      [0, 1],
    ]);
  });

  it("is followed where timestamps are written anew on the way", () => {
    const { directions, flows } = survey(({ nearServer, nearClient }) => {
      nearServer.client.forEach((each, index) => {
        nearServer.client[index] = { ...each, tsval: each.tsval! + 1e6 };
      });
      nearServer.server.forEach((each, index) => {
        nearServer.server[index] = { ...each, tsecr: 1e6 };
        nearClient.server[index] = { ...nearClient.server[index]!, tsecr: 0 };
      });
    });
    expect([isWhole(directions), flows[0]!.changes]).to.deep.equal([true, []]);
  });

  it("is followed where no SYN-ACK says how the server counts", () => {
    const refusal = segment(20_000, 0, 0, { flags: SYN, ack: null });
    const rst = segment(20_030, 0, 0, { flags: RST });
    const own = { serverIsn: null };
    const { directions, flows } = survey(
      ({ nearClient, nearServer }) => {
        for (const each of [nearClient, nearServer]) each.client.length = each.server.length = 0;
        nearClient.client.push(refusal);
        nearServer.client.push(taken(refusal, WAY_MS));
        nearServer.server.push(rst);
        nearClient.server.push(taken(rst, WAY_MS));
      },
      { own, other: own },
    );
    expect([isWhole(directions), flows.length]).to.deep.equal([true, 1]);
  });

  it("was sent again in vain where all of its octets had arrived, as whatever segments", () => {
    const { up } = survey(({ nearClient, nearServer }) => {
      nearServer.server.length = nearClient.server.length = 1;
      const whole = segment(20_000, 1001, 3000, { tsval: 20_000 });
      const again = [
        segment(20_299, 1501, 1000),
        segment(20_300, 2001, 1000),
        segment(20_301, 3001, 1000),
        segment(20_302, 801, 400),
      ].map((each, index) => ({ ...each, tsval: 20_300 + index, isRepeated: true }));
      nearClient.client.push(whole, ...again);
      nearServer.client.push(
        { ...taken(whole, WAY_MS), length: 1000 },
        { ...taken(whole, WAY_MS), seq: 3001, length: 1000 },
        ...again.map((each) => taken(each, WAY_MS)),
      );
    });
    expect([up.needed, up.needless]).to.deep.equal([2, 2]);
  });

  it("was needed only where what was sent before is known not to have arrived", () => {
    const { up } = survey(
      ({ nearClient }) => nearClient.client.push(segment(11_900, 901, 100, { tsval: 1, isRepeated: true })),
      { second: { toMs: 11_000 } },
    );
    expect([up.unknown, up.needed, up.needless]).to.deep.equal([1, 0, 1]);
    const cut = survey(
      ({ nearClient, nearServer }) => {
        nearServer.client.pop();
        nearClient.client.push(segment(11_900, 901, 100, { tsval: 1, isRepeated: true }));
      },
      { second: { toMs: 11_000 } },
    );
    expect([cut.up.unknown, cut.up.needed, cut.up.needless]).to.deep.equal([2, 0, 0]);
    expect(isWhole(cut.directions)).to.equal(false);
  });

  it("counts a FIN that was sent again as well", () => {
    const { up } = survey(({ nearClient, nearServer }) => {
      const fin = segment(20_000, 1001, 0, { flags: 17, tsval: 20_000 });
      const again = { ...fin, timeNs: 20_400e6, tsval: 20_400, isRepeated: true };
      nearClient.client.push(fin, again);
      nearServer.client.push(taken(again, WAY_MS));
    });
    expect([up.lost.length, up.needed]).to.deep.equal([1, 1]);
  });

  it("is not known of the time between two files of a capture", () => {
    const { nearClient, nearServer } = conversation();
    nearServer.client.splice(4, 3);
    nearServer.client.splice(-3, 1);
    nearServer.server.length = nearClient.server.length = 1;
    const whole = observation("server", [{ flow: flow(5, { ...flow(1), id: 5 }), segments: nearServer }]);
    const spans = [
      { startNs: 0, endNs: 3.9e9 },
      { startNs: 6.9e9, endNs: 100e9 },
    ];
    const surveyed = surveyBetween(observation("client", [{ flow: flow(1), segments: nearClient }]), {
      ...whole,
      spans,
    });
    const [up] = directionsOf(surveyed);
    expect([up!.lost.length, up!.unknown]).to.deep.equal([1, 3]);
  });

  it("tells by how much a clock gains, also far ahead of the other", () => {
    const client: ObservedSegment[] = [];
    const server: ObservedSegment[] = [];
    const [farClient, farServer]: ObservedSegment[][] = [[], []];
    const aheadMs = (timeMs: number) => 3_600_000 + timeMs / 1000;
    for (let timeMs = 1000; timeMs < 100_000; timeMs += 10) {
      const up = segment(timeMs, timeMs, 10);
      client.push(up);
      farClient!.push(taken(up, WAY_MS + aheadMs(timeMs)));
      const down = segment(timeMs + 20 + aheadMs(timeMs + 20), timeMs, 10);
      farServer!.push(down);
      server.push(taken(down, WAY_MS - aheadMs(timeMs + 20)));
    }
    const { clocks } = surveyBetween(
      observation("client", [{ flow: flow(1), segments: { client, server } }]),
      observation(
        "server",
        [{ flow: flow(5, { ...flow(1), id: 5 }), segments: { client: farClient!, server: farServer! } }],
        {
          fromMs: 3_600_000,
          toMs: 3_700_100,
        },
      ),
    );
    expect(clocks!.startNs / 1e6).to.be.closeTo(3_600_001, 2);
    expect((clocks!.endNs - clocks!.startNs) / 1e6).to.be.closeTo(98, 3);
  });
});
