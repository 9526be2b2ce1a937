// Pages that wait for something look again by themselves, in place: nobody's reading or typing is cut short.
"use strict";

const parts = (page) => [...page.querySelectorAll("[data-again]")];

function lookLater() {
  const [first] = parts(document);
  if (first) setTimeout(look, 1000 * Number(first.dataset.again));
}

async function look() {
  const answer = await fetch(window.location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer) return lookLater();
  const stale = parts(document);
  const fresh = parts(new DOMParser().parseFromString(await answer.text(), "text/html"));
  if (fresh.length === stale.length) {
    stale.forEach((part, i) => {
      part.dataset.again = fresh[i].dataset.again;
      if (part.innerHTML !== fresh[i].innerHTML) part.replaceChildren(...fresh[i].childNodes);
    });
  } else if (answer.ok) {
    // What was waited for has come: its page is another one.
    return window.location.replace(answer.url);
  }
  return lookLater();
}

lookLater();
