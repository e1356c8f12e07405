import { expect } from "chai";
import { interruptible } from "../../src/cli/interrupt.js";

describe("an interrupted run", () => {
  it("is told by the first signal, and leaves the second to the system", async () => {
    const listeners = process.listenerCount("SIGTERM");
    await interruptible(async (signal) => {
      expect(signal.aborted).to.equal(false);
      expect(process.listenerCount("SIGTERM")).to.equal(listeners + 1);
      process.emit("SIGTERM");
      expect(signal.aborted).to.equal(true);
      expect(process.listenerCount("SIGTERM")).to.equal(listeners);
    });
  });

  it("listens to no signal once it has ended", async () => {
    const listeners = process.listenerCount("SIGINT");
    await interruptible(async () => {});
    await interruptible(() => Promise.reject(new Error("failed"))).catch(() => {});
    expect(process.listenerCount("SIGINT")).to.equal(listeners);
  });
});
