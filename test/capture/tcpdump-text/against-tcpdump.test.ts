import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { expect } from "chai";
import { decodeSeries } from "../../../src/decode/decode-series.js";
import { HAS_TIMESTAMPS, IS_CUT_IN_OPTIONS } from "../../../src/decode/segment-batch.js";
import { FIN, RST, SYN } from "../../../src/tcp/flags.js";
import { parseScript } from "../../../src/tcp/notation.js";
import { compileScript } from "../../support/compile-script.js";
import { skipBecause } from "../../support/mounts.js";

const run = promisify(execFile);
const CAPTURES = fileURLToPath(new URL("../../../captures/", import.meta.url));
/** Microseconds, which tcpdump prints. */
const RESOLUTION_NS = 1000;

interface Segment {
  readonly timeNs: number;
  readonly endpoints: string;
  readonly flags: number;
  readonly seq: number;
  readonly ack: number;
  readonly window: number;
  readonly payloadLength: number;
  /** A snaplen ended inside the options. */
  readonly isCut: boolean;
  readonly options: string;
  readonly timestamps: string;
  readonly ttl: number;
  readonly ipId: number;
}

async function readSegments(path: string): Promise<Segment[]> {
  const segments: Segment[] = [];
  for await (const part of decodeSeries({ paths: [path] })) {
    if (part.kind === "file") continue;
    const { segments: batch } = part;
    for (let row = 0; row < batch.length; row++) {
      const at = batch.tcpAt[row]!;
      const ipAt = batch.ipAt[row]!;
      const [addressesAt, addressBytes] = batch.bytes[ipAt]! >> 4 === 4 ? [12, 8] : [8, 32];
      const addresses = batch.bytes.subarray(ipAt + addressesAt, ipAt + addressesAt + addressBytes);
      const options = batch.bytes.subarray(at + 20, at + 20 + batch.optionsLength[row]!);
      const hasTimestamps = (batch.facts[row]! & HAS_TIMESTAMPS) !== 0;
      segments.push({
        timeNs: batch.timeNs[row]!,
        endpoints: `${Buffer.from(addresses).toString("hex")} ${batch.sourcePort[row]} ${batch.destinationPort[row]}`,
        flags: batch.flags[row]!,
        seq: batch.seq[row]!,
        ack: batch.ack[row]!,
        window: batch.window[row]!,
        payloadLength: batch.payloadLength[row]!,
        isCut: (batch.facts[row]! & IS_CUT_IN_OPTIONS) !== 0,
        options: Buffer.from(options).toString("hex"),
        timestamps: hasTimestamps ? `${batch.tsval[row]} ${batch.tsecr[row]}` : "",
        ttl: batch.ttl[row]!,
        ipId: batch.ipId[row]!,
      });
    }
  }
  return segments;
}

/** tcpdump prints the number of a segment that takes none only from -vv on. */
function isNumbered({ flags, payloadLength }: Segment, options: string): boolean {
  return options.includes("vv") || payloadLength > 0 || (flags & (SYN | FIN | RST)) !== 0;
}

describe("what tcpdump prints", () => {
  let folder = "";
  before(async function () {
    await run("tcpdump", ["--version"]).catch(() => skipBecause(this, "tcpdump is not installed"));
    folder = await mkdtemp(join(tmpdir(), "tcpdump-text-"));
  });
  after(async () => {
    if (folder !== "") await rm(folder, { recursive: true });
  });

  /** Prints the capture with the options, reads the text, and compares it with the capture. */
  async function expectSame(capture: string, options: string): Promise<void> {
    const { stdout } = await run("tcpdump", ["-n", ...options.split(" ").filter(Boolean), "-r", capture], {
      env: { ...process.env, TZ: "UTC" },
      maxBuffer: 1 << 28,
    });
    const text = join(folder, "saved.txt");
    await writeFile(text, stdout);
    const expected = await readSegments(capture);
    const actual = await readSegments(text);
    expect(actual.length, `${capture} ${options}: segments`).to.equal(expected.length);
    const hasHeader = /-v/.test(options);
    for (const [index, segment] of actual.entries()) {
      const wanted = expected[index]!;
      const place = `${capture} ${options}: segment ${index + 1}`;
      const compared = {
        ...segment,
        timeNs: 0,
        ...(wanted.isCut ? { isCut: true, options: wanted.options } : {}),
        seq: isNumbered(wanted, options) ? segment.seq : 0,
        ...(hasHeader ? {} : { ttl: 0, ipId: 0 }),
      };
      expect(compared, place).to.deep.equal({
        ...wanted,
        timeNs: 0,
        seq: isNumbered(wanted, options) ? wanted.seq : 0,
        ...(hasHeader ? {} : { ttl: 0, ipId: 0 }),
      });
      if (/(^| )-t( |$)/.test(options)) expect(segment.timeNs, place).to.equal(0);
      else {
        // Differences that were rounded to microseconds add up.
        const tolerance = 2 * RESOLUTION_NS + (/-ttt( |$)/.test(options) ? RESOLUTION_NS * index : 0);
        const actualNs = segment.timeNs - actual[0]!.timeNs;
        const wantedNs = wanted.timeNs - expected[0]!.timeNs;
        expect(actualNs - wantedNs, place).to.be.within(-tolerance, tolerance);
      }
    }
  }

  for (const options of [
    "",
    "-t",
    "-tt",
    "-ttt",
    "-tttt",
    "-ttttt",
    "-S",
    "-v",
    "-vv",
    "-vvv",
    "-e",
    "-S -v -e",
    "-e -vv -ttt",
    "-t -v",
    "--number",
    "--number -t",
    "--nano",
    "-A",
    "-x",
    "-XX -v",
  ])
    it(`is read as the capture it was printed from: tcpdump -n ${options}`, async () => {
      for (const name of ["loopback-2003", "accept-queue-overflow-ipv6", "loss-recovery", "vantage-router"])
        await expectSame(join(CAPTURES, `${name}.pcap`), options);
    }).timeout(60_000);

  for (const name of readdirSync(CAPTURES).filter((each) => /\.pcap(ng)?(\.gz)?$/.test(each)))
    it(`is read as the capture it was printed from: ${name}`, async () => {
      const content = readFileSync(join(CAPTURES, name));
      const capture = join(folder, "capture");
      await writeFile(capture, name.endsWith(".gz") ? gunzipSync(content) : content);
      await expectSame(capture, "");
      await expectSame(capture, "-vv");
      await expectSame(capture, "-S -e");
    }).timeout(120_000);

  it("is read with numbers that wrap, options of every kind, URG and ECN, over IPv4 and IPv6", async () => {
    const script = parseScript(`
      0      -> SEW  0:0(0) win 64240 <mss 1460,sackOK,TS val 4294967295 ecr 0,nop,wscale 14>
      +.001  <- S.E  0:0(0) ack 1 win 65160 <mss 1440,sackOK,TS val 7 ecr 4294967295,nop,wscale 0>
      +.001  -> .    1:1(0) ack 1 win 502 <nop,nop,TS val 0 ecr 7>
      +.001  -> P.   1:1449(1448) ack 1 win 502
      +.001  -> P.   2897:4345(1448) ack 1 win 502
      +.001  <- .    1:1(0) ack 1449 win 0 <nop,nop,sack 2897:4345>
      +.001  -> P.W  1449:2897(1448) ack 1 win 502
      +.001  <- .    1:1(0) ack 4345 win 65535
      +30000 -> F.   4345:4345(0) ack 1
      +.001  <- R.   1:1(0) ack 4346 win 0
      +.001  <- R    1:1(0) win 0
    `);
    for (const ipVersion of [4, 6] as const)
      for (const [clientIsn, serverIsn] of [
        [0xffff_fff0, 0xffff_fc00],
        [0, 1],
        [1000, 2000],
        [0x8000_0000, 0x7fff_ffff],
      ] as const) {
        const capture = join(folder, "script.pcap");
        await writeFile(capture, compileScript(script, { clientIsn, serverIsn, ipVersion }).pcap);
        for (const options of ["", "-S", "-tt", "-tttt -S -vv", "-t -v"]) {
          await expectSame(capture, options);
        }
      }
  });
});
