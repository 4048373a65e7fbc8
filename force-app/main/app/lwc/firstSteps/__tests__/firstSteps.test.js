import { all, answer, clear, dataOf, one, press, show, unnamed, wordsOf } from 'test/page';
import FirstSteps from 'c/firstSteps';

const PROOFS = ['ConnectedMailbox__c', 'SalesSequenceStep__c', 'CampaignStatus__c', 'TrackedEmail__c', 'Task'];
const ONE = [{ Id: 'a00000000000001AAA' }];
const steps = () => show('c-first-steps', FirstSteps);

async function after(...done) {
  const element = await steps();
  const records = PROOFS.map((object) => [object, done.includes(object) ? ONE : []]);
  await answer('firstRecords', { data: dataOf(Object.fromEntries(records)) });
  return element;
}

const statesOf = (element) => all(element, 'li lightning-icon').map(({ alternativeText }) => alternativeText);

describe('firstSteps', () => {
  afterEach(clear);

  it('says that it is looking until an answer is there', async () => {
    expect(wordsOf(await steps())).toContain('Looking at what is done ...');
  });

  it('shows what is done, what is to do, and with which command', async () => {
    const element = await after('SalesSequenceStep__c');
    expect(statesOf(element)).toEqual(['Done', 'To do', 'Done', 'To do', 'To do', 'To do']);
    expect(wordsOf(element)).toContain('2 of 6 steps done');
    expect(one(element, 'pre').textContent).toContain('sf reply mailbox connect');
  });

  it('begins with the permission sets for somebody who has none', async () => {
    const element = await steps();
    await answer('firstRecords', { errors: [{ message: "Field 'ConnectedMailbox__c' is undefined" }] });
    expect(statesOf(element)).toEqual(Array(6).fill('To do'));
    expect(all(element, '[role="alert"]')).toEqual([]);
  });

  it('says when all is done', async () => {
    const element = await after(...PROOFS);
    expect(statesOf(element)).toEqual(Array(6).fill('Done'));
    expect(wordsOf(element)).toContain('All done: replies are tracked.');
    expect(one(element, 'lightning-progress-bar').value).toBe(100);
  });

  it('shows the words of the platform after an error, and looks again when asked to', async () => {
    const element = await steps();
    const refresh = jest.fn().mockResolvedValue();
    await answer('firstRecords', { errors: [{ message: 'The request limit is reached.' }], refresh });
    expect(wordsOf(element)).toContain('The request limit is reached.');
    await press(element, 'retry');
    expect(refresh).toHaveBeenCalledTimes(1);
  });

  it('leads to the place of each step, inside the app on a plain click', async () => {
    const links = all(await after(), 'a');
    expect(links.map((link) => link.getAttribute('href'))).toEqual([
      '/lightning/setup/PermSets/home',
      '/lightning/o/ConnectedMailbox__c/list?filterName=AllConnectedMailboxes',
      '/lightning/o/SalesSequence__c/list?filterName=AllSalesSequences',
      '/lightning/o/CampaignStatus__c/list?filterName=AllCampaignStatuses',
      '/lightning/o/TrackedEmail__c/list?filterName=AllTrackedEmails',
      '/lightning/o/TrackedEmail__c/list?filterName=RepliesToday',
    ]);
    const clicks = [{}, { ctrlKey: true }].map((keys) => new MouseEvent('click', { cancelable: true, ...keys }));
    for (const click of clicks) links[1].dispatchEvent(click);
    expect(clicks.map(({ defaultPrevented }) => defaultPrevented)).toEqual([true, false]);
  });

  it('names its buttons for a screen reader', async () => {
    expect(unnamed(await after())).toEqual([]);
  });
});
