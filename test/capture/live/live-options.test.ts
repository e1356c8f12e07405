import { expect } from "chai";
import { resolveLiveOptions } from "../../../src/capture/live/live-options.js";
import type { LiveOptions } from "../../../src/capture/live/live-source.js";
import { AnalyzeError } from "../../../src/errors.js";

function refusalOf(options: LiveOptions): string {
  try {
    resolveLiveOptions(options);
  } catch (error) {
    if (error instanceof AnalyzeError && error.code === "USAGE") return error.message;
    throw error;
  }
  return "none";
}

describe("the options of live capture", () => {
  it("have defaults that keep whole frames and every frame", () => {
    const { originNs, ...rest } = resolveLiveOptions({ interfaces: ["lo", "eth0", "lo"] });
    expect(rest).to.deep.equal({
      interfaces: ["lo", "eth0"],
      filter: "",
      snaplenBytes: 262_144,
      bufferBytes: 33_554_432,
      isPromiscuous: false,
      backend: "auto",
      user: null,
      batchFrames: 4096,
      flushIntervalMs: 100,
    });
    expect(Math.abs(Number(originNs / 1_000_000n) - Date.now())).to.be.below(60_000);
  });

  for (const [options, sentence] of [
    [
      { interfaces: [] },
      "There is nothing to capture: no interface was named; tcptrace-analyze live --list lists them.",
    ],
    [{ interfaces: ["any", "lo"] }, "The interface any stands for all of them: name it alone."],
    [{ interfaces: [""] }, "The name of an interface cannot be empty or hold a zero octet."],
    [
      { interfaces: ["lo"], filter: "tcp\0" },
      "A filter has at most 65536 characters, none of them a zero octet.",
    ],
    [
      { interfaces: ["lo"], snaplenBytes: 0 },
      "The snaplen in octets must be a whole number from 1 to 262144.",
    ],
    [
      { interfaces: ["lo"], bufferBytes: 2 ** 31 },
      "The buffer in octets must be a whole number from 65536 to 1073741824.",
    ],
    [
      { interfaces: ["lo"], batchFrames: 1.5 },
      "The number of frames in a batch must be a whole number from 1 to 1048576.",
    ],
    [
      { interfaces: ["lo"], flushIntervalMs: Number.NaN },
      "The flush interval in milliseconds must be a whole number from 1 to 10000.",
    ],
  ] as const)
    it(`are refused with a sentence: ${sentence}`, () => {
      expect(refusalOf(options)).to.equal(sentence);
    });
});
