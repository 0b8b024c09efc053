// Copy a message, for somebody whose site sends no mail. Without this script the text can be selected by hand.
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

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const element = document.getElementById(button.dataset.copy);
    await copyText(element.innerText, element);
    button.textContent = button.dataset.done;
  });
}
