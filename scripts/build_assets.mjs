// Builds the web pages' assets into src/statlas/web/static/vendor/: the compiled theme and the bundled scripts.
// Run by set-up; what it makes is ignored by git and shipped in the wheel.

import { copyFileSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { compile } from "sass";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const modules = join(root, "node_modules");
const notices = join(root, "scripts", "notices");
const web = join(root, "src", "statlas", "web");
const vendor = join(web, "static", "vendor");
const fresh = join(root, "node_modules", ".statlas-vendor");

/** Scripts served as they come, under their own names. */
const scripts = [
  "govuk-frontend/dist/govuk/govuk-frontend.min.js",
  "htmx.org/dist/htmx.min.js",
  "vega/build/vega.min.js",
  "vega-lite/build/vega-lite.min.js",
  "vega-embed/build/vega-embed.min.js",
];

/** Licences of what is bundled, for those that ask to be shipped with it. */
const licences = ["govuk-frontend.LICENSE.txt"];

/** Packages whose own licence files are shipped: their scripts, and what these have bundled. */
const licensed = ["vega", "vega-lite", "vega-embed", "vega-interpreter"];

function compileStyles() {
  const { css } = compile(join(web, "theme", "main.scss"), {
    loadPaths: [modules],
    style: "compressed",
    quietDeps: true,
  });
  refuseBranding(css);
  return css;
}

/** The crown and GDS Transport are licensed for GOV.UK alone; a theme that pulls them in must not be built. */
function refuseBranding(css) {
  const found = /GDS Transport|@font-face|govuk-crest|\/assets\//.exec(css);
  if (found) throw new Error(`the theme pulls in GOV.UK's own branding: ${found[0]}`);
}

/** Source maps are not shipped, so a script must not point a browser at one. */
function copyScript(path) {
  const script = readFileSync(join(modules, path), "utf8");
  writeFileSync(join(fresh, path.split("/").at(-1)), script.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, "\n"));
}

/** The interpreter is a module that imports from vega's own; beside the bundle it takes the same from there. */
function copyInterpreter() {
  const script = readFileSync(join(modules, "vega-interpreter/build/vega-interpreter.js"), "utf8");
  const made = script.replace(/^import (\{[^}]*\}) from 'vega-util';/, "const $1 = globalThis.vega;");
  if (/^import /m.test(made)) throw new Error("vega-interpreter imports what the bundle does not hold");
  writeFileSync(join(fresh, "vega-interpreter.js"), made.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, "\n"));
}

/** What the bundles of vega hold of others: D3, under the ISC licence. */
function copyLicences() {
  for (const name of licensed) copyFileSync(join(modules, name, "LICENSE"), join(fresh, `${name}.LICENSE.txt`));
  const d3 = readdirSync(modules).filter((name) => /^d3-|^delaunator$|^internmap$|^robust-predicates$|^topojson-client$/.test(name));
  const texts = d3.map((name) => `${name}\n\n${readFileSync(join(modules, name, "LICENSE"), "utf8")}`);
  writeFileSync(join(fresh, "vega-bundled.LICENSE.txt"), texts.join("\n\n"));
}

function copyNotice(name) {
  copyFileSync(join(notices, name), join(fresh, name));
}

const css = compileStyles(); // before the old files go: a fault in the theme leaves them standing
// Made beside and put in place file by file, so that a site served meanwhile never lacks one.
rmSync(fresh, { recursive: true, force: true });
mkdirSync(fresh, { recursive: true });
mkdirSync(vendor, { recursive: true });
writeFileSync(join(fresh, "statlas.css"), css);
scripts.forEach(copyScript);
copyInterpreter();
copyLicences();
licences.forEach(copyNotice);
const made = readdirSync(fresh);
made.forEach((name) => renameSync(join(fresh, name), join(vendor, name)));
readdirSync(vendor)
  .filter((name) => !made.includes(name))
  .forEach((name) => rmSync(join(vendor, name), { recursive: true }));
rmSync(fresh, { recursive: true });
