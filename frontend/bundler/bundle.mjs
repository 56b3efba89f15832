// Bundles the scripts and styles of the pages: node bundle.mjs PAGES TARGET
//
// Each page gets one file of styles, and one of scripts for each module in its HTML; modules that are imported
// dynamically stay files of their own. `manifest.json` in the target maps the addresses in the HTML to the bundles, and
// has the hashes of all files that were read: the gateway uses no bundle of other files.

import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { transform } from "esbuild";
import { rollup } from "rollup";

const [pages, target] = process.argv.slice(2).map((folder) => path.resolve(folder));
// Browsers of the last three years; tests/browser/support lists their missing features.
const BROWSERS = ["chrome109", "firefox110", "safari16.4"];
const STYLES = /(?:<link rel="stylesheet" href="[^"]*">\s*)+/;
const SCRIPT = /<script src="(static[^"]*)"( type="module")?>|<link rel="modulepreload" href="([^"]*)">/g;

const manifest = { scripts: {}, styles: {}, sources: {} };

function read(name) {
  const content = readFileSync(path.join(pages, name));
  manifest.sources[name] = createHash("sha256").update(content).digest("hex");
  return content.toString();
}

// The file with a hash of its content in its name: browsers keep it for ever.
function write(name, suffix, content) {
  const file = `${name}-${createHash("sha256").update(content).digest("hex").slice(0, 8)}${suffix}`;
  writeFileSync(path.join(target, file), content);
  return file;
}

const minify = async (code, options) =>
  (await transform(code, { minify: true, charset: "utf8", target: BROWSERS, ...options })).code;

// The name of a bundle: that of the module, with its folder.
const nameOf = (module) => module.replace(/^static\//, "").replace(/\.js$/, "").replaceAll("/", "-");

async function bundleModules(modules) {
  const bundle = await rollup({
    input: Object.fromEntries(modules.map((module) => [nameOf(module), path.join(pages, module)])),
    onwarn(warning) {
      throw new Error(warning.message);
    },
  });
  const { output } = await bundle.write({
    dir: target,
    entryFileNames: "[name]-[hash].js",
    chunkFileNames: "[name]-[hash].js",
    plugins: [{ name: "minify", renderChunk: (code) => minify(code, { format: "esm" }) }],
  });
  for (const chunk of output) {
    for (const module of chunk.moduleIds) read(path.relative(pages, module));
    if (chunk.isEntry) manifest.scripts[path.relative(pages, chunk.facadeModuleId)] = chunk.fileName;
  }
}

async function bundleScript(script) {
  manifest.scripts[script] ??= write(nameOf(script), ".js", await minify(read(script)));
}

async function bundleStyles(name, files) {
  const code = await minify(files.map(read).join("\n"), { loader: "css" });
  manifest.styles[files.join(" ")] ??= write(name, ".css", code);
}

async function bundlePage(page) {
  const html = read(page);
  const styles = [...html.match(STYLES)[0].matchAll(/href="([^"]*)"/g)].map(([, file]) => file);
  await bundleStyles(path.parse(page).name, styles);
  const scripts = [...html.matchAll(SCRIPT)].map(([, script, isModule, preloaded]) => ({
    file: preloaded ?? script,
    isModule: Boolean(preloaded ?? isModule),
  }));
  for (const { file, isModule } of scripts) if (!isModule) await bundleScript(file);
  const modules = scripts.filter(({ isModule }) => isModule).map(({ file }) => file);
  if (modules.length > 0) await bundleModules(modules);
}

mkdirSync(target, { recursive: true });
for (const page of readdirSync(pages).filter((name) => name.endsWith(".html"))) await bundlePage(page);
writeFileSync(path.join(target, "manifest.json"), JSON.stringify(manifest));
