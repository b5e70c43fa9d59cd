// Choosing categories without a new page for every button: the form is sent, and what has changed takes its place.
// The count in the bar follows every tick. Without this each button gives a new page, which is the same.
const waitMs = 350;
let isBusy = false;
let typing;

const form = () => document.getElementById("choosing-form");

function count() {
  const said = document.getElementById("ticked");
  const boxes = [...document.querySelectorAll("#choosing-form input[name=tick]")];
  const seen = new Map(boxes.map((box) => [box.value, box]));
  const change = [...seen.values()].reduce((n, box) => n + box.checked - box.defaultChecked, 0);
  const n = Number(said.dataset.n) + change;
  const text = n ? form().dataset.said.replace("{n}", n.toLocaleString("en-GB")) : form().dataset.none;
  if (said.textContent !== text) said.textContent = text;
}

// The same category may stand twice on a page, in the tree and among guesses: one is as the other.
function alike(box) {
  for (const other of document.querySelectorAll("#choosing-form input[name=tick]")) {
    if (other.value === box.value) other.checked = box.checked;
  }
}

function put(page, focus) {
  const typed = document.activeElement?.id === "q" ? document.activeElement.value : null;
  const now = page.getElementById("choosing");
  if (!now) return false;
  document.getElementById("choosing").replaceWith(now);
  document.title = page.title;
  const target = page.getElementById("report-box") || document.getElementById(focus) || now.querySelector("h1");
  if (typed !== null) {
    const box = document.getElementById("q");
    box.value = typed;
    box.focus();
  } else if (target) {
    if (!target.matches("button, input, a, select, textarea")) target.tabIndex = -1;
    target.focus({ preventScroll: Boolean(document.getElementById(focus)) });
  }
  return true;
}

async function send(button, isTyped) {
  isBusy = true;
  const body = new URLSearchParams(new FormData(form(), button));
  try {
    const answer = await fetch(form().action, { method: "POST", body });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const address = answer.redirected ? answer.url : null;
    if (!put(page, button.id)) {
      location.assign(address || location.href);
      return;
    }
    if (address && isTyped) history.replaceState(null, "", address);
    else if (address) history.pushState(null, "", address);
  } catch {
    document.getElementById("ticked").textContent = form().dataset.failed;
  } finally {
    isBusy = false;
  }
}

document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (event.target !== form() || !button || button.value === "show") return;
  event.preventDefault();
  clearTimeout(typing);
  if (!isBusy) send(button, false);
});

document.addEventListener("change", (event) => {
  if (event.target.name !== "tick") return;
  alike(event.target);
  count();
});

document.addEventListener("input", (event) => {
  if (event.target.id !== "q") return;
  clearTimeout(typing);
  typing = setTimeout(() => {
    const text = event.target.value.trim();
    if (!isBusy && text.length !== 1) send(document.getElementById("find-button"), true);
  }, waitMs);
});

addEventListener("popstate", () => location.reload());
count();
