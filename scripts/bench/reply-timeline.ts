import type { Browser } from 'puppeteer-core';
import { bundlePage } from '../components/bundle-page.ts';
import { withReplies } from '../components/scenes/replies.ts';
import { servePage } from '../components/serve-page.ts';
import { showScene } from '../components/show-scene.ts';
import { startBrowser } from '../components/start-browser.ts';
import { scaled, type Measured, type Surroundings } from './benchmark.ts';
import { median, rounded } from './statistics.ts';

const MANY = 500;
const FEW = 5;
const ROUNDS = 9;

/** How long the timeline of a person with many replies takes to its first rows, beside one with few. */
export async function measureFirstRows(surroundings: Surroundings): Promise<Measured> {
  const { belongings, progress } = surroundings;
  progress('building the page');
  const page = belongings.use(await servePage(await bundlePage(['replyTimeline'])));
  const browser = belongings.use(await startBrowser());
  const rounds = scaled(ROUNDS, surroundings, 3);
  const many: number[] = [];
  const few: number[] = [];
  // The first round pays for what the browser compiles, and is left out.
  for (let round = 0; round <= rounds; round += 1) {
    progress(`round ${round} of ${rounds}`);
    const pair = [await firstRows(browser, page.url, FEW), await firstRows(browser, page.url, MANY)] as const;
    if (round === 0) continue;
    few.push(pair[0]);
    many.push(pair[1]);
  }
  const [withFew, withMany] = [median(few), median(many)];
  return {
    ratio: rounded(withMany / withFew),
    words: `${Math.round(withMany)} ms with ${MANY} replies, ${Math.round(withFew)} ms with ${FEW}, from the component to the painted rows`,
    detail: {
      what: 'milliseconds in Chromium from the moment the component is put on the page until its first rows are painted; medians; the answers of the platform are there at once',
      rounds,
      few: { replies: FEW, milliseconds: few.map(Math.round) },
      many: { replies: MANY, milliseconds: many.map(Math.round) },
      browser: await browser.version(),
    },
  };
}

/** Milliseconds from putting the timeline on a page, whose scripts are loaded, until its first rows are painted. */
async function firstRows(browser: Browser, url: string, replies: number): Promise<number> {
  const scene = withReplies(replies);
  const shown = await showScene(browser, url, { ...scene, properties: {} });
  const milliseconds = await shown.evaluate(
    `new Promise((resolve) => {
      const began = performance.now();
      const timeline = showComponent(${JSON.stringify(scene.component)}, ${JSON.stringify(scene.properties)});
      const look = () => requestAnimationFrame(() => {
        if (timeline.shadowRoot.querySelector('li') === null) look();
        else requestAnimationFrame(() => resolve(performance.now() - began));
      });
      look();
    })`,
  );
  await shown.close();
  return milliseconds as number;
}
