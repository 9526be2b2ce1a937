// What the shop does better with scripts: no page turns while the cart changes, and times that run.
"use strict";

const swapped = "main, .cart-count, .pay-bar";
let queue = Promise.resolve();

function take(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const fresh = page.querySelectorAll(swapped);
  const stale = document.querySelectorAll(swapped);
  if (fresh.length !== stale.length) return false;
  const typed = new Map([...document.querySelectorAll("main input[id]")].map((field) => [field.id, field.value]));
  stale.forEach((element, i) => element.replaceWith(document.adoptNode(fresh[i])));
  document.querySelectorAll("main input[aria-invalid=true]").forEach((field) => {
    field.value = typed.get(field.id) ?? field.value;
  });
  lookAt(document.querySelector("main [autofocus]"));
  return true;
}

// The page itself says what comes next: a message, a field, or the button that was pressed.
function lookAt(element) {
  if (!element) return;
  element.focus({ preventScroll: true });
  const { top, bottom } = element.getBoundingClientRect();
  const bar = document.querySelector(".pay-bar:not([hidden])")?.offsetHeight ?? 0;
  if (top < 0 || bottom > innerHeight - bar) element.scrollIntoView({ block: "center" });
}

// What went wrong is a page of its own, in the visitor's language; it takes the place of this one.
function takeError(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").querySelector("main");
  if (!fresh) return window.location.reload();
  document.querySelector("main").replaceWith(document.adoptNode(fresh));
  document.querySelectorAll(".hero, .stripe, .pay-bar, .held").forEach((part) => part.remove());
  return lookAt(document.querySelector("main h1"));
}

async function send(form, body) {
  const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "text/html" } });
  const html = await answer.text();
  if (!answer.ok) takeError(html);
  else if (!take(html)) window.location.assign(form.action);
}

function sayOffline() {
  const says = document.getElementById("offline");
  says.hidden = false;
  says.focus();
}
window.addEventListener("online", () => {
  document.getElementById("offline").hidden = true;
});
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='/']");
  if (!link || navigator.onLine) return;
  event.preventDefault();
  sayOffline();
});

// The bar at the foot of a phone must not lie on what the page has to say.
lookAt(document.querySelector("main [autofocus]"));

// A page that answers a form has an address of its own to come back to: it is looked at again, and not sent again.
if (["/checkout/pay", "/checkout/gift-card"].includes(window.location.pathname)) history.replaceState(null, "", "/checkout");

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("[data-swap]")) {
    event.preventDefault();
    const body = new URLSearchParams(new FormData(form, event.submitter));
    queue = queue.then(() => send(form, body)).catch(sayOffline);
  } else if (form.dataset.sent) {
    event.preventDefault();
  } else if (!navigator.onLine) {
    event.preventDefault();
    sayOffline();
  } else if (form.method === "post") {
    const changes = queue;
    form.dataset.sent = "yes";
    event.submitter?.setAttribute("aria-disabled", "true");
    sayMoment(event.submitter ?? form);
    if (!form.matches("[data-once]")) return;
    event.preventDefault();
    // The page may have been swapped meanwhile: the form that is there now is sent.
    changes.finally(() => document.getElementById(form.id).submit());
  }
});

// Where the next page keeps people waiting, such as for the payment service, the button that was pressed says so.
const moment_ms = 2000;
const moments = [];

function sayMoment(pressed) {
  const says = pressed.closest(".pay-bar, form")?.querySelector("[data-says]");
  if (says) moments.push(setTimeout(() => (says.textContent = says.dataset.says), moment_ms));
}

// A page that comes back from the browser's memory may be sent again.
window.addEventListener("pageshow", () => {
  moments.splice(0).forEach(clearTimeout);
  document.querySelectorAll("[data-says]").forEach((says) => says.replaceChildren());
  document.querySelectorAll("[data-sent]").forEach((form) => {
    delete form.dataset.sent;
    // Not all of its buttons stand within it.
    [...form.elements].forEach((button) => button.removeAttribute("aria-disabled"));
  });
});

function run(clock) {
  const end = performance.now() + 1000 * Number(clock.dataset.secondsLeft);
  const show = () => {
    const left = Math.max(0, Math.round((end - performance.now()) / 1000));
    clock.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    // Not a reload: on a page that answered a form, it would send the form again.
    if (left === 0) window.location.replace("/checkout");
    else setTimeout(show, 1000);
  };
  show();
}
document.querySelectorAll("[data-seconds-left]").forEach(run);

// What is left changes while people think.
if (document.querySelector("[data-left]")) {
  setInterval(async () => {
    if (document.hidden) return;
    const answer = await fetch(location.pathname).catch(() => null);
    if (!answer || !answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    page.querySelectorAll("[data-left]").forEach((fresh) => {
      const stale = document.querySelector(`[data-left="${fresh.dataset.left}"]`);
      if (stale && stale.textContent !== fresh.textContent) stale.replaceWith(document.adoptNode(fresh));
    });
  }, 15000);
}
