import { LightningElement, api } from 'lwc';

/** Stand-in for the runtime of screen flows: names the flow that would run here. */
export default class Flow extends LightningElement {
  @api flowApiName;
  @api flowInputVariables;
}
