// Makes the picture of a chart one to touch: a pointer finds its numbers, and a slider goes through them, which the
// arrow keys and screen readers work as well. Without scripts the picture and its table say the same.

import { draw, fitted } from "./vega.js";

const box = document.querySelector("[data-chart]");
const reader = document.querySelector(".statlas-chart__reader");

function mark(text) {
  for (const before of box.querySelectorAll(".statlas-chart__here")) before.classList.remove("statlas-chart__here");
  if (text) box.querySelector(`[aria-label="${CSS.escape(text)}"]`)?.classList.add("statlas-chart__here");
}

function read(rows) {
  const slider = reader.querySelector("input");
  const said = reader.querySelector("output");
  const show = () => {
    const text = rows[slider.value].tip;
    said.textContent = text;
    slider.setAttribute("aria-valuetext", text);
    mark(text);
  };
  slider.max = rows.length - 1;
  slider.setAttribute("aria-valuetext", rows[slider.value].tip);
  slider.oninput = show;
  slider.onfocus = show;
  slider.onblur = () => mark("");
  reader.hidden = rows.length < 2;
}

async function start() {
  const address = fitted(box.dataset.spec, box.clientWidth);
  const answer = await fetch(address);
  if (!answer.ok) return;
  const specification = await answer.json();
  await draw(box, specification);
  read(specification.data.values);
}

// A picture serves those who save data as well, and a quarter of a megabyte of scripts does not.
if (box && !navigator.connection?.saveData) {
  start();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", start);
}
