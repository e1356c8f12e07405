import { readFileSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { useScratchFolder } from "../store/scratch-folder.js";
import { runCli } from "../support/run-cli.js";
import { HEALTHY, HUNG } from "../support/small-captures.js";

describe("the command baseline", () => {
  const folder = useScratchFolder();
  const run = (...args: readonly string[]) => runCli(args, { folder: folder.path(".") });
  const gate = (...args: readonly string[]) =>
    run("--fail-on", "warning", "--baseline", "tcptrace.baseline.json", ...args);

  beforeEach(async () => {
    writeFileSync(folder.path("hung.pcap"), HUNG);
    writeFileSync(folder.path("healthy.pcap"), HEALTHY);
  });

  it("writes what is accepted, and later runs fail only on what is new or worse, and say what is gone", async () => {
    await run("hung.pcap");
    const written = await run("baseline", "--reason", "known since May", "--expires", "2999-12-31");
    expect(written).to.include({ stderr: "", exitCode: 0 });
    expect(written.stdout).to.equal("1 finding is accepted in tcptrace.baseline.json.\n");
    const { accepted } = JSON.parse(readFileSync(folder.path("tcptrace.baseline.json"), "utf8"));
    expect(accepted).to.deep.equal([
      {
        rule: "syn-ack-after-data",
        subject: "192.0.2.2:80",
        severity: accepted[0].severity,
        rateUpTo: 1,
        reason: "known since May",
        expires: "2999-12-31",
      },
    ]);

    const same = await gate("hung.pcap");
    expect(same).to.include({ stderr: "", exitCode: 0 });
    expect(same.stdout).to.contain("Gate passed: 1 finding is accepted.");
    const gone = await gate("healthy.pcap");
    expect(gone.exitCode).to.equal(0);
    expect(gone.stdout).to.contain("Gone: syn-ack-after-data about 192.0.2.2:80");

    expect(
      (await run("baseline", "--db", "tcptrace.db", "--output", "tcptrace.baseline.json")).stdout,
    ).to.equal(
      "0 findings are accepted in tcptrace.baseline.json.\n" +
        "Left out, since it is found no more: syn-ack-after-data about 192.0.2.2:80.\n",
    );

    const stricter = { ...accepted[0], rateUpTo: 0.3 };
    const expired = { ...accepted[0], expires: "2020-01-01" };
    for (const [entry, sentence] of [
      [stricter, /worse, 100 % of the connections, accepted up to 30 %/],
      [expired, /Expired on 2020-01-01: syn-ack-after-data about/],
    ] as const) {
      const text = JSON.stringify({ version: 1, accepted: [entry] });
      writeFileSync(folder.path("tcptrace.baseline.json"), text);
      const result = await gate("hung.pcap");
      expect(result.exitCode).to.equal(1);
      expect(result.stdout.replaceAll(/\s+/g, " ")).to.match(sentence);
    }
  }).timeout(60_000);

  it("checks the expectations beside the captures, with what they know left out of the exit code", async () => {
    writeFileSync(folder.path("hung.expect.json"), '{"must": [{"rule": "syn-ack-after-data"}]}');
    writeFileSync(folder.path("healthy.expect.json"), '{"mustNot": [{}]}');
    const met = await run("--fail-on", "note", "hung.pcap", "healthy.pcap");
    expect(met.exitCode).to.equal(0);
    expect(met.stdout).to.contain("Gate passed: 2 expectations are met.");
    writeFileSync(folder.path("healthy.expect.json"), '{"must": [{"rule": "syn-ack-after-data"}]}');
    const unmet = await run("--fail-on", "never", "healthy.pcap");
    expect(unmet.exitCode).to.equal(1);
    expect(unmet.stdout.replaceAll(/\s+/g, " ")).to.contain(
      "healthy.expect.json: syn-ack-after-data must be there; it was not found.",
    );
  }).timeout(60_000);

  it("keeps what it does not find in captures that cannot be judged, and says why", async () => {
    await run("hung.pcap");
    await run("baseline");
    // A pcap header, and half of a record's.
    writeFileSync(folder.path("cut.pcap"), HUNG.subarray(0, 32));
    expect((await gate("cut.pcap")).exitCode).to.equal(3);
    const { stdout } = await run("baseline");
    expect(stdout).to.match(
      /^1 finding is accepted in tcptrace\.baseline\.json\.\nWhat was accepted before stays, found or not: cut\.pcap is damaged before its first frame: .*[^.]\.\n$/,
    );
  }).timeout(60_000);

  it("says in one sentence what it cannot do", async () => {
    await run("hung.pcap");
    writeFileSync(folder.path("note.json"), '{"important": true}');
    const answers = await Promise.all([
      run("baseline", "--expires", "2020-01-01"),
      run("baseline", "--expires", "tomorrow"),
      run("baseline", "--reason", " "),
      run("baseline", "--output", "note.json"),
      run("baseline", "--output", "no/such.json"),
      run("--baseline", "missing.json", "hung.pcap"),
      run("--baseline", "note.json", "hung.pcap"),
    ]);
    const expected = [
      /--expires takes a date to come, such as \d{4}-\d\d-\d\d, not "2020-01-01"/,
      /--expires takes a date to come, .* not "tomorrow"/,
      /--reason takes a text/,
      /The baseline note\.json is invalid: it has no key important/,
      /cannot write the baseline no\/such\.json: the folder does not exist/,
      /There is no baseline missing\.json; `tcptrace-analyze baseline` writes one/,
      /The baseline note\.json is invalid/,
    ];
    for (const [index, result] of answers.entries()) {
      expect(result).to.include({ stdout: "", exitCode: 2 });
      expect(result.stderr)
        .to.match(/^tcptrace-analyze: [^\n]+\.\n$/)
        .and.match(expected[index]!);
    }
    expect(readFileSync(folder.path("note.json"), "utf8")).to.equal('{"important": true}');
  }).timeout(60_000);
});
