/**
 * The build's last part: the program, the library and the entry files of the threads take in the modules that they
 * consist of, in the places of the compiler's files. To find and link three hundred modules takes longer than to
 * analyze a small capture.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { keepConstants } from "./keep-constants.mjs";

const source = fileURLToPath(new URL("../src/", import.meta.url));
const dist = fileURLToPath(new URL("../dist/", import.meta.url));
/** What the program loads only when it is asked for lies in files of such names. */
const CHUNK = "chunk-";

/** All that a module may ask of its own place: where another file is. */
const PLACES = /new URL\(.*?, import\.meta\.url\)|createRequire\(import\.meta\.url\)/g;

/** Modules that name files relative to themselves find them from `folder`, too; themselves they would not. */
function keepPlaces(folder) {
  return {
    name: "keep-places",
    setup({ onLoad }) {
      onLoad({ filter: /\.js$/ }, ({ path }) => {
        const code = readFileSync(path, "utf8");
        if (code.replaceAll(PLACES, "").includes("import.meta.url"))
          throw new Error(`${path} asks for its own file, which is not published`);
        const place = JSON.stringify(`./${relative(folder, path)}`);
        const contents = code.replaceAll("import.meta.url", `new URL(${place}, import.meta.url).href`);
        return { contents };
      });
    },
  };
}

/** Returns the names of the files it wrote. */
async function bundle(entry, isSplit) {
  const folder = dirname(join(dist, entry));
  const { metafile } = await build({
    entryPoints: [join(dist, entry)],
    outdir: folder,
    allowOverwrite: true,
    bundle: true,
    splitting: isSplit,
    chunkNames: `${CHUNK}[hash]`,
    packages: "external",
    platform: "node",
    format: "esm",
    target: "node20",
    // Constants go where they are used. Names stay as they are, for stack traces.
    minifySyntax: true,
    metafile: true,
    plugins: [keepPlaces(folder)],
  });
  const files = Object.keys(metafile.outputs);
  for (const file of files) writeFileSync(file, keepConstants(readFileSync(file, "utf8")));
  return new Set(files.map((file) => basename(file)));
}

const written = await bundle("main.js", true);
for (const file of readdirSync(dist))
  if (file.startsWith(CHUNK) && !written.has(file)) rmSync(join(dist, file));
// A thread needs all that it has at once.
const threads = readdirSync(source, { recursive: true }).filter((file) => file.endsWith("-worker.ts"));
for (const file of ["index.js", ...threads.map((name) => name.replace(/ts$/, "js"))])
  await bundle(file, false);
