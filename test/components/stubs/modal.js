import { LightningElement, api } from 'lwc';

/** The base of dialogs: opened by the class, closed by the instance. */
export default class Modal extends LightningElement {
  static open = jest.fn();

  @api label;
  @api size;
  close = (result) => this.dispatchEvent(new CustomEvent('closed', { detail: result }));
}
