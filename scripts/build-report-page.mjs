/**
 * The build's third part: the modules of src/report/html/page/ become one script and one style sheet that the HTML
 * report carries. uPlot's licence text goes with it.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const require = createRequire(import.meta.url);
const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const licence = readFileSync(new URL("../LICENSE", `file://${require.resolve("uplot")}`), "utf8").trim();

await build({
  entryPoints: [
    { in: path("../src/report/html/page/main.ts"), out: "page" },
    { in: path("../src/report/html/page/style.css"), out: "page" },
  ],
  outdir: path("../dist/report/html/"),
  bundle: true,
  minify: true,
  format: "iife",
  // The first to have CSS light-dark().
  target: ["chrome123", "firefox120", "safari17.5"],
  charset: "ascii",
  legalComments: "none",
  banner: { js: `/*! This script contains uPlot, https://github.com/leeoniya/uPlot\n${licence}\n*/` },
  tsconfig: path("../tsconfig.page.json"),
});
