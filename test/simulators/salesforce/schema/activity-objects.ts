import type { OrgField, OrgObject } from './org-object.ts';
import {
  checkbox,
  COMPUTED,
  field,
  FIXED,
  longText,
  lookup,
  picklist,
  REQUIRED,
  standard,
  text,
} from './standard-object.ts';

const SUBTYPES = ['Task', 'Email', 'ListEmail', 'Cadence', 'Call', 'LinkedIn'];

/** WhatId also names records of custom objects that allow activities; a deploy extends the list. */
const activity = (children: string): OrgField[] => [
  lookup('WhoId', 'Name ID', ['Contact', 'Lead'], { deleteConstraint: 'Cascade', childRelationshipName: children }),
  lookup('WhatId', 'Related To ID', ['Account', 'Opportunity'], {
    deleteConstraint: 'Cascade',
    childRelationshipName: children,
  }),
  lookup('AccountId', 'Account ID', ['Account'], COMPUTED),
  text('Subject', 'Subject', 255),
  longText('Description', 'Description'),
  checkbox('IsArchived', 'Archived', COMPUTED),
];

const task = (): OrgObject =>
  standard('Task', 'Task', '00T', [
    ...activity('Tasks'),
    field('ActivityDate', 'Due Date Only', 'date'),
    picklist('Status', 'Status', [], { nillable: false }),
    picklist('Priority', 'Priority', ['High', 'Normal', 'Low'], { nillable: false, defaultValue: 'Normal' }),
    picklist('Type', 'Type', ['Call', 'Meeting', 'Other', 'Email']),
    checkbox('IsClosed', 'Closed', COMPUTED),
    checkbox('IsHighPriority', 'High Priority', COMPUTED),
    field('CompletedDateTime', 'Completed Date/Time', 'datetime', COMPUTED),
    picklist('TaskSubtype', 'Task Subtype', SUBTYPES, { ...FIXED, restrictedPicklist: true, defaultValue: 'Task' }),
    field('ReminderDateTime', 'Reminder Date/Time', 'datetime'),
    checkbox('IsReminderSet', 'Reminder Set'),
  ]);

const event = (): OrgObject =>
  standard('Event', 'Event', '00U', [
    ...activity('Events'),
    field('StartDateTime', 'Start Date Time', 'datetime', REQUIRED),
    field('EndDateTime', 'End Date Time', 'datetime', REQUIRED),
    field('ActivityDate', 'Due Date Only', 'date', COMPUTED),
    text('Location', 'Location', 255),
  ]);

const taskStatus = (): OrgObject =>
  standard(
    'TaskStatus',
    'Task Status Value',
    '01J',
    [
      text('ApiName', 'API Name', 255),
      text('MasterLabel', 'Master Label', 255),
      field('SortOrder', 'Sort Order', 'int'),
      checkbox('IsDefault', 'Is Default'),
      checkbox('IsClosed', 'Is Closed'),
    ],
    { owned: false, writable: false, sharingModel: 'Read' },
  );

const customNotificationType = (): OrgObject =>
  standard(
    'CustomNotificationType',
    'Custom Notification Type',
    '0ML',
    [
      text('DeveloperName', 'API Name', 80),
      text('MasterLabel', 'Master Label', 80),
      text('CustomNotifTypeName', 'Custom Notification Name', 80),
      text('NamespacePrefix', 'Namespace Prefix', 15),
    ],
    { owned: false, writable: false, sharingModel: 'Read' },
  );

/** New, Read, Replied, Sent, Forwarded and Draft (Object Reference, "EmailMessage", Status). */
const EMAIL_STATUSES = ['0', '1', '2', '3', '4', '5'];

const emailMessage = (): OrgObject =>
  standard(
    'EmailMessage',
    'Email Message',
    '02s',
    [
      text('Subject', 'Subject', 3000),
      text('FromName', 'From Name', 1000),
      field('FromAddress', 'From Address', 'email', { length: 1000 }),
      text('ValidatedFromAddress', 'From', 1333),
      text('ToAddress', 'To Address', 4000),
      text('CcAddress', 'CC Address', 4000),
      text('BccAddress', 'BCC Address', 4000),
      longText('TextBody', 'Text Body'),
      longText('HtmlBody', 'HTML Body'),
      longText('Headers', 'Headers'),
      checkbox('Incoming', 'Is Incoming', FIXED),
      checkbox('HasAttachment', 'Has Attachment', COMPUTED),
      checkbox('IsExternallyVisible', 'Is Externally Visible'),
      checkbox('IsClientManaged', 'Is Client Managed'),
      field('MessageDate', 'Message Date', 'datetime'),
      picklist('Status', 'Status', EMAIL_STATUSES, { nillable: false, restrictedPicklist: true }),
      text('MessageIdentifier', 'Message Identifier', 765),
      text('ThreadIdentifier', 'Thread Identifier', 765),
      lookup('ReplyToEmailMessageId', 'Email Message ID', ['EmailMessage'], FIXED),
      lookup('ActivityId', 'Activity ID', ['Task'], { ...COMPUTED, deleteConstraint: 'Cascade' }),
      lookup('RelatedToId', 'Related To ID', ['Account', 'Opportunity'], {
        deleteConstraint: 'Cascade',
        childRelationshipName: 'Emails',
      }),
    ],
    { owned: false },
  );

/** To, Cc, Bcc, From and another (Object Reference, "EmailMessageRelation", RelationType). */
const RELATIONS = ['ToAddress', 'CcAddress', 'BccAddress', 'FromAddress', 'OtherAddress'];

const emailMessageRelation = (): OrgObject =>
  standard(
    'EmailMessageRelation',
    'Email Message Relation',
    '0cZ',
    [
      lookup('EmailMessageId', 'Email Message ID', ['EmailMessage'], {
        ...REQUIRED,
        ...FIXED,
        masterDetail: true,
        childRelationshipName: 'EmailMessageRelations',
        deleteConstraint: 'Cascade',
      }),
      lookup('RelationId', 'Relation ID', ['Contact', 'Lead', 'User'], {
        ...FIXED,
        childRelationshipName: 'EmailMessageRelations',
        deleteConstraint: 'Cascade',
      }),
      picklist('RelationType', 'Relation Type', RELATIONS, { ...REQUIRED, ...FIXED, restrictedPicklist: true }),
      picklist('RelationObjectType', 'Relation Object Type', ['Contact', 'Lead', 'User'], COMPUTED),
      text('RelationAddress', 'Relation Address', 4000, FIXED),
    ],
    { owned: false, sharingModel: 'ControlledByParent' },
  );

/** What has been done with people: tasks, events and mails. */
export function activityObjects(): OrgObject[] {
  return [task(), event(), taskStatus(), customNotificationType(), emailMessage(), emailMessageRelation()];
}
