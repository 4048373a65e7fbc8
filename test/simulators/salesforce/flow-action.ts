import type { FlowActionCall } from './flow-elements.ts';
import { FlowFault } from './flow-fault.ts';
import type { CustomNotification } from './flow-host.ts';
import { isCollection, scalarOf, sourceValue, type FlowValue, type Interview } from './flow-interview.ts';
import { toFieldValue } from './formula-value.ts';

/** The longest title and body of a custom notification (Actions Developer Guide, "Custom Notification Actions"). */
const LONGEST_TITLE = 250;
const LONGEST_BODY = 750;

/** The inputs of customNotificationAction that it does not work without, with whether each is a list. */
export const NOTIFICATION_INPUTS = new Map([
  ['customNotifTypeId', false],
  ['recipientIds', true],
  ['title', false],
  ['body', false],
  ['targetId', false],
]);

/** Sends the notification that an action call describes. Throws a FlowFault when the platform would refuse it. */
export function runAction(interview: Interview, call: FlowActionCall): void {
  const { host } = interview;
  const notification = readNotification(interview, call);
  const type = host.read('CustomNotificationType', notification.typeId);
  if (type === undefined) throw refused(`${notification.typeId} is not the Id of a custom notification type`);
  if (notification.recipientIds.length === 0) throw refused('there is no recipient');
  for (const id of notification.recipientIds) {
    if (host.read('User', id) === undefined) throw refused(`${id} is not the Id of a user`);
  }
  if (notification.title.length > LONGEST_TITLE) throw refused(`the title has more than ${LONGEST_TITLE} characters`);
  if (notification.body.length > LONGEST_BODY) throw refused(`the body has more than ${LONGEST_BODY} characters`);
  if (notification.body === '') throw refused('the body is empty');
  host.notify(notification);
}

function readNotification(interview: Interview, call: FlowActionCall): CustomNotification {
  const values = new Map(call.inputParameters.map(({ name, value }) => [name, sourceValue(interview, value)]));
  const text = (name: string): string => textOf(values.get(name) ?? null, name);
  return {
    typeId: text('customNotifTypeId'),
    recipientIds: listOf(values.get('recipientIds') ?? null).map((each) => textOf(each, 'recipientIds')),
    title: text('title'),
    body: text('body'),
    targetId: text('targetId'),
  };
}

function textOf(value: FlowValue, name: string): string {
  return String(toFieldValue(scalarOf(value, name)) ?? '');
}

function listOf(value: FlowValue): readonly FlowValue[] {
  return isCollection(value) ? value : [value];
}

function refused(reason: string): FlowFault {
  return new FlowFault(`The custom notification could not be sent: ${reason}.`);
}
