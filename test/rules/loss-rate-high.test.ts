import { lossRateHigh } from "../../src/rules/loss-rate-high.js";
import { testRule } from "../support/rule-tester.js";

const handshake = `
  0    -> S  0:0(0) <mss 1000,sackOK>
  +.02 <- S. 0:0(0) ack 1 <mss 1000,sackOK>
  +0   -> .  1:1(0) ack 1`;

/**
 * Flights of `size` segments of 1000 octets from the client, in each of which the second is lost behind the capture and
 * comes again after three duplicate ACKs.
 */
function lossyFlights(flights: number, size: number, start = handshake): string {
  let packets = start;
  let sent = 1;
  for (let flight = 0; flight < flights; flight++) {
    const at = (index: number) => sent + index * 1000;
    for (let index = 0; index < size; index++)
      packets += `\n${index === 0 ? "+.01" : "+0"} -> P. ${at(index)}:${at(index + 1)}(1000) ack 1`;
    packets += `\n+.02 <- . 1:1(0) ack ${at(1)}`;
    for (let index = 2; index < Math.min(size, 5); index++)
      packets += `\n+0 <- . 1:1(0) ack ${at(1)} <sack ${at(2)}:${at(index + 1)}>`;
    const label = flight === 0 ? "@first" : flight === flights - 1 ? "@last" : "";
    packets += `\n+.001 -> P. ${at(1)}:${at(2)}(1000) ack 1 ${label}`;
    packets += `\n+.02 <- . 1:1(0) ack ${at(size)}`;
    sent = at(size);
  }
  return packets;
}

testRule(lossRateHigh, {
  invalid: [
    {
      name: "a direction in which one of ten segments is lost",
      packets: lossyFlights(6, 10),
      findings: [
        {
          messageId: "lossy",
          evidence: { first: "first", last: "last" },
          data: {
            side: "client",
            percent: "10.0",
            lostSegments: 6,
            lostBytes: 6000,
            sentBytes: 60000,
            where: "behind the capture",
          },
        },
      ],
    },
  ],

  valid: [
    { name: "one of fifty", packets: lossyFlights(6, 50) },
    { name: "few losses, though they are a large share", packets: lossyFlights(4, 10) },
    {
      name: "one segment sent again and again in an outage",
      packets: `${handshake}
        +.01 -> P. 1:1001(1000) ack 1
        +.02 <- .  1:1(0) ack 1001
        +.01 -> P. 1001:2001(1000) ack 1
        +.3  -> P. 1001:2001(1000) ack 1
        +.6  -> P. 1001:2001(1000) ack 1
        +1.2 -> P. 1001:2001(1000) ack 1
        +2.4 -> P. 1001:2001(1000) ack 1
        +.02 <- .  1:1(0) ack 2001`,
    },
  ],
});
