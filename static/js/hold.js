// Counts a hold down, and says so at 5, 2 and 1 minutes and at its end. Without this, the time of day stays.
(() => {
  const held = document.querySelector(".held[data-seconds]");
  const spoken = document.querySelector(".held-spoken");
  if (!held || !spoken) return;

  const seconds = Number(held.dataset.seconds);
  const endsAt = Date.now() + seconds * 1000;
  const shown = held.querySelector(".held-left");
  const moments = [5, 2, 1];
  let last = null;

  // Minutes begun: 5 while between four and five are left.
  const minutesLeft = () => Math.max(0, Math.ceil((endsAt - Date.now()) / 60000));

  function wordsOn(minutes) {
    if (minutes === 0) return held.dataset.over;
    return minutes === 1 ? held.dataset.one : held.dataset.many.replace("[minutes]", minutes);
  }

  function look() {
    const minutes = minutesLeft();
    if (minutes === last) return;
    const words = wordsOn(minutes);
    shown.textContent = words;
    shown.hidden = false;
    if (minutes === 0) spoken.textContent = words;
    else if (moments.includes(minutes)) spoken.textContent = held.dataset.spoken.replace("[left]", words);
    held.classList.toggle("held-soon", minutes <= 2);
    last = minutes;
  }

  clearInterval(window.holdClock);
  window.holdClock = setInterval(() => (held.isConnected ? look() : clearInterval(window.holdClock)), 1000);
  look();
})();
