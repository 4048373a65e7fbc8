/**
 * `node scripts/render-components.ts [NAME]...`: draws every component of the package in every state, with the real
 * base components and styles, into .images/. With names, only the scenes whose name begins with one of them.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { bundlePage } from './components/bundle-page.ts';
import { SCENES } from './components/scenes.ts';
import { servePage } from './components/serve-page.ts';
import { showScene } from './components/show-scene.ts';
import { startBrowser } from './components/start-browser.ts';

const IMAGES = join(import.meta.dirname, '../.images');

const names = process.argv.slice(2);
const scenes = SCENES.filter(({ name }) => names.length === 0 || names.some((start) => name.startsWith(start)));
await using page = await servePage(await bundlePage([...new Set(scenes.map(({ component }) => component))]));
await using browser = await startBrowser();
mkdirSync(IMAGES, { recursive: true });
for (const scene of scenes) {
  const shown = await showScene(browser, page.url, scene);
  await shown.screenshot({ path: join(IMAGES, `${scene.name}.png`), fullPage: true });
  await shown.close();
  process.stdout.write(`.images/${scene.name}.png\n`);
}
