// Keeps the demo's inbox up to date: asks every other second, and touches the page only for news,
// so that what somebody is selecting or reading stays where it is.
const inbox = document.getElementById("inbox");
let shown = null;

async function look() {
  if (document.hidden) return;
  const answer = await fetch(inbox.dataset.live, { cache: "no-store" }).catch(() => null);
  if (!answer?.ok) return;
  const now = await answer.text();
  if (now !== shown) inbox.innerHTML = now;
  shown = now;
}

look();
setInterval(look, 2000);
document.addEventListener("visibilitychange", look);
