// Keeps what lives on the page fresh: asks for the page again and puts the new parts in place of the old.
"use strict";

const EVERY = 2000;

function replacePart(fresh) {
  const old = document.getElementById(fresh.id);
  if (!old || old.innerHTML === fresh.innerHTML) return;
  const held = old.contains(document.activeElement) ? document.activeElement : null;
  const address = held && held.getAttribute("href");
  const frame = old.querySelector(".calendar-frame");
  const left = frame ? frame.scrollLeft : 0;
  old.innerHTML = fresh.innerHTML;
  if (held) {
    const same = address && old.querySelector(`a[href="${CSS.escape(address)}"]`);
    const again = same || old.querySelector("[tabindex], a");
    if (again) again.focus({ preventScroll: true });
  }
  if (frame) old.querySelector(".calendar-frame").scrollLeft = left;
}

async function refresh() {
  if (!document.hidden) {
    try {
      const answer = await fetch(location.href, { cache: "no-store" });
      if (answer.ok) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        page.querySelectorAll("[data-live]").forEach(replacePart);
      }
    } catch {
      // The agent is being started again; the next try will tell.
    }
  }
  setTimeout(refresh, EVERY);
}

if (document.querySelector("[data-live]")) setTimeout(refresh, EVERY);
