// Follows a job while it is made: asks for the page again and shows what has changed. Without it the page reloads itself.
const PAUSE_MS = 2000;
const SAY_EVERY = 25; // per cent between two things said to screen readers

let said = -1;

function tell(now) {
  const percent = Number(now.dataset.percent);
  const step = now.dataset.open ? Math.floor(percent / SAY_EVERY) : 100;
  if (step === said) return;
  said = step;
  document.getElementById("job-said").textContent = now.dataset.open ? `${now.dataset.state}, ${percent}%` : now.dataset.state;
}

function show(now) {
  const before = document.getElementById("job");
  tell(now);
  if (now.dataset.open) {
    document.getElementById("job-progress").replaceWith(now.querySelector("#job-progress"));
    return true;
  }
  const hadFocus = before.contains(document.activeElement);
  before.replaceWith(now);
  if (hadFocus) now.querySelector("h1").focus();
  return false;
}

async function look() {
  try {
    const answer = await fetch(location.href, { cache: "no-store" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = page.getElementById("job");
    if (!now) {
      location.reload();
      return;
    }
    document.title = page.title;
    if (!show(now)) return;
  } catch {
    // The site does not answer at the moment: look again later.
  }
  setTimeout(look, PAUSE_MS);
}

setTimeout(look, PAUSE_MS);
