import { all, clear, one, show, wordsOf } from 'test/page';
import ReplyTimelineItem from 'c/replyTimelineItem';
import { kindOf } from 'c/replyWords';

const item = (reply) =>
  show('c-reply-timeline-item', ReplyTimelineItem, {
    reply: { id: '00T000000000001AAA', kind: kindOf('Human'), from: 'jane@roe.example', ...reply },
  });

describe('replyTimelineItem', () => {
  afterEach(clear);

  it('says in the name of its icon whether a person or a machine answered', async () => {
    expect(one(await item({}), 'lightning-icon').alternativeText).toBe('a person');
    expect(one(await item({ kind: kindOf('Bounce') }), 'lightning-icon').alternativeText).toBe('a machine');
  });

  it('leads to the Task and to the mail', async () => {
    const element = await item({ mail: { id: 'a01000000000001AAA', subject: 'A question', isOpen: true } });
    expect(all(element, 'a').map((link) => link.getAttribute('href'))).toEqual([
      '/lightning/r/Task/00T000000000001AAA/view',
      '/lightning/r/TrackedEmail__c/a01000000000001AAA/view',
    ]);
  });

  it('shows when the reply came', async () => {
    const element = await item({ receivedAt: '2026-11-24T09:12:00.000Z' });
    expect(one(element, 'lightning-formatted-date-time').value).toBe('2026-11-24T09:12:00.000Z');
  });

  it('shows nothing where nothing is known', async () => {
    const element = await item({ from: undefined });
    expect(wordsOf(element)).toBe('Reply');
    expect(all(element, 'lightning-badge, lightning-formatted-date-time')).toEqual([]);
  });

  it('says that a reply was dismissed although the reason is hidden', async () => {
    expect(wordsOf(await item({ dismissal: { at: '2026-11-24T10:00:00.000Z' } }))).toContain('Not a reply.');
  });
});
