/** One node of a message's structure (RFC 9051 section 7.5.2, BODYSTRUCTURE). */
export interface PartStructure {
  /** Media type, lower case. */
  readonly type: string;
  readonly encoding?: string;
  readonly parts: readonly PartStructure[];
}

/** What to fetch of one part: the section as FETCH names it, the bytes at most, and how the bytes are encoded. */
export interface SectionToFetch {
  readonly section: string;
  readonly maxBytes: number;
  readonly encoding?: string;
}

const STATUS_BYTES = 64 * 1024;
const RETURNED_BYTES = 16 * 1024;

const STATUS_TYPES = [
  'message/delivery-status',
  'message/global-delivery-status',
  'message/disposition-notification',
  'message/global-disposition-notification',
];

/**
 * The machine-readable parts of a multipart/report (RFC 6522): the status, and the header fields of the mail that came
 * back. Undefined when the message is no report or its second part says nothing about a delivery. Of a whole mail that
 * came back only the header is asked for (`3.HEADER`), never its body.
 */
export function reportSections(
  message: PartStructure,
): { status: SectionToFetch; returned: SectionToFetch | undefined } | undefined {
  const [, status, returned] = message.parts;
  if (message.type !== 'multipart/report' || !status || !STATUS_TYPES.includes(status.type)) return undefined;
  return { status: section('2', STATUS_BYTES, status), returned: returned && returnedSection(returned) };
}

function returnedSection(part: PartStructure): SectionToFetch | undefined {
  switch (part.type) {
    case 'message/rfc822':
    case 'message/global':
      return { section: '3.HEADER', maxBytes: RETURNED_BYTES };
    case 'text/rfc822-headers':
    case 'message/global-headers':
      return section('3', RETURNED_BYTES, part);
    default:
      return undefined;
  }
}

function section(name: string, maxBytes: number, { encoding }: PartStructure): SectionToFetch {
  return { section: name, maxBytes, ...(encoding === undefined ? {} : { encoding }) };
}
