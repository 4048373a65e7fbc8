import type { FaultRow } from './fault-row.ts';
import { MAIL_FAULTS } from './mail-faults.ts';
import { PROCESS_FAULTS } from './process-faults.ts';
import { PROVIDER_FAULTS } from './provider-faults.ts';
import { SALESFORCE_FAULTS } from './salesforce-faults.ts';

/** All faults, each with its cases or the reason why it has none. */
export const FAULT_ROWS: readonly FaultRow[] = [
  ...PROVIDER_FAULTS,
  ...MAIL_FAULTS,
  ...SALESFORCE_FAULTS,
  ...PROCESS_FAULTS,
];
