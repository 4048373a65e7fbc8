import { LightningElement, api } from 'lwc';
import SALES_SEQUENCE from '@salesforce/schema/SalesSequence__c';
import TASK from '@salesforce/schema/Task';

/** The icon beside the word of each state. */
const ICONS = {
  Active: { name: 'utility:play', variant: 'success' },
  Paused: { name: 'utility:pause', variant: 'warning' },
  Replied: { name: 'utility:reply' },
  Bounced: { name: 'utility:no_return', variant: 'error' },
  Stopped: { name: 'utility:stop' },
  Finished: { name: 'utility:check' },
};

/**
 * One person in one sequence.
 * @fires CampaignStatusItem#undo the halt is no answer; detail: {statusId}
 * @fires CampaignStatusItem#changestatus the user wants it resumed or stopped; detail: {statusId, action}
 */
export default class CampaignStatusItem extends LightningElement {
  /** @type {object} The status, as statusOfRecord makes it. */
  @api status;
  /** @type {boolean} Whether the user may change it. */
  @api isEditable = false;
  /** @type {boolean} Whether a change is being saved. */
  @api isBusy = false;

  sequenceObject = SALES_SEQUENCE.objectApiName;
  taskObject = TASK.objectApiName;

  get icon() {
    return ICONS[this.status.state] ?? ICONS.Finished;
  }

  get step() {
    const { step } = this.status;
    return step > 0 ? `${step} sent` : 'None sent yet';
  }

  get isActive() {
    return this.status.state === 'Active';
  }

  get isPaused() {
    return this.status.state === 'Paused';
  }

  get isHalted() {
    return Boolean(this.status.haltReason || this.status.haltedBy);
  }

  get mayUndo() {
    return this.status.actions.includes('undo');
  }

  get mayResume() {
    return this.isEditable && this.status.actions.includes('resume');
  }

  get mayStop() {
    return this.isEditable && this.status.actions.includes('stop');
  }

  get hasActions() {
    return this.mayUndo || this.mayResume || this.mayStop;
  }

  undo() {
    this.dispatchEvent(new CustomEvent('undo', { detail: { statusId: this.status.id } }));
  }

  change(event) {
    const { action } = event.target.dataset;
    this.dispatchEvent(new CustomEvent('changestatus', { detail: { statusId: this.status.id, action } }));
  }
}
