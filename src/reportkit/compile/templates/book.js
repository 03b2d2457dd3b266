// What a page gains where scripts run: everything can be read without this file.
"use strict";
(() => {
  const root = document.documentElement;
  const kept = (name) => { try { return localStorage.getItem(`reportkit-${name}`); } catch { return null; } };
  const keep = (name, value) => { try { localStorage.setItem(`reportkit-${name}`, value); } catch { /* not kept */ } };
  const make = (tag, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  };
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const isPlain = (event) => !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button);
  const stays = (head) => getComputedStyle(head).position === "sticky";
  const label = (part) => part?.querySelector(":scope > :is(caption, figcaption, table) .caption-label")?.textContent.replace(/:\s*$/, "") ?? "";
  let words = {};

  // What happens where nobody looks is said.
  const status = make("p", { className: "status" });
  status.setAttribute("role", "status");
  const say = (text) => { status.textContent = text; };

  // Before anything is drawn, so that a page does not flash.
  root.classList.add("js");
  if (kept("theme")) root.dataset.theme = kept("theme");

  function switchTheme() {
    const isDark = () => root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    const button = make("button", { type: "button", className: "theme", title: words.theme, ariaPressed: isDark() });
    button.addEventListener("click", () => {
      root.dataset.theme = isDark() ? "light" : "dark";
      button.ariaPressed = isDark();
      keep("theme", root.dataset.theme);
    });
    document.querySelector(".tools").append(button);
  }

  function foldChapters() {
    const list = document.querySelector(".chapters");
    const wide = matchMedia("(min-width: 56rem)");
    const adapt = () => { list.open = wide.matches && kept("chapters") !== "folded"; };
    adapt();
    wide.addEventListener("change", () => { list.classList.remove("over"); adapt(); });
    list.querySelector("summary").addEventListener("click", () => wide.matches && keep("chapters", list.open ? "folded" : "open"));
    // On a narrow page the list is far above what is read; a button opens it under the head, over the text.
    const button = make("button", { type: "button", className: "to-chapters", textContent: list.querySelector("summary").textContent, ariaExpanded: false });
    const cover = (isOpen) => {
      list.classList.toggle("over", isOpen);
      list.open = isOpen;
      button.ariaExpanded = isOpen;
    };
    const isOver = () => list.matches(".over");
    const close = () => { cover(false); button.focus({ preventScroll: true }); };
    button.addEventListener("click", () => {
      if (isOver()) { close(); return; }
      cover(true);
      list.querySelector("summary").focus({ preventScroll: true });
    });
    list.querySelector("summary").addEventListener("click", (event) => { if (isOver()) { event.preventDefault(); close(); } });
    list.addEventListener("keydown", (event) => { if (event.key === "Escape" && isOver()) close(); });
    list.addEventListener("click", (event) => { if (event.target.closest("a") && isOver()) cover(false); });
    // Who leaves it, by key or by a tap beside it, goes on without it.
    list.addEventListener("focusout", ({ relatedTarget }) => { if (isOver() && relatedTarget && relatedTarget !== button && !list.contains(relatedTarget)) cover(false); });
    document.addEventListener("pointerdown", ({ target }) => { if (isOver() && target !== button && !list.contains(target)) cover(false); });
    document.querySelector(".top .title").after(button);
    const current = list.querySelector("[aria-current]");
    if (current && wide.matches) list.scrollTop = current.offsetTop - list.clientHeight / 2;
  }

  // On a narrow page the head leaves while one reads on, and comes back for those who turn back.
  function hideHead() {
    const head = document.querySelector(".top");
    let before = scrollY;
    new ResizeObserver(() => root.style.setProperty("--head", `${stays(head) ? head.offsetHeight : 0}px`)).observe(head);
    addEventListener("scroll", () => {
      if (Math.abs(scrollY - before) < 8) return;
      head.classList.toggle("away", scrollY > before && scrollY > head.offsetHeight);
      before = scrollY;
    }, { passive: true });
  }

  function follow() {
    const headings = all("main :is(h1, h2, h3, h4)[id]");
    const links = all(".sections a, .within a");
    const isAbove = (one) => one.getBoundingClientRect().top < innerHeight / 3;
    // A page in another language has the same headings, figures, tables, paragraphs, items and rows, which are named
    // here: what is read is the first large thing that begins at the top, or what stands last before.
    all("main :is(p, li, tbody tr)").forEach((one, at) => { one.id ||= `place-${at + 1}`; });
    const places = all("main [id]").filter((one) => !one.closest("svg"));
    const place = () => {
      const above = scrollY < innerHeight / 3 ? [] : places.filter((one) => one.getBoundingClientRect().height && isAbove(one));
      const begun = above.find((one) => one.matches("h1, h2, h3, h4, figure, table") && one.getBoundingClientRect().top >= 0);
      return (begun ?? above.at(-1))?.id ?? "";
    };
    const head = document.querySelector(".top");
    let [waiting, here] = [false, ""];
    const mark = () => {
      waiting = false;
      // Where the head does not stay, who goes to it by keys leaves what was read.
      if (!head.contains(document.activeElement)) here = place();
      const listed = headings.filter((heading) => isAbove(heading) && links.some((link) => decodeURIComponent(link.hash) === `#${heading.id}`));
      for (const link of links) {
        if (listed.length && decodeURIComponent(link.hash) === `#${listed.at(-1).id}`) link.setAttribute("aria-current", "location");
        else link.removeAttribute("aria-current");
      }
    };
    addEventListener("scroll", () => { if (!waiting) { waiting = true; requestAnimationFrame(mark); } }, { passive: true });
    mark();
    for (const link of all(".languages a")) {
      link.addEventListener("click", () => { link.hash = stays(head) ? place() : here; });
    }
  }

  function linkHeadings() {
    for (const heading of all("main :is(h2, h3, h4)[id]")) {
      heading.ariaLabel = heading.textContent;
      heading.append(make("a", { className: "anchor", href: `#${heading.id}`, ariaLabel: `${words.link}: ${heading.ariaLabel}`, textContent: "#" }));
    }
  }

  const withLinks = (text) => text.split(/(https?:\/\/\S+[^\s.,;)\]])/).map((part, at) => at % 2 ? make("a", { href: part, textContent: part }) : part);

  // Footnotes, citations and signs of claims open where they are called.
  function openNotes() {
    const box = make("div", { className: "note-box", popover: "auto", tabIndex: -1 });
    box.setAttribute("role", "dialog");
    document.body.append(box);
    const calls = "a.footnote-ref, a[data-entry]";
    for (const link of all("main a[title]")) {
      // A tip that a pointer brings is not read out at every citation and file.
      const tip = link.title;
      if (link.matches("[href*='#ref-'], [href*='#row-']")) link.dataset.entry = tip;
      link.removeAttribute("title");
      link.addEventListener("pointerenter", () => { link.title = tip; });
      link.addEventListener("pointerleave", () => link.removeAttribute("title"));
    }
    for (const link of all(calls)) link.ariaHasPopup = "dialog";
    document.querySelector("main").addEventListener("click", (event) => {
      const link = event.target.closest(calls);
      if (!link || box.contains(link) || !isPlain(event) || !box.showPopover) return;
      const note = link.matches(".footnote-ref") && document.getElementById(decodeURIComponent(link.hash.slice(1)));
      box.ariaLabel = note ? `${words.footnote} ${link.textContent}` : link.ariaLabel ?? link.textContent;
      const body = note ? [...note.cloneNode(true).childNodes] : [make("p", link.dataset.lang ? { lang: link.dataset.lang } : {}, ...withLinks(link.dataset.entry))];
      box.replaceChildren(...body);
      all(".footnote-back", box).forEach((back) => back.remove());
      all("[id]", box).forEach((one) => one.removeAttribute("id"));
      box.append(make("a", { className: "note-place", href: link.href, textContent: note ? words["place-note"] : words.place }));
      event.preventDefault();
      // The Tab key goes on from the call.
      link.after(box);
      box.showPopover();
      const at = link.getBoundingClientRect();
      // Below or above its call; over it where the screen is too low for either.
      const [under, above] = [at.bottom + 6, at.top - box.offsetHeight - 6];
      const lowest = innerHeight - box.offsetHeight - 8;
      box.style.top = `${scrollY + (under <= lowest ? under : above >= 8 ? above : Math.max(8, lowest))}px`;
      box.style.left = `${scrollX + Math.max(8, Math.min(at.left - 24, root.clientWidth - box.offsetWidth - 8))}px`;
      box.focus({ preventScroll: true });
    });
    box.addEventListener("click", (event) => { if (event.target.closest("a")) box.hidePopover(); });
    box.addEventListener("focusout", ({ relatedTarget }) => { if (relatedTarget && !box.contains(relatedTarget)) box.hidePopover(); });
  }

  function enlargeFigures() {
    const close = make("button", { type: "button", className: "close", ariaLabel: words.close, textContent: "×" });
    const shown = make("div", { className: "enlarged" });
    const large = make("button", { type: "button", className: "large", textContent: words.zoom });
    const setWhole = (isWhole) => { shown.classList.toggle("whole", isWhole); large.ariaPressed = !isWhole; };
    const dialog = make("dialog", { tabIndex: 0 }, large, close, shown);
    document.body.append(dialog);
    // The browser's way back leads back to the page, too.
    dialog.addEventListener("close", () => { if (history.state?.enlarged) history.back(); });
    let opened = null;
    addEventListener("popstate", () => {
      dialog.close();
      // Where the screen was turned meanwhile, the browser comes back to another place.
      const isAway = ({ top, bottom }) => bottom < 0 || top > innerHeight;
      setTimeout(() => { if (opened && isAway(opened.getBoundingClientRect())) opened.scrollIntoView({ block: "center" }); opened = null; }, 50);
    });
    // Arrow keys scroll what has the focus, which no button keeps.
    large.addEventListener("click", () => dialog.focus());
    // Where a drawing is wider than the screen, it is shown whole first, and large and whole again by a tap.
    const isNarrow = () => matchMedia("(max-width: 56rem)").matches;
    dialog.addEventListener("click", (event) => {
      const drawing = event.target.closest(".drawing, img");
      if (drawing && isNarrow()) {
        // What was tapped stays under the finger.
        const before = drawing.getBoundingClientRect();
        setWhole(!shown.matches(".whole"));
        const after = drawing.getBoundingClientRect();
        const grown = after.width / before.width;
        dialog.scrollBy(after.left - event.clientX + (event.clientX - before.left) * grown, after.top - event.clientY + (event.clientY - before.top) * grown);
      } else if (event.target === large) setWhole(!shown.matches(".whole"));
      else if (event.target.tagName !== "A") dialog.close();
    });
    for (const link of all("figure a:has(> img, > .drawing)")) {
      link.title = words.zoom;
      link.addEventListener("click", (event) => {
        if (!isPlain(event)) return;
        event.preventDefault();
        if (!getSelection().isCollapsed) return;
        const picture = link.firstElementChild.cloneNode(true);
        picture.removeAttribute("width");
        // A page has each name of a drawing's parts once.
        for (const part of all("*", picture)) {
          for (const { name, value } of [...part.attributes]) part.setAttribute(name, value.replace(/^(url\(#|#)?(?=drawing-\d)/, "$1large-"));
        }
        const caption = link.closest("figure").querySelector("figcaption");
        dialog.ariaLabel = caption?.textContent || (picture.alt ?? picture.ariaLabel);
        setWhole(isNarrow());
        shown.replaceChildren(picture, make("p", { textContent: caption?.textContent ?? "" }));
        // A way back to an address that names a place would go there.
        history.replaceState(history.state, "", location.href.split("#")[0]);
        history.pushState({ enlarged: true }, "");
        opened = link;
        dialog.showModal();
        dialog.focus();
      });
    }
  }

  // A box says at which side it goes on; it stops the Tab key only while there is something to scroll.
  function scrollBoxes() {
    const tell = (box) => {
      const more = box.scrollWidth - box.clientWidth;
      box.classList.toggle("goes-left", box.scrollLeft > 1);
      box.classList.toggle("goes-right", more - box.scrollLeft > 1);
      if (box.matches("a")) return;
      box.style.setProperty("--caption", `${box.querySelector("caption")?.offsetHeight ?? 0}px`);
      if (more > 0) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    };
    // What has the focus stands beside the column that stays, and within the box.
    const show = (box, target) => {
      const first = box.querySelector("tbody th");
      if (target === box || first?.contains(target)) return;
      const kept = first && getComputedStyle(first).position === "sticky" && target.closest("th")?.cellIndex !== 0 ? first.offsetWidth : 0;
      const [within, one] = [box.getBoundingClientRect(), target.getBoundingClientRect()];
      if (one.right > within.right - 8) box.scrollLeft += one.right - within.right + 48;
      else if (one.left < within.left + kept) box.scrollLeft -= within.left + kept - one.left + 8;
    };
    const watch = new ResizeObserver((boxes) => boxes.forEach(({ target }) => tell(target)));
    for (const box of all(".table-box, figure a:has(> .drawing), main pre, .equation, main p:has(> math[display='block'])")) {
      const around = box.querySelector("caption") ? null : box.closest("details.callout");
      if (box.matches(".table-box")) {
        box.ariaLabel = label(box.closest("figure")) || around?.querySelector("summary").textContent.trim() || box.ariaLabel;
        for (const table of all("table:not(:has(caption))", box)) table.ariaLabel = box.ariaLabel;
      }
      // What moves under a finger is not clicked.
      box.addEventListener("focusin", ({ target }) => { if (target.matches(":focus-visible")) show(box, target); });
      watch.observe(box);
      box.addEventListener("scroll", () => tell(box), { passive: true });
    }
  }

  const isGerman = root.lang.startsWith("de");
  const collator = new Intl.Collator(root.lang, { numeric: true });
  function numberIn(text) {
    // Of a date or a period the year counts, the first one.
    const year = /(?<![\d.,])(?:1[89]|20)\d\d(?![\d.,]*\d)/.exec(text);
    if (year) return Number(year[0]);
    const found = /[-−]?\d[\d.,\u00a0\u202f]*/.exec(text);
    if (!found || found.index > 16) return null;
    const plain = found[0].replace("−", "-").replace(/[\u00a0\u202f]/g, "");
    return parseFloat(isGerman ? plain.replaceAll(".", "").replace(",", ".") : plain.replaceAll(",", ""));
  }
  function sortTable(table) {
    const [body, ...more] = table.tBodies;
    const heads = table.tHead?.rows ?? [];
    if (heads.length !== 1 || more.length || body.rows.length < 3 || table.querySelector("[colspan], [rowspan]")) return;
    const rows = [...body.rows];
    [...heads[0].cells].forEach((cell, at) => {
      if (!cell.textContent.trim() || cell.querySelector("a, button")) return;
      const texts = new Map(rows.map((row) => [row, row.cells[at]?.textContent.trim() ?? ""]));
      const isNothing = (text) => /^[–—-]?$/.test(text);
      const said = [...texts.values()].filter((text) => !isNothing(text));
      // A few words among numbers ("not stated") come last, as does what is empty.
      const numbers = said.filter((text) => text.length < 28 && numberIn(text) !== null);
      const numeric = numbers.length > 0.7 * said.length;
      const isLast = (text) => isNothing(text) || (numeric && numberIn(text) === null);
      const order = (way) => (one, two) => {
        const [a, b] = [texts.get(one), texts.get(two)];
        return isLast(a) - isLast(b) || (isLast(a) ? 0 : way * (numeric ? numberIn(a) - numberIn(b) : collator.compare(a, b)));
      };
      const button = make("button", { type: "button", className: "sort", title: words.sort }, ...cell.childNodes);
      cell.append(button);
      button.addEventListener("click", () => {
        const next = { ascending: "descending", descending: "" }[cell.getAttribute("aria-sort")] ?? "ascending";
        for (const other of heads[0].cells) other.removeAttribute("aria-sort");
        if (next) cell.setAttribute("aria-sort", next);
        body.append(...(next ? [...rows].sort(order(next === "ascending" ? 1 : -1)) : rows));
        say(`${button.textContent}: ${words[next || "unsorted"]}`);
      });
    });
  }

  function copyCode() {
    for (const code of all("main pre:has(> code)")) {
      if (!navigator.clipboard || code.matches(".output")) continue;
      const button = make("button", { type: "button", className: "copy", textContent: words.copy });
      button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(code.querySelector("code").textContent);
        button.textContent = words.copied;
        say(words.copied);
        setTimeout(() => { button.textContent = words.copy; }, 2000);
      });
      const box = code.closest("div.sourceCode") ?? code.parentElement.insertBefore(make("div", { className: "sourceCode" }), code);
      if (!box.contains(code)) box.append(code);
      box.append(button);
    }
  }

  // One tab is shown at a time; a search in the page, or a link, opens the one that holds what it finds.
  // Source: https://www.w3.org/WAI/ARIA/apg/patterns/tabs/
  function openTabs() {
    const groups = {};
    all(".tabset").forEach((set, number) => {
      const panels = [...set.children].filter((child) => child.matches(".tab"));
      const list = make("div", { className: "tabs" });
      const titles = panels.map((panel) => panel.querySelector(".box-title").textContent.trim());
      list.setAttribute("role", "tablist");
      list.ariaLabel = titles.join(", ");
      const tabs = panels.map((panel, at) => {
        const tab = make("button", { type: "button", id: `tab-${number}-${at}`, textContent: titles[at] });
        tab.setAttribute("role", "tab");
        panel.setAttribute("role", "tabpanel");
        panel.setAttribute("aria-labelledby", tab.id);
        panel.id ||= `${tab.id}-panel`;
        tab.setAttribute("aria-controls", panel.id);
        tab.addEventListener("click", () => choose(at));
        panel.addEventListener("beforematch", () => choose(at));
        return tab;
      });
      const show = (chosen) => panels.forEach((panel, at) => {
        panel.hidden = at === chosen ? false : "until-found";
        tabs[at].setAttribute("aria-selected", at === chosen);
        for (const one of [panel, tabs[at]]) one.tabIndex = at === chosen ? 0 : -1;
      });
      const group = groups[set.dataset.group ?? `set ${number}`] ??= [];
      group.push((title) => titles.includes(title) && show(titles.indexOf(title)));
      const choose = (at) => { show(at); group.forEach((follow) => follow(titles[at])); };
      list.addEventListener("keydown", (event) => {
        const [at, last] = [tabs.indexOf(event.target), tabs.length - 1];
        const to = { ArrowRight: at === last ? 0 : at + 1, ArrowLeft: at ? at - 1 : last, Home: 0, End: last }[event.key];
        if (to === undefined) return;
        event.preventDefault();
        choose(to);
        tabs[to].focus();
      });
      list.append(...tabs);
      panels[0]?.before(list);
      set.classList.add("tabbed");
      show(0);
      const follow = () => {
        const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
        const at = panels.findIndex((panel) => panel.contains(target || null));
        if (at >= 0) { choose(at); target.scrollIntoView(); }
      };
      addEventListener("hashchange", follow);
      follow();
    });
  }

  // A browser lets a script read a picture only where it was served, but what a page holds everywhere.
  function offerPng() {
    for (const link of all(".origin a[href$='.svg']")) {
      const drawing = all("figure a > .drawing").find((one) => one.parentElement.href === link.href);
      if (!drawing && !location.protocol.startsWith("http")) continue;
      const button = make("button", { type: "button", className: "as-link", textContent: "PNG" });
      button.addEventListener("click", async () => {
        const written = drawing && encodeURIComponent(new XMLSerializer().serializeToString(drawing));
        const picture = make("img", { src: drawing ? `data:image/svg+xml,${written}` : link.href });
        await picture.decode();
        const canvas = make("canvas", { width: picture.naturalWidth * 3, height: picture.naturalHeight * 3 });
        const pen = canvas.getContext("2d");
        pen.fillStyle = "#fff";
        pen.fillRect(0, 0, canvas.width, canvas.height);
        pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
        canvas.toBlob((blob) => {
          const href = URL.createObjectURL(blob);
          make("a", { href, download: link.getAttribute("download").replace(/svg$/, "png") }).click();
          setTimeout(() => URL.revokeObjectURL(href), 60000);
        });
      });
      link.after(" ", button);
    }
  }

  // Browsers refuse the index to a page that was opened as a file.
  function offerSearch() {
    if (!location.protocol.startsWith("http")) return;
    const input = make("input", { type: "search", placeholder: words.search, ariaLabel: words.search, autocomplete: "off" });
    const count = make("p", { className: "found-count" });
    const list = make("ol");
    const found = make("div", { className: "found", hidden: true, tabIndex: -1 }, count, list);
    const form = make("form", { className: "search" }, input, found);
    form.setAttribute("role", "search");
    document.querySelector(".tools").prepend(form);
    let engine, asked = Promise.resolve();
    const load = () => (engine ??= import("./pagefind/pagefind.js").then(async (module) => { await module.init(); return module; }));
    // Five words lead to the first that is found, so that a narrow list shows it.
    const lead = (text) => text.replace(/^.+(?=(\s\S+){5}\s*$)/s, "…");
    const brief = (text) => text.replace(/(https?:\/\/\S{16})\S+/g, "$1…");
    const excerpt = (html) => [...new DOMParser().parseFromString(html, "text/html").body.childNodes].map((node, at) => {
      if (node.nodeName === "MARK") return make("mark", { textContent: node.textContent });
      return brief(!at && node.nextSibling ? lead(node.textContent) : node.textContent);
    });
    // A hit leads to its words, if the browser can, or to their section; those of a drawing (·) would scroll it.
    const place = (hit) => {
      const [before, word] = hit.excerpt.includes(" · ") ? [""] : hit.excerpt.split(/<\/?mark>/);
      const last = before.trim().split(/\s/).at(-1).replace(/<[^>]*>/g, "");
      // What ends a sentence may end a box, too, beyond which no browser looks for a word before.
      const text = (word ? [/[^.!?:]$/.test(last) && `${encodeURIComponent(last)}-`, encodeURIComponent(word)] : []).filter(Boolean).join(",");
      return text ? `${hit.url}${hit.url.includes("#") ? "" : "#"}:~:text=${text}` : hit.url;
    };
    // Of a word that is nowhere Pagefind finds what begins like it, be it a single letter.
    const isMeant = (hit, text) => {
      const least = Math.min(3, ...text.trim().split(/\s+/).map((word) => word.length));
      const marked = [...hit.excerpt.matchAll(/<mark>(.*?)<\/mark>/gs)].map(([, word]) => word.replace(/[^\p{L}\p{N}]/gu, ""));
      return !marked.length || marked.some((word) => word.length >= least);
    };
    const show = (pages, text) => {
      const hits = pages.flatMap((page) => page.sub_results.map((hit) => ({ ...hit, page: page.meta.title }))).filter((hit) => isMeant(hit, text));
      count.textContent = hits.length ? `${words.found}: ${hits.length}` : words.nothing;
      list.replaceChildren(...hits.map((hit) => make("li", {}, make("a", { href: place(hit) },
        make("strong", { textContent: hit.title }), hit.title === hit.page ? "" : ` – ${hit.page}`),
        make("p", {}, ...excerpt(hit.excerpt)))));
      found.hidden = false;
      say(count.textContent);
    };
    const search = async (wait) => {
      const text = input.value;
      const answer = text.trim() && await (await load()).debouncedSearch(text, {}, wait);
      const pages = answer && await Promise.all(answer.results.map((result) => result.data()));
      if (pages && text === input.value) show(pages, text);
    };
    const close = () => { found.hidden = true; };
    const enter = async () => {
      await asked;
      if (found.hidden) await search(0);
      list.querySelector("a")?.focus();
    };
    input.addEventListener("focus", load, { once: true });
    // What was found before is no answer to what is typed now.
    input.addEventListener("input", () => { close(); list.replaceChildren(); asked = search(150); });
    input.addEventListener("keydown", (event) => { if (event.key === "ArrowDown") { event.preventDefault(); enter(); } });
    form.addEventListener("submit", (event) => { event.preventDefault(); enter(); });
    form.addEventListener("keydown", (event) => { if (event.key === "Escape") { close(); input.focus(); } });
    form.addEventListener("focusout", (event) => { if (!form.contains(event.relatedTarget)) close(); });
    list.addEventListener("click", close);
  }

  // Each says of what it tells.
  function nameOrigins() {
    for (const summary of all(".origin > summary")) {
      const shown = summary.parentElement.previousElementSibling;
      if (!label(shown)) continue;
      summary.ariaLabel = `${summary.textContent} ${label(shown)}`;
      for (const one of all("p > *", summary.parentElement)) one.ariaLabel = `${one.textContent}, ${label(shown)}`;
    }
  }

  addEventListener("DOMContentLoaded", () => {
    words = JSON.parse(document.body.dataset.words);
    document.body.append(status);
    switchTheme();
    foldChapters();
    hideHead();
    linkHeadings();
    follow();
    openNotes();
    enlargeFigures();
    scrollBoxes();
    all("main table").forEach(sortTable);
    copyCode();
    openTabs();
    offerPng();
    nameOrigins();
    offerSearch();
  });
})();
