import { NOT_SHOWN_YET, type FaultRow } from './fault-row.ts';

const WITH_THE_SENDER = 'Comes with the sender: the connector does not send yet.';

/** What happens to the process, its database and its clock. */
export const PROCESS_FAULTS: readonly FaultRow[] = [
  { id: 'F65', reason: NOT_SHOWN_YET },
  { id: 'F66', reason: NOT_SHOWN_YET },
  { id: 'F67', reason: NOT_SHOWN_YET },
  { id: 'F68', reason: NOT_SHOWN_YET },
  { id: 'F69', reason: NOT_SHOWN_YET },
  { id: 'F70', reason: NOT_SHOWN_YET },
  { id: 'F71', reason: NOT_SHOWN_YET },
  { id: 'F72', reason: NOT_SHOWN_YET },
  { id: 'F73', reason: NOT_SHOWN_YET },
  { id: 'F77', reason: NOT_SHOWN_YET },
  { id: 'F78', reason: NOT_SHOWN_YET },
  { id: 'F74', reason: WITH_THE_SENDER },
  { id: 'F75', reason: WITH_THE_SENDER },
  { id: 'F76', reason: WITH_THE_SENDER },
];
