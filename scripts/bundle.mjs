/**
 * The build's last part: the program, the library and the entry files of the threads take in the modules that they
 * consist of, in the places of the compiler's files. To find and link three hundred modules takes longer than to
 * analyze a small capture.
 */
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const dist = fileURLToPath(new URL("../dist/", import.meta.url));
const files = readdirSync(dist, { recursive: true });
/** What the program loads only when it is asked for lies in files of such names, made anew each time. */
const CHUNK = "chunk-";

/** Modules that name files relative to themselves find them from `folder`, too. */
function keepPlaces(folder) {
  return {
    name: "keep-places",
    setup({ onLoad }) {
      onLoad({ filter: /\.js$/ }, ({ path }) => {
        const source = readFileSync(path, "utf8");
        const place = JSON.stringify(`./${relative(folder, path)}`);
        const contents = source.replaceAll("import.meta.url", `new URL(${place}, import.meta.url).href`);
        return { contents };
      });
    },
  };
}

function bundle(entry, isSplit) {
  const folder = dirname(join(dist, entry));
  return build({
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
    plugins: [keepPlaces(folder)],
  });
}

for (const file of files) if (file.startsWith(CHUNK)) rmSync(join(dist, file));
await bundle("main.js", true);
// A thread needs all that it has at once.
for (const file of ["index.js", ...files.filter((name) => name.endsWith("-worker.js"))])
  await bundle(file, false);
