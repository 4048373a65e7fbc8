import { LightningElement, api, wire } from 'lwc';
import LightningConfirm from 'lightning/confirm';
import { graphql } from 'lightning/graphql';
import { ShowToastEvent } from 'lightning/platformShowToastEvent';
import { RefreshEvent, registerRefreshHandler, unregisterRefreshHandler } from 'lightning/refresh';
import { getObjectInfo } from 'lightning/uiObjectInfoApi';
import { notifyRecordUpdateAvailable, updateRecord } from 'lightning/uiRecordApi';
import CAMPAIGN_STATUS from '@salesforce/schema/CampaignStatus__c';
import STATUS from '@salesforce/schema/CampaignStatus__c.Status__c';
import { errorWords, isNoAccess, recordsOf, saveErrorWords } from 'c/graphqlRecords';
import NotAReplyModal from 'c/notAReplyModal';
import { actionWords } from './actionWords';
import { byState, statusOfRecord } from './statusOfRecord';
import { STATUSES, statusFilter } from './statusQuery';

/** The value of Status__c that each action sets. */
const TARGETS = { resume: 'Active', stop: 'Stopped' };

/** Where a person stands in each sequence, or one such status on its own page. */
export default class CampaignStatusCard extends LightningElement {
  /** @type {string} Id of the record, set by the page. */
  @api recordId;
  /** @type {string} API name of its object, set by the page. */
  @api objectApiName;
  /** @type {string} Heading of the card. */
  @api cardTitle = 'Sequences';

  statuses;
  errors;
  isEditable = false;
  isSaving = false;
  announcement = '';
  refreshStatuses;
  refreshHandle;

  connectedCallback() {
    this.refreshHandle = registerRefreshHandler(this, () => this.refresh().then(() => true));
  }

  disconnectedCallback() {
    unregisterRefreshHandler(this.refreshHandle);
  }

  get statusesQuery() {
    return this.recordId && this.objectApiName ? STATUSES : undefined;
  }

  get statusesVariables() {
    return { where: statusFilter(this.objectApiName, this.recordId) };
  }

  @wire(graphql, { query: '$statusesQuery', variables: '$statusesVariables' })
  readStatuses({ data, errors, refresh }) {
    this.refreshStatuses = refresh ?? this.refreshStatuses;
    if (!data && !errors) return;
    this.errors = errors;
    if (data) this.statuses = byState(recordsOf(data, CAMPAIGN_STATUS.objectApiName).map(statusOfRecord));
  }

  /** Who may not edit a status is shown no buttons that do. */
  @wire(getObjectInfo, { objectApiName: CAMPAIGN_STATUS })
  readObjectInfo({ data }) {
    this.isEditable = Boolean(data?.updateable && data.fields[STATUS.fieldApiName]?.updateable);
  }

  get isNoAccess() {
    return isNoAccess(this.errors);
  }

  get isError() {
    return Boolean(this.errors) && !this.isNoAccess;
  }

  get isLoading() {
    return !this.errors && !this.statuses;
  }

  get isEmpty() {
    return !this.errors && this.statuses?.length === 0;
  }

  get isList() {
    return !this.errors && this.statuses?.length > 0;
  }

  get errorWords() {
    return errorWords(this.errors);
  }

  statusOf(event) {
    return this.statuses.find(({ id }) => id === event.detail.statusId);
  }

  async undo(event) {
    const status = this.statusOf(event);
    const outcome = await NotAReplyModal.open({ size: 'small', label: 'Not a Reply', taskId: status.haltedBy });
    if (outcome !== 'ended') return;
    await notifyRecordUpdateAvailable([{ recordId: status.id }]);
    await this.readAgain();
  }

  async change(event) {
    const status = this.statusOf(event);
    const { action } = event.detail;
    const { label, message, done } = actionWords(action, status);
    const isSure = await LightningConfirm.open({ label, message, theme: 'warning' });
    if (isSure) await this.save(status, TARGETS[action], done);
  }

  async save(status, target, done) {
    this.isSaving = true;
    this.announcement = 'Saving.';
    try {
      await updateRecord({ fields: { Id: status.id, [STATUS.fieldApiName]: target } });
      this.tell('success', done);
      await this.readAgain();
    } catch (error) {
      this.tell('error', 'The status was not changed', saveErrorWords(error));
    } finally {
      this.isSaving = false;
    }
  }

  /** Errors stay until they are closed, so that there is time to read the words of a validation rule. */
  tell(variant, title, message = '') {
    this.announcement = `${title} ${message}`.trim();
    this.dispatchEvent(
      new ShowToastEvent({ variant, title, message, mode: variant === 'error' ? 'sticky' : 'dismissible' }),
    );
  }

  /** Reads the statuses again, and asks the rest of the page to do the same. */
  async readAgain() {
    await this.refresh();
    this.dispatchEvent(new RefreshEvent());
  }

  /** Asks Salesforce again for what is shown. */
  async refresh() {
    await this.refreshStatuses?.();
  }
}
