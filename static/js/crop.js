// Choosing the part of a picture to keep, by pointer or keys. Without this its middle is kept.
(() => {
  const SMALLEST = 0.05;

  for (const place of document.querySelectorAll("[data-picture]")) prepare(place);

  function prepare(place) {
    const isSquare = place.dataset.shape === "square";
    const form = place.querySelector(".picture-form");
    const file = form.querySelector("input[type=file]");
    const tool = place.querySelector(".crop");
    const unseen = place.querySelector(".crop-unseen");
    const stage = place.querySelector(".crop-stage");
    const shown = place.querySelector(".crop-picture");
    const frame = place.querySelector(".crop-frame");
    const corner = place.querySelector(".crop-corner");
    const after = place.querySelector(".crop-after");
    const status = tool.querySelector("[role=status]");
    let bitmap = null;
    // In shares of the picture's width and height, as the server takes it.
    let part = { left: 0, top: 0, width: 1, height: 1 };

    file.addEventListener("change", choose);
    draggable(frame, (from, dx, dy) => move(from.left + dx, from.top + dy));
    draggable(corner, grow);
    frame.addEventListener("keydown", (event) => {
      step(event, (dx, dy) => move(part.left + dx, part.top + dy));
    });
    corner.addEventListener("keydown", (event) => {
      step(event, (dx, dy) => grow(part, dx, dy));
    });

    async function choose() {
      const chosen = file.files[0];
      bitmap = null;
      form.elements.kept.value = "";
      try {
        if (chosen) bitmap = await createImageBitmap(chosen);
      } catch {
        // Not a picture, or of a kind that only the server reads: it will say so.
      }
      tool.hidden = !bitmap;
      unseen.hidden = Boolean(bitmap) || !chosen;
      if (bitmap) begin();
      else write(null);
    }

    function begin() {
      const most = 1200 / Math.max(bitmap.width, bitmap.height);
      shown.width = Math.round(bitmap.width * Math.min(1, most));
      shown.height = Math.round(bitmap.height * Math.min(1, most));
      shown.getContext("2d").drawImage(bitmap, 0, 0, shown.width, shown.height);
      const side = Math.min(bitmap.width, bitmap.height);
      const width = isSquare ? side / bitmap.width : 1;
      const height = isSquare ? side / bitmap.height : 1;
      part = { left: (1 - width) / 2, top: (1 - height) / 2, width, height };
      show();
    }

    // A square's share of the picture's height, for each share of its width.
    function ratio() {
      return bitmap.width / bitmap.height;
    }

    function move(left, top) {
      part.left = between(0, left, 1 - part.width);
      part.top = between(0, top, 1 - part.height);
      show();
    }

    function grow(from, dx, dy) {
      if (isSquare) {
        const more = Math.abs(dx) > Math.abs(dy / ratio()) ? dx : dy / ratio();
        const most = Math.min(1 - part.left, (1 - part.top) / ratio());
        part.width = between(Math.max(SMALLEST, SMALLEST / ratio()), from.width + more, most);
        part.height = part.width * ratio();
      } else {
        part.width = between(SMALLEST, from.width + dx, 1 - part.left);
        part.height = between(SMALLEST, from.height + dy, 1 - part.top);
      }
      show();
    }

    function draggable(handle, change) {
      handle.addEventListener("pointerdown", (event) => {
        if (!bitmap) return;
        event.preventDefault();
        handle.focus();
        handle.setPointerCapture(event.pointerId);
        const box = stage.getBoundingClientRect();
        const from = { ...part };
        const follow = (moved) => {
          const dx = (moved.clientX - event.clientX) / box.width;
          const dy = (moved.clientY - event.clientY) / box.height;
          change(from, dx, dy);
        };
        const end = () => {
          handle.removeEventListener("pointermove", follow);
          say();
        };
        handle.addEventListener("pointermove", follow);
        handle.addEventListener("lostpointercapture", end, { once: true });
      });
    }

    function step(event, change) {
      const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
      if (!bitmap || !(event.key in ways)) return;
      event.preventDefault();
      const far = event.shiftKey ? 0.1 : 0.01;
      const [x, y] = ways[event.key];
      change(x * far, y * far);
      say();
    }

    function show() {
      frame.style.left = `${part.left * 100}%`;
      frame.style.top = `${part.top * 100}%`;
      frame.style.width = `${part.width * 100}%`;
      frame.style.height = `${part.height * 100}%`;
      corner.style.left = `${(part.left + part.width) * 100}%`;
      corner.style.top = `${(part.top + part.height) * 100}%`;
      write(part);
      preview();
      form.dispatchEvent(new Event("input"));
    }

    function preview() {
      const width = part.width * bitmap.width;
      const height = part.height * bitmap.height;
      const scale = Math.min(isSquare ? 160 / width : 300 / width, isSquare ? 160 / height : 90 / height);
      after.width = Math.max(1, Math.round(width * scale));
      after.height = Math.max(1, Math.round(height * scale));
      const [x, y] = [part.left * bitmap.width, part.top * bitmap.height];
      after.getContext("2d").drawImage(bitmap, x, y, width, height, 0, 0, after.width, after.height);
    }

    function write(chosen) {
      for (const edge of ["left", "top", "width", "height"]) {
        form.elements[edge].value = chosen ? chosen[edge].toFixed(5) : "";
      }
    }

    function say() {
      status.textContent = status.dataset.words.replace(/\{(\w+)\}/g, (_all, edge) => {
        return Math.round(part[edge] * 100);
      });
    }
  }

  function between(least, value, most) {
    return Math.min(Math.max(value, Math.min(least, most)), most);
  }
})();
