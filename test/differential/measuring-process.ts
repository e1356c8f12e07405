import { measureCapture } from "./measure-capture.js";

// One of the processes that process-pool.ts starts: a capture's name comes in, its measurement goes out.
process.on("message", async (name: string) => {
  process.send?.(await measureCapture(name));
});
