import { expect } from "chai";
import fc from "fast-check";
import { createEndpointCursor, ENDPOINT_FLOAT64S, ENDPOINT_UINT32S } from "../../../src/flows/endpoint.js";
import { isAfter, isAtOrBefore } from "../../../src/flows/labels/raw-seq.js";
import { UnackedSegments } from "../../../src/flows/labels/unacked-segments.js";

function direction() {
  const endpoint = createEndpointCursor();
  endpoint.f64 = new Float64Array(ENDPOINT_FLOAT64S);
  endpoint.u32 = new Uint32Array(ENDPOINT_UINT32S);
  return endpoint;
}

/** The rules as Wireshark states them, on an array that every ACK walks through. */
class Model {
  segments: { seq: number; nextSeq: number; timeNs: number }[] = [];

  acknowledge(ack: number): number {
    let acknowledgedNs = Number.NaN;
    this.segments = this.segments.filter((segment) => {
      if (segment.nextSeq === ack) {
        if (Number.isNaN(acknowledgedNs)) acknowledgedNs = segment.timeNs;
        return false;
      }
      if (isAfter(ack, segment.seq) && isAtOrBefore(ack, segment.nextSeq)) segment.seq = ack;
      return isAfter(segment.nextSeq, ack);
    });
    return acknowledgedNs;
  }

  span(base: number): number {
    if (this.segments.length === 0) return 0;
    const first = Math.min(...this.segments.map(({ seq }) => (seq - base) >>> 0));
    return Math.max(...this.segments.map(({ nextSeq }) => (nextSeq - base) >>> 0)) - first;
  }
}

describe("unacknowledged segments", () => {
  it("are the same whether an ACK looks at all of them or takes them from a queue", () => {
    const place = fc.oneof(fc.nat({ max: 40 }), fc.constantFrom(2 ** 31, 2 ** 30, 2 ** 31 - 1));
    const step = fc.oneof(
      fc.record({ kind: fc.constant("next" as const), length: fc.integer({ min: 1, max: 10 }) }),
      fc.record({ kind: fc.constant("again" as const), at: place, length: fc.integer({ min: 1, max: 10 }) }),
      fc.record({ kind: fc.constant("ack" as const), at: place }),
    );
    const start = fc.constantFrom(0, 1000, 0xfffffff0, 0x7ffffff0);
    fc.assert(
      fc.property(start, fc.array(step, { maxLength: 60 }), (base, steps) => {
        const model = new Model();
        const pool = new UnackedSegments();
        // Two directions share the pool's nodes.
        const [sender, other] = [direction(), direction()];
        sender.labelBase = base;
        pool.add(other, 5, 6, 99);
        let next: number = base;
        let timeNs = 0;
        for (const step of steps) {
          timeNs++;
          if (step.kind === "ack") {
            const ack = (base + step.at) >>> 0;
            pool.acknowledge(sender, ack);
            expect(pool.acknowledgedNs).to.deep.equal(model.acknowledge(ack));
          } else {
            const seq = step.kind === "next" ? next : (base + step.at) >>> 0;
            const nextSeq = (seq + step.length) >>> 0;
            expect(pool.add(sender, seq, nextSeq, timeNs)).to.equal(true);
            model.segments.push({ seq, nextSeq, timeNs });
            if (step.kind === "next") next = nextSeq;
          }
          expect(pool.span(sender)).to.equal(model.span(base));
          expect(sender.unackedCount).to.equal(model.segments.length);
          expect(pool.oldestNs(sender)).to.deep.equal(model.segments[0]?.timeNs ?? Number.NaN);
        }
        expect(other.unackedCount).to.equal(1);
      }),
      { numRuns: 2000 },
    );
  });

  it("of one direction are at most 10 000, as in Wireshark", () => {
    const pool = new UnackedSegments();
    const sender = direction();
    for (let seq = 0; seq < 10_000; seq++) expect(pool.add(sender, seq, seq + 1, 0)).to.equal(true);
    expect(pool.add(sender, 10_000, 10_001, 0)).to.equal(false);
    pool.acknowledge(sender, 1);
    expect(pool.add(sender, 10_000, 10_001, 0)).to.equal(true);
  });
});
