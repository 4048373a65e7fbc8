import { LightningElement, api } from 'lwc';

const ICONS = {
  empty: { iconName: 'utility:email_open', words: 'Nothing here yet' },
  error: { iconName: 'utility:error', variant: 'error', words: 'Error' },
  noAccess: { iconName: 'utility:lock', words: 'No access' },
};

/**
 * What a card shows instead of records. The default slot takes what to do next, the slot `actions` its buttons.
 * Errors are announced at once, everything else when the reader is idle.
 */
export default class StateNotice extends LightningElement {
  /** @type {'loading' | 'empty' | 'error' | 'noAccess'} Why there is nothing to show. */
  @api kind;
  /** @type {string} What is the case, in one sentence. */
  @api heading;

  get isLoading() {
    return this.kind === 'loading';
  }

  get role() {
    return this.kind === 'error' ? 'alert' : 'status';
  }

  get icon() {
    return ICONS[this.kind] ?? ICONS.empty;
  }
}
