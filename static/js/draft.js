// Keeps details that are typed but not sent, in this tab alone, so that a reload loses nothing. Which fields,
// the page says: never the identity number. Gone as soon as they are sent or the time is given back, and an
// hour after the time is held no longer.
(() => {
  const PREFIX = "draft:";
  const AN_HOUR = 60 * 60 * 1000;

  const detailsForm = () => document.querySelector("form[data-draft]");
  const keptFields = (form) => [...form.elements].filter((field) => "kept" in field.dataset);
  const typedIn = (field) => (field.type === "checkbox" ? field.checked : field.value);

  // A browser may forbid the storage: the page works without.
  function withStorage(act) {
    try {
      return act(window.sessionStorage);
    } catch {
      return null;
    }
  }

  function keep(form) {
    const typed = Object.fromEntries(keptFields(form).map((field) => [field.name, typedIn(field)]));
    const until = Date.now() + Number(form.dataset.seconds) * 1000 + AN_HOUR;
    withStorage((storage) => storage.setItem(PREFIX + form.dataset.draft, JSON.stringify({ until, typed })));
  }

  function bringBack(form) {
    const draft = withStorage((storage) => JSON.parse(storage.getItem(PREFIX + form.dataset.draft)));
    for (const field of draft ? keptFields(form) : []) {
      if (!(field.name in draft.typed)) continue;
      if (field.type === "checkbox") field.checked = draft.typed[field.name];
      else field.value = draft.typed[field.name];
    }
  }

  const forget = (booking) => withStorage((storage) => storage.removeItem(PREFIX + booking));

  function forgetOld() {
    withStorage((storage) => {
      const drafts = Object.keys(storage).filter((key) => key.startsWith(PREFIX));
      for (const key of drafts) {
        if (JSON.parse(storage.getItem(key)).until < Date.now()) storage.removeItem(key);
      }
    });
  }

  // A page that came back with what was sent is the newer one; else what was kept is.
  function look() {
    forgetOld();
    const form = detailsForm();
    if (form && !form.dataset.looked) ("sent" in form.dataset ? keep : bringBack)(form);
    if (form) form.dataset.looked = "";
  }

  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-draft]");
    if (form) keep(form);
  });

  document.addEventListener("submit", (event) => {
    const booking = event.target.dataset.draft || event.target.dataset.release;
    if (booking) forget(booking);
  });

  // Not sent after all.
  document.addEventListener("htmx:sendError", () => detailsForm() && keep(detailsForm()));

  document.addEventListener("DOMContentLoaded", look);
  document.addEventListener("htmx:afterSettle", look);
  setInterval(forgetOld, 60 * 1000);
})();
