import { expect } from "chai";
import { belowFloor, type Measures, raised, readFloor } from "./floor.js";

const FLOOR: Measures = { frames: { equal: 90, of: 100 }, labels: { equal: 5, of: 10 } };

describe("the floor under the agreement with other tools", () => {
  it("holds what agrees as much or more, whatever the number of frames", () => {
    expect(belowFloor({ frames: { equal: 9, of: 10 }, labels: { equal: 6, of: 10 } }, FLOOR)).to.deep.equal(
      [],
    );
  });

  it("names what agrees less", () => {
    const measures = { frames: { equal: 900, of: 1001 }, labels: { equal: 5, of: 10 } };
    expect(belowFloor(measures, FLOOR)).to.deep.equal(["frames: 900 of 1001 is below the floor, 90 of 100"]);
  });

  it("names what is not measured any longer", () => {
    expect(belowFloor({ frames: { equal: 1, of: 1 } }, FLOOR)).to.deep.equal([
      "labels is in the floor and was not measured",
    ]);
  });

  it("takes nothing of nothing for all", () => {
    expect(belowFloor({ labels: { equal: 0, of: 0 } }, { labels: { equal: 1, of: 1 } })).to.deep.equal([]);
  });

  it("is raised, never lowered, and takes in what is new", () => {
    const measures = {
      frames: { equal: 80, of: 100 },
      labels: { equal: 6, of: 10 },
      streams: { equal: 3, of: 4 },
    };
    expect(raised(measures, FLOOR)).to.deep.equal({
      frames: { equal: 90, of: 100 },
      labels: { equal: 6, of: 10 },
      streams: { equal: 3, of: 4 },
    });
    expect(raised({}, FLOOR)).to.deep.equal(FLOOR);
  });

  it("is recorded for frames, streams, labels, statistics and connections", () => {
    expect(readFloor()).to.include.keys([
      "tshark frames",
      "tshark streams",
      "tshark label sets",
      "tshark label retransmission",
      "tshark field tcp.analysis.ack_rtt",
      "tcptrace flows",
      "zeek connections",
    ]);
  });
});
