// Rows of a list are moved without leaving the page, by buttons or by dragging. Without this the buttons load it anew.
(() => {
  const said = document.querySelector("[data-said]");
  let isBusy = false;

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const button = event.submitter;
    if (!("swap" in form.dataset) || !button) return;
    event.preventDefault();
    const data = new FormData(form);
    data.append(button.name, button.value);
    send(form.action, data, button.id);
  });

  // The answer is the page as it is now; of it the lists take the place of those that are here.
  async function send(address, data, focused) {
    if (isBusy) return;
    isBusy = true;
    try {
      const response = await fetch(address, { method: "POST", body: data });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const lists = page.querySelector("[data-swapped]");
      if (!response.ok || !lists) throw new Error(response.statusText);
      document.querySelector("[data-swapped]").replaceWith(lists);
      document.getElementById(focused)?.focus();
      said.textContent = page.querySelector(".notice")?.textContent ?? "";
    } catch {
      location.reload();
    } finally {
      isBusy = false;
    }
  }

  document.addEventListener("pointerdown", (event) => {
    const handle = event.target.closest(".drag");
    if (!handle || isBusy || event.button !== 0) return;
    event.preventDefault();
    drag(handle.closest("li"), event.pointerId);
  });

  function drag(row, pointer) {
    const list = row.parentElement;
    const was = row.nextElementSibling;
    const listening = new AbortController();
    const { signal } = listening;

    function stop() {
      listening.abort();
      row.classList.remove("is-dragged");
    }

    // The list holds the pointer: a row that is put elsewhere would let it go.
    list.setPointerCapture(pointer);
    row.classList.add("is-dragged");
    list.addEventListener("pointermove", (event) => follow(row, list, event.clientY), { signal });
    list.addEventListener(
      "pointerup",
      () => {
        stop();
        if (row.nextElementSibling !== was) drop(row);
      },
      { signal },
    );
    const giveUp = () => {
      stop();
      list.insertBefore(row, was);
    };
    list.addEventListener("pointercancel", giveUp, { signal });
    document.addEventListener("keydown", (event) => event.key === "Escape" && giveUp(), { signal });
  }

  function follow(row, list, height) {
    const others = [...list.children].filter((other) => other !== row);
    const next = others.find((other) => {
      const box = other.getBoundingClientRect();
      return height < box.top + box.height / 2;
    });
    if ((next ?? null) !== row.nextElementSibling) list.insertBefore(row, next ?? null);
  }

  function drop(row) {
    const data = new FormData();
    data.append("csrfmiddlewaretoken", row.querySelector("[name=csrfmiddlewaretoken]").value);
    data.append("before", row.nextElementSibling?.dataset.id ?? "");
    send(row.dataset.moveAt, data, `up-${row.dataset.id}`);
  }
})();
