import { expect } from "chai";
import { FlowStore } from "../../../src/flows/flow-store.js";
import { SegmentPool } from "../../../src/flows/statistics/segment-pool.js";
import { SentSegments } from "../../../src/flows/statistics/sent-segments.js";
import {
  createStatisticsRecord,
  STATISTICS_LAYOUT,
  type StatisticsRecord,
} from "../../../src/flows/statistics/statistics-record.js";

const MS = 1_000_000;
/** Flows that wait at the same time in these tests, and the segments of each. */
const FLOWS = 50;
const SEGMENTS = 20;

function openFlows(count: number): { flow: StatisticsRecord; seek: (id: number) => void; close: () => void } {
  const store = new FlowStore(1, STATISTICS_LAYOUT);
  const flow = createStatisticsRecord();
  for (let id = 1; id <= count; id++) store.create(flow);
  return { flow, seek: (id) => store.seek(flow, id), close: () => store.close() };
}

describe("the segments of a direction", () => {
  it("are fewer remembered when a capture holds little but repetitions far from the first of them", () => {
    const { flow, close } = openFlows(1);
    const sent = new SentSegments();
    for (let first = 0; first < 4000; first++) sent.add(flow.client, 2, first, first, MS);
    for (let time = 0; time < 1000; time++) sent.add(flow.client, 2, 3990, 3990, MS);
    expect(flow.client.tailSegments).to.equal(3999);
    for (let time = 0; time < 1000; time++) sent.add(flow.client, 2, 3990, 3990, MS);
    expect(flow.client.tailSegments).to.equal(256);
    expect(sent.before.lengthBytes).to.equal(1);
    close();
  });

  it("are told apart as sent, in whatever order they came", () => {
    const { flow, close } = openFlows(1);
    const sent = new SentSegments();
    for (const first of [300, 100, 200, 0]) sent.add(flow.client, 2, first, first + 99, MS);
    sent.add(flow.client, 2, 50, 349, 2 * MS);
    expect(sent.before).to.deep.equal({ lengthBytes: 300, isOutOfOrder: false });
    sent.acknowledge(flow.client, 2, 400, 3 * MS, false);
    // Repeated as one, they have the first one's new time: the last waited for it.
    expect(flow.client).to.include({ cumulativelyAcked: 3, postLossAcks: 1, ambiguousAcks: 0 });
    close();
  });

  it("are remembered as ranges when acknowledged, with gaps where nothing was captured", () => {
    const { flow, close } = openFlows(1);
    const sent = new SentSegments();
    for (const first of [0, 100, 300, 400]) sent.add(flow.client, 2, first, first + 99, MS);
    sent.acknowledge(flow.client, 2, 500, 2 * MS, false);
    expect(flow.client.tailSegments).to.equal(1);
    sent.add(flow.client, 2, 200, 299, 3 * MS);
    expect(sent.before).to.deep.equal({ lengthBytes: 0, isOutOfOrder: true });
    sent.add(flow.client, 2, 0, 199, 3 * MS);
    expect(sent.before.lengthBytes).to.equal(200);
    close();
  });

  it("are new in a gap, also when a clock beside the other put dozens of acknowledgments before their data", () => {
    const { flow, close } = openFlows(1);
    const sent = new SentSegments();
    for (let first = 0; first < 60 * 200; first += 200) {
      sent.add(flow.client, 2, first, first + 99, MS);
      sent.acknowledge(flow.client, 2, first + 100, 2 * MS, false);
    }
    sent.add(flow.client, 2, 100, 199, 3 * MS);
    expect(sent.before).to.deep.equal({ lengthBytes: 0, isOutOfOrder: true });
    close();
  });

  it("stay few when nothing is ever acknowledged, and what was sent is still known", () => {
    const { flow, close } = openFlows(1);
    const sent = new SentSegments();
    for (let index = 0; index < 10_000; index++) {
      sent.add(flow.client, 2, index * 100, index * 100 + 99, index * MS);
      expect(sent.before.lengthBytes).to.equal(0);
    }
    expect(flow.client.tailSegments).to.be.at.most(4096);
    sent.add(flow.client, 2, 0, 999_999, 0);
    expect(sent.before.lengthBytes).to.equal(1_000_000);
    close();
  });

  it("stay few when the capture misses every other one", () => {
    const { flow, close } = openFlows(1);
    const sent = new SentSegments();
    for (let index = 0; index < 1000; index++) {
      sent.add(flow.client, 2, index * 200, index * 200 + 99, MS);
      sent.acknowledge(flow.client, 2, (index + 1) * 200, 2 * MS, false);
    }
    expect(flow.client.tailSegments).to.be.at.most(68);
    close();
  });

  it("of many directions that wait may be given up, and no list is mixed with another", () => {
    const { flow, seek, close } = openFlows(FLOWS);
    const sent = new SentSegments(new SegmentPool(100));
    for (let segment = 0; segment < SEGMENTS; segment++) {
      for (let id = 1; id <= FLOWS; id++) {
        seek(id);
        // Every third one late, so that lists are cut and mended in the middle, too.
        const place = segment % 3 === 1 ? segment + 1 : segment % 3 === 2 ? segment - 1 : segment;
        sent.add(flow.client, id * 2, place * 100, place * 100 + 99, (segment * FLOWS + id) * MS);
      }
    }
    for (let id = 1; id <= FLOWS; id++) {
      seek(id);
      sent.acknowledge(flow.client, id * 2, SEGMENTS * 100 + 100, 10_000 * MS, false);
      const { cumulativelyAcked, rttSamples, postLossAcks } = flow.client;
      expect(cumulativelyAcked + rttSamples + postLossAcks).to.be.within(1, SEGMENTS);
    }
    close();
  });
});
