import { LightningElement, api } from 'lwc';
import { NavigationMixin } from 'lightning/navigation';

/** A link to a record, by its name. */
export default class RecordLink extends NavigationMixin(LightningElement) {
  /** @type {string} Id of the record. */
  @api recordId;
  /** @type {string} API name of its object. */
  @api objectApiName;
  /** @type {string} What the link shows. */
  @api label;

  get href() {
    return `/lightning/r/${this.objectApiName}/${this.recordId}/view`;
  }

  /** A plain click stays inside the app; the browser keeps what it does with a modifier key. */
  open(event) {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const { recordId, objectApiName } = this;
    this[NavigationMixin.Navigate]({
      type: 'standard__recordPage',
      attributes: { recordId, objectApiName, actionName: 'view' },
    });
  }
}
