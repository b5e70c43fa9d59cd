// Draws a Vega-Lite specification under a policy that forbids eval and inline styles: vega-embed with the interpreter,
// no buttons, no style sheet of its own, and a tooltip of ours. Charts, maps and motion share it.

let loading;

// The bundles are scripts that leave globals behind, each on those before it.
function load(box) {
  const { vega, lite, embed, interpreter } = box.dataset;
  loading ||= (async () => {
    for (const address of [vega, lite, embed]) await import(address);
    return (await import(interpreter)).expressionInterpreter;
  })();
  return loading;
}

export const isDark = () =>
  matchMedia("(prefers-color-scheme: dark)").matches &&
  getComputedStyle(document.documentElement).getPropertyValue("color-scheme").includes("dark");

// The address of a specification for the theme and width of this screen.
export function fitted(address, width) {
  const found = new URL(address, location.href);
  if (isDark()) found.searchParams.set("theme", "dark");
  if (width < 600) found.searchParams.set("width", "narrow");
  return found;
}

function tooltip() {
  const shown = document.createElement("div");
  shown.className = "statlas-chart__tip";
  shown.hidden = true;
  shown.setAttribute("aria-hidden", "true");
  document.body.append(shown);
  return (_handler, event, _item, value) => {
    shown.hidden = !value;
    if (!value) return;
    shown.textContent = String(value);
    const { width, height } = shown.getBoundingClientRect();
    const [x, y] = [event.clientX + 12, event.clientY + 12];
    shown.style.left = `${Math.max(4, Math.min(x, innerWidth - width - 4))}px`;
    shown.style.top = `${y + height > innerHeight ? event.clientY - height - 8 : y}px`;
  };
}

let tip;

// Paper is light: for those who read in the dark the light picture is kept at hand.
function paper(box) {
  const address = box.querySelector("img")?.getAttribute("src");
  if (!address || !isDark()) return [];
  const shown = document.createElement("img");
  shown.className = "statlas-chart__paper";
  shown.alt = "";
  shown.src = address;
  return [shown];
}

// The drawn view of a specification in a box, in place of what stood there.
export async function draw(box, specification) {
  const expr = await load(box);
  const inside = document.createElement("div");
  const made = await globalThis.vegaEmbed(inside, specification, {
    actions: false,
    ast: true,
    defaultStyle: false,
    expr,
    loader: { load: () => Promise.reject(new Error("a chart holds its own data")) },
    renderer: "svg",
    tooltip: (tip ||= tooltip()),
  });
  const svg = inside.querySelector("svg");
  // Read as one picture, as the one that it replaces; its numbers are read by the slider and the table.
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", box.dataset.alternative);
  for (const part of svg.children) part.setAttribute("aria-hidden", "true");
  box.replaceChildren(inside, ...paper(box));
  return made.view;
}
