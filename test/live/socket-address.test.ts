import { expect } from "chai";
import { AnalyzeError } from "../../src/errors.js";
import { parseSocketAddress } from "../../src/live/socket-address.js";

describe("the address of --metrics and --statsd", () => {
  for (const [text, host, port] of [
    [":9464", "127.0.0.1", 9464],
    ["0.0.0.0:9464", "0.0.0.0", 9464],
    ["[::1]:8125", "::1", 8125],
    ["collector.example:8125", "collector.example", 8125],
  ] as const)
    it(`is ${host} and ${port} for ${text}`, () => {
      expect(parseSocketAddress(text, "--statsd")).to.deep.equal({ host, port });
    });

  for (const text of ["9464", "::1:9464", "host:", "host:65536", "a b:80", ":0"])
    it(`is not ${text}`, () => {
      expect(() => parseSocketAddress(text, "--statsd", 1)).to.throw(AnalyzeError, /^--statsd takes/);
    });
});
