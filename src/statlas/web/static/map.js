// A map that is already drawn in the page: reads out the area pointed at or stepped to, zooms, pans, plays its dates.
import { Player } from "./player.js";

const STEP = 1.6; // how much closer one press goes
const DEEPEST = 40;

class Reading {
  // figure: the element of the template, with its drawing in it.
  constructor(figure) {
    this.figure = figure;
    this.svg = figure.querySelector(".statlas-map__drawing");
    this.canvas = figure.querySelector("[data-canvas]");
    this.said = figure.querySelector("[data-said]");
    this.areas = [...this.svg.querySelectorAll("path[data-c]")];
    this.whole = this.svg.viewBox.baseVal;
    this.whole = { x: this.whole.x, y: this.whole.y, w: this.whole.width, h: this.whole.height };
    this.view = { ...this.whole };
    this.chosen = null;
    this.texts = null; // of the date that is played, by position
    this.said.textContent = this.said.dataset.none;
    this.listen();
    const found = this.svg.querySelector("[data-found]");
    if (found) this.choose(found, true);
  }

  listen() {
    const zoom = this.figure.querySelector("[data-zoom]");
    zoom.hidden = false;
    zoom.querySelector("[data-in]").onclick = () => this.zoom(STEP);
    zoom.querySelector("[data-out]").onclick = () => this.zoom(1 / STEP);
    zoom.querySelector("[data-all]").onclick = () => this.show(this.whole);
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute("role", "application");
    this.canvas.setAttribute("aria-label", `${this.svg.querySelector("title").textContent} ${this.said.dataset.keys}`);
    this.canvas.addEventListener("keydown", (event) => this.press(event));
    this.svg.addEventListener("pointerover", (event) => event.pointerType === "mouse" && this.point(event.target));
    this.svg.addEventListener("click", (event) => !this.dragged && event.target.dataset.c && this.choose(event.target));
    this.svg.addEventListener("wheel", (event) => this.turn(event), { passive: false });
    this.pointers = new Map();
    this.svg.addEventListener("pointerdown", (event) => this.down(event));
    this.svg.addEventListener("pointermove", (event) => this.move(event));
    for (const name of ["pointerup", "pointercancel", "pointerleave"])
      this.svg.addEventListener(name, (event) => this.pointers.delete(event.pointerId));
    // The titles inside would show beside what is read out here.
    for (const area of this.areas) {
      const title = area.querySelector("title");
      if (title) {
        area.dataset.t = title.textContent;
        title.remove();
      }
    }
  }

  text(area) {
    return area.dataset.t || this.numbers().get(area.dataset.c) || area.dataset.c;
  }

  // Of very many areas the texts come with a file of their own, once.
  numbers() {
    if (!this.listed) {
      const data = this.figure.querySelector("[data-texts]");
      this.listed = new Map(data ? JSON.parse(data.textContent) : []);
    }
    return this.listed;
  }

  point(target) {
    if (target.dataset.c && !this.pointers.size) this.say(target, "off");
  }

  say(area, live) {
    this.said.setAttribute("aria-live", live);
    this.said.textContent = this.text(area);
  }

  choose(area, quietly = false) {
    this.chosen?.removeAttribute("data-chosen");
    this.chosen = area;
    area.setAttribute("data-chosen", "");
    area.parentNode.append(area); // its outline lies on top
    this.say(area, quietly ? "off" : "polite");
    this.follow(area);
  }

  middle(area) {
    const box = area.getBBox();
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  }

  // The nearest area in a direction: what lies aside counts three times.
  step(across, down) {
    if (!this.middles) this.middles = new Map(this.areas.map((area) => [area, this.middle(area)]));
    const from = this.chosen ? this.middles.get(this.chosen) : { x: this.view.x + this.view.w / 2, y: this.view.y + this.view.h / 2 };
    let best = null;
    let nearest = Infinity;
    for (const [area, to] of this.middles) {
      const along = (to.x - from.x) * across + (to.y - from.y) * down;
      const aside = Math.abs((to.x - from.x) * down) + Math.abs((to.y - from.y) * across);
      const away = this.chosen ? along + 3 * aside : Math.abs(along) + aside;
      if (area !== this.chosen && !area.classList.contains("kout") && (along > 0 || !this.chosen) && away < nearest) {
        best = area;
        nearest = away;
      }
    }
    if (best) this.choose(best);
  }

  press(event) {
    const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const other = { "+": () => this.zoom(STEP), "=": () => this.zoom(STEP), "-": () => this.zoom(1 / STEP), 0: () => this.show(this.whole), Escape: () => this.show(this.whole) };
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (ways[event.key]) this.step(...ways[event.key]);
    else if (other[event.key]) other[event.key]();
    else return;
    event.preventDefault();
  }

  // --- zoom and pan ---

  show(view) {
    this.view = { ...view };
    this.svg.setAttribute("viewBox", `${view.x} ${view.y} ${view.w} ${view.h}`);
    this.figure.toggleAttribute("data-close", view.w < this.whole.w);
    // Lines across areas stay as far apart on the screen as they were.
    for (const pattern of this.svg.querySelectorAll("pattern")) {
      const turned = pattern.getAttribute("patternTransform").split(" scale")[0];
      pattern.setAttribute("patternTransform", `${turned} scale(${view.w / this.whole.w})`);
    }
  }

  zoom(by, at = null) {
    const { x, y, w, h } = this.view;
    const wide = Math.min(this.whole.w, Math.max(this.whole.w / DEEPEST, w / by));
    const around = at || (this.chosen ? this.middle(this.chosen) : { x: x + w / 2, y: y + h / 2 });
    const share = wide / w;
    this.show(this.held({ x: around.x - (around.x - x) * share, y: around.y - (around.y - y) * share, w: wide, h: h * share }));
  }

  // A view that does not leave the map.
  held(view) {
    const limit = (at, size, from, whole) => Math.max(from, Math.min(at, from + whole - size));
    return { ...view, x: limit(view.x, view.w, this.whole.x, this.whole.w), y: limit(view.y, view.h, this.whole.y, this.whole.h) };
  }

  follow(area) {
    if (this.view.w >= this.whole.w) return;
    const { x, y } = this.middle(area);
    const { view } = this;
    if (x < view.x || x > view.x + view.w || y < view.y || y > view.y + view.h)
      this.show(this.held({ ...view, x: x - view.w / 2, y: y - view.h / 2 }));
  }

  turn(event) {
    if (!event.ctrlKey && !event.metaKey) return; // the page scrolls
    event.preventDefault();
    this.zoom(event.deltaY < 0 ? 1.25 : 0.8, this.at(event));
  }

  at(event) {
    const box = this.svg.getBoundingClientRect();
    const unit = Math.max(this.view.w / box.width, this.view.h / box.height);
    return {
      x: this.view.x + this.view.w / 2 + (event.clientX - box.left - box.width / 2) * unit,
      y: this.view.y + this.view.h / 2 + (event.clientY - box.top - box.height / 2) * unit,
    };
  }

  down(event) {
    this.dragged = false;
    this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  }

  move(event) {
    const before = this.pointers.get(event.pointerId);
    if (!before) return;
    const now = { x: event.clientX, y: event.clientY };
    if (this.pointers.size === 2) this.pinch(event.pointerId, before, now);
    else if (this.view.w < this.whole.w) this.drag(before, now);
    else return;
    this.pointers.set(event.pointerId, now);
  }

  drag(before, now) {
    if (Math.hypot(now.x - before.x, now.y - before.y) > 1) this.dragged = true;
    const box = this.svg.getBoundingClientRect();
    const unit = Math.max(this.view.w / box.width, this.view.h / box.height);
    this.show(this.held({ ...this.view, x: this.view.x - (now.x - before.x) * unit, y: this.view.y - (now.y - before.y) * unit }));
  }

  pinch(id, before, now) {
    this.dragged = true;
    const other = [...this.pointers].find(([one]) => one !== id)[1];
    const apart = (one) => Math.hypot(one.x - other.x, one.y - other.y);
    if (apart(before) > 0) this.zoom(apart(now) / apart(before), this.at({ clientX: (now.x + other.x) / 2, clientY: (now.y + other.y) / 2 }));
  }

  // --- motion ---

  // keys and texts of every area at a date, in the order of `codes`.
  paint(codes, frame) {
    if (!this.byCode) this.byCode = new Map(this.areas.map((area) => [area.dataset.c, area]));
    const name = this.svg.querySelector("[data-name]").dataset.name;
    codes.forEach((code, n) => {
      const area = this.byCode.get(code);
      const [key, text] = frame[n];
      area.setAttribute("class", `k${key}`);
      area.dataset.t = text;
      if (/^[a-z]+$/.test(key) && key !== "out") area.setAttribute("fill", `url(#${name}-${key})`);
      else area.removeAttribute("fill");
    });
    if (this.chosen) this.say(this.chosen, "off");
  }

  // The table beside it, at the date that is drawn.
  retell(codes, frame, date) {
    const texts = new Map(codes.map((code, n) => [code, frame[n][1]]));
    const section = this.figure.closest("section");
    for (const row of section.querySelectorAll("[data-row]")) {
      const text = texts.get(row.dataset.row);
      if (text) row.querySelector("td").textContent = text.slice(text.lastIndexOf(": ") + 2);
    }
    for (const said of section.querySelectorAll("[data-date]")) said.textContent = date;
  }
}

const maps = [...document.querySelectorAll("[data-map]")].map((figure) => new Reading(figure));

const playing = document.querySelector("[data-player]");
const frames = document.getElementById("map-frames");
if (playing && frames && maps.length) {
  const { codes, frames: dates } = JSON.parse(frames.textContent);
  const labels = JSON.parse(playing.querySelector("[data-labels]").textContent);
  new Player(playing, (step) => {
    maps[0].paint(codes, dates[step]);
    maps[0].retell(codes, dates[step], labels[step]);
    history.replaceState(null, "", location.search.replace(/&step=\d+/, "") + `&step=${step + 1}` + location.hash);
  });
  document.querySelector("[data-steps]")?.setAttribute("hidden", "");
}

// Finding without a new page: the area is marked and read out where it is on the map.
const find = document.querySelector(".statlas-map__find");
find?.addEventListener("submit", (event) => {
  const wanted = find.elements.find.value.trim().toLowerCase();
  const name = (area) => maps[0].text(area).split(": ")[0].toLowerCase();
  const fits = wanted && maps[0].areas.filter((area) => !area.classList.contains("kout"));
  const found = fits && (fits.find((area) => name(area) === wanted) || fits.find((area) => name(area).startsWith(wanted)) || fits.find((area) => name(area).includes(wanted)));
  if (!found) return; // the server says what there is
  event.preventDefault();
  maps[0].choose(found);
  maps[0].canvas.focus({ preventScroll: true });
  maps[0].figure.scrollIntoView({ block: "nearest" });
});
