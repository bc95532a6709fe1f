// Comfort only: every page works without this file.
"use strict";

const words = document.getElementById("mots").dataset;
const announce = (text) => {
  document.getElementById("annonce").textContent = text;
};

// A page with a summary of errors is itself the answer to a form: the browser cannot come back to it without sending
// that form again. Once it is corrected and sent, its place in the history is that of the page, to be loaded anew.
let isAnswer = Boolean(document.getElementById("erreurs"));
document.addEventListener("submit", (event) => {
  if (!isAnswer || event.target.method !== "post") return;
  isAnswer = false;
  event.preventDefault();
  event.stopImmediatePropagation();
  history.replaceState(history.state, "", location.href);
  // in a task of its own: the browser notes the change of history before it leaves
  setTimeout(() => event.target.requestSubmit(event.submitter));
}, true);

// Signing in renews the token of forms, also in another tab: what was typed here is sent with the one in force.
const token = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1];
document.addEventListener("submit", (event) => {
  const field = event.target.elements.csrfmiddlewaretoken;
  if (field && token()) field.value = token();
}, true);
document.addEventListener("htmx:configRequest", (event) => {
  if (!token()) return;
  event.detail.headers["X-CSRFToken"] = token();
  if (event.detail.parameters.csrfmiddlewaretoken) event.detail.parameters.csrfmiddlewaretoken = token();
});

// A form is sent once: the button says it is busy and stays where it is, so that focus is not lost.
const release = (form) => {
  delete form.dataset.sent;
  for (const button of form.elements) {
    if (!button.hasAttribute("aria-busy")) continue;
    button.removeAttribute("aria-busy");
    button.removeAttribute("aria-disabled");
  }
};

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  if (event.submitter) {
    event.submitter.setAttribute("aria-busy", "true");
    event.submitter.setAttribute("aria-disabled", "true");
  }
  announce(words.sending);
}, true);

// Coming back with the back button finds the form as it was, ready to be sent.
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(release));

document.addEventListener("htmx:afterRequest", (event) => {
  announce("");
  if (event.target.matches("form")) release(event.target);
});

// A fragment that was answered by the sign-in page means that the session has lapsed: load the page again,
// which leads to the sign-in page and back.
document.addEventListener("htmx:beforeSwap", (event) => {
  const answered = new URL(event.detail.xhr.responseURL || location.href);
  if (answered.pathname.startsWith("/connexion/") && !location.pathname.startsWith("/connexion/")) {
    event.detail.shouldSwap = false;
    location.reload();
  }
});

for (const failure of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
  document.addEventListener(failure, (event) => {
    // What a page asks by itself, again and again, fails in silence: the next time may succeed.
    if (event.target.closest?.("[data-quiet]")) return;
    const box = document.getElementById("messages");
    box.replaceChildren(document.getElementById("mots").content.cloneNode(true));
    box.scrollIntoView({ block: "nearest" });
  });
}

// The summary of errors takes the focus, so that it is read first.
document.getElementById("erreurs")?.focus();

// On a telephone the tab in which one stands is in sight.
for (const tab of document.querySelectorAll(".tabs > [aria-current]"))
  tab.parentElement.scrollLeft = tab.offsetLeft - tab.parentElement.offsetLeft - 48;

// A menu closes on Escape, and when the focus or the pointer goes elsewhere.
for (const menu of document.querySelectorAll("details.who")) {
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  for (const kind of ["focusin", "pointerdown"]) {
    document.addEventListener(kind, (event) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  }
}
