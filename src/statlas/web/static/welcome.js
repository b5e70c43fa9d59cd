// The pointer to the tour on the first page: shown until it is hidden, which only the browser remembers.

const KEPT = "statlas-tour-hidden";
const pointer = document.querySelector("[data-pointer]");

function isHidden() {
  try {
    return localStorage.getItem(KEPT) !== null;
  } catch {
    return true; // where nothing may be kept, the link in the text has to do
  }
}

if (pointer && !isHidden()) {
  pointer.hidden = false;
  pointer.querySelector("button").addEventListener("click", () => {
    localStorage.setItem(KEPT, "1");
    pointer.hidden = true;
    document.getElementById("main-content").focus();
  });
}
