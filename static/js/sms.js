// How long an SMS is while it is typed, filled in as the server would: GSM 03.38 and its extension table.
(() => {
  const BASIC =
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
  const EXTENSION = "\f^{}\\[~]|€";
  const PLAIN = {
    "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2013": "-", "\u2014": "-", "\u2011": "-",
    "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2026": "...",
  };
  const FIELD = /\[([^[\]\n]{1,60})\]/g;

  function septets(character) {
    if (BASIC.includes(character)) return 1;
    return EXTENSION.includes(character) ? 2 : 0;
  }

  function partsOf(widths, alone, each) {
    const sum = widths.reduce((all, width) => all + width, 0);
    if (sum <= alone) return { units: sum, parts: 1, limit: alone };
    let parts = 1;
    let room = each;
    for (const width of widths) {
      if (width > room) {
        parts += 1;
        room = each;
      }
      room -= width;
    }
    return { units: sum, parts, limit: each * parts };
  }

  function measure(text) {
    const characters = [...text];
    const culprit = characters.find((character) => septets(character) === 0);
    if (culprit === undefined) return { ...partsOf(characters.map(septets), 160, 153), culprit: "" };
    return { ...partsOf(characters.map((character) => character.length), 70, 67), culprit };
  }

  function plain(text) {
    return [...text].map((character) => PLAIN[character] ?? character).join("");
  }

  // A line whose fields are all empty is left out; a field that nobody knows stays as it is typed.
  function fill(text, names, values) {
    const key = (name) => names[name.trim().toLowerCase()];
    const value = (match, name) => (key(name) === undefined ? match : (values[key(name)] ?? ""));
    const lines = text.replace(/\r\n?/g, "\n").split("\n").map((line) => line.trimEnd());
    const kept = lines.filter((line) => {
      const found = [...line.matchAll(FIELD)].map((match) => key(match[1]));
      return !found.length || found.some((each) => each === undefined || values[each]);
    });
    return kept.map((line) => line.replace(FIELD, value)).join("\n").replace(/\n{3,}/g, "\n\n").trim();
  }

  window.smsLength = (text, names, values) => measure(plain(fill(text, names, values)));

  // One count for each text on the page, of the field that it names.
  function follow(place) {
    const typed = document.getElementById(place.dataset.for || "id_body");
    if (!typed) return;
    const names = JSON.parse(place.dataset.names);
    const values = JSON.parse(place.dataset.values);
    const ending = place.dataset.ending ? `\n${place.dataset.ending}` : "";
    const count = place.querySelector(".sms-count");
    const culprit = place.querySelector(".sms-culprit");

    function show() {
      const length = measure(plain(fill(typed.value, names, values) + ending));
      count.textContent = place.dataset.words.replace(/\{(\w+)\}/g, (match, name) => length[name] ?? match);
      const words = length.culprit ? place.dataset.culprit.replace("{culprit}", () => length.culprit) : "";
      if (culprit.textContent !== words) culprit.textContent = words;
    }

    typed.addEventListener("input", show);
    show();
  }

  document.querySelectorAll(".sms-length").forEach(follow);
})();
