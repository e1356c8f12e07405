/** Segments that arrive and are dropped: their timestamps are set back on the way (PAWS), or their checksums are made wrong. */
import { counters } from "./observe.mjs";
import { outcomeTable, writePage } from "./page.mjs";
import { echoClients, startListener } from "./programs.mjs";
import { record } from "./recording.mjs";
import { onPath } from "./topology.mjs";

const DELAY_US = 15_000;
const PORT = 7777;

/** Three connections that fare well, and three that begin while `rule` changes what the client sends. */
async function refuse({ rule, files, family, texts }) {
  const setting = { delayUs: DELAY_US, rules: [rule], family };
  const { client, server, address, clientDevice, serverDevice } = await onPath(setting);
  await startListener(server, { address, port: PORT, backlog: 16, accepting: true });
  const recordings = [
    [await record(server, { device: serverDevice, file: files[0] }), server],
    ...(files[1] ? [[await record(client, { device: clientDevice, file: files[1] }), client]] : []),
  ];
  const echo = { host: address, port: PORT, gapMs: 50 };
  const outcomes = await echoClients(client, { ...echo, count: 3 });
  outcomes.push(...(await echoClients(client, { ...echo, count: 3 })));
  for (const [index, [recording, namespace]] of recordings.entries()) {
    const { happened, signature, example } = texts[index];
    writePage({
      file: files[index],
      recordedBy: await recording.stop(),
      setup: [
        `\`captures/make/path.c\` joins both: ${DELAY_US / 1000} ms each way, rule \`${rule}\`; a is the client's end`,
      ],
      happened,
      signature,
      example,
      observed: [
        ["The clients, in the order they connected", outcomeTable(outcomes)],
        [`nstat of the ${namespace === server ? "server" : "client"} at the end`, counters(namespace)],
      ],
    });
  }
}

const TO_SERVER = `tcp.dstport == ${PORT} && tcp.len > 0`;

await refuse({
  rule: "a:data:past:4:3200000",
  family: 6,
  files: ["paws-rejected.pcap", "paws-rejected-sender.pcap"],
  texts: [
    {
      happened: `
Six connections over IPv6 through a path that sets the client's timestamps back by 500,000 for 3.2 s, as a firewall does that modulates timestamps and
has forgotten by how much. The last three connections send their data in that time: the server answers each repetition by an ACK that echoes
the timestamp it has accepted before, and drops it (\`TcpExtPAWSEstab\`). The first repetition that comes later is accepted. Recorded at the server.`,
      signature: [
        ["data of the clients", TO_SERVER, 15, 27],
        ["answers", `tcp.srcport == ${PORT} && tcp.len > 0`, 6],
      ],
      example: TO_SERVER,
    },
    {
      happened: `
The connections of \`paws-rejected\`, recorded at the client: here nothing is wrong with the timestamps, and the server's ACKs echo an older one than that of the
segments that they answer.`,
      signature: [
        ["data of the clients", TO_SERVER, 15, 27],
        ["answers", `tcp.srcport == ${PORT} && tcp.len > 0`, 6],
      ],
      example: TO_SERVER,
    },
  ],
});
await refuse({
  rule: "a:data:spoil:4:3200000",
  family: 4,
  files: ["bad-checksum.pcap"],
  texts: [
    {
      happened: `
Six connections through a path that makes the checksums of the client's data wrong for 3.2 s. The last three send their data in that time: all of it arrives,
the server drops it without a word (\`TcpInCsumErrors\`) and accepts the first repetition that comes later. Recorded at the server.`,
      signature: [
        ["data of the clients", TO_SERVER, 15, 27],
        ["answers", `tcp.srcport == ${PORT} && tcp.len > 0`, 6],
      ],
      example: TO_SERVER,
    },
  ],
});
