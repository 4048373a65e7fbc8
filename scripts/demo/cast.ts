/** A state of CampaignStatus__c that the story leads to. */
export type Outcome = 'Active' | 'Paused' | 'Replied' | 'Bounced';

/** A rep: a User of the org with a Gmail mailbox that the connector reads. */
export interface Rep {
  readonly firstName: string;
  readonly lastName: string;
  readonly address: string;
}

/** A person in the sequence, the mail that the rep sends, and how the story ends for this person. */
export interface Prospect {
  readonly firstName: string;
  readonly lastName: string;
  readonly address: string;
  readonly object: 'Contact' | 'Lead';
  readonly company: string;
  readonly rep: Rep;
  /** Subject of the mail. */
  readonly subject: string;
  /** Who gets a copy of it. */
  readonly copyTo?: string;
  /** `Gmail`: the connector finds the mail in Sent. `Salesforce`: another system sends it and inserts its record. */
  readonly sentBy: 'Gmail' | 'Salesforce';
  readonly ends: Outcome;
  /** What happened to a person whose status stays Active. */
  readonly unmoved?: string;
}

const mara: Rep = { firstName: 'Mara', lastName: 'Lindt', address: 'mara@seller.example' };
const tom: Rep = { firstName: 'Tom', lastName: 'Okafor', address: 'tom@seller.example' };

export const REPS: readonly Rep[] = [mara, tom];

/** Answers from an address that is nowhere in the org. */
const ines: Prospect = {
  ...{ firstName: 'Ines', lastName: 'Duarte', address: 'ines@harbor.example', object: 'Contact' },
  ...{ company: 'Harbor Foods', rep: mara, subject: 'Cold storage for the summer', sentBy: 'Gmail', ends: 'Replied' },
};

/** Is answered for by a colleague. */
const paul: Prospect = {
  ...{ firstName: 'Paul', lastName: 'Novak', address: 'paul@mill.example', object: 'Contact' },
  ...{ company: 'Novak Mill', rep: tom, subject: 'Your flour silos', copyTo: 'lena@mill.example' },
  ...{ sentBy: 'Salesforce', ends: 'Replied' },
};

/** Is away. */
const sofia: Prospect = {
  ...{ firstName: 'Sofia', lastName: 'Berg', address: 'sofia@fjord.example', object: 'Lead' },
  ...{ company: 'Fjord Logistics', rep: mara, subject: 'Pallets by rail', sentBy: 'Gmail', ends: 'Paused' },
};

/** Has left: the address does not exist any more. */
const hugo: Prospect = {
  ...{ firstName: 'Hugo', lastName: 'Marchand', address: 'hugo@atelier.example', object: 'Contact' },
  ...{ company: 'Atelier Nord', rep: tom, subject: 'A date for the workshop', sentBy: 'Gmail', ends: 'Bounced' },
};

/** Has not answered; only the company's newsletter comes. */
const priya: Prospect = {
  ...{ firstName: 'Priya', lastName: 'Raman', address: 'priya@kite.example', object: 'Contact' },
  ...{ company: 'Kite Textiles', rep: mara, subject: 'Samples for autumn', sentBy: 'Gmail', ends: 'Active' },
  unmoved: 'only a newsletter came',
};

/** Has not answered; the rep writes again. */
const daniel: Prospect = {
  ...{ firstName: 'Daniel', lastName: 'Cho', address: 'daniel@lumen.example', object: 'Lead' },
  ...{ company: 'Lumen Works', rep: tom, subject: 'Light for the new hall', sentBy: 'Gmail', ends: 'Active' },
  unmoved: 'only the rep wrote again',
};

/** Answers before the org knows of the mail. */
const emil: Prospect = {
  ...{ firstName: 'Emil', lastName: 'Kovar', address: 'emil@quarry.example', object: 'Contact' },
  ...{ company: 'Kovar Quarry', rep: mara, subject: 'Gravel from March on', sentBy: 'Salesforce', ends: 'Replied' },
};

/** Everybody in the sequence, by the part they play. */
export const PROSPECTS = { ines, paul, sofia, hugo, priya, daniel, emil } as const;

/** First and last name, as Salesforce writes `Name`. */
export function nameOf({ firstName, lastName }: Pick<Prospect, 'firstName' | 'lastName'>): string {
  return `${firstName} ${lastName}`;
}
