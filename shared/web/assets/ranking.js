// Ranks applicants by dragging and by arrow keys. A move is sent by the applicant's own form "to", which also works
// without JavaScript. The server's answer replaces the board.

const PAUSE_IN_MILLISECONDS = 400;

document.documentElement.classList.add("ranks");

let dragged = null; // {item, before}: the item that is dragged, and the item that it was in front of
let waiting = null; // {item, timer}: the item that was moved here and not sent yet
let moving = false; // while an item is moved by keys: an element that moves loses the focus

const listOf = (item) => item.closest("#ranking");
const placeOf = (item) => [...listOf(item).children].indexOf(item) + 1;

/** Shows an order that was changed here. "Send ranking" sends the order that is shown. */
function show(item) {
  const items = [...listOf(item).children];
  items.forEach((each, index) => {
    each.querySelector(".place").textContent = index + 1;
  });
  document.getElementById("order").value = items.map((each) => each.dataset.application).join(" ");
}

function say(item) {
  document.getElementById("ranking-notice").textContent =
    `${item.dataset.name} is now ${placeOf(item)} of ${listOf(item).children.length}.`;
}

function send() {
  if (!waiting) return;
  clearTimeout(waiting.timer);
  const { item } = waiting;
  waiting = null;
  const form = item.querySelector("form.to");
  form.elements.place.value = placeOf(item);
  form.elements.move.click();
}

function sendSoon(item) {
  if (waiting?.item !== item) send();
  clearTimeout(waiting?.timer);
  waiting = { item, timer: setTimeout(send, PAUSE_IN_MILLISECONDS) };
}

function moveBy(item, key) {
  moving = true;
  const list = listOf(item);
  const [previous, next] = [item.previousElementSibling, item.nextElementSibling];
  if (key === "ArrowUp" && previous) list.insertBefore(item, previous);
  else if (key === "ArrowDown" && next) list.insertBefore(next, item);
  else if (key === "Home") list.prepend(item);
  else if (key === "End") list.append(item);
  show(item);
  say(item);
  item.querySelector(".handle").focus();
  moving = false;
  sendSoon(item);
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && dragged) {
    listOf(dragged.item).insertBefore(dragged.item, dragged.before);
    show(dragged.item);
    drop();
    return;
  }
  const handle = event.target.closest?.(".handle");
  if (!handle || !["ArrowUp", "ArrowDown", "Home", "End"].includes(event.key)) return;
  event.preventDefault();
  moveBy(handle.closest(".applicant"), event.key);
});

document.addEventListener("pointerdown", (event) => {
  const handle = event.target.closest?.(".handle");
  if (!handle || event.button !== 0) return;
  event.preventDefault();
  send();
  handle.focus();
  document.documentElement.setPointerCapture(event.pointerId); // the handle itself moves, which would end its capture
  const item = handle.closest(".applicant");
  dragged = { item, before: item.nextElementSibling };
  item.classList.add("dragged");
});

document.addEventListener("pointermove", (event) => {
  if (!dragged) return;
  const { item } = dragged;
  const after = [...listOf(item).children].find((each) => {
    const box = each.getBoundingClientRect();
    return each !== item && event.clientY < box.top + box.height / 2;
  });
  if (after !== item.nextElementSibling) {
    listOf(item).insertBefore(item, after ?? null);
    show(item);
  }
});

function drop() {
  dragged?.item.classList.remove("dragged");
  dragged = null;
}

document.addEventListener("pointerup", () => {
  if (!dragged) return;
  const { item, before } = dragged;
  drop();
  if (item.nextElementSibling === before) return;
  say(item);
  sendSoon(item);
  send();
});
document.addEventListener("pointercancel", drop);

// An answer is not shown if something was moved here since it was asked for. One without a board, as when the session
// has ended, is shown as a page.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, target } = event.detail;
  if (target.id !== "board") return;
  if (waiting || dragged) event.detail.shouldSwap = false;
  else if (!xhr.responseText.includes('id="board"')) {
    event.detail.shouldSwap = false;
    window.location.reload();
  }
});

// A move that was not sent yet is sent when the focus leaves the handle, and so before the ranking itself.
document.addEventListener("focusout", (event) => {
  if (event.target.classList?.contains("handle") && !dragged && !moving) send();
});
