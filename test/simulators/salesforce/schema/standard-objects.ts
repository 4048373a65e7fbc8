import { createField, createObject, type OrgField, type OrgObject } from './org-object.ts';
import { ownerField, systemFields } from './system-fields.ts';

type Facts = Partial<OrgField>;

const field = (name: string, label: string, type: string, facts: Facts = {}): OrgField =>
  createField({ name, label, type, ...facts });
const text = (name: string, label: string, length: number, facts: Facts = {}): OrgField =>
  field(name, label, 'string', { length, ...facts });
const email = (name: string, label: string): OrgField => field(name, label, 'email', { length: 80 });
const phone = (name: string, label: string): OrgField => field(name, label, 'phone', { length: 40 });
const longText = (name: string, label: string): OrgField =>
  field(name, label, 'textarea', { length: 32_000, filterable: false });
const checkbox = (name: string, label: string, facts: Facts = {}): OrgField =>
  field(name, label, 'boolean', { nillable: false, defaultValue: false, ...facts });
const picklist = (name: string, label: string, picklistValues: readonly string[], facts: Facts = {}): OrgField =>
  field(name, label, 'picklist', { length: 255, picklistValues, ...facts });
const lookup = (name: string, label: string, referenceTo: readonly string[], facts: Facts = {}): OrgField =>
  field(name, label, 'reference', { length: 18, referenceTo, relationshipName: name.replace(/Id$/, ''), ...facts });

const REQUIRED: Facts = { required: true, nillable: false };
const COMPUTED: Facts = { createable: false, updateable: false };
/** Written once, at creation. */
const FIXED: Facts = { updateable: false };

interface StandardFacts {
  readonly activities?: boolean;
  readonly writable?: boolean;
  readonly owned?: boolean;
}

function standard(
  name: string,
  label: string,
  keyPrefix: string,
  fields: readonly OrgField[],
  { activities = false, writable = true, owned = true }: StandardFacts = {},
): OrgObject {
  return createObject({
    name,
    label,
    labelPlural: label.endsWith('y') ? `${label.slice(0, -1)}ies` : `${label}s`,
    keyPrefix,
    custom: false,
    sharingModel: 'ReadWrite',
    activities,
    writable,
    fields: [...systemFields(), ...(owned ? [ownerField()] : []), ...fields],
    validationRules: [],
  });
}

const personName = (lastName: number): OrgField[] => [
  text('LastName', 'Last Name', lastName, REQUIRED),
  text('FirstName', 'First Name', 40),
  text('Name', 'Full Name', 121, COMPUTED),
];

const user = (): OrgObject =>
  standard(
    'User',
    'User',
    '005',
    [
      text('Username', 'Username', 80, { ...REQUIRED, unique: true }),
      ...personName(80),
      field('Email', 'Email', 'email', { length: 128, ...REQUIRED }),
      text('Alias', 'Alias', 8, REQUIRED),
      text('Title', 'Title', 80),
      phone('Phone', 'Phone'),
      checkbox('IsActive', 'Active', { defaultValue: true }),
      lookup('ProfileId', 'Profile ID', ['Profile'], REQUIRED),
      lookup('ManagerId', 'Manager ID', ['User']),
      text('TimeZoneSidKey', 'Time Zone', 40, REQUIRED),
      text('LocaleSidKey', 'Locale', 40, REQUIRED),
      text('EmailEncodingKey', 'Email Encoding', 40, REQUIRED),
      text('LanguageLocaleKey', 'Language', 40, REQUIRED),
      picklist('UserType', 'User Type', ['Standard'], { ...COMPUTED, defaultValue: 'Standard' }),
    ],
    { owned: false },
  );

const organization = (): OrgObject =>
  standard(
    'Organization',
    'Organization',
    '00D',
    [
      text('Name', 'Name', 80),
      text('InstanceName', 'Instance Name', 5),
      checkbox('IsSandbox', 'Is Sandbox'),
      field('TrialExpirationDate', 'Trial Expiration Date', 'datetime'),
      text('NamespacePrefix', 'Namespace Prefix', 15),
      picklist('OrganizationType', 'Edition', ['Developer Edition']),
      text('TimeZoneSidKey', 'Time Zone', 40),
      text('DefaultLocaleSidKey', 'Locale', 40),
    ],
    { owned: false, writable: false },
  );

const access = (): OrgObject[] => [
  standard('Profile', 'Profile', '00e', [text('Name', 'Name', 255)], { owned: false, writable: false }),
  standard(
    'PermissionSet',
    'Permission Set',
    '0PS',
    [
      text('Name', 'Permission Set Name', 80),
      text('Label', 'Permission Set Label', 80),
      text('NamespacePrefix', 'Namespace Prefix', 15),
      checkbox('IsOwnedByProfile', 'Is Owned By Profile'),
    ],
    { owned: false, writable: false },
  ),
  standard(
    'PermissionSetAssignment',
    'Permission Set Assignment',
    '0Pa',
    [
      lookup('PermissionSetId', 'PermissionSet ID', ['PermissionSet'], {
        ...REQUIRED,
        ...FIXED,
        deleteConstraint: 'Cascade',
      }),
      lookup('AssigneeId', 'Assignee ID', ['User'], {
        ...REQUIRED,
        ...FIXED,
        childRelationshipName: 'PermissionSetAssignments',
      }),
    ],
    { owned: false },
  ),
];

const account = (): OrgObject =>
  standard(
    'Account',
    'Account',
    '001',
    [
      text('Name', 'Account Name', 255, REQUIRED),
      lookup('ParentId', 'Parent Account ID', ['Account'], { childRelationshipName: 'ChildAccounts' }),
      field('Website', 'Website', 'url', { length: 255 }),
      phone('Phone', 'Account Phone'),
      picklist('Industry', 'Industry', []),
      longText('Description', 'Account Description'),
    ],
    { activities: true },
  );

const contact = (): OrgObject =>
  standard('Contact', 'Contact', '003', [
    ...personName(80),
    lookup('AccountId', 'Account ID', ['Account'], { childRelationshipName: 'Contacts', deleteConstraint: 'Cascade' }),
    email('Email', 'Email'),
    phone('Phone', 'Business Phone'),
    text('Title', 'Title', 128),
    checkbox('HasOptedOutOfEmail', 'Email Opt Out'),
    lookup('MasterRecordId', 'Master Record ID', ['Contact'], COMPUTED),
    longText('Description', 'Contact Description'),
  ]);

const LEAD_STATUSES = ['Open - Not Contacted', 'Working - Contacted', 'Closed - Converted', 'Closed - Not Converted'];

const lead = (): OrgObject =>
  standard('Lead', 'Lead', '00Q', [
    ...personName(80),
    text('Company', 'Company', 255, REQUIRED),
    email('Email', 'Email'),
    phone('Phone', 'Phone'),
    text('Title', 'Title', 128),
    picklist('Status', 'Status', LEAD_STATUSES, { nillable: false, defaultValue: 'Open - Not Contacted' }),
    checkbox('HasOptedOutOfEmail', 'Email Opt Out'),
    checkbox('IsConverted', 'Converted', COMPUTED),
    field('ConvertedDate', 'Converted Date', 'date', COMPUTED),
    lookup('ConvertedAccountId', 'Converted Account ID', ['Account'], COMPUTED),
    lookup('ConvertedContactId', 'Converted Contact ID', ['Contact'], COMPUTED),
    lookup('ConvertedOpportunityId', 'Converted Opportunity ID', ['Opportunity'], COMPUTED),
    lookup('MasterRecordId', 'Master Record ID', ['Lead'], COMPUTED),
    longText('Description', 'Description'),
  ]);

/** Stages of a new org; the ones that close an opportunity begin with `Closed`. */
const STAGES = [
  'Prospecting',
  'Qualification',
  'Proposal/Price Quote',
  'Negotiation/Review',
  'Closed Won',
  'Closed Lost',
];

const opportunity = (): OrgObject =>
  standard(
    'Opportunity',
    'Opportunity',
    '006',
    [
      text('Name', 'Name', 120, REQUIRED),
      lookup('AccountId', 'Account ID', ['Account'], {
        childRelationshipName: 'Opportunities',
        deleteConstraint: 'Cascade',
      }),
      picklist('StageName', 'Stage', STAGES, REQUIRED),
      field('CloseDate', 'Close Date', 'date', REQUIRED),
      field('Amount', 'Amount', 'currency', { precision: 18, scale: 2 }),
      checkbox('IsClosed', 'Closed', COMPUTED),
      checkbox('IsWon', 'Won', COMPUTED),
      longText('Description', 'Description'),
    ],
    { activities: true },
  );

const SUBTYPES = ['Task', 'Email', 'ListEmail', 'Cadence', 'Call', 'LinkedIn'];

/** WhatId also names records of custom objects that allow activities; a deploy extends the list. */
const activity = (): OrgField[] => [
  lookup('WhoId', 'Name ID', ['Contact', 'Lead'], { deleteConstraint: 'Cascade' }),
  lookup('WhatId', 'Related To ID', ['Account', 'Opportunity'], { deleteConstraint: 'Cascade' }),
  lookup('AccountId', 'Account ID', ['Account'], COMPUTED),
  text('Subject', 'Subject', 255),
  longText('Description', 'Description'),
  checkbox('IsArchived', 'Archived', COMPUTED),
];

const task = (): OrgObject =>
  standard('Task', 'Task', '00T', [
    ...activity(),
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
    ...activity(),
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
    { owned: false, writable: false },
  );

const emailMessage = (): OrgObject =>
  standard(
    'EmailMessage',
    'Email Message',
    '02s',
    [
      text('Subject', 'Subject', 3000),
      field('FromAddress', 'From Address', 'email', { length: 1333 }),
      text('ToAddress', 'To Address', 4000),
      text('CcAddress', 'CC Address', 4000),
      checkbox('Incoming', 'Is Incoming'),
      field('MessageDate', 'Message Date', 'datetime'),
      picklist('Status', 'Status', ['0', '1', '2', '3', '4', '5'], { nillable: false, required: true }),
      text('MessageIdentifier', 'Message Identifier', 765),
      text('ThreadIdentifier', 'Thread Identifier', 765),
      longText('Headers', 'Headers'),
      lookup('ReplyToEmailMessageId', 'Email Message ID', ['EmailMessage']),
      lookup('ActivityId', 'Activity ID', ['Task'], COMPUTED),
      lookup('RelatedToId', 'Related To ID', ['Account', 'Opportunity'], { deleteConstraint: 'Cascade' }),
    ],
    { owned: false },
  );

/** The objects that a new org has, as far as this product meets them. */
export function standardObjects(): OrgObject[] {
  return [
    user(),
    organization(),
    ...access(),
    account(),
    contact(),
    lead(),
    opportunity(),
    task(),
    event(),
    taskStatus(),
    emailMessage(),
  ];
}
