// The frame beside a form follows what is typed. Without this its buttons show it when they are pressed.
(() => {
  const section = document.querySelector(".preview");
  const form = document.getElementById("edit");
  if (!section || !form) return;
  const frame = section.querySelector("iframe");
  const status = section.querySelector("[role=status]");
  const buttons = [...section.querySelectorAll("button[formaction]")];
  let page = buttons[0];
  let latest = 0;
  let timer;

  // Every form of the page that is not saved yet: a new logo has a form of its own.
  function typed() {
    const data = new FormData(form);
    const picture = document.querySelector(".picture-form");
    if (picture) for (const [name, value] of new FormData(picture)) if (!data.has(name)) data.append(name, value);
    return data;
  }

  async function refresh() {
    const turn = ++latest;
    let answer = null;
    try {
      answer = await fetch(page.formAction, { method: "POST", body: typed() });
    } catch {
      // The portal is away: the frame keeps what it shows.
    }
    const html = answer?.ok && !answer.redirected ? await answer.text() : "";
    if (turn !== latest) return;
    if (html) frame.srcdoc = html;
    status.textContent = html ? "" : status.dataset.away;
  }

  function soon() {
    clearTimeout(timer);
    timer = setTimeout(refresh, 400);
  }

  for (const button of buttons) {
    button.setAttribute("aria-pressed", String(button === page));
    button.addEventListener("click", (event) => {
      event.preventDefault();
      page = button;
      for (const each of buttons) each.setAttribute("aria-pressed", String(each === page));
      refresh();
    });
  }
  form.addEventListener("input", soon);
  document.querySelector(".picture-form")?.addEventListener("input", soon);
})();
