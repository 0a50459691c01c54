// Builds dist/ from src/: one script, one style sheet, one HTML file, and the digest of the sources,
// by which tests/house/test_page.py sees without Node that dist/ is not out of date.
import { createHash } from "node:crypto";
import { cp, readdir, readFile, writeFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { build } from "esbuild";

const SETUP = ["build.mjs", "package-lock.json", "package.json", "tsconfig.json"];

async function sourcePaths() {
  const found = await readdir("src", { recursive: true, withFileTypes: true });
  const files = found.filter((entry) => entry.isFile());
  const inside = files.map((entry) => relative(".", join(entry.parentPath, entry.name)));
  return [...SETUP, ...inside.map((path) => path.split(sep).join("/"))].sort();
}

async function digestOfSources() {
  const digest = createHash("sha256");
  for (const path of await sourcePaths()) {
    const one = createHash("sha256")
      .update(await readFile(path))
      .digest("hex");
    digest.update(`${path} ${one}\n`);
  }
  return digest.digest("hex");
}

await build({
  entryPoints: { page: "src/main.tsx" },
  outdir: "dist",
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2022",
  charset: "utf8",
  legalComments: "eof",
  jsx: "automatic",
  define: { "process.env.NODE_ENV": '"production"' },
  logLevel: "info",
});
await cp("src/index.html", "dist/index.html");
await writeFile("dist/sources.sha256", `${await digestOfSources()}\n`);
