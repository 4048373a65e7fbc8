import { problem } from './component.ts';
import type { CrossCheck } from './component-types.ts';
import { childNamed, textOf } from './xml-children.ts';

/** A notification type says its own name, and reaches people on at least one kind of device. */
export const checkNotificationType: CrossCheck = (_metadata, name, root) => {
  const given = childNamed(root, 'customNotifTypeName');
  const channels = ['desktop', 'mobile', 'slack'].filter((channel) => textOf(root, channel) === 'true');
  return [
    ...(given?.text.trim() === name ? [] : [problem(`customNotifTypeName must be ${name}`, given)]),
    ...(channels.length > 0 ? [] : [problem('At least one channel must be selected: desktop, mobile', root)]),
  ];
};
