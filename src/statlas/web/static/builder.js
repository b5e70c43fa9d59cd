// The table builder with scripts on: the same buttons and links, without loading the page anew.
// htmx sends what is pressed and swaps the builder and the table; this keeps focus, scroll and what is open, says what has
// changed, tells what went wrong in place, and adds dragging, two keys, and a search as one types.
// Without this file every button and link does the same by itself.

const bench = () => document.getElementById("workbench");
const live = document.getElementById("announced");

// --- what a reader copies --------------------------------------------------------------------------------------------

/** The trail for undo lives in the page; the address bar shows the address of the table. */
function tidy() {
  const clean = bench()?.dataset.clean;
  if (clean && /[?&](undo|do)=/.test(location.search)) history.replaceState(history.state, "", clean + location.hash);
}

function say(text) {
  live.textContent = "";
  requestAnimationFrame(() => (live.textContent = text));
}

// --- a step ----------------------------------------------------------------------------------------------------------

let before = null; // what a swap must not lose

function remember() {
  const held = document.activeElement;
  before = {
    id: held?.id ?? "",
    then: (held?.dataset.then ?? "").split(" ").filter(Boolean),
    open: [...bench().querySelectorAll("details[id]")].map((one) => [one.id, one.open]),
    find: document.getElementById("find")?.value ?? "",
    top: window.scrollY,
  };
}

function restore() {
  for (const [id, isOpen] of before.open) {
    const found = document.getElementById(id);
    if (found) found.open = isOpen;
  }
  const find = document.getElementById("find");
  if (find && before.find) {
    find.value = before.find;
    lookFor(before.find);
  }
  const to = [before.id, ...before.then].map((id) => id && document.getElementById(id)).find(Boolean);
  to?.focus({ preventScroll: true });
  window.scrollTo({ top: before.top, behavior: "instant" });
}

function trouble(sentence) {
  const place = document.getElementById("problem");
  place.replaceChildren();
  if (!sentence) return;
  const box = Object.assign(document.createElement("div"), { className: "statlas-trouble" });
  const link = Object.assign(document.createElement("a"), { className: "govuk-link", href: location.href });
  link.textContent = place.dataset.again;
  box.append(`${sentence} `, link);
  place.append(box);
  place.scrollIntoView({ block: "nearest" });
}

const isStep = (event) => event.detail.target?.id === "workbench";

document.addEventListener("htmx:beforeRequest", (event) => {
  if (isStep(event)) bench().setAttribute("aria-busy", "true");
});

document.addEventListener("htmx:beforeSwap", (event) => {
  if (!isStep(event)) return;
  const isPage = event.detail.xhr.responseText.includes('id="workbench"');
  event.detail.shouldSwap = isPage; // a table that is refused is a page too, and tells what to change
  event.detail.isError = false;
  bench().removeAttribute("aria-busy");
  const { status } = event.detail.xhr;
  trouble(isPage ? "" : document.getElementById("problem").dataset.status.replace("{status}", status));
  if (isPage) remember();
});

document.addEventListener("htmx:sendError", () => {
  bench().removeAttribute("aria-busy");
  trouble(document.getElementById("problem").dataset.lost);
});

document.addEventListener("htmx:afterSettle", (event) => {
  if (!before || !document.getElementById("workbench")) return;
  restore();
  before = null;
  tidy();
  const error = bench().querySelector(".govuk-error-summary");
  say(error ? error.textContent.replace(/\s+/g, " ").trim() : bench().dataset.said);
  void event;
});

// --- a search among the fields ---------------------------------------------------------------------------------------

function lookFor(text) {
  const words = text.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  let n = 0;
  for (const entry of document.querySelectorAll(".statlas-entry")) {
    const all = entry.dataset.words.toLocaleLowerCase();
    entry.hidden = !words.every((word) => all.includes(word));
    if (!entry.hidden) n += 1;
  }
  for (const group of document.querySelectorAll(".statlas-group")) {
    group.hidden = !group.querySelector(".statlas-entry:not([hidden])");
    if (words.length && !group.hidden) group.open = true;
  }
  document.getElementById("found-none").hidden = n > 0;
}

document.addEventListener("input", (event) => {
  if (event.target.id === "find") lookFor(event.target.value);
});

document.addEventListener("submit", (event) => {
  if (event.target.classList.contains("statlas-find-field")) event.preventDefault();
});

// --- keys ------------------------------------------------------------------------------------------------------------

const isTyping = (element) => element.matches("input:not([type=radio], [type=checkbox]), textarea, select");

document.addEventListener("keydown", (event) => {
  const key = event.key.toLowerCase();
  if ((event.ctrlKey || event.metaKey) && !event.altKey && !isTyping(event.target)) {
    const id = key === "z" && !event.shiftKey ? "undo" : key === "y" || (key === "z" && event.shiftKey) ? "redo" : "";
    const link = id && document.getElementById(id);
    if (link) {
      event.preventDefault();
      link.click();
    }
    return;
  }
  const card = event.target.closest(".statlas-field-card[data-field]");
  const way = { arrowup: "-up", arrowdown: "-down" }[key];
  if (!card || !way || !event.target.matches(".statlas-press, .statlas-field-card")) return;
  const button = card.querySelector(`[id$="${way}"]`);
  if (!button) return;
  event.preventDefault();
  if (button.getAttribute("aria-disabled") !== "true") {
    button.focus();
    button.click();
  }
});

document.addEventListener(
  "click",
  (event) => {
    if (event.target.closest('[aria-disabled="true"]')) event.preventDefault();
  },
  true,
);

// --- dragging --------------------------------------------------------------------------------------------------------
// Pointer events, so that a finger drags as a mouse does: by the grip, or with a mouse by the name as well.

const FAR_ENOUGH = 6; // pixels before a press is a drag
const EDGE = 60; // pixels from the edge of the window at which it scrolls
let drag = null;

const escaped = (text) => text.replace(/[%;]/g, (mark) => (mark === "%" ? "%25" : "%3B"));

function begin(event) {
  if (event.button || drag) return;
  const handle = event.target.closest(".statlas-grip, .statlas-field-card__head, .statlas-entry__head");
  const item = handle?.closest("[data-field]");
  if (!item || event.target.closest("button, a") || (event.pointerType === "touch" && !event.target.closest(".statlas-grip"))) return;
  event.preventDefault();
  drag = { item, pointer: event.pointerId, x: event.clientX, y: event.clientY, ghost: null, place: null };
}

function lift() {
  drag.ghost = Object.assign(document.createElement("div"), { className: "statlas-ghost" });
  drag.ghost.textContent = drag.item.dataset.label;
  document.body.append(drag.ghost);
  bench().classList.add("statlas-dragging");
  drag.item.classList.add("statlas-lifted");
}

/** Where it would fall: an axis and how many cards stand before it there, or the list of fields, which takes it away. */
function placeAt(x, y) {
  const under = document.elementFromPoint(x, y);
  const axis = under?.closest("[data-axis]");
  if (axis) {
    const cards = [...axis.querySelectorAll(".statlas-field-card")].filter((card) => card.dataset.field !== drag.item.dataset.field);
    const at = cards.filter((card) => {
      const box = card.getBoundingClientRect();
      return y > box.top + box.height / 2;
    }).length;
    return { axis, at, cards };
  }
  const isCard = drag.item.classList.contains("statlas-field-card");
  return isCard && under?.closest('[data-drop="remove"]') ? { axis: under.closest('[data-drop="remove"]'), at: -1, cards: [] } : null;
}

function mark() {
  document.querySelectorAll(".statlas-over, .statlas-before, .statlas-behind").forEach((one) => {
    one.classList.remove("statlas-over", "statlas-before", "statlas-behind");
  });
  if (!drag?.place) return;
  const { axis, at, cards } = drag.place;
  axis.classList.add("statlas-over");
  if (at >= 0 && at < cards.length) cards[at].classList.add("statlas-before");
  else cards.at(-1)?.classList.add("statlas-behind");
}

function move(event) {
  if (!drag || event.pointerId !== drag.pointer) return;
  if (!drag.ghost && Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < FAR_ENOUGH) return;
  if (!drag.ghost) lift();
  event.preventDefault();
  drag.ghost.style.transform = `translate(${event.clientX + 8}px, ${event.clientY + 8}px)`;
  if (event.clientY < EDGE) window.scrollBy(0, -EDGE / 4);
  if (event.clientY > window.innerHeight - EDGE) window.scrollBy(0, EDGE / 4);
  drag.place = placeAt(event.clientX, event.clientY);
  mark();
}

function end() {
  const { item, ghost } = drag;
  ghost?.remove();
  item.classList.remove("statlas-lifted");
  bench().classList.remove("statlas-dragging");
  drag = null;
  mark();
}

function drop(event) {
  if (!drag || event.pointerId !== drag.pointer) return;
  const { place, item, ghost } = drag;
  end();
  if (!ghost || !place) return;
  const field = escaped(item.dataset.field);
  const button = document.getElementById("dropped");
  button.value = place.at < 0 ? `remove;${field}` : `place;${field};${place.axis.dataset.axis};${place.at}`;
  button.click();
}

document.addEventListener("pointerdown", begin);
document.addEventListener("pointermove", move, { passive: false });
document.addEventListener("pointerup", drop);
document.addEventListener("pointercancel", () => drag && end());
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && drag) end();
});

// --- dates -----------------------------------------------------------------------------------------------------------

/** Typing how many, or choosing a date, means the kind of choice that it belongs to. */
document.addEventListener("input", (event) => {
  const part = event.target.closest("#choose-dates [data-for]");
  if (!part) return;
  const kinds = part.dataset.for.split(" ");
  const now = document.querySelector('input[name="dates"]:checked')?.value;
  if (!kinds.includes(now)) document.getElementById(`dates-${kinds[0]}`).checked = true;
});

tidy();
