// Says while an address is typed whether it is free. Without this the form says it once it is sent.
(() => {
  const form = document.querySelector("form[data-check]");
  const field = document.getElementById("id_subdomain");
  const answer = document.getElementById("availability");
  let asked = 0;
  let timer;

  async function ask(name) {
    const number = ++asked;
    const response = await fetch(`${form.dataset.check}?name=${encodeURIComponent(name)}`);
    if (!response.ok) return;
    const { words } = await response.json();
    if (number === asked) answer.textContent = words;
  }

  field?.addEventListener("input", () => {
    clearTimeout(timer);
    asked += 1;
    answer.textContent = "";
    if (field.value.trim()) timer = setTimeout(() => ask(field.value).catch(() => {}), 300);
  });
})();
