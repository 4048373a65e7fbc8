/** Stand-in for the RefreshView API: a component alone on its page is refreshed by nobody else. */
export const registerRefreshHandler = () => 0;

export const unregisterRefreshHandler = () => {};

export class RefreshEvent extends CustomEvent {
  constructor() {
    super('lightning__refresh', { bubbles: true, composed: true });
  }
}
