// Comfort only: a button beside each password shows what is typed.
"use strict";

const said = document.currentScript.dataset;

for (const field of document.querySelectorAll('input[type="password"]')) {
  const button = document.createElement("button");
  const say = (text) => {
    button.textContent = text;
    button.setAttribute("aria-label", `${text} ${said.of}`);
  };
  button.type = "button";
  button.className = "button quiet show-password";
  button.setAttribute("aria-controls", field.id);
  say(said.show);
  const toggle = (isShown) => {
    field.type = isShown ? "text" : "password";
    say(isShown ? said.hide : said.show);
  };
  button.addEventListener("click", () => toggle(field.type === "password"));
  // Sent as a password, so that the browser keeps it as one and never offers it as a word.
  field.form.addEventListener("submit", () => toggle(false));
  const pair = document.createElement("div");
  pair.className = "password";
  field.replaceWith(pair);
  pair.append(field, button);
}
