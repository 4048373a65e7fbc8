import { expect } from 'chai';
import { createHash } from 'node:crypto';
import { Script } from 'node:vm';
import { failurePage, healthPage, PAGE_POLICY } from '../../../../connector/src/server/page/health-page.ts';
import { sampleMailbox, sampleStatus } from '../sample-facade.ts';

const NOW = new Date('2026-11-24T10:00:00.000Z');
const HOSTILE = `"'><img src=x onerror=alert(1)><script>alert(2)</script>\u202e`;

describe('healthPage', () => {
  const page = (changes: Parameters<typeof sampleStatus>[0] = {}): string =>
    healthPage(sampleStatus(changes), NOW, 3_600);
  /** What a person reads of a page. */
  const words = (text: string): string =>
    text
      .slice(text.indexOf('<main>'))
      .replaceAll(/<script>.*<\/script>/gs, '')
      .replaceAll(/<[^>]*>/g, ' ')
      .replaceAll(/\s+/g, ' ');
  const contentOf = (element: 'style' | 'script', text: string): string =>
    text.slice(text.indexOf(`<${element}>`) + element.length + 2, text.indexOf(`</${element}>`));

  it('tells of each mailbox its address, state, lag, last reply and count, in words', () => {
    const text = words(page({ mailboxes: [sampleMailbox()] }));
    expect(text).to.contain('rep@seller.example IMAP ✓ Up to date 12 seconds ago 2026-11-24 07:30 UTC 1,200');
  });

  it('says what is wrong with a mailbox and what to do', () => {
    const failing = sampleMailbox({ state: 'failing', lastError: 'imap.seller.example does not answer.' });
    const refused = sampleMailbox({ state: 'reconnect', lastError: 'The password is refused.' });
    const text = words(page({ mailboxes: [failing, refused] }));
    expect(text).to.contain('! Failing').and.to.contain('imap.seller.example does not answer. It is tried again');
    expect(text).to.contain('✕ Reconnect').and.to.contain('The password is refused. Connect it again');
  });

  it('shows how far a first read has come', () => {
    const reading = sampleMailbox({ state: 'reading', messagesExpected: 4_800, caughtUpAt: null, lagSeconds: null });
    const text = page({ mailboxes: [reading] });
    expect(text).to.contain('<progress aria-label="First read" value="1200" max="4800">');
    expect(words(text)).to.contain('1,200 of about 4,800').and.to.contain('not finished yet');
    expect(page({ mailboxes: [{ ...reading, messagesExpected: 100 }] })).to.contain('value="1200" max="1200"');
    expect(words(page({ mailboxes: [{ ...reading, messagesExpected: null }] }))).to.contain('1,200 so far');
  });

  it('tells of the outbox, the API budget, the org and the process', () => {
    const text = words(
      page({
        outbox: { pending: 12, dead: 3, oldestPendingAt: '2026-11-24T09:58:00.000Z' },
        salesforce: { apiUsage: { used: 400, limit: 15_000 }, apiCalls: 57, clockAheadSeconds: 0 },
      }),
    );
    expect(text).to.contain('12 the oldest for 2 minutes').and.to.contain('Salesforce has refused 3 records for good.');
    expect(text).to.contain('400 of 15,000 in 24 hours; 57 by this service');
    expect(text).to.contain('Works for Acme (00D5g000004ZZZZEA4) process 4711, running for 2 hours version 1.2.3');
  });

  it('tells of a sequence that goes on although a person has answered', () => {
    expect(words(page({ unhalted: ['a02000000000001AAA'] }))).to.contain('1 still goes on. sf reply doctor says which');
  });

  it('says how to begin when there is no mailbox', () => {
    expect(words(page())).to.contain('sf reply mailbox connect');
  });

  it('writes nothing of strangers as markup', () => {
    const mailbox = sampleMailbox({ address: HOSTILE, state: 'reconnect', lastError: HOSTILE });
    const pages = [
      page({
        mailboxes: [mailbox],
        org: { id: HOSTILE, name: HOSTILE },
        database: { engine: HOSTILE, place: HOSTILE },
        version: HOSTILE,
      }),
      failurePage({ message: HOSTILE, actions: [HOSTILE] }),
    ];
    for (const text of pages) {
      expect(text).to.contain('&quot;&#39;&gt;&lt;img src=x onerror=alert(1)&gt;&lt;script&gt;');
      expect(text).to.not.contain('<img').and.to.not.contain('<script>alert').and.to.not.contain('\u202e');
    }
  });

  it('allows its own style and script by their hashes, and nothing from elsewhere', () => {
    const text = page({ mailboxes: [sampleMailbox({ state: 'reconnect' })] });
    for (const element of ['style', 'script'] as const) {
      const hash = createHash('sha256').update(contentOf(element, text)).digest('base64');
      expect(PAGE_POLICY).to.contain(`${element}-src 'sha256-${hash}'`);
    }
    expect(PAGE_POLICY).to.contain("default-src 'none'").and.to.not.contain('unsafe');
    expect(text).to.not.match(/ (?:style|on[a-z]+)="/);
    expect(text.match(/(?:src|href|action)="[^"]*"/g)).to.satisfy((links: string[]) =>
      links.every((link) => link.startsWith('href="data:')),
    );
  });

  it('refreshes itself without its script, and has a script that is one', () => {
    expect(page()).to.contain('<noscript><meta http-equiv="refresh"');
    expect(() => new Script(contentOf('script', page()))).to.not.throw();
  });

  it('has what readers by ear need', () => {
    const text = page({ mailboxes: [sampleMailbox()] });
    expect(text).to.contain('<html lang="en">').and.to.contain('<title>The mailbox is read up to date.');
    expect(text.match(/scope="col"/g)).to.have.length(5);
    expect(text).to.contain('scope="row"').and.to.contain('role="status"').and.to.contain('aria-hidden="true"');
    expect(text).to.contain('prefers-reduced-motion').and.to.contain('color-scheme');
  });
});
