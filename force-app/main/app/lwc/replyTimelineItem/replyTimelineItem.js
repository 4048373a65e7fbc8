import { LightningElement, api } from 'lwc';
import TASK from '@salesforce/schema/Task';
import TRACKED_EMAIL from '@salesforce/schema/TrackedEmail__c';

/** One reply of the timeline. */
export default class ReplyTimelineItem extends LightningElement {
  /** @type {object} The reply, as replyOfTask makes it. */
  @api reply;

  taskObject = TASK.objectApiName;
  mailObject = TRACKED_EMAIL.objectApiName;

  get heading() {
    const { kind, from } = this.reply;
    return from ? `${kind.word} from ${from}` : kind.word;
  }

  get evidence() {
    return this.reply.evidence && `Matched: ${this.reply.evidence}.`;
  }

  get source() {
    return this.reply.kind.isPerson ? 'a person' : 'a machine';
  }

  get dismissal() {
    const { dismissal } = this.reply;
    return dismissal && (dismissal.reason ? `Not a reply: ${dismissal.reason}` : 'Not a reply.');
  }
}
