// Puts a name into a formula where the writer is, instead of at its end by a new page.
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-name]");
  const text = document.getElementById("expression");
  if (!button || !text) return;
  event.preventDefault();
  text.setRangeText(`{${button.dataset.name}}`, text.selectionStart, text.selectionEnd, "end");
  text.focus();
});
