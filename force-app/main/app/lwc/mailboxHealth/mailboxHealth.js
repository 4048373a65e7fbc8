import { LightningElement, api, wire } from 'lwc';
import { graphql } from 'lightning/graphql';
import { registerRefreshHandler, unregisterRefreshHandler } from 'lightning/refresh';
import CONNECTED_MAILBOX from '@salesforce/schema/ConnectedMailbox__c';
import { errorWords, isNoAccess, recordsOf } from 'c/graphqlRecords';
import { byUrgency, mailboxOfRecord } from './mailboxOfRecord';
import { MAILBOXES } from './mailboxQuery';

/** What GraphQL gives at most. */
const MOST = 2000;
/** Rows that are drawn; those in trouble come first, so that none of them is cut off before the rest. */
const SHOWN = 100;

/** The icons beside the words. */
const WELL = { name: 'utility:success', variant: 'success' };
const TROUBLE = { name: 'utility:warning', variant: 'warning' };

/** The connected mailboxes, those that need somebody first. */
export default class MailboxHealth extends LightningElement {
  /** @type {string} Heading of the card. */
  @api cardTitle = 'Mailboxes';
  /** @type {boolean} Leaves out the mailboxes that are read as they should be. */
  @api troubleOnly = false;

  mailboxes;
  errors;
  refreshMailboxes;
  refreshHandle;
  mailboxesVariables = { first: MOST };
  mailboxObject = CONNECTED_MAILBOX.objectApiName;

  connectedCallback() {
    this.refreshHandle = registerRefreshHandler(this, () => this.refresh().then(() => true));
  }

  disconnectedCallback() {
    unregisterRefreshHandler(this.refreshHandle);
  }

  @wire(graphql, { query: MAILBOXES, variables: '$mailboxesVariables' })
  readMailboxes({ data, errors, refresh }) {
    this.refreshMailboxes = refresh ?? this.refreshMailboxes;
    if (!data && !errors) return;
    this.errors = errors;
    if (!data) return;
    const now = Date.now();
    const records = recordsOf(data, CONNECTED_MAILBOX.objectApiName);
    this.mailboxes = byUrgency(records.map((record) => mailboxOfRecord(record, now)));
  }

  get wanted() {
    return this.mailboxes.filter(({ isInTrouble }) => isInTrouble || !this.troubleOnly);
  }

  get rows() {
    const shown = this.wanted.slice(0, SHOWN);
    return shown.map((mailbox) => ({ ...mailbox, icon: mailbox.isInTrouble ? TROUBLE : WELL }));
  }

  /** How many are left out, in words; undefined when all are shown. */
  get leftOut() {
    const count = this.wanted.length - SHOWN;
    return count > 0 ? `${count} more are in the list view of Connected Mailboxes.` : undefined;
  }

  get summary() {
    const count = this.mailboxes.length;
    const inTrouble = this.mailboxes.filter(({ isInTrouble }) => isInTrouble).length;
    if (inTrouble > 0) return `${inTrouble} of ${count} ${inTrouble === 1 ? 'needs' : 'need'} attention.`;
    return count === 1 ? 'The mailbox is read as it should be.' : `All ${count} are read as they should be.`;
  }

  get summaryIcon() {
    return this.mailboxes.some(({ isInTrouble }) => isInTrouble) ? TROUBLE : WELL;
  }

  get isNoAccess() {
    return isNoAccess(this.errors);
  }

  get isError() {
    return Boolean(this.errors) && !this.isNoAccess;
  }

  get isLoading() {
    return !this.errors && !this.mailboxes;
  }

  get isEmpty() {
    return !this.errors && this.mailboxes?.length === 0;
  }

  get isList() {
    return !this.errors && this.mailboxes?.length > 0;
  }

  get errorWords() {
    return errorWords(this.errors);
  }

  /** Asks Salesforce again for all mailboxes. */
  async refresh() {
    await this.refreshMailboxes?.();
  }
}
