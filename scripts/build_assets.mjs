// Builds the web pages' assets into src/statlas/web/static/vendor/: the compiled theme and the bundled scripts.
// Run by set-up; what it makes is ignored by git and shipped in the wheel.

import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { compile } from "sass";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const modules = join(root, "node_modules");
const notices = join(root, "scripts", "notices");
const web = join(root, "src", "statlas", "web");
const vendor = join(web, "static", "vendor");

/** Scripts served as they come, under their own names. */
const scripts = ["govuk-frontend/dist/govuk/govuk-frontend.min.js"];

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
  writeFileSync(join(vendor, path.split("/").at(-1)), script.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, "\n"));
}

function copyNotice(name) {
  copyFileSync(join(notices, name), join(vendor, name));
}

const css = compileStyles(); // before the old files go: a fault in the theme leaves them standing
rmSync(vendor, { recursive: true, force: true });
mkdirSync(vendor, { recursive: true });
writeFileSync(join(vendor, "statlas.css"), css);
scripts.forEach(copyScript);
copyNotice("govuk-frontend.LICENSE.txt");
