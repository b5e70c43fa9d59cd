// Plays a chart through the dates of its table in the browser; with scripts off every date is a page of its own.

import { Player } from "./player.js";
import { draw, fitted } from "./vega.js";

const box = document.querySelector("[data-chart]");
const root = document.querySelector("[data-player]");
const described = document.querySelector("[data-described]");

let view;

function here(step) {
  const address = new URL(location.href);
  address.searchParams.set("step", step + 1);
  return address;
}

// What stands around the picture is of one date: the page of another is asked for when somebody stops there.
let waiting;
function follow(step) {
  history.replaceState(null, "", here(step));
  for (const link of document.querySelectorAll("[data-dated]")) {
    const address = new URL(link.href);
    address.searchParams.set("step", step + 1);
    link.href = address;
  }
  clearTimeout(waiting);
  waiting = setTimeout(async () => {
    const answer = await fetch(here(step));
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of ["[data-described]", "[data-numbers]"]) {
      const [old, fresh] = [document.querySelector(part), page.querySelector(part)];
      const isOpen = old.querySelector("details")?.open;
      old.replaceChildren(...fresh.childNodes);
      if (isOpen) old.querySelector("details").open = true;
    }
    const picture = page.querySelector("[data-chart]");
    box.dataset.alternative = picture.dataset.alternative;
    box.querySelector("svg")?.setAttribute("aria-label", box.dataset.alternative);
  }, 700);
}

async function show(step) {
  await view.signal("step", step).runAsync();
  follow(step);
}

async function start(player) {
  const answer = await fetch(fitted(box.dataset.spec, box.clientWidth));
  if (!answer.ok) return player;
  const specification = await answer.json();
  specification.params = [{ name: "step", value: player?.step ?? specification.params[0].value }];
  view = await draw(box, specification);
  document.querySelector("[data-steps]").hidden = true;
  return player ?? new Player(root, show);
}

if (box && root && described) {
  const player = await start();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => start(player));
}
