// Pages work without this. It moves the focus where a new page would have put it.
document.addEventListener("htmx:afterSettle", () => {
  const goal = document.getElementById("errors") || document.querySelector("#content h1");
  if (goal) {
    goal.setAttribute("tabindex", "-1");
    goal.focus({ preventScroll: true });
  }
});

// A page that the browser kept while the patient went back may show a time that has gone since.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) window.location.reload();
});

// An open menu closes when something else is clicked, or by Escape.
for (const type of ["click", "keydown"]) {
  document.addEventListener(type, (event) => {
    const menu = document.querySelector(".languages[open]");
    if (!menu || (type === "click" ? menu.contains(event.target) : event.key !== "Escape")) return;
    menu.open = false;
    if (type === "keydown") menu.querySelector("summary").focus();
  });
}
