/** The looks of the page. Its text is part of the page's policy, as a hash. */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#f7f8fa, #101418); --card: light-dark(#fff, #181e25); --line: light-dark(#dfe3e8, #2c353f);
  --text: light-dark(#1b2430, #e6eaf0); --quiet: light-dark(#56616f, #a3afbd);
  --good: light-dark(#067647, #4cc38a); --warn: light-dark(#934a06, #f0b04f); --bad: light-dark(#b42318, #ff8a7a);
  --busy: light-dark(#175cd3, #78b0ff); --idle: light-dark(#56616f, #a3afbd);
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem; max-width: 68rem; background: var(--ground); color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
h1 { margin: 0; font-size: .9rem; font-weight: 600; color: var(--quiet); }
h2 { margin: 2rem 0 .6rem; font-size: 1rem; }
p { margin: 0; }
small { color: var(--quiet); font-size: .85rem; }
code { font: .9em ui-monospace, monospace; padding: .1em .35em; border: 1px solid var(--line); border-radius: .3rem;
  background: var(--ground); white-space: nowrap; }
.good { --tone: var(--good); } .warn { --tone: var(--warn); } .bad { --tone: var(--bad); }
.busy { --tone: var(--busy); } .idle { --tone: var(--idle); }
.verdict { display: flex; gap: .8rem; align-items: center; margin: .6rem 0; padding: 1.1rem 1.3rem;
  font-size: clamp(1.2rem, 3.5vw, 1.7rem); font-weight: 650; line-height: 1.25; text-wrap: balance;
  background: var(--card); border: 1px solid var(--line); border-left: .5rem solid var(--tone); border-radius: .6rem; }
.badge { display: inline-flex; gap: .35rem; align-items: center; color: var(--tone); font-weight: 600; white-space: nowrap; }
.badge > span { display: inline-grid; place-items: center; width: 1.35em; height: 1.35em; font-size: .85em;
  font-weight: 700; line-height: 1; border-radius: 50%; background: var(--tone); color: var(--card); }
.verdict .badge > span { font-size: 1em; }
table, dl, .notices, .empty { margin: 0; background: var(--card); border: 1px solid var(--line); border-radius: .6rem; }
table { width: 100%; border-collapse: separate; border-spacing: 0; }
th, td { padding: .7rem 1rem; text-align: start; vertical-align: top; }
th:last-child, td[data-heading='Messages read'] { text-align: end; }
thead th { font-size: .85rem; font-weight: 600; color: var(--quiet); white-space: nowrap; }
tbody tr:first-child > * { border-top: 1px solid var(--line); }
tbody th { font-weight: 600; }
tbody th small { font-weight: 400; }
.note td { padding-top: 0; }
.note p:first-child:not(:only-child) { padding: .5rem .8rem; border-left: .25rem solid var(--tone); background: var(--ground);
  border-radius: .3rem; white-space: pre-line; }
.note p:last-child { padding-top: .4rem; }
.progress { display: block; }
progress { display: block; width: 100%; max-width: 14rem; height: .5rem; margin: .4rem 0 .2rem; appearance: none;
  border: 0; border-radius: 1rem; overflow: hidden; background: var(--line); color: var(--busy); }
progress::-webkit-progress-bar { background: var(--line); }
progress::-webkit-progress-value { background: var(--busy); }
progress::-moz-progress-bar { background: var(--busy); }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr)); overflow: hidden; }
dl > div { padding: .9rem 1.1rem; box-shadow: -1px -1px 0 var(--line); }
dt { font-size: .85rem; color: var(--quiet); }
dd { margin: 0; }
dd strong { display: block; font-size: 1.7rem; line-height: 1.3; }
.notices { list-style: none; padding: 0; }
.notices li { padding: .8rem 1.1rem; border-left: .5rem solid var(--tone); }
.notices li + li { border-top: 1px solid var(--line); }
.notices li:first-child { border-top-left-radius: .5rem; } .notices li:last-child { border-bottom-left-radius: .5rem; }
.notices p:first-child { font-weight: 600; }
.empty { padding: 1.1rem 1.3rem; }
footer { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; margin-top: 1.5rem; font-size: .85rem; color: var(--quiet); }
#stale { padding: .7rem 1.1rem; border: 2px solid var(--bad); border-radius: .6rem; font-weight: 600; }
.stale main, .stale .verdict { opacity: .55; }
@media (prefers-reduced-motion: no-preference) {
  tbody.busy .badge > span { animation: turn 2.5s linear infinite; }
  @keyframes turn { to { rotate: 1turn; } }
}
@media (max-width: 44rem) {
  body { padding: 1rem; }
  table, tbody, tbody tr, tbody th, tbody td { display: block; }
  thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
  tbody { padding: .7rem 1rem; }
  tbody + tbody { border-top: 1px solid var(--line); }
  tbody tr:first-child > * { border: 0; }
  tbody th, tbody td { padding: .15rem 0; }
  td[data-heading] { display: grid; grid-template-columns: 8.5rem 1fr; text-align: start !important; }
  td[data-heading]::before { content: attr(data-heading); color: var(--quiet); font-size: .85rem; }
  td[data-heading] > progress, td[data-heading] > .progress { grid-column: 2; }
  .note td { padding-top: .4rem; }
}
@media (forced-colors: active) { .badge > span { border: 1px solid; } }
`;
