import { HOSTILE, all, clear, one, press, show, wordsOf } from 'test/page';
import CampaignStatusItem from 'c/campaignStatusItem';

const REPLIED = {
  id: 'a02000000000001AAA',
  state: 'Replied',
  sequence: { id: 'a03000000000001AAA', name: 'Decision makers' },
  step: 2,
  haltedAt: '2026-11-24T09:12:00.000Z',
  haltReason: 'A person answered',
  haltedBy: '00T000000000001AAA',
  actions: ['undo', 'resume'],
};

const item = (status = {}, properties = { isEditable: true }) =>
  show('c-campaign-status-item', CampaignStatusItem, { status: { ...REPLIED, ...status }, ...properties });

const actionsOf = (element) => all(element, 'lightning-button').map(({ dataset }) => dataset.action);

describe('campaignStatusItem', () => {
  afterEach(clear);

  it('shows the state, why it is halted and by which reply', async () => {
    const element = await item();
    for (const words of ['Replied', '2 sent', 'A person answered', 'Open the reply']) {
      expect(wordsOf(element)).toContain(words);
    }
    expect(all(element, 'a')[1].getAttribute('href')).toBe('/lightning/r/Task/00T000000000001AAA/view');
  });

  it('shows when the next mail of an active one goes out, or that it is not planned', async () => {
    const active = { state: 'Active', haltReason: undefined, haltedBy: undefined, haltedAt: undefined };
    const planned = await item({ ...active, nextStepAt: '2026-11-26T08:30:00.000Z' });
    expect(one(planned, 'lightning-formatted-date-time').value).toBe('2026-11-26T08:30:00.000Z');
    expect(wordsOf(await item(active))).toContain('Not planned yet');
  });

  it('shows until when it is paused, or that somebody has to resume it', async () => {
    const until = await item({ state: 'Paused', haltedAt: undefined, resumeAt: '2026-12-01T23:59:59.000Z' });
    expect(one(until, 'lightning-formatted-date-time').value).toBe('2026-12-01T23:59:59.000Z');
    expect(wordsOf(await item({ state: 'Paused' }))).toContain('Somebody resumes it');
  });

  it('shows only the actions that the state allows', async () => {
    expect(actionsOf(await item())).toEqual(['undo', 'resume']);
    expect(actionsOf(await item({ actions: ['stop'] }))).toEqual(['stop']);
    expect(actionsOf(await item({ actions: [] }))).toEqual([]);
  });

  it('leaves to somebody who may not edit the undo alone, which the flow decides on', async () => {
    expect(actionsOf(await item({}, { isEditable: false }))).toEqual(['undo']);
  });

  it('locks the actions while a change is saved', async () => {
    const element = await item({}, { isEditable: true, isBusy: true });
    expect(all(element, 'lightning-button').every(({ disabled }) => disabled)).toBe(true);
  });

  it('tells which status is to be changed and how', async () => {
    const element = await item({ actions: ['undo', 'resume', 'stop'] });
    const told = jest.fn();
    for (const name of ['undo', 'changestatus']) element.addEventListener(name, ({ detail }) => told(name, detail));
    for (const action of ['undo', 'resume', 'stop']) await press(element, action);
    const { id: statusId } = REPLIED;
    expect(told.mock.calls).toEqual([
      ['undo', { statusId }],
      ['changestatus', { statusId, action: 'resume' }],
      ['changestatus', { statusId, action: 'stop' }],
    ]);
  });

  it('names the group of its buttons by the sequence', async () => {
    expect(one(await item(), '[role="group"]').getAttribute('aria-label')).toBe('Decision makers');
  });

  it('shows markup in a reason or a name as text', async () => {
    const element = await item({ haltReason: HOSTILE, sequence: { name: HOSTILE } });
    expect(wordsOf(element).split(HOSTILE)).toHaveLength(3);
    expect(all(element, 'img, b')).toEqual([]);
  });
});
