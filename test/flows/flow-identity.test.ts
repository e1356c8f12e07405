import { expect } from "chai";
import { type FlowIdentity, readFlowIdentity } from "../../src/flows/flow-identity.js";
import { formatEndpoint } from "../../src/tcp/address.js";
import { trackScript } from "../support/track-script.js";

async function identityOf(client: string, server: string, ipVersion: 4 | 6): Promise<FlowIdentity> {
  const identities: FlowIdentity[] = [];
  const script = `connection 1 client ${client} server ${server}\n0 -> S 0:0(0)`;
  await trackScript(script, { ipVersion }, (flow) => identities.push(readFlowIdentity(flow)));
  return identities[0]!;
}

describe("the identity of a flow", () => {
  for (const [client, server, ipVersion, isLoopback] of [
    ["10.0.0.1:40000", "10.0.0.2:80", 4, false],
    ["10.0.0.2:40000", "10.0.0.1:80", 4, false],
    ["[2001:db8::1]:40000", "[2001:db8::2]:80", 6, false],
    ["[2001:db8::2]:40000", "[2001:db8::1]:80", 6, false],
    ["127.0.0.1:40000", "127.0.0.2:80", 4, true],
    ["[::1]:40000", "[::1]:80", 6, true],
    ["10.0.0.1:40000", "10.0.0.1:80", 4, true],
    ["10.0.0.1:80", "10.0.0.1:40000", 4, true],
  ] as const) {
    it(`names ${client} and ${server}${isLoopback ? ", on one host" : ""}`, async () => {
      const identity = await identityOf(client, server, ipVersion);
      expect(formatEndpoint(identity.clientAddress, identity.clientPort)).to.equal(client);
      expect(formatEndpoint(identity.serverAddress, identity.serverPort)).to.equal(server);
      expect(identity).to.include({ isLoopback, encapsulation: 0 });
    });
  }
});
