/**
 * Loaded before the service (`node --import`): notifications are answered before what they ask for is stored, which is
 * the defect that `npm run acknowledgements` is to notice.
 */
import { changeSource } from './change-source.ts';

changeSource(
  '/connector/src/serve.ts',
  'coalesceWakes(wake)',
  '((mailboxId, why) => { void wake(mailboxId, why).catch(() => undefined); return Promise.resolve(); })',
);
