// The console works without this. It warns before typed words are lost, moves the focus to errors, and closes menus.
(() => {
  document.getElementById("errors")?.focus();

  for (const form of document.querySelectorAll("form[data-guard]")) {
    const note = form.querySelector(".unsaved");
    // A form that came back with an error or a conflict holds words that are stored nowhere.
    let unsaved = Boolean(document.getElementById("errors")) || "unsaved" in form.dataset;

    function show() {
      if (note) note.hidden = !unsaved;
    }

    form.addEventListener("input", () => {
      unsaved = true;
      show();
    });
    form.addEventListener("submit", (event) => {
      // A button that only shows something in the frame beside the form saves nothing.
      if (!event.submitter?.formTarget) unsaved = false;
    });
    window.addEventListener("beforeunload", (event) => {
      if (unsaved) event.preventDefault();
    });
    show();
  }

  for (const type of ["click", "keydown"]) {
    document.addEventListener(type, (event) => {
      for (const menu of document.querySelectorAll(".languages[open]")) {
        if (type === "click" ? menu.contains(event.target) : event.key !== "Escape") continue;
        menu.open = false;
        if (type === "keydown") menu.querySelector("summary").focus();
      }
    });
  }
})();
