import { HOSTILE, all, clear, one, show, wordsOf } from 'test/page';
import RecordLink from 'c/recordLink';

const link = (label = 'Jane Roe') =>
  show('c-record-link', RecordLink, { recordId: '003000000000001AAA', objectApiName: 'Contact', label });

function clickOn(element, keys = {}) {
  const click = new MouseEvent('click', { bubbles: true, cancelable: true, ...keys });
  one(element, 'a').dispatchEvent(click);
  return click;
}

describe('recordLink', () => {
  afterEach(clear);

  it('has an address of its own, so that it can be opened in a tab', async () => {
    const element = await link();
    expect(one(element, 'a').getAttribute('href')).toBe('/lightning/r/Contact/003000000000001AAA/view');
    expect(wordsOf(element)).toBe('Jane Roe');
  });

  it('stays inside the app on a plain click', async () => {
    expect(clickOn(await link()).defaultPrevented).toBe(true);
  });

  it.each(['ctrlKey', 'metaKey', 'shiftKey'])('leaves a click with %s to the browser', async (key) => {
    expect(clickOn(await link(), { [key]: true }).defaultPrevented).toBe(false);
  });

  it('shows markup in a name as text', async () => {
    const element = await link(HOSTILE);
    expect(wordsOf(element)).toBe(HOSTILE);
    expect(all(element, 'img')).toHaveLength(0);
  });
});
