import { expect } from "chai";
import { trackScript } from "../support/track-script.js";

/** Who is taken for the client in a capture that holds one packet from `sender` to `receiver`. */
async function verdictOn(flags: string, sender: string, receiver: string) {
  const acked = flags.includes(".") ? " ack 1" : "";
  const { flows } = await trackScript(`
    connection 1 client ${sender} server ${receiver}
    0 -> ${flags} 0:0(0)${acked}
  `);
  const { clientAddr, clientPort, clientKnownBy } = flows[0]!;
  return { client: `${clientAddr}:${clientPort}`, clientKnownBy };
}

describe("the client of a flow", () => {
  it("is who sent the SYN, whatever the ports", async () => {
    expect(await verdictOn("S", "10.0.0.1:80", "10.0.0.2:50000")).to.deep.equal({
      client: "10.0.0.1:80",
      clientKnownBy: "syn",
    });
  });

  it("is who receives the SYN-ACK when that is the first packet", async () => {
    expect(await verdictOn("S.", "10.0.0.1:50000", "10.0.0.2:80")).to.deep.equal({
      client: "10.0.0.2:80",
      clientKnownBy: "syn-ack",
    });
  });

  for (const [sender, receiver, client, reason] of [
    ["10.0.0.1:443", "10.0.0.2:1025", "10.0.0.2:1025", "a port below 1024 is a server's"],
    ["10.0.0.1:1025", "10.0.0.2:443", "10.0.0.1:1025", "a port below 1024 is a server's"],
    ["10.0.0.1:8080", "10.0.0.2:32768", "10.0.0.2:32768", "Linux hands out 32768 and above to clients"],
    ["10.0.0.1:50000", "10.0.0.2:8080", "10.0.0.1:50000", "Linux hands out 32768 and above to clients"],
    ["10.0.0.1:32767", "10.0.0.2:32768", "10.0.0.2:32768", "the border of Linux's range"],
    ["10.0.0.1:1023", "10.0.0.2:32768", "10.0.0.2:32768", "both rules agree"],
    ["10.0.0.1:1130", "10.0.0.2:44818", "10.0.0.1:1130", "EtherNet/IP has an ephemeral port"],
    ["10.0.0.1:5900", "10.0.0.2:21046", "10.0.0.2:21046", "VNC's port is a service's, the other nobody's"],
    ["10.0.0.1:22", "10.0.0.2:8080", "10.0.0.2:8080", "a port below 1024 comes before a service's"],
  ] as const) {
    it(`is guessed from ports in mid-flow: ${sender} to ${receiver}, ${reason}`, async () => {
      expect(await verdictOn(".", sender, receiver)).to.deep.equal({ client, clientKnownBy: "ports" });
    });
  }

  for (const ports of [
    [700, 800],
    [5000, 6000],
    [32768, 50000],
    [40000, 50000],
    [8080, 5432],
  ] as const) {
    it(`is guessed to be who speaks first between ports of one kind: ${ports.join(" and ")}`, async () => {
      expect(await verdictOn(".", `10.0.0.9:${ports[0]}`, `10.0.0.2:${ports[1]}`)).to.deep.equal({
        client: `10.0.0.9:${ports[0]}`,
        clientKnownBy: "direction",
      });
    });
  }

  it("stays who it was when the SYN is captured after the SYN-ACK", async () => {
    const { flows, segments } = await trackScript(`
      0     <- S. 0:0(0) ack 1
      +.001 -> S  0:0(0)
      +.001 -> .  1:1(0) ack 1
    `);
    expect(flows).to.have.length(1);
    expect(flows[0]).to.include({ clientKnownBy: "syn-ack", clientIsn: 1000 });
    expect(segments.map((segment) => segment.sender)).to.deep.equal(["server", "client", "client"]);
  });
});
