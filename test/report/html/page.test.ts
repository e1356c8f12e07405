import { expect } from "chai";
import type { Page } from "playwright-core";
import { formatHtml } from "../../../src/report/html/html.js";
import type { PageData } from "../../../src/report/html/page-data.js";
import { type ReadPageData, readPageData, WATCHED } from "../../support/html-report.js";
import { ReportBrowser, whyNoBrowser } from "../../support/report-browser.js";

/** Pixels of a canvas that are painted in a colour, given in CSS. */
const PIXELS_OF = `(canvas, colour) => {
  const wearer = document.body.appendChild(document.createElement("span"));
  wearer.style.color = colour;
  const probe = document.createElement("canvas").getContext("2d");
  probe.fillStyle = getComputedStyle(wearer).color;
  wearer.remove();
  probe.fillRect(0, 0, 1, 1);
  const [red, green, blue] = probe.getImageData(0, 0, 1, 1).data;
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let pixels = 0;
  for (let at = 0; at < data.length; at += 4) {
    if (data[at + 3] > 200 && Math.abs(data[at] - red) + Math.abs(data[at + 1] - green) + Math.abs(data[at + 2] - blue) < 12) pixels++;
  }
  return pixels;
}`;

/** Pixels of a colour, named in style.css, in the graph whose caption begins so. */
const pixels = (page: Page, caption: string, name: string): Promise<number> =>
  pixelsOf(page, caption, `var(--${name})`);

async function pixelsOf(page: Page, caption: string, colour: string): Promise<number> {
  const find = `[...document.querySelectorAll("main:not([hidden]) figure")].find((figure) => figure.textContent.startsWith(${JSON.stringify(caption)}))`;
  await page.locator("main:not([hidden]) figure", { hasText: caption }).locator("canvas").waitFor();
  // The graph is drawn in the next frame.
  await page.waitForTimeout(100);
  return Number(
    await page.evaluate(`(${PIXELS_OF})(${find}.querySelector("canvas"), ${JSON.stringify(colour)})`),
  );
}

const rowsOf = (page: Page, column: string): Promise<string[]> =>
  page.locator(`.flow-table .rows .cell.${column}`).allTextContents();

describe("the HTML report in a browser", function () {
  this.timeout(60_000);
  let browser: ReportBrowser;
  let watched: ReadPageData;
  let loss: ReadPageData;

  before(async function () {
    if (whyNoBrowser !== null) {
      console.log(`      skipped: ${whyNoBrowser}`);
      this.skip();
    }
    browser = await ReportBrowser.start();
    watched = await readPageData(WATCHED);
    loss = await readPageData({ paths: ["captures/loss-recovery.pcap"] });
  });
  after(() => browser?.close());

  it("opens on the verdict and draws the capture over time, without a complaint", async () => {
    const { page, complaints } = await browser.open(formatHtml(watched));
    expect(await page.locator(".lead").textContent()).to.equal(
      "1 error found: 16 TCP connections in 1 capture.",
    );
    expect(await pixels(page, "Segments per second", "client")).to.be.above(100);
    expect(await pixels(page, "Sent again", "retransmission")).to.be.above(20);
    // The finding, the accept queue and the counters are bars on one axis.
    for (const colour of ["error", "server", "accent"]) {
      expect(await pixels(page, "Findings, routes", colour), colour).to.be.above(100);
    }
    expect(complaints).to.deep.equal([]);
  });

  it("tells of a finding what, why and what to do, with the packets that prove it", async () => {
    const { page } = await browser.open(formatHtml(watched));
    const card = await page.locator("article.finding").first().textContent();
    for (const text of [
      "certain",
      "seen from",
      "Why it matters",
      "What to do",
      "synack the server's first SYN-ACK",
      "frame 74",
      "S. 0:0(0) ack 1",
    ]) {
      expect(card).to.contain(text);
    }
  });

  it("sorts the table of flows by a column, there and back", async () => {
    const { page } = await browser.open(formatHtml(watched));
    const press = page.locator("[role=columnheader].id button");
    await press.click();
    const ascending = (await rowsOf(page, "id")).map(Number);
    expect(ascending).to.deep.equal([...ascending].sort((a, b) => a - b));
    await press.click();
    expect((await rowsOf(page, "id")).map(Number)).to.deep.equal([...ascending].reverse());
    expect(await page.locator("[role=columnheader].id").getAttribute("aria-sort")).to.equal("descending");
  });

  it("finds flows by words, and shows those of a finding", async () => {
    const { page } = await browser.open(formatHtml(watched));
    await page.fill("#search", "36510 sf");
    await page.locator(".count", { hasText: "1 of 16 flows" }).waitFor();
    expect(await rowsOf(page, "client")).to.deep.equal(["10.77.0.1:36510"]);
    await page.getByRole("button", { name: "3 flows in the table" }).click();
    expect(await rowsOf(page, "id")).to.deep.equal(["10", "11", "12"]);
  });

  it("is led by the keyboard from the search to a flow and back", async () => {
    const { page, complaints } = await browser.open(formatHtml(watched));
    await page.keyboard.press("/");
    await page.locator("#search:focus").waitFor();
    await page.keyboard.type("syn-ack-after-data");
    await page.keyboard.press("Enter");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForSelector("#flow-title");
    expect(await page.locator("#flow-title").textContent()).to.contain("Flow 11");
    await page.keyboard.press("Escape");
    await page.waitForSelector("main:not([hidden]) #flows");
    expect(complaints).to.deep.equal([]);
  });

  it("shows by an outline where the keyboard is, at every stop", async () => {
    const { page } = await browser.open(formatHtml(watched));
    const stops: string[] = [];
    for (;;) {
      await page.keyboard.press("Tab");
      const [name, outline] = (await page.evaluate(`(() => {
        const { activeElement } = document;
        const { outlineStyle, outlineWidth } = getComputedStyle(activeElement);
        const name = activeElement.getAttribute("aria-label") ?? activeElement.textContent;
        return [activeElement === document.body ? "" : name, outlineStyle + " " + outlineWidth];
      })()`)) as [string, string];
      if (name === "") break;
      expect(outline, name).to.equal("solid 2px");
      stops.push(name);
    }
    expect(stops).to.include.members([
      "Skip to the findings",
      "Theme: auto",
      "zoom in",
      "flow 10",
      "3 flows in the table",
      "search flows",
      "payload",
      "flows; arrow keys choose, Enter opens",
    ]);
  });

  it("leads the keyboard from a finding to its flows, and from a flow to its finding", async () => {
    const { page } = await browser.open(formatHtml(watched));
    const isFocused = (selector: string) => page.locator(`${selector}:focus`).waitFor({ timeout: 5000 });
    const pressOnFinding = async (): Promise<void> => {
      await page.getByRole("button", { name: "3 flows in the table" }).focus();
      await page.keyboard.press("Enter");
      await isFocused(".flow-table .rows");
    };
    await pressOnFinding();
    // Again, from a place that the address names already.
    await pressOnFinding();
    await page.keyboard.press("Enter");
    await isFocused("#flow-title");
    await page.keyboard.press("Escape");
    await isFocused(".flow-table .rows");
    await page.keyboard.press("Enter");
    await page.locator(".finding-line a").focus();
    await page.keyboard.press("Enter");
    await isFocused("article.finding h3");
  });

  it("draws a flow in tcptrace's language", async () => {
    const { page, complaints } = await browser.open(formatHtml(loss), "#flow-3");
    for (const colour of ["data", "retransmission", "ack", "sack"]) {
      expect(await pixels(page, "Time-sequence", colour), colour).to.be.above(15);
    }
    expect(await pixels(page, "Round-trip time", "server")).to.be.above(5);
    expect(await pixels(page, "Bytes in flight", "server")).to.be.above(50);
    expect(complaints).to.deep.equal([]);
  });

  it("zooms, moves and returns by keys", async () => {
    const { page } = await browser.open(formatHtml(loss), "#flow-3");
    const before = await pixels(page, "Time-sequence", "retransmission");
    await page.locator("main:not([hidden]) .graph").first().focus();
    for (const key of ["+", "+", "+", "End"]) await page.keyboard.press(key);
    const near = await pixels(page, "Time-sequence", "retransmission");
    expect(near).not.to.equal(before);
    await page.keyboard.press("0");
    expect(await pixels(page, "Time-sequence", "retransmission")).to.equal(before);
  });

  it("tells the packet under the pointer, in packet notation, and marks it in the ladder when pressed", async () => {
    const { page } = await browser.open(formatHtml(loss), "#flow-3");
    await pixels(page, "Time-sequence", "data");
    const over = page.locator(".graph .u-over").first();
    const bounds = (await over.boundingBox())!;
    // Something of the flow is near the lower left: its SYN.
    const found = async (): Promise<string> => {
      for (let top = bounds.height - 4; top > 0; top -= 8) {
        await page.mouse.move(bounds.x + 16, bounds.y + top);
        if (await page.locator(".tooltip").isVisible())
          return String(await page.locator(".tooltip .first").textContent());
      }
      return "";
    };
    expect(await found()).to.match(/^\d\.\d{6,9} (->|<-) \S+ \d+:\d+\(\d+\) .*win \d+/);
    await page.mouse.down();
    await page.mouse.up();
    expect(await page.locator(".ladder .row.selected").count()).to.equal(1);
  });

  it("steps from packet to packet by keys, aloud", async () => {
    const { page } = await browser.open(formatHtml(watched), "#flow-10");
    await pixels(page, "Time-sequence", "data");
    await page.locator("main:not([hidden]) .graph").first().focus();
    await page.keyboard.press(".");
    await page.keyboard.press(".");
    expect(await page.locator(".spoken").textContent())
      .to.contain("<- S. 0:0(0) ack 1")
      .and.contain("evidence: synack");
  });

  it("highlights the evidence in the ladder, and has the rule's page", async () => {
    const { page } = await browser.open(formatHtml(watched), "#flow-10");
    await page.waitForSelector(".ladder .row.evidence");
    expect(await page.locator(".ladder .row.evidence .role").allTextContents()).to.deep.equal([
      "synack",
      "data",
      "repeat",
    ]);
    await page.locator("details.rule summary").click();
    expect(await page.locator(".rule-page").textContent()).to.contain(
      "Flagged when all of the following are true",
    );
  });

  it("changes between light and dark, and follows the system until then", async () => {
    const { page } = await browser.open(formatHtml(watched));
    const background = () => page.evaluate("getComputedStyle(document.body).backgroundColor");
    const light = await background();
    await page.emulateMedia({ colorScheme: "dark" });
    const dark = await background();
    expect(dark).not.to.equal(light);
    await page.keyboard.press("t");
    expect(await background()).to.equal(light);
    await page.keyboard.press("t");
    expect(await background()).to.equal(dark);
  });

  it("draws its graphs in the colours of the theme that is chosen", async () => {
    const { page } = await browser.open(formatHtml(watched));
    // As style.css has it for both themes.
    const retransmission = { light: "rgb(208, 32, 47)", dark: "rgb(255, 107, 107)" };
    const press = async (theme: string): Promise<void> => {
      await page.locator("#theme").click();
      expect(await page.locator("#theme").textContent()).to.equal(`Theme: ${theme}`);
    };
    const paints = async (theme: "light" | "dark"): Promise<boolean> =>
      (await pixelsOf(page, "Sent again", retransmission[theme])) > 20;
    expect(await paints("light")).to.equal(true);
    await press("light");
    await page.emulateMedia({ colorScheme: "dark" });
    expect(await paints("light")).to.equal(true);
    await press("dark");
    await page.emulateMedia({ colorScheme: "light" });
    expect(await paints("dark")).to.equal(true);
    await page.emulateMedia({ colorScheme: "dark" });
    await press("auto");
    expect(await paints("dark")).to.equal(true);
  });

  it("is never wider than a narrow screen", async () => {
    for (const hash of ["", "#flow-10"]) {
      const { page } = await browser.open(formatHtml(watched), hash, 400);
      expect(await page.evaluate("document.documentElement.scrollWidth"), hash).to.equal(400);
    }
  });

  it("keeps 100 000 flows out of the document but for those in sight", async () => {
    const repeat = <Value>(values: readonly Value[]): Value[] =>
      Array.from({ length: 100_000 }, (_, at) => values[at % values.length]!);
    const { flows } = watched;
    const columns = Object.fromEntries(
      Object.entries(flows).map(([name, value]) => [
        name,
        Array.isArray(value) && name !== "addresses" && name !== "states" ? repeat(value) : value,
      ]),
    );
    const many = { ...flows, ...columns, id: repeat([0]).map((_, at) => at + 1), total: 250_000 };
    const { page, complaints } = await browser.open(formatHtml({ ...watched, flows: many }));
    expect(await page.locator(".flow-table .row").count()).to.be.below(100);
    await page.fill("#search", "flow 99999");
    await page.locator(".count", { hasText: "1 of 100,000 flows" }).waitFor();
    expect(await page.locator("#flows .remark").textContent()).to.contain("100,000 of 250,000 flows");
    // Of this one there are no packets.
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    expect(await page.locator("#flow-title:focus").textContent()).to.equal("Flow 99999");
    expect(complaints).to.deep.equal([]);
  });

  it("shows hostile text as text, wherever it comes from", async () => {
    const hostile = `</script><img src=x onerror="window.injected=1">\u2028'"\`&lt;\u0007<!--`;
    const { page, complaints } = await browser.open(formatHtml(poisoned(watched, hostile)), "#flow-10");
    await page.waitForSelector("#flow-title");
    await page.locator("details.rule summary").first().click();
    await page.keyboard.press("Escape");
    await page.locator("#overview details summary").click();
    expect(await page.evaluate("window.injected")).to.equal(undefined);
    expect(await page.locator("img, iframe, object").count()).to.equal(0);
    expect(await page.locator("script").count()).to.equal(3);
    expect(await page.locator(".message").first().textContent()).to.contain("<img src=x");
    expect(complaints).to.deep.equal([]);
  });
});

/** The same data with `text` behind every string that a capture, a file or a user could have chosen. */
function poisoned(data: ReadPageData, text: string): PageData {
  // Digits and words that are ours steer the page and cannot be anybody else's.
  const ours = new Set([
    "originNs",
    "startedAtNs",
    "severity",
    "kind",
    "id",
    "ruleId",
    "startedAt",
    "firstAt",
    "lastAt",
  ]);
  const poison = (value: unknown, key: string): unknown => {
    if (typeof value === "string") return ours.has(key) ? value : value + text;
    if (Array.isArray(value)) return value.map((item) => poison(item, key));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, poison(member, name)]));
  };
  return poison(data, "") as PageData;
}
