import { all, clear, one, settle, show, wordsOf } from 'test/page';
import NotAReplyModal from 'c/notAReplyModal';

async function opened() {
  const element = await show('c-not-a-reply-modal', NotAReplyModal, { taskId: '00T000000000001AAA' });
  const closed = jest.fn();
  element.addEventListener('closed', ({ detail }) => closed(detail));
  return { element, closed };
}

async function change(element, status) {
  one(element, 'lightning-flow').dispatchEvent(new CustomEvent('statuschange', { detail: { status } }));
  await settle();
}

describe('notAReplyModal', () => {
  afterEach(clear);

  it('runs the flow for the Task that is no reply', async () => {
    const { element } = await opened();
    const flow = one(element, 'lightning-flow');
    expect(flow.flowApiName).toBe('Task_Screen_NotAReply');
    expect(flow.flowInputVariables).toEqual([{ name: 'recordId', type: 'String', value: '00T000000000001AAA' }]);
    expect(one(element, 'lightning-modal-header').label).toBe('Not a Reply');
  });

  it.each(['FINISHED', 'FINISHED_SCREEN'])('closes when the flow is %s', async (status) => {
    const { element, closed } = await opened();
    await change(element, status);
    expect(closed.mock.calls).toEqual([['ended']]);
  });

  it('stays open while the user is asked', async () => {
    const { element, closed } = await opened();
    await change(element, 'STARTED');
    expect(closed).not.toHaveBeenCalled();
    expect(all(element, 'lightning-flow')).toHaveLength(1);
  });

  it('says what to do when the flow fails', async () => {
    const { element, closed } = await opened();
    await change(element, 'ERROR');
    expect(wordsOf(element)).toContain('The flow has failed');
    expect(wordsOf(element)).toContain('Nothing was changed.');
    expect(closed).not.toHaveBeenCalled();
  });
});
