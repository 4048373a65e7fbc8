import { LightningElement, wire } from 'lwc';
import { graphql } from 'lightning/graphql';
import { NavigationMixin } from 'lightning/navigation';
import { errorWords, isNoAccess } from 'c/graphqlRecords';
import { FIRST_RECORDS } from './firstStepsQuery';
import { stepsOf } from './stepsOf';

/** The checklist that leads an admin from the installation to the first reply. */
export default class FirstSteps extends NavigationMixin(LightningElement) {
  data;
  errors;
  isAnswered = false;
  refreshRecords;
  recordsVariables = { first: 1 };

  @wire(graphql, { query: FIRST_RECORDS, variables: '$recordsVariables' })
  readRecords({ data, errors, refresh }) {
    this.refreshRecords = refresh ?? this.refreshRecords;
    if (!data && !errors) return;
    this.isAnswered = true;
    this.data = data;
    this.errors = errors;
  }

  get isLoading() {
    return !this.isAnswered;
  }

  /** Without access nothing is broken: the first step is to get it. */
  get isError() {
    return Boolean(this.errors) && !isNoAccess(this.errors);
  }

  get isList() {
    return this.isAnswered && !this.isError;
  }

  get errorWords() {
    return errorWords(this.errors);
  }

  get steps() {
    return stepsOf(this.data).map((step) => ({
      ...step,
      isOpen: !step.isDone,
      state: step.isDone ? 'Done' : 'To do',
      iconName: step.isDone ? 'utility:success' : 'utility:record',
      variant: step.isDone ? 'success' : undefined,
    }));
  }

  get progress() {
    const done = this.steps.filter(({ isDone }) => isDone).length;
    const { length } = this.steps;
    return {
      percent: Math.round((100 * done) / length),
      words: done === length ? 'All done: replies are tracked.' : `${done} of ${length} steps done`,
    };
  }

  /** A plain click stays inside the app; the browser keeps what it does with a modifier key. */
  open(event) {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const { name } = event.target.dataset;
    this[NavigationMixin.Navigate](this.steps.find((step) => step.name === name).page);
  }

  /** Looks again what is done. */
  async refresh() {
    await this.refreshRecords?.();
  }
}
