import { createHash } from "node:crypto";

/**
 * Asks every second for the page as it is now and takes over what differs, so that nobody loses the place where they
 * read. The server answers 304 while nothing has changed.
 */
export const script = `
const byId = (id) => document.getElementById(id);
const part = (item, name) => item.querySelector(":scope > .body > " + name);
let revision = document.body.dataset.revision;

const mark = (item) => {
  item.classList.remove("changed");
  void item.offsetWidth;
  item.classList.add("changed");
};

const renewThread = (old, fresh) => {
  const [now, next] = [part(old, ".thread"), part(fresh, ".thread")];
  if (now && next) {
    now.firstElementChild.replaceWith(next.firstElementChild);
    renewList(now.lastElementChild, next.lastElementChild);
  } else if (next) part(old, ".said").after(next);
  else now?.remove();
};

const renewItem = (old, fresh) => {
  if (old.dataset.edits !== fresh.dataset.edits) {
    old.dataset.edits = fresh.dataset.edits;
    part(old, ".said")?.replaceWith(part(fresh, ".said"));
    mark(old);
  }
  renewThread(old, fresh);
};

const renewList = (now, next) => {
  const items = [...next.children];
  const stays = new Set(items.map(({ id }) => id));
  for (const old of [...now.children]) if (!stays.has(old.id)) old.remove();
  let place = now.firstElementChild;
  for (const fresh of items) {
    if (place?.id === fresh.id) {
      renewItem(place, fresh);
      place = place.nextElementSibling;
    } else {
      const old = [...now.children].find(({ id }) => id === fresh.id);
      if (old) renewItem(old, fresh);
      else mark(fresh);
      now.insertBefore(old ?? fresh, place);
    }
  }
};

const look = async () => {
  try {
    const answer = await fetch(location.href, { cache: "no-store", headers: { "If-None-Match": revision } });
    if (answer.redirected) return location.replace(answer.url);
    if (!answer.ok && answer.status !== 304) throw new Error(answer.statusText);
    if (answer.ok) {
      revision = answer.headers.get("ETag");
      const next = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const id of ["channels", "posts"]) renewList(byId(id), next.getElementById(id));
      byId("none").hidden = next.getElementById("none").hidden;
    }
    byId("away").hidden = true;
  } catch {
    byId("away").hidden = false;
  }
  setTimeout(look, document.hidden ? 5000 : 1000);
};
setTimeout(look, 1000);
`;

/** What Content-Security-Policy calls the script. */
export const scriptSource = `'sha256-${createHash("sha256").update(script).digest("base64")}'`;
