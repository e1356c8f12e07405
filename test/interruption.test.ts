import { expect } from "chai";
import { AnalyzeError } from "../src/errors.js";
import { unlessInterrupted } from "../src/interruption.js";

describe("waiting unless interrupted", () => {
  const failureOf = (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: unknown) => error);

  it("gives what the promise gives, or throws what it throws", async () => {
    const { signal } = new AbortController();
    expect(await unlessInterrupted(Promise.resolve(7), signal)).to.equal(7);
    expect(await unlessInterrupted(Promise.resolve(7), undefined)).to.equal(7);
    const failure = new Error("failed");
    expect(await failureOf(unlessInterrupted(Promise.reject(failure), signal))).to.equal(failure);
  });

  it("ends at the signal, also one given before, though the promise never ends", async () => {
    const controller = new AbortController();
    const endless = new Promise<never>(() => {});
    const waiting = unlessInterrupted(endless, controller.signal);
    controller.abort();
    for (const promise of [waiting, unlessInterrupted(endless, controller.signal)]) {
      expect(await failureOf(promise))
        .to.be.instanceOf(AnalyzeError)
        .and.include({ code: "INTERRUPTED" });
    }
  });
});
