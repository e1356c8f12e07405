import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";

const CHROMIUM = "/usr/bin/chromium";

/** Says why tests in a browser cannot run here; null when they can. */
export const whyNoBrowser = existsSync(CHROMIUM) ? null : `there is no ${CHROMIUM}`;

/** A page opened from a file, and everything of it that must not happen. */
export interface OpenReport {
  readonly page: Page;
  /** Errors of the console, exceptions, and requests for anything but the file. */
  readonly complaints: readonly string[];
}

/** A browser without a network whose pages come from files. */
export class ReportBrowser {
  readonly #browser: Browser;
  readonly #folder: string;
  #files = 0;

  private constructor(browser: Browser, folder: string) {
    this.#browser = browser;
    this.#folder = folder;
  }

  static async start(): Promise<ReportBrowser> {
    const folder = await mkdtemp(join(tmpdir(), "report-browser-"));
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
    return new ReportBrowser(browser, folder);
  }

  async open(html: string, hash = "", width = 1200): Promise<OpenReport> {
    const path = join(this.#folder, `report-${++this.#files}.html`);
    await writeFile(path, html);
    const page = await this.#browser.newPage({ viewport: { width, height: 900 } });
    const complaints: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("dialog", (dialog) => {
      complaints.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    const url = pathToFileURL(path).href;
    page.on("request", (request) => {
      if (!request.url().startsWith(url)) complaints.push(`request: ${request.url()}`);
    });
    await page.goto(url + hash);
    await page.waitForSelector("main:not([hidden]) h2");
    return { page, complaints };
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
