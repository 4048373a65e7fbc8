import { createHash } from 'node:crypto';
import type { OutgoingHttpHeaders } from 'node:http';

/** One page for the person at the browser. Every text is shown as text. */
export interface ConsentPage {
  readonly status: number;
  readonly title: string;
  readonly text: string;
}

const STYLE = `
:root { color-scheme: light dark; --ground: #f4f6f9; --card: #fff; --ink: #181b25; --quiet: #545a6a; --line: #dfe3ea; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #14171f; --card: #1e222d; --ink: #eef0f5; --quiet: #a8afbf; --line: #313747; }
}
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--ground); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; }
main { box-sizing: border-box; width: min(32rem, 100% - 2rem); padding: 2.5rem; background: var(--card);
  border: 1px solid var(--line); border-radius: 0.75rem; overflow-wrap: anywhere; }
h1 { margin: 0 0 0.75rem; font-size: 1.375rem; line-height: 1.25; }
p { margin: 0; color: var(--quiet); }
`;

const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The page fetches nothing, runs nothing, is not kept, and tells no other site the address that holds the code. */
export const PAGE_HEADERS: OutgoingHttpHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': POLICY,
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  connection: 'close',
};

export function renderPage({ title, text }: ConsentPage): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
<p>${escaped(text)}</p>
</main>
</body>
</html>
`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
