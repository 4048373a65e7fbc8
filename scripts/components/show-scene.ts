import type { Browser, Page } from 'puppeteer-core';
import type { Scene } from './scene.ts';

/** The moment at which all scenes play, so that no picture changes with the day it is drawn on. */
export const NOW = '2026-11-24T10:00:00.000Z';
const WIDE = 900;

/** Opens a page with this scene, fully painted. What the page logs as an error is thrown. */
export async function showScene(browser: Browser, url: string, scene: Scene): Promise<Page> {
  const page = await browser.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  await page.setViewport({ width: scene.width ?? WIDE, height: 200 });
  await page.emulateTimezone('UTC');
  const answers = { records: {}, ...scene.answers };
  await page.evaluateOnNewDocument(
    (now: string, platformAnswers: object) => {
      const start = Date.parse(now) - Date.now();
      const realNow = Date.now.bind(Date);
      Date.now = () => realNow() + start;
      Object.assign(globalThis, { platformAnswers });
    },
    NOW,
    answers,
  );
  await page.goto(url, { waitUntil: 'load' });
  await page.evaluate(
    (name: string, properties: object) =>
      void (globalThis as unknown as { showComponent(name: string, properties: object): void }).showComponent(
        name,
        properties,
      ),
    scene.component,
    scene.properties,
  );
  await painted(page);
  await scene.act?.(page);
  await painted(page);
  if (problems.length > 0) throw new Error(`${scene.name}: ${problems.join('\n')}`);
  return page;
}

/** After two frames everything that was rendered in microtasks is on the screen. */
const painted = (page: Page): Promise<unknown> =>
  page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve())))');
