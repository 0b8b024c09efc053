// A button that copies a message, where a site sends no mail. Without this script the text can be selected by hand.
"use strict";

async function copyText(text, element) {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return;
  }
  // Where a site is not encrypted its pages have no clipboard of their own: the browser copies what is selected.
  getSelection().selectAllChildren(element);
  document.execCommand("copy");
  getSelection().removeAllRanges();
}

for (const place of document.querySelectorAll("[data-copy]")) {
  const { copy, words, name, done } = place.dataset;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button--quiet";
  button.textContent = words;
  button.setAttribute("aria-label", name);
  button.addEventListener("click", async () => {
    const element = document.getElementById(copy);
    await copyText(element.innerText, element);
    button.textContent = done;
    button.removeAttribute("aria-label");
  });
  place.append(button);
}
