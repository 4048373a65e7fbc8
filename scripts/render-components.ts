/**
 * `npm run images [-- --all] [-- NAME...]`: draws the components of the package, with the real base components and
 * styles, into .images/: the scenes that the documents show, or every one, or those whose name begins with a name.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { bundlePage } from './components/bundle-page.ts';
import { SCENES } from './components/scenes.ts';
import { servePage } from './components/serve-page.ts';
import { showScene } from './components/show-scene.ts';
import { startBrowser } from './components/start-browser.ts';

const IMAGES = join(import.meta.dirname, '../.images');

/** What README.md and force-app/README.md show. */
const DOCUMENTED = ['campaign-status-card-wide', 'first-steps-wide', 'mailbox-health-wide', 'reply-timeline-wide'];

const names = process.argv.slice(2);
const starts = names.includes('--all') ? [''] : names.length > 0 ? names : DOCUMENTED;
const scenes = SCENES.filter(({ name }) => starts.some((start) => name.startsWith(start)));
await using page = await servePage(await bundlePage([...new Set(scenes.map(({ component }) => component))]));
await using browser = await startBrowser();
mkdirSync(IMAGES, { recursive: true });
for (const scene of scenes) {
  const shown = await showScene(browser, page.url, scene);
  await shown.screenshot({ path: join(IMAGES, `${scene.name}.png`), fullPage: true });
  await shown.close();
  process.stdout.write(`.images/${scene.name}.png\n`);
}
