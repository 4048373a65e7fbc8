/**
 * Loaded before the service (`node --import`): notifications are answered at once, and what they ask for is stored 20 ms
 * later, which is the defect that `npm run acknowledgements` is to notice.
 */
import { changeSource } from './change-source.ts';

changeSource(
  '/connector/src/serve.ts',
  'coalesceWakes(wake)',
  '((mailboxId, why) => { setTimeout(() => void wake(mailboxId, why), 20); return Promise.resolve(); })',
);
