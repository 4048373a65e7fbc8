import { expect } from 'chai';
import type { Browser, Page } from 'puppeteer-core';
import { bundlePage } from '../../scripts/components/bundle-page.ts';
import { SCENES } from '../../scripts/components/scenes.ts';
import { servePage, type ServedPage } from '../../scripts/components/serve-page.ts';
import { showScene } from '../../scripts/components/show-scene.ts';
import { startBrowser } from '../../scripts/components/start-browser.ts';
import { focusOrder, violationsOn } from './accessibility.ts';

/** What has to stand on the page, by the end of the name of a scene. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  'reply-timeline-wide': ['Reply from jane@roe-family.example', 'Another address', 'Not a reply: Sam asked'],
  'reply-timeline-on-account': ['Jane Roe', 'Same company'],
  'reply-timeline-narrow': ['Bounce from mailer-daemon@mx.northwind.example', 'which is not shared with you'],
  'reply-timeline-many': ['Show More'],
  'reply-timeline-empty': ['No reply yet'],
  'reply-timeline-loading': ['Reading the replies'],
  'reply-timeline-error': ['The request limit of the org is reached.', 'Try Again'],
  'reply-timeline-no-access': ['You have no access to replies', 'Reply Tracking: User'],
  'campaign-status-card-wide': ['Active', 'Paused until', 'A person answered', 'Not a Reply', 'Resume', 'Stop'],
  'campaign-status-card-narrow': ['Warehouse decision makers', 'Open the reply'],
  'campaign-status-card-own-page': ['Replied', '2 sent'],
  'campaign-status-card-resume': ['Resume this sequence?', 'This person has answered.'],
  'campaign-status-card-undo': ['Not a Reply', 'Task_Screen_NotAReply'],
  'campaign-status-card-read-only': ['Spring fair follow-up'],
  'campaign-status-card-empty': ['In no sequence'],
  'campaign-status-card-loading': ['Reading the sequences'],
  'campaign-status-card-error': ['The request limit of the org is reached.', 'Try Again'],
  'campaign-status-card-no-access': ['You have no access to sequences'],
  'mailbox-health-wide': ['4 of 6 need attention.', 'Login refused', 'invalid_grant', 'Being read'],
  'mailbox-health-narrow': ['Connector silent', 'What to do'],
  'mailbox-health-well': ['All 2 are read as they should be.'],
  'mailbox-health-empty': ['No mailbox is connected', 'sf reply mailbox connect'],
  'mailbox-health-loading': ['Reading the mailboxes'],
  'mailbox-health-error': ['The request limit of the org is reached.', 'Try Again'],
  'mailbox-health-no-access': ['Reply Tracking: Admin'],
  'first-steps-wide': ['3 of 6 steps done', 'Send the first tracked mail'],
  'first-steps-narrow': ['1 of 6 steps done', 'sf reply serve'],
  'first-steps-done': ['All done: replies are tracked.'],
  'first-steps-no-access': ['0 of 6 steps done'],
  'first-steps-loading': ['Looking at what is done'],
  'first-steps-error': ['The request limit of the org is reached.', 'Try Again'],
};

/** The width at which nothing may need scrolling to the side (WCAG 2.2, 1.4.10). */
const NARROWEST = 320;

const UNREADABLE = [
  '<button></button>',
  '<p id="a" style="color: #ccc; background: #fff">Too pale to be read</p><p id="a"></p>',
  '<a href="#" aria-labelledby="a">Too pale to be read</a><a href="#" aria-describedby="nowhere">Nowhere</a>',
].join('');

const sideways = (page: Page): Promise<number> =>
  page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth') as Promise<number>;

describe('the Lightning web components in Chromium', function () {
  this.timeout(60_000);
  let served: ServedPage;
  let browser: Browser;

  before(async function () {
    this.timeout(240_000);
    served = await servePage(await bundlePage([...new Set(SCENES.map(({ component }) => component))]));
    browser = await startBrowser();
  });

  after(async () => {
    await browser?.close();
    await served?.[Symbol.asyncDispose]();
  });

  /** Shows a scene, which fails when anything is logged as an error. */
  const shown = (name: string): Promise<Page> => {
    const scene = SCENES.find((candidate) => candidate.name === name);
    if (scene === undefined) throw new Error(`There is no scene ${name}.`);
    return showScene(browser, served.url, scene);
  };

  for (const { name } of SCENES) {
    it(`shows ${name} without an error, readable for everybody, on a wide page and on a narrow one`, async () => {
      const page = await shown(name);
      const text = await page.evaluate('document.body.innerText');
      expect(WORDS[name], 'words of the scene').not.to.equal(undefined);
      for (const words of WORDS[name] ?? []) expect(text).to.include(words);
      expect(await violationsOn(page)).to.deep.equal([]);
      await page.setViewport({ width: NARROWEST, height: 600 });
      expect(await sideways(page), 'pixels that lie beyond the right edge').to.equal(0);
      await page.close();
    });
  }

  it('reaches everything on a status card with the Tab key, in the order in which it is read', async () => {
    const page = await shown('campaign-status-card-own-page');
    expect(await focusOrder(page)).to.deep.equal([
      'Refresh sequences',
      'Warehouse decision makers',
      'Open the reply',
      'Undo this halt: it was no answer of the person',
      'Resume',
    ]);
    await page.close();
  });

  it('shows more replies when asked to, and says how many', async () => {
    const page = await shown('reply-timeline-many');
    const count = async (): Promise<number> => (await page.$$('main li')).length;
    expect(await count()).to.equal(5);
    await page.click('[data-action="more"] button');
    await page.waitForFunction(`document.body.innerText.includes('10 replies shown.')`);
    expect(await count()).to.equal(10);
    await page.close();
  });

  it('notices what a screen reader cannot name and what is too pale', async () => {
    const page = await shown('reply-timeline-empty');
    await page.evaluate(`document.body.insertAdjacentHTML('beforeend', ${JSON.stringify(UNREADABLE)})`);
    const rules = (await violationsOn(page)).map((violation) => violation.split(':')[0]);
    expect(rules).to.have.members(['button-name', 'color-contrast', 'duplicate-id-aria', 'aria-valid-attr-value']);
    await page.close();
  });
});
