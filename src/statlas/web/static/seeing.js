// What makes a table easier to use where scripts run: arrow keys roam over its cells and Enter asks about one, a mark
// opens its note in place, the next rows come as they are scrolled to, texts and the whole table are copied by a button.
// Everything is listened for on the document, so that a table that is put in place of another works as well.

const ROW_KEYS = { ArrowUp: -1, ArrowDown: 1, PageUp: -10, PageDown: 10 };
const COLUMN_KEYS = { ArrowLeft: -1, ArrowRight: 1 };

// --- the cells as a grid ---------------------------------------------------------------------------------------------

const grid = () => document.querySelector("table[data-ask]");

// Rows as the cells that stand in them, spanning ones in each row and column that they span; built anew when needed.
function places(table) {
  const rows = [];
  for (const row of table.rows) {
    if (row.parentElement.classList.contains("statlas-table__more")) continue;
    const y = rows.push(rows[rows.length] || []) - 1;
    let x = 0;
    for (const cell of row.cells) {
      while (table.spans[y]?.[x]) x += 1;
      for (let dy = 0; dy < cell.rowSpan; dy += 1) {
        table.spans[y + dy] ||= [];
        for (let dx = 0; dx < cell.colSpan; dx += 1) table.spans[y + dy][x + dx] = cell;
      }
      x += cell.colSpan;
    }
  }
  return table.spans;
}

function prepare() {
  const table = grid();
  if (!table || table.role === "grid") return;
  table.role = "grid";
  table.setAttribute("role", "grid");
  table.setAttribute("aria-readonly", "true");
  const hint = document.getElementById("ask-hint");
  if (hint) table.setAttribute("aria-describedby", hint.id);
  table.closest(".statlas-scroll").removeAttribute("tabindex");
  for (const link of table.querySelectorAll("thead .statlas-sort")) link.tabIndex = -1;
  const first = table.querySelector("tbody td");
  if (first) first.tabIndex = 0;
  watch();
}

function stand(table, cell) {
  for (const before of table.querySelectorAll("td[tabindex], th[tabindex]")) before.removeAttribute("tabindex");
  cell.tabIndex = 0;
  cell.focus({ preventScroll: true });
  reveal(table, cell);
}

// Sticky heads must not cover the cell that has the focus.
function reveal(table, cell) {
  const box = table.closest(".statlas-scroll");
  const [inside, seen] = [cell.getBoundingClientRect(), box.getBoundingClientRect()];
  const isSticky = (one) => one && getComputedStyle(one).position === "sticky";
  const head = isSticky(table.tHead) ? table.tHead.getBoundingClientRect().height : 0;
  const heads = [...cell.parentElement.querySelectorAll("th")].filter((one) => one !== cell && isSticky(one));
  const side = Math.max(0, ...heads.map((one) => one.getBoundingClientRect().right - seen.left));
  if (cell.closest("tbody")) {
    if (inside.top < seen.top + head) box.scrollTop -= seen.top + head - inside.top;
    if (inside.bottom > seen.bottom) box.scrollTop += inside.bottom - seen.bottom + 2;
  } else box.scrollTop = 0;
  if (inside.left < seen.left + side) box.scrollLeft -= seen.left + side - inside.left;
  if (inside.right > seen.right) box.scrollLeft += inside.right - seen.right + 2;
  const now = cell.getBoundingClientRect();
  if (now.top < 0 || now.bottom > innerHeight) cell.scrollIntoView({ block: "nearest" });
}

function roam(event, table, cell) {
  table.spans = [];
  const rows = places(table);
  const y = rows.findIndex((row) => row.includes(cell));
  const x = rows[y].indexOf(cell);
  let [toY, toX] = [y, x];
  if (event.key in ROW_KEYS) {
    const step = Math.sign(ROW_KEYS[event.key]);
    for (let n = 0; n < Math.abs(ROW_KEYS[event.key]); n += 1) {
      let next = toY + step;
      while (rows[next] && (rows[next][x] === rows[toY][x] || !rows[next][x])) next += step;
      if (!rows[next]) break;
      toY = next;
    }
  } else if (event.key in COLUMN_KEYS) {
    const step = COLUMN_KEYS[event.key];
    while (rows[y][toX] === cell) toX += step;
  } else if (event.key === "Home") {
    if (event.ctrlKey) toY = table.tHead.rows.length;
    toX = rows[toY].findIndex((one) => one.tagName === "TD");
  } else if (event.key === "End") {
    if (event.ctrlKey) toY = rows.length - 1;
    toX = rows[toY].length - 1;
  } else return false;
  const to = rows[toY]?.[toX];
  if (to && !to.classList.contains("statlas-table__corner")) stand(table, to);
  return true;
}

function address(table, cell) {
  const rows = table.tHead.rows;
  const heads = [...rows[rows.length - 1].querySelectorAll("th[data-cell]")];
  const row = cell.parentElement;
  const head = heads[[...row.querySelectorAll("td")].indexOf(cell)];
  if (!head || row.dataset.cell === undefined) return "";
  const number = Number(row.dataset.cell) + Number(head.dataset.cell);
  const behind = table.dataset.ask.includes("?") ? "&" : "?";
  return `${table.dataset.ask}${behind}cell=${encodeURIComponent(`${number};${head.dataset.measure}`)}`;
}

// --- the panel of a cell ---------------------------------------------------------------------------------------------

async function ask(table, cell) {
  const url = address(table, cell);
  if (!url) return;
  stand(table, cell);
  table.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(url);
    const found = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("cell");
    if (!found) throw new Error("no cell");
    show(found, cell);
  } catch {
    location.assign(url);
  } finally {
    table.removeAttribute("aria-busy");
  }
}

function show(found, from) {
  const panel = document.createElement("dialog");
  panel.className = "statlas-panel";
  panel.setAttribute("aria-labelledby", "cell-title");
  const close = document.createElement("button");
  close.type = "button";
  close.className = "govuk-button govuk-button--secondary statlas-panel__close";
  close.textContent = document.querySelector("[data-close]")?.dataset.close || "Close";
  close.addEventListener("click", () => panel.close());
  panel.append(close, found);
  panel.addEventListener("click", (event) => event.target === panel && panel.close());
  panel.addEventListener("close", () => {
    panel.remove();
    from.focus();
  });
  document.body.append(panel);
  panel.showModal();
  found.querySelector("h1").focus();
}

// --- notes in place --------------------------------------------------------------------------------------------------

function tell(mark) {
  const note = document.getElementById(decodeURIComponent(mark.hash.slice(1)));
  if (!note || !HTMLElement.prototype.showPopover) return false;
  const box = document.createElement("div");
  box.className = "statlas-note";
  box.popover = "auto";
  box.tabIndex = -1;
  box.setAttribute("role", "note");
  box.textContent = `${note.querySelector("dt").textContent} ${note.querySelector("dd").textContent}`;
  mark.after(box);
  box.showPopover();
  const [at, size] = [mark.getBoundingClientRect(), box.getBoundingClientRect()];
  box.style.left = `${Math.max(8, Math.min(at.left, innerWidth - size.width - 8))}px`;
  box.style.top = `${at.bottom + size.height + 8 > innerHeight ? at.top - size.height - 4 : at.bottom + 4}px`;
  box.focus();
  box.addEventListener("toggle", (event) => {
    if (event.newState !== "closed") return;
    const isInside = box.contains(document.activeElement) || document.activeElement === document.body;
    box.remove();
    if (isInside) mark.focus();
  });
  return true;
}

// --- more rows -------------------------------------------------------------------------------------------------------

let observer;

function watch() {
  observer?.disconnect();
  const more = document.querySelector("a[data-more]");
  if (!more) return;
  const box = more.closest(".statlas-scroll");
  // Where the table does not scroll by itself, the reader says when; else what stands below would never be reached.
  if (box.scrollHeight <= box.clientHeight) return;
  observer = new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && load(more), { root: box });
  observer.observe(more);
}

async function load(more) {
  if (more.ariaBusy) return;
  more.ariaBusy = "true";
  observer?.disconnect();
  try {
    const answer = await fetch(more.dataset.more);
    if (!answer.ok) throw new Error(answer.status);
    const holder = document.createElement("template");
    holder.innerHTML = `<table>${await answer.text()}</table>`;
    const hadFocus = document.activeElement === more;
    const bodies = [...holder.content.querySelectorAll("tbody")];
    more.closest("tbody").replaceWith(...bodies);
    const { last, total } = bodies[0].dataset;
    count(last, total);
    if (hadFocus) stand(grid(), bodies[0].querySelector("td"));
    watch();
  } catch {
    location.assign(more.href);
  }
}

function count(last, total) {
  const said = document.getElementById("rows-said");
  const table = grid();
  if (!said || !table) return;
  const first = table.tBodies[0].dataset.first;
  const written = (n) => Number(n).toLocaleString("en-GB");
  said.textContent = said.dataset.said
    .replace("{first}", written(first)).replace("{last}", written(last)).replace("{total}", written(total));
}

// --- copying ---------------------------------------------------------------------------------------------------------

// The table as spreadsheets and word processors take it: heads that span are written once and left blank after.
function plain(table) {
  table.spans = [];
  const seen = new Set();
  const lines = places(table).map((row) =>
    row.map((cell) => {
      if (seen.has(cell)) return "";
      seen.add(cell);
      return cell.innerText.replace(/\s+/g, " ").trim();
    }).join("\t"),
  );
  return [table.caption?.innerText.replace(/\s+/g, " ").trim() || "", ...lines].join("\n");
}

function rich(table) {
  const copy = table.cloneNode(true);
  for (const gone of copy.querySelectorAll(".statlas-table__more, .statlas-note, script")) gone.remove();
  for (const link of copy.querySelectorAll("a, button, span")) link.replaceWith(...link.childNodes);
  for (const one of [copy, ...copy.querySelectorAll("*")]) {
    for (const { name } of [...one.attributes]) {
      if (!["colspan", "rowspan", "scope"].includes(name)) one.removeAttribute(name);
    }
  }
  return copy.outerHTML;
}

async function copy(button) {
  const what = document.querySelector(button.dataset.copy);
  if (what.tagName === "TABLE") {
    const source = document.getElementById("citation")?.innerText || "";
    const legend = [...document.querySelectorAll("#reading ~ dl > div")].map((one) => one.innerText.replace(/\s+/g, " "));
    const beneath = [...legend, source].filter(Boolean);
    const text = [plain(what), "", ...beneath].join("\n");
    const paragraph = document.createElement("p");
    const html = rich(what) + beneath.map((line) => {
      paragraph.textContent = line;
      return paragraph.outerHTML;
    }).join("");
    await navigator.clipboard.write([new ClipboardItem({
      "text/plain": new Blob([text], { type: "text/plain" }),
      "text/html": new Blob([html], { type: "text/html" }),
    })]);
  } else await navigator.clipboard.writeText(what.innerText);
  const before = button.textContent;
  button.textContent = button.dataset.done;
  button.setAttribute("aria-live", "polite");
  setTimeout(() => { button.textContent = before; }, 2000);
}

// --- what is listened for --------------------------------------------------------------------------------------------

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) {
    copy(button);
    return;
  }
  const link = event.target.closest("a");
  if (link?.dataset.more && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    load(link);
  } else if (link?.matches("a.statlas-mark") && tell(link)) event.preventDefault();
  const table = grid();
  const cell = event.target.closest("td");
  if (link || !table?.contains(cell) || !cell?.parentElement.dataset.cell) return;
  if (String(getSelection())) return;
  ask(table, cell);
});

document.addEventListener("keydown", (event) => {
  const table = grid();
  const cell = event.target.closest?.("td, th");
  if (!table?.contains(cell) || event.altKey || event.metaKey) return;
  if (event.key === "Enter" && event.target === cell) {
    if (cell.tagName === "TD") ask(table, cell);
    else cell.querySelector("a")?.click();
    event.preventDefault();
  } else if (roam(event, table, cell)) event.preventDefault();
});

document.addEventListener("htmx:afterSettle", prepare);
prepare();
