import type { SaveError } from './record.ts';

/** What makes an element of one interview fail. A fault connector takes it up; without one the row is refused. */
export class FlowFault extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'FlowFault';
  }
}

/** What a data element was doing, in the words of the platform's message. */
export type FlowAction = 'create' | 'update' | 'delete' | 'look up';

/** The text of `$Flow.FaultMessage` after a refused row. */
export function dataFaultMessage(action: FlowAction, error: SaveError): string {
  return (
    `This error occurred when the flow tried to ${action} records: ${error.statusCode}: ${error.message}. ` +
    'You can look up ExceptionCode values in the SOAP API Developer Guide.'
  );
}

/** The fault of a reference whose record was never found or set. */
export function unsetFault(path: string): FlowFault {
  return new FlowFault(`The flow failed to access the value for ${path} because it hasn't been set or assigned.`);
}

/** How a save reports that a flow without a fault path failed for its row. */
export function triggerError(flowLabel: string, message: string): SaveError {
  return {
    statusCode: 'CANNOT_EXECUTE_FLOW_TRIGGER',
    message: `We can't save this record because the “${flowLabel}” process failed. Give your Salesforce admin these details. ${message}`,
    fields: [],
  };
}
