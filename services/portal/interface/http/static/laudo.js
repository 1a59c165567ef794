// Comfort only: every step of the portal works without this file.
"use strict";

(() => {
  const words = document.body.dataset;
  const plain = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();

  // One click, one request: the button rests until the page changes.
  document.addEventListener("submit", (event) => {
    if (event.target.closest("[hx-post]")) return;
    const button = event.submitter;
    if (event.target.dataset.sent) { event.preventDefault(); return; }
    event.target.dataset.sent = "yes";
    if (button) setTimeout(() => button.classList.add("busy"), 0);
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
    document.querySelectorAll(".busy").forEach((button) => button.classList.remove("busy"));
  });

  document.querySelectorAll("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });
  document.querySelector("[data-focus]")?.focus();

  // What is shown once can be copied; where the browser does not let us, it is marked for the keyboard.
  document.querySelectorAll("[data-copy]").forEach((button) => {
    const field = document.getElementById(button.dataset.copy);
    const before = [...button.childNodes].map((node) => node.cloneNode(true));
    button.hidden = false;
    button.addEventListener("click", async () => {
      field.select();
      try { await navigator.clipboard.writeText(field.value); } catch { return; }
      button.textContent = button.dataset.copied;
      setTimeout(() => button.replaceChildren(...before), 3000);
    });
  });

  // The account menu closes on Escape and on a click elsewhere.
  const menu = document.querySelector("details.menu");
  document.addEventListener("click", (event) => { if (menu?.open && !menu.contains(event.target)) menu.open = false; });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu?.open) { menu.open = false; menu.querySelector("summary").focus(); }
  });

  // The catalogue: type to narrow the list, accents do not matter.
  document.querySelectorAll("[data-picker]").forEach((picker) => {
    const search = picker.querySelector("[data-picker-search]");
    const count = picker.querySelector("[data-picker-count]");
    const choices = [...picker.querySelectorAll("[data-words]")];
    search.hidden = false;
    search.querySelector("input").addEventListener("input", (event) => {
      const asked = plain(event.target.value).split(/\s+/);
      const shown = choices.filter((choice) => {
        const fits = asked.every((part) => plain(choice.dataset.words).includes(part));
        choice.hidden = !fits && !choice.querySelector("input").checked;
        return !choice.hidden;
      });
      count.textContent = (shown.length === 1 ? words.foundOne : words.foundMany).replace("{n}", shown.length);
    });
    search.querySelector("input").addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      const first = choices.find((choice) => !choice.hidden)?.querySelector("input");
      if (first) { first.checked = true; first.focus(); }
    });
  });

  // The table of values: Enter and the arrows move between items; a hint is given while typing.
  document.querySelectorAll("[data-values]").forEach((form) => {
    const fields = [...form.querySelectorAll("input:not([type=hidden]), select")];
    const move = (from, by) => {
      const next = fields[fields.indexOf(from) + by];
      if (next) { next.focus(); next.select?.(); } else if (by > 0) form.querySelector("button").focus();
    };
    form.addEventListener("keydown", (event) => {
      const at = event.target;
      if (!fields.includes(at)) return;
      if (event.key === "Enter") { event.preventDefault(); move(at, event.shiftKey ? -1 : 1); }
      if (at.tagName === "INPUT" && event.key === "ArrowDown") { event.preventDefault(); move(at, 1); }
      if (at.tagName === "INPUT" && event.key === "ArrowUp") { event.preventDefault(); move(at, -1); }
    });
    form.addEventListener("input", (event) => {
      const hint = event.target.closest("tr")?.querySelector("[data-hint]");
      if (!hint || !event.target.classList.contains("number")) return;
      event.target.closest("tr").querySelector("[data-stored]").hidden = true;
      hint.textContent = hintFor(event.target);
    });
    form.addEventListener("input", () => {
      document.querySelectorAll("[data-complete] button").forEach((button) => { button.disabled = true; });
    }, { once: true });
  });

  function hintFor(field) {
    const typed = field.value.trim().replace(",", ".");
    if (typed === "") return "";
    if (!/^[+-]?\d+(\.\d+)?$/.test(typed)) return words.notNumber;
    const value = Number(typed);
    const { lo, hi, lt, gt } = field.dataset;
    if ((lo !== undefined && value < Number(lo)) || (gt !== undefined && value <= Number(gt))) return words.low;
    if ((hi !== undefined && value > Number(hi)) || (lt !== undefined && value >= Number(lt))) return words.high;
    return "";
  }

  // Failures of background requests are said, not swallowed.
  const live = document.getElementById("live");
  const lost = () => { live.textContent = words.connectionLost; live.hidden = false; };
  document.body.addEventListener("htmx:responseError", lost);
  document.body.addEventListener("htmx:sendError", lost);
  document.body.addEventListener("htmx:afterOnLoad", () => { live.hidden = true; });
})();
