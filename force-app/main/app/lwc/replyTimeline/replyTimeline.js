import { LightningElement, api, wire } from 'lwc';
import { graphql } from 'lightning/graphql';
import { registerRefreshHandler, unregisterRefreshHandler } from 'lightning/refresh';
import { getFieldValue, getRecord } from 'lightning/uiRecordApi';
import CAMPAIGN_STATUS from '@salesforce/schema/CampaignStatus__c';
import HALTED_BY from '@salesforce/schema/CampaignStatus__c.HaltedByTaskId__c';
import OPPORTUNITY from '@salesforce/schema/Opportunity';
import TASK from '@salesforce/schema/Task';
import { errorWords, hasMore, isNoAccess, recordsOf, valueOf } from 'c/graphqlRecords';
import { SHOW, replyFilter } from './replyFilter';
import { replyOfTask } from './replyOfTask';
import { CONTACT_ROLES, REPLIES } from './replyQueries';

/** What GraphQL gives at most. */
const MOST = 2000;

/** The replies of the record on whose page it is, newest first. */
export default class ReplyTimeline extends LightningElement {
  /** @type {string} Id of the record, set by the page. */
  @api recordId;
  /** @type {string} API name of its object, set by the page. */
  @api objectApiName;
  /** @type {string} Heading of the card. */
  @api cardTitle = 'Replies';
  /** @type {number} How many replies are read at first, and how many more each time. */
  @api pageSize = 20;

  show = SHOW.all;
  pages = 1;
  replies;
  errors;
  hasMore = false;
  announcement = '';
  contactIds;
  haltedBy;
  refreshReplies;
  refreshHandle;

  showOptions = [
    { label: 'All', value: SHOW.all },
    { label: 'People', value: SHOW.people },
    { label: 'Machines', value: SHOW.machines },
  ];

  connectedCallback() {
    this.refreshHandle = registerRefreshHandler(this, () => this.refresh().then(() => true));
  }

  disconnectedCallback() {
    unregisterRefreshHandler(this.refreshHandle);
  }

  // An opportunity: an answer need not be linked to it, but to a person who plays a role in it.

  get rolesQuery() {
    return this.objectApiName === OPPORTUNITY.objectApiName && this.recordId ? CONTACT_ROLES : undefined;
  }

  get rolesVariables() {
    return { opportunityId: this.recordId };
  }

  /** Without access to the roles, the replies that are linked to the opportunity itself are what remains. */
  @wire(graphql, { query: '$rolesQuery', variables: '$rolesVariables' })
  readRoles({ data, errors }) {
    if (!data && !errors) return;
    const ids = recordsOf(data, 'OpportunityContactRole').map(({ ContactId }) => valueOf(ContactId));
    this.contactIds = [...new Set(ids.filter(Boolean))];
  }

  // A status: what halted it may be an answer to a mail of another sequence.

  get statusId() {
    return this.objectApiName === CAMPAIGN_STATUS.objectApiName ? this.recordId : undefined;
  }

  @wire(getRecord, { recordId: '$statusId', optionalFields: [HALTED_BY] })
  readStatus({ data, error }) {
    if (data || error) this.haltedBy = (data && getFieldValue(data, HALTED_BY)) || '';
  }

  // The replies.

  get isScopeKnown() {
    if (this.statusId) return this.haltedBy !== undefined;
    return this.objectApiName !== OPPORTUNITY.objectApiName || this.contactIds !== undefined;
  }

  get repliesQuery() {
    return this.recordId && this.isScopeKnown ? REPLIES : undefined;
  }

  get repliesVariables() {
    const { recordId, contactIds, haltedBy } = this;
    const where = replyFilter(this.objectApiName, { recordId, contactIds, haltedBy }, this.show);
    return { where, first: Math.min(this.pages * this.pageSize, MOST) };
  }

  @wire(graphql, { query: '$repliesQuery', variables: '$repliesVariables' })
  readReplies({ data, errors, refresh }) {
    this.refreshReplies = refresh ?? this.refreshReplies;
    if (!data && !errors) return;
    this.errors = errors;
    if (!data) return;
    this.replies = recordsOf(data, TASK.objectApiName).map((task) => replyOfTask(task, this.recordId));
    this.hasMore = hasMore(data, TASK.objectApiName) && this.replies.length < MOST;
    this.announcement = this.countWords;
  }

  get countWords() {
    const count = this.replies.length;
    const shown = count === 1 ? '1 reply shown.' : `${count} replies shown.`;
    return this.hasMore ? `${shown} There are more.` : shown;
  }

  get isNoAccess() {
    return isNoAccess(this.errors);
  }

  get isError() {
    return Boolean(this.errors) && !this.isNoAccess;
  }

  get isLoading() {
    return !this.errors && !this.replies;
  }

  get isEmpty() {
    return !this.errors && this.replies?.length === 0;
  }

  get isList() {
    return !this.isNoAccess && this.replies?.length > 0;
  }

  get isFiltered() {
    return this.show !== SHOW.all;
  }

  get errorWords() {
    return errorWords(this.errors);
  }

  changeShow(event) {
    this.show = event.detail.value;
    this.pages = 1;
    this.replies = undefined;
    this.announcement = '';
  }

  showMore() {
    this.pages += 1;
    this.announcement = 'Reading more replies.';
  }

  /** Asks Salesforce again for all replies that are shown. */
  async refresh() {
    this.announcement = 'Reading the replies again.';
    await this.refreshReplies?.();
    if (this.replies) this.announcement = this.countWords;
  }
}
