/**
 * Keeps the page fresh: asks for it again, replaces the pieces that have changed, and says so when nobody answers. The
 * server alone writes HTML, so there is one place where what strangers wrote is escaped. Nothing is replaced while
 * text in it is selected.
 *
 * Its text is part of the page and of the page's policy, as a hash.
 */
export const PAGE_SCRIPT = `
'use strict';
const EVERY_MS = 5000;
const instants = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const numbers = new Intl.NumberFormat();
const stale = document.getElementById('stale');
let sources = sourcesOf(document);
let answeredAt = new Date();

function sourcesOf(page) {
  return new Map(Array.from(page.querySelectorAll('section'), (section) => [section.id, section.innerHTML]));
}
function localise(root) {
  for (const time of root.querySelectorAll('time[data-local]')) time.textContent = instants.format(new Date(time.dateTime));
  for (const data of root.querySelectorAll('data')) data.textContent = numbers.format(Number(data.value));
}
function isSelected(element) {
  const selection = getSelection();
  return !selection.isCollapsed && selection.containsNode(element, true);
}
function isSameProgram(next) {
  return ['style', 'script'].every((name) => next.querySelector(name)?.textContent === document.querySelector(name).textContent)
    && next.querySelectorAll('section').length === sources.size;
}
function show(next) {
  if (!isSameProgram(next)) return location.reload();
  document.title = next.title;
  document.querySelector('link').href = next.querySelector('link').href;
  for (const [id, source] of sourcesOf(next)) {
    const section = document.getElementById(id);
    if (source === sources.get(id) || isSelected(section)) continue;
    section.replaceChildren(...document.importNode(next.getElementById(id), true).childNodes);
    sources.set(id, source);
    localise(section);
  }
}
function showStale(isStale) {
  stale.hidden = !isStale;
  stale.querySelector('time').textContent = instants.format(answeredAt);
  document.body.classList.toggle('stale', isStale);
}
async function refresh() {
  try {
    const response = await fetch('/', { cache: 'no-store', signal: AbortSignal.timeout(2 * EVERY_MS) });
    show(new DOMParser().parseFromString(await response.text(), 'text/html'));
    answeredAt = new Date();
    showStale(false);
  } catch {
    showStale(true);
  }
}
async function keepFresh() {
  if (document.visibilityState === 'visible') await refresh();
  setTimeout(keepFresh, EVERY_MS);
}
localise(document);
document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && refresh());
setTimeout(keepFresh, EVERY_MS);
`;
