import fc from "fast-check";
import { ACK } from "../../src/tcp/flags.js";
import {
  MAX_OPTIONS_BYTES,
  optionLengthBytes,
  type PacketLine,
  type PacketOption,
} from "../../src/tcp/packet-line.js";

const uint = (bits: number) => fc.integer({ min: 0, max: 2 ** bits - 1 });
/** Relative numbers as they come: small, around the wraps, negative, large. */
const relativeSeq = fc.oneof(
  fc.integer({ min: -2, max: 100 }),
  fc.integer({ min: -(2 ** 40), max: 2 ** 52 }),
);
const hex = (maxLengthBytes: number) =>
  fc.uint8Array({ maxLength: maxLengthBytes }).map((octets) => Buffer.from(octets).toString("hex"));

const sackBlock = fc.record({ first: relativeSeq, last: relativeSeq });
const packetOption: fc.Arbitrary<PacketOption> = fc.oneof(
  fc.constantFrom<PacketOption[]>({ name: "eol" }, { name: "nop" }, { name: "sackOK" }),
  fc.record({ name: fc.constant("mss" as const), mss: uint(16) }),
  fc.record({ name: fc.constant("wscale" as const), shift: uint(8) }),
  fc.record({
    name: fc.constant("sack" as const),
    blocks: fc.array(sackBlock, { minLength: 1, maxLength: 4 }),
  }),
  fc.record({ name: fc.constant("TS" as const), tsval: uint(32), tsecr: uint(32) }),
  fc.record({ name: fc.constant("fastopen" as const), cookie: hex(16) }),
  fc.record({ name: fc.constant("unknown" as const), kind: fc.integer({ min: 2, max: 255 }), data: hex(38) }),
);
const packetOptions = fc
  .array(packetOption, { maxLength: 6 })
  .filter((options) => options.reduce((sum, o) => sum + optionLengthBytes(o), 0) <= MAX_OPTIONS_BYTES);

const comment = fc
  .string()
  .map((text) => text.trim())
  .filter((text) => text !== "" && !/[\r\n\u2028\u2029]/.test(text));
const orNull = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });

/** Any line that the notation can tell, 52 days either side of zero. */
export const packetLineArbitrary: fc.Arbitrary<PacketLine> = fc
  .record({
    timeNs: fc.oneof(fc.integer({ min: 0, max: 2e9 }), fc.integer({ min: -(2 ** 52), max: 2 ** 52 })),
    direction: fc.constantFrom("->" as const, "<-" as const),
    flags: uint(9),
    first: relativeSeq,
    lengthBytes: fc.oneof(fc.constant(0), uint(16)),
    ack: relativeSeq,
    window: orNull(uint(16)),
    options: packetOptions,
    ttl: orNull(uint(8)),
    ipId: orNull(uint(16)),
    isCopy: fc.boolean(),
    label: orNull(fc.stringMatching(/^[\w-]+$/)),
    comment: orNull(comment),
  })
  .map(({ lengthBytes, ...line }) => ({
    ...line,
    last: line.first + lengthBytes,
    ack: line.flags & ACK ? line.ack : null,
    ipId: line.isCopy ? null : line.ipId,
  }));
