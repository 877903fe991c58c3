// The script of every page. Each page works without it.

/** Shows below a text how many words it has, counted as the server does: separated by white space. */
function countWords(text) {
  const most = Number(text.dataset.words);
  const line = document.getElementById(`${text.id}-words`);
  if (!line) return;
  const show = () => {
    const count = text.value.split(/\s+/u).filter(Boolean).length;
    const over = count - most;
    line.textContent = over > 0 ? `${count} of ${most} words: ${over} too many.` : `${count} of ${most} words.`;
    line.classList.toggle("over", over > 0);
  };
  text.addEventListener("input", show);
  show();
}

/** Sends a form once, however often its button is pressed. */
function sendOnce(event) {
  const form = event.target;
  if (form.method !== "post" || form.hasAttribute("hx-post")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
}

function prepare(root) {
  root.querySelectorAll("textarea[data-words]").forEach(countWords);
}

prepare(document);
document.addEventListener("submit", sendOnce);
document.addEventListener("htmx:load", (event) => {
  // HTMX begins with the whole page, which is prepared already.
  if (event.target !== document.body) prepare(event.target);
});
/** Updates the form after a check: only fields that show a fault are marked, and the summary goes with the last fault. */
function followFaults() {
  document.querySelectorAll(".field").forEach((field) => {
    const wrong = field.querySelector(".fault") !== null;
    field.classList.toggle("bad", wrong);
    const control = field.querySelector("input, textarea, select");
    if (control?.hasAttribute("aria-invalid") && !wrong) control.removeAttribute("aria-invalid");
    else if (control && wrong && field.tagName !== "FIELDSET") control.setAttribute("aria-invalid", "true");
  });
  const summary = document.getElementById("faults");
  const isCorrected = (link) => {
    const field = document.getElementById(decodeURIComponent(link.hash.slice(1)))?.closest(".field");
    return field && !field.querySelector(".fault");
  };
  if (summary && [...summary.querySelectorAll("a")].every(isCorrected)) summary.remove();
}
document.addEventListener("htmx:afterSettle", followFaults);
// A form that saves itself shows when it cannot.
document.addEventListener("htmx:sendError", (event) => {
  if (event.detail.target.id !== "saved") return;
  event.detail.target.textContent = "Not saved: there is no connection. Keep this page open; your next change saves all of it.";
});
// A page that is restored from the browser's cache may be sent again.
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
});
document.getElementById("faults")?.focus();
