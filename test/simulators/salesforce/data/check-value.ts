import type { FieldValue } from '../record.ts';
import type { OrgField } from '../schema/org-object.ts';
import { RowError } from './row-error.ts';

const TEXTS = ['string', 'textarea', 'email', 'phone', 'url', 'picklist'];

/** Refuses a stored value that is too long, no address, or outside a restricted picklist. */
export function checkValue(field: OrgField, value: FieldValue): void {
  if (value === null || field.formula !== undefined) return;
  if (typeof value === 'string' && TEXTS.includes(field.type)) checkLength(field, value);
  if (typeof value === 'string' && field.type === 'email') checkEmail(field, value);
  if (field.restrictedPicklist && !field.picklistValues.includes(String(value))) {
    throw new RowError(
      'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
      `${field.label}: bad value for restricted picklist field: ${String(value)}`,
      [field.name],
    );
  }
}

/** Length in UTF-16 units, the strictest reading of "characters": no text that passes here is too long there. */
function checkLength(field: OrgField, value: string): void {
  if (field.length === 0 || value.length <= field.length) return;
  throw new RowError(
    'STRING_TOO_LONG',
    `${field.label}: data value too large: ${value.slice(0, 255)} (max length=${field.length})`,
    [field.name],
  );
}

/** A local part, one at sign and a domain with a dot, without spaces. */
function checkEmail(field: OrgField, value: string): void {
  const at = value.lastIndexOf('@');
  const domain = value.slice(at + 1);
  const labels = domain.split('.');
  const fine =
    at > 0 &&
    at === value.indexOf('@') &&
    labels.length > 1 &&
    labels.every((label) => label !== '') &&
    !/[\s<>,;"()]/.test(value);
  if (!fine)
    throw new RowError('INVALID_EMAIL_ADDRESS', `${field.label}: invalid email address: ${value}`, [field.name]);
}
