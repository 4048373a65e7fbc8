import { all, clear, one, show, wordsOf } from 'test/page';
import StateNotice from 'c/stateNotice';

const notice = (kind) => show('c-state-notice', StateNotice, { kind, heading: 'What is the case' });

describe('stateNotice', () => {
  afterEach(clear);

  it('announces an error at once and everything else when the reader is idle', async () => {
    expect(one(await notice('error'), '[role="alert"]')).toBeTruthy();
    for (const kind of ['loading', 'empty', 'noAccess'])
      expect(one(await notice(kind), '[role="status"]')).toBeTruthy();
  });

  it('says while loading in words what the spinner shows, and hides the spinner from a screen reader', async () => {
    const element = await notice('loading');
    expect(wordsOf(element)).toBe('What is the case');
    expect(one(element, '[aria-hidden="true"] lightning-spinner')).toBeTruthy();
  });

  it.each([
    ['empty', 'Nothing here yet'],
    ['error', 'Error'],
    ['noAccess', 'No access'],
  ])('names the icon of %s', async (kind, words) => {
    const element = await notice(kind);
    expect(one(element, 'lightning-icon').alternativeText).toBe(words);
    expect(one(element, 'h3').textContent).toBe('What is the case');
    expect(all(element, 'slot')).toHaveLength(2);
  });
});
