import { expect } from "chai";
import { newsOfLine } from "../../../src/kernel/live/ip-monitor.js";
import { parseRouteMessage } from "../../../src/kernel/live/route-message.js";

const NEW_ROUTE = 24;
const DELETE_ROUTE = 25;
const AF_INET = 2;
const AF_INET6 = 10;
const nameOf = (index: number): string => `eth${index}`;

/** struct rtattr of linux/rtnetlink.h. */
function attribute(type: number, value: Buffer | readonly number[]): Buffer {
  const octets = Buffer.from(value);
  const padded = Buffer.alloc((4 + octets.length + 3) & ~3);
  padded.writeUInt16LE(4 + octets.length, 0);
  padded.writeUInt16LE(type, 2);
  octets.copy(padded, 4);
  return padded;
}

function number(value: number): Buffer {
  const octets = Buffer.alloc(4);
  octets.writeInt32LE(value);
  return octets;
}

/** struct rtmsg: family, bits of the destination and of the source, tos, table, protocol, scope, type, flags. */
function route(family: number, bits: number, type: number, attributes: readonly Buffer[]): DataView {
  const octets = Buffer.concat([
    Buffer.from([family, bits, 0, 0, 254, 3, 0, type, 0, 0, 0, 0]),
    ...attributes,
  ]);
  return new DataView(octets.buffer, octets.byteOffset, octets.length);
}

const IPV4 = route(AF_INET, 16, 1, [
  attribute(1, [10, 20, 0, 0]),
  attribute(5, [10, 9, 0, 7]),
  attribute(4, number(3)),
]);
const PLAIN = { routeType: null, routeTable: null, error: null };

describe("an announcement of a route", () => {
  it("names destination, gateway and device", () => {
    expect(parseRouteMessage({ type: NEW_ROUTE, flags: 0x600, payload: IPV4 }, nameOf)).to.deep.equal({
      operation: "add",
      prefix: "10.20.0.0/16",
      gatewayAddr: "10.9.0.7",
      device: "eth3",
      ...PLAIN,
    });
  });

  for (const [type, flags, operation] of [
    [DELETE_ROUTE, 0, "delete"],
    [DELETE_ROUTE, 0x100, "delete"],
    [NEW_ROUTE, 0x100, "replace"],
  ] as const)
    it(`of type ${type} with flags ${flags} is to ${operation}`, () => {
      expect(parseRouteMessage({ type, flags, payload: IPV4 }, nameOf)?.operation).to.equal(operation);
    });

  it("of IPv6 with a next hop of IPv4 and the reverse names it", () => {
    const viaIpv6 = route(AF_INET, 0, 1, [attribute(18, [10, 0, 0xfd, 9, ...Array(13).fill(0), 7])]);
    expect(parseRouteMessage({ type: NEW_ROUTE, flags: 0, payload: viaIpv6 }, nameOf)).to.include({
      prefix: "default",
      gatewayAddr: "fd09::7",
    });
    const host = route(AF_INET6, 128, 7, [attribute(1, [0x20, 1, 0xd, 0xb8, ...Array(11).fill(0), 1])]);
    expect(parseRouteMessage({ type: NEW_ROUTE, flags: 0, payload: host }, nameOf)).to.include({
      prefix: "2001:db8::1",
      routeType: "unreachable",
      gatewayAddr: null,
    });
  });

  it("says what sending fails with", () => {
    const cacheInfo = Buffer.alloc(32);
    cacheInfo.writeInt32LE(-113, 12);
    const payload = route(AF_INET6, 128, 7, [attribute(12, cacheInfo)]);
    expect(parseRouteMessage({ type: NEW_ROUTE, flags: 0, payload }, nameOf)?.error).to.equal("EHOSTUNREACH");
  });

  it("is read at any length, and is none without its header or of another family or type", () => {
    for (let lengthBytes = 0; lengthBytes <= IPV4.byteLength; lengthBytes++) {
      const payload = new DataView(IPV4.buffer, IPV4.byteOffset, lengthBytes);
      const change = parseRouteMessage({ type: NEW_ROUTE, flags: 0, payload }, nameOf);
      expect(change === null, String(lengthBytes)).to.equal(lengthBytes < 12);
    }
    const bridge = route(7, 0, 1, []);
    expect(parseRouteMessage({ type: NEW_ROUTE, flags: 0, payload: bridge }, nameOf)).to.equal(null);
    expect(parseRouteMessage({ type: 16, flags: 0, payload: IPV4 }, nameOf)).to.equal(null);
  });

  it("does not read beyond a list of next hops that claims more than there is", () => {
    const hops = Buffer.alloc(8);
    hops.writeUInt16LE(0xffff, 0);
    hops.writeInt32LE(5, 4);
    const payload = route(AF_INET, 32, 1, [attribute(1, [10, 0, 0, 1]), attribute(9, hops)]);
    expect(parseRouteMessage({ type: NEW_ROUTE, flags: 0, payload }, nameOf)).to.include({
      prefix: "10.0.0.1",
      device: "eth5",
    });
  });
});

describe("a line of ip -o -ts monitor route in UTC", () => {
  it("is a change with its time to the microsecond", () => {
    const line = "[2026-11-21T08:05:30.040706] 10.77.0.0/16 via 10.9.0.7 dev d0 scope link mtu 1400 ";
    const epochNs = BigInt(Date.UTC(2026, 10, 21, 8, 5, 30)) * 1_000_000n + 40_706_000n;
    expect(newsOfLine(line)).to.deep.equal([
      {
        kind: "change",
        epochNs,
        change: {
          operation: "add",
          prefix: "10.77.0.0/16",
          gatewayAddr: "10.9.0.7",
          device: "d0",
          ...PLAIN,
        },
      },
    ]);
  });

  it("is nothing when it is about something else", () => {
    expect(newsOfLine("Dump was interrupted and may be inconsistent.")).to.deep.equal([]);
  });
});
