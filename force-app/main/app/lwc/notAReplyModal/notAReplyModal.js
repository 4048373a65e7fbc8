import { api } from 'lwc';
import LightningModal from 'lightning/modal';

/** States in which an interview of a screen flow has come to its end. */
const ENDED = ['FINISHED', 'FINISHED_SCREEN'];

/** The screens of Task_Screen_NotAReply in a dialog. Closes with `ended` when the flow has come to its end. */
export default class NotAReplyModal extends LightningModal {
  /** @type {string} Id of the Task that is said to be no reply. */
  @api taskId;

  isFailed = false;

  get inputs() {
    return [{ name: 'recordId', type: 'String', value: this.taskId }];
  }

  changeStatus(event) {
    const { status } = event.detail;
    if (ENDED.includes(status)) this.close('ended');
    else this.isFailed = status === 'ERROR';
  }
}
