// What the console does in the browser itself: remembers theme, rail and language, keys and menus, copying, drafts, and how the
// line to the server comes back. Loaded as a file: no inline script exists.
(() => {
  "use strict";
  const root = document.documentElement;
  const year = 31536000;
  const remember = (name, value) => { document.cookie = `${name}=${encodeURIComponent(value)}; path=/; max-age=${year}; samesite=lax`; };
  const typing = (target) => target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone && !document.cookie.includes(`daarion_zone=${encodeURIComponent(zone)}`)) { remember("daarion_zone", zone); }

  // Theme, rail, language -----------------------------------------------------------------------------------------------
  const isDark = () => root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const acts = {
    theme() { root.dataset.theme = isDark() ? "light" : "dark"; remember("daarion_theme", root.dataset.theme); },
    rail() {
      const narrow = root.dataset.rail !== "narrow";
      if (narrow) { root.dataset.rail = "narrow"; } else { delete root.dataset.rail; }
      remember("daarion_rail", narrow ? "narrow" : "wide");
    },
    language(button) { setLanguage(button.dataset.value); },
    palette() { openPalette(); },
    shortcuts() { show("shortcuts"); },
    close(button) { button.closest("dialog")?.close(); },
    print() { window.print(); },
    copy(button) { copy(button.dataset.value, button); },
  };
  const setLanguage = (culture) => { remember("daarion_language", culture); location.reload(); };

  const copy = async (text, button) => {
    try { await navigator.clipboard.writeText(text); } catch {
      const area = Object.assign(document.createElement("textarea"), { value: text });
      document.body.append(area); area.select(); document.execCommand("copy"); area.remove();
    }
    if (button) { button.classList.add("done"); setTimeout(() => button.classList.remove("done"), 1200); say(button.dataset.said); }
  };
  const say = (text) => { const voice = document.getElementById("voice"); if (voice && text) { voice.textContent = text; } };

  document.addEventListener("click", (e) => {
    const button = e.target.closest?.("[data-act]");
    if (button && acts[button.dataset.act]) { e.preventDefault(); e.stopPropagation(); acts[button.dataset.act](button); return; }
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(e.target) || e.target.closest(".sheet > a, .sheet > button")) { menu.open = false; }
    }
    const row = e.target.closest?.("tr[data-href]");
    if (row && !e.target.closest("a, button, input, select, label, summary") && !getSelection().toString()) {
      if (e.ctrlKey || e.metaKey) { open(row.dataset.href, "_blank"); } else { go(row.dataset.href); }
    }
  }, true);

  // Keys ---------------------------------------------------------------------------------------------------------------
  const go = (address) => (window.Blazor?.navigateTo ? Blazor.navigateTo(address) : location.assign(address));
  const show = (id) => { const dialog = document.getElementById(id); if (dialog && !dialog.open) { dialog.showModal(); } };
  let palette = null;
  const openPalette = () => { const dialog = document.getElementById("palette"); if (dialog && !dialog.open) { dialog.showModal(); palette?.invokeMethodAsync("Opened"); } };
  const place = (letter) => letter && document.querySelector(`#shortcuts [data-place="${letter}"]`)?.dataset.href;
  let waitingForPlace = 0;
  document.addEventListener("keydown", (e) => {
    if ((e.ctrlKey || e.metaKey) && !e.altKey && e.code === "KeyK") { e.preventDefault(); openPalette(); return; }
    if (e.key === "Escape") { for (const menu of document.querySelectorAll("details.menu[open]")) { menu.open = false; menu.querySelector("summary")?.focus(); } }
    if (typing(e.target) || e.ctrlKey || e.metaKey || e.altKey || document.querySelector("dialog[open]")) { return; }
    if (e.key === "?") { e.preventDefault(); show("shortcuts"); return; }
    if (e.key === "/") { const field = document.querySelector(".toolbar .search input"); if (field) { e.preventDefault(); field.focus(); } return; }
    // By the key's place, so that the Ukrainian layout works as well.
    const letter = e.code.startsWith("Key") ? e.code.slice(3).toLowerCase() : "";
    if (Date.now() - waitingForPlace < 1200 && place(letter)) { waitingForPlace = 0; e.preventDefault(); go(place(letter)); } else if (letter === "g") { waitingForPlace = Date.now(); }
  });
  // In a matrix the arrows go from cell to cell.
  document.addEventListener("keydown", (e) => {
    const cell = e.target.closest?.(".matrix .cell");
    if (!cell || e.ctrlKey || e.metaKey || e.altKey || !e.key.startsWith("Arrow")) { return; }
    const row = cell.closest("tr");
    const beside = [...row.querySelectorAll(".cell")];
    const rows = [...cell.closest(".matrix").querySelectorAll("tr:has(.cell)")];
    const [down, right] = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[e.key];
    const next = rows[rows.indexOf(row) + down]?.querySelectorAll(".cell")[beside.indexOf(cell) + right];
    if (next) { e.preventDefault(); next.focus(); next.scrollIntoView({ block: "nearest", inline: "nearest" }); }
  });
  document.addEventListener("click", (e) => { if (e.target instanceof HTMLDialogElement) { e.target.close(); } });

  // Drafts: what is typed into a form with data-draft is kept here until the form says it is done ------------------------
  const draftName = (key) => `daarion.draft.${key}`;
  const week = 7 * 86400000;
  const isKept = (f) => f.name && f.type !== "password" && (f.type !== "hidden" || "keep" in f.dataset) && !("noDraft" in f.dataset);
  const fields = (form) => [...form.elements].filter(isKept);
  const read = (key) => {
    const draft = JSON.parse(localStorage.getItem(draftName(key)) ?? "null");
    if (draft && Date.now() - draft.at > week) { localStorage.removeItem(draftName(key)); return null; }
    return draft?.values ?? null;
  };
  const keep = (e) => {
    const form = e.target.closest?.("form[data-draft]");
    if (!form || e.isTrusted === false) { return; }
    // A field that is not there at the moment keeps what was typed into it before.
    const values = read(form.dataset.draft) ?? {};
    for (const f of fields(form)) {
      if (f.type === "checkbox") { values[f.name + "\u0000" + f.value] = f.checked; } else if (f.type === "radio") { if (f.checked) { values[f.name] = f.value; } } else { values[f.name] = f.value; }
    }
    localStorage.setItem(draftName(form.dataset.draft), JSON.stringify({ at: Date.now(), values }));
  };
  document.addEventListener("input", keep, true);
  document.addEventListener("change", keep, true);
  document.addEventListener("click", (e) => {
    const form = e.target.closest?.("[data-discard]")?.closest("form[data-draft]");
    if (form) { drafts.clear(form.dataset.draft); }
  }, true);
  const putBack = (list, values) => {
    let changed = false;
    const tell = (f) => { changed = true; f.dispatchEvent(new Event("input", { bubbles: true })); f.dispatchEvent(new Event("change", { bubbles: true })); };
    for (const f of list) {
      if (f.type === "checkbox") { const v = values[f.name + "\u0000" + f.value]; if (v !== undefined && v !== f.checked) { f.checked = v; tell(f); } } else if (f.type === "radio") { if (values[f.name] === f.value && !f.checked) { f.checked = true; tell(f); } } else if (values[f.name] !== undefined && values[f.name] !== f.value) { f.value = values[f.name]; tell(f); }
    }
    return changed;
  };
  // Some fields come only after another was filled: they get back what was typed into them when they are there.
  const watched = new WeakSet();
  const watch = (form) => {
    if (watched.has(form)) { return; }
    watched.add(form);
    new MutationObserver((changes) => {
      const added = changes.flatMap((change) => [...change.addedNodes]).filter((node) => node instanceof Element);
      const fresh = fields(form).filter((f) => added.some((node) => node.contains(f)));
      const values = fresh.length ? read(form.dataset.draft) : null;
      if (values) { putBack(fresh, values); }
    }).observe(form, { childList: true, subtree: true });
  };
  const drafts = {
    has: (key) => read(key) !== null,
    restore(form) {
      if (!form) { return false; }
      watch(form);
      const values = read(form.dataset.draft);
      return values !== null && putBack(fields(form), values);
    },
    clear(key) { localStorage.removeItem(draftName(key)); },
    // What the server knows of a draft better than any single field: a list of things that come and go.
    set(key, name, value) { localStorage.setItem(draftName(key), JSON.stringify({ at: Date.now(), values: { ...read(key), [name]: value } })); },
  };

  // The line to the server: says when it is down, tries again, and starts anew (drafts are kept) when the server forgot us ---
  const line = {
    up() { delete root.dataset.line; },
    down() { root.dataset.line = "down"; say(document.getElementById("line")?.textContent?.trim()); line.retry(0); },
    async retry(attempt) {
      if (root.dataset.line !== "down") { return; }
      await new Promise((done) => setTimeout(done, Math.min(400 * 1.6 ** attempt, 5000)));
      try {
        if (await Blazor.reconnect()) { line.up(); return; }
        if (await alive()) { location.reload(); return; }
      } catch { /* still away: try again */ }
      line.retry(attempt + 1);
    },
  };
  const alive = async () => { const answer = await fetch("/health/live", { cache: "no-store" }); return answer.ok; };

  window.daarion = {
    drafts, copy, go, setLanguage,
    closeDialog: (id) => document.getElementById(id)?.close(),
    openDialog: show,
    // Browsers tell of a closing later, and somebody may have opened it again by then.
    palette: (reference) => { palette = reference; document.getElementById("palette")?.addEventListener("close", (e) => { if (!e.target.open) { palette.invokeMethodAsync("Closed"); } }); },
    focus: (selector) => document.querySelector(selector)?.focus(),
    scrollToSelected: (id) => document.getElementById(id)?.scrollIntoView({ block: "nearest" }),
    async save(name, type, stream) {
      const url = URL.createObjectURL(new Blob([await stream.arrayBuffer()], { type }));
      Object.assign(document.createElement("a"), { href: url, download: name }).click();
      setTimeout(() => URL.revokeObjectURL(url), 1000);
    },
  };

  window.Blazor?.start({
    circuit: { reconnectionHandler: { onConnectionDown: () => line.down(), onConnectionUp: () => line.up() } },
  });
})();
