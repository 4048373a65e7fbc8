import type { OrgObject } from './org-object.ts';
import {
  checkbox,
  COMPUTED,
  email,
  field,
  FIXED,
  longText,
  lookup,
  personName,
  phone,
  picklist,
  REQUIRED,
  standard,
  text,
} from './standard-object.ts';

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
      lookup('MasterRecordId', 'Master Record ID', ['Account'], COMPUTED),
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

const ROLES = [
  'Business User',
  'Decision Maker',
  'Economic Buyer',
  'Economic Decision Maker',
  'Evaluator',
  'Executive Sponsor',
  'Influencer',
  'Technical Buyer',
  'Other',
];

/** Who plays a part in an opportunity: at most one of them is primary (Object Reference, "OpportunityContactRole"). */
const opportunityContactRole = (): OrgObject =>
  standard(
    'OpportunityContactRole',
    'Opportunity Contact Role',
    '00K',
    [
      lookup('OpportunityId', 'Opportunity ID', ['Opportunity'], {
        ...REQUIRED,
        ...FIXED,
        masterDetail: true,
        childRelationshipName: 'OpportunityContactRoles',
        deleteConstraint: 'Cascade',
      }),
      lookup('ContactId', 'Contact ID', ['Contact'], {
        ...REQUIRED,
        childRelationshipName: 'OpportunityContactRoles',
        deleteConstraint: 'Cascade',
      }),
      picklist('Role', 'Role', ROLES),
      checkbox('IsPrimary', 'Primary'),
    ],
    { owned: false, sharingModel: 'ControlledByParent' },
  );

/** The people that sales reps work with, and their companies and deals. */
export function customerObjects(): OrgObject[] {
  return [account(), contact(), lead(), opportunity(), opportunityContactRole()];
}
