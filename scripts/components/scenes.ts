import type { Scene } from './scene.ts';
import { FIRST_STEPS_SCENES } from './scenes/first-steps.ts';
import { MAILBOX_SCENES } from './scenes/mailboxes.ts';
import { REPLY_SCENES } from './scenes/replies.ts';
import { STATUS_SCENES } from './scenes/statuses.ts';

/** Every component of the package in every state that a person can meet. */
export const SCENES: readonly Scene[] = [...REPLY_SCENES, ...STATUS_SCENES, ...MAILBOX_SCENES, ...FIRST_STEPS_SCENES];
