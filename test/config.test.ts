import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { parseConfig, readConfig } from "../src/config.js";
import { AnalyzeError } from "../src/errors.js";
import { rules } from "../src/rules/index.js";

const parse = (text: string) => parseConfig(text, "my.json", rules);

/** The sentence of the CONFIG_INVALID error that `action` must end with. */
function refusalOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof AnalyzeError && error.code === "CONFIG_INVALID") return error.message;
    throw error;
  }
  throw new Error("it was accepted");
}

describe("a configuration file", () => {
  it("may leave everything out", () => {
    expect(parse("{}")).to.deep.equal({ rules: {} });
  });

  it("sets what the command line can set", () => {
    const content = {
      $schema: "https://example.org/schema.json",
      failOn: "never",
      timeline: "flagged",
      db: "run.db",
      report: ["json=run.json"],
      baseline: "accepted.json",
      rules: {
        "syn-ack-after-data": "off",
        "connect-teardown-loop": { severity: "note", options: { minConnections: 5 } },
        "handshake-ack-dropped": {},
      },
    };
    expect(parse(`\ufeff${JSON.stringify(content)}`)).to.deep.equal({
      failOn: "never",
      timeline: "flagged",
      db: "run.db",
      report: ["json=run.json"],
      baseline: "accepted.json",
      rules: {
        "syn-ack-after-data": { severity: "off" },
        "connect-teardown-loop": { severity: "note", options: { minConnections: 5 } },
        "handshake-ack-dropped": {},
      },
    });
  });

  const refusals: readonly [text: string, reason: string][] = [
    [
      '{"failon": "error"}',
      "it has no key failon; allowed are $schema, failOn, timeline, db, report, baseline, rules.",
    ],
    ['{"failOn": "warn"}', 'failOn must be one of error, warning, note, never, not "warn".'],
    ['{"timeline": true}', "timeline must be one of all, flagged, none, not true."],
    ['{"db": ""}', 'db must be a text that is not empty, not "".'],
    ['{"report": "json=run.json"}', 'report must be an array, not "json=run.json".'],
    ['{"report": ["json=-", 1]}', "report[1] must be a text that is not empty, not 1."],
    ['{"db": 1}', "db must be a text that is not empty, not 1."],
    ['{"rules": []}', "rules must be an object, not an array."],
    ["[]", "the whole file must be an object, not an array."],
    ["null", "the whole file must be an object, not null."],
    [
      '{"rules": {"no-such-rule": "off"}}',
      `it has no key rules.no-such-rule; allowed are ${rules.map(({ id }) => id).join(", ")}.`,
    ],
    [
      '{"rules": {"syn-ack-after-data": "on"}}',
      'rules.syn-ack-after-data must be one of off, error, warning, note, not "on".',
    ],
    [
      '{"rules": {"syn-ack-after-data": 1}}',
      "rules.syn-ack-after-data must be one of off, error, warning, note or an object, not 1.",
    ],
    [
      '{"rules": {"connect-teardown-loop": {"option": {}}}}',
      "it has no key rules.connect-teardown-loop.option; allowed are severity, options.",
    ],
    [
      '{"rules": {"connect-teardown-loop": {"options": {"minConnections": "5"}}}}',
      'rules.connect-teardown-loop.options.minConnections must be a number, not "5".',
    ],
    [
      '{"rules": {"connect-teardown-loop": {"options": {"minConnections": 1}}}}',
      "Option minConnections of rule connect-teardown-loop must be a number of at least 2.",
    ],
  ];
  for (const [text, reason] of refusals) {
    it(`is refused with file, key and what is allowed: ${text}`, () => {
      expect(refusalOf(() => parse(text))).to.equal(`The configuration file my.json is invalid: ${reason}`);
    });
  }

  it("is refused for an inherited name, which is no rule either", () => {
    expect(refusalOf(() => parse('{"rules": {"__proto__": "off"}}'))).to.contain("no key rules.__proto__");
    expect(refusalOf(() => parse('{"__proto__": {}}'))).to.contain("no key __proto__");
  });

  const syntaxErrors: readonly [text: string, line: number][] = [
    ["", 1],
    ['{\n  "failOn": "error",\n}', 3],
    ['{\n  "failOn":\n\n  bad\n}\n', 4],
    ['{"db": "a\nb"}', 1],
    ['{\n"db": "x"\n', 2],
    ['{"db": "x"}\n\nmore\n', 3],
  ];
  for (const [text, line] of syntaxErrors) {
    it(`is refused with the line that is not JSON: ${JSON.stringify(text)}`, () => {
      expect(refusalOf(() => parse(text))).to.equal(
        `The configuration file my.json is invalid: line ${line} is not JSON.`,
      );
    });
  }
});

describe("the configuration file's place", () => {
  const before = process.cwd();
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "config-"));
    process.chdir(folder);
  });
  afterEach(() => {
    process.chdir(before);
    rmSync(folder, { recursive: true });
  });

  it("is the current folder, where it may be missing", () => {
    expect(readConfig(undefined, rules)).to.deep.equal({ rules: {} });
    writeFileSync("tcptrace.config.json", '{"db": "run.db"}');
    expect(readConfig(undefined, rules)).to.deep.equal({ db: "run.db", rules: {} });
  });

  it("is the named one, which must be there", () => {
    writeFileSync("tcptrace.config.json", "not JSON");
    writeFileSync("other.json", '{"timeline": "none"}');
    expect(readConfig("other.json", rules)).to.deep.equal({ timeline: "none", rules: {} });
    expect(refusalOf(() => readConfig("missing.json", rules))).to.equal(
      "The configuration file missing.json does not exist.",
    );
    expect(refusalOf(() => readConfig(".", rules))).to.equal(
      "The configuration file . cannot be read (EISDIR).",
    );
  });
});
