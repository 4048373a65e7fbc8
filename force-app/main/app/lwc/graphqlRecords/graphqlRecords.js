/** Words in an error of the platform that name a field or an object that the schema of this user does not have. */
const HIDDEN = /__c\b|FieldUndefined|UnknownType|ValidationError/;
const NO_WORDS = 'Salesforce gave no reason.';

/**
 * @param {object | undefined} data answer of the GraphQL wire adapter
 * @param {string} objectApiName object below `uiapi.query`, or the alias that it was asked under
 * @returns {object[]} its records, each as GraphQL gives it
 */
export function recordsOf(data, objectApiName) {
  return (data?.uiapi?.query?.[objectApiName]?.edges ?? []).map(({ node }) => node);
}

/**
 * @param {object | undefined} data answer of the GraphQL wire adapter
 * @param {string} objectApiName object below `uiapi.query`
 * @returns {boolean} whether there are more records than the answer holds
 */
export function hasMore(data, objectApiName) {
  return data?.uiapi?.query?.[objectApiName]?.pageInfo?.hasNextPage === true;
}

/**
 * @param {{value: unknown} | null | undefined} field a field of a record
 * @returns {any} its value; undefined when it is empty, or when the user may not see the field
 */
export function valueOf(field) {
  return field?.value ?? undefined;
}

/**
 * Whether an error means that the user may not see what was asked for. Every query is right for somebody who has the
 * permission sets of the package, so that a query that is refused for a name asks for a field or object that is hidden.
 * @param {object[] | undefined} errors errors of the GraphQL wire adapter
 * @returns {boolean} true when one of them is about a name
 */
export function isNoAccess(errors) {
  return (errors ?? []).some(
    (error) => HIDDEN.test(error?.message ?? '') || error?.extensions?.ErrorType === 'ValidationError',
  );
}

/**
 * @param {object[] | undefined} errors errors of the GraphQL wire adapter
 * @returns {string} the words of the platform
 */
export function errorWords(errors) {
  const messages = (errors ?? []).map((error) => error?.message).filter(Boolean);
  return messages.join(' ') || NO_WORDS;
}

/**
 * What the platform says when a record could not be saved: the messages of validation rules and of fields, when it
 * names them, else the general message.
 * @param {object | undefined} error what a function of lightning/uiRecordApi throws
 * @returns {string} the words of the platform
 */
export function saveErrorWords(error) {
  const { errors = [], fieldErrors = {} } = error?.body?.output ?? {};
  const precise = [...errors, ...Object.values(fieldErrors).flat()].map(({ message }) => message).filter(Boolean);
  return precise.join(' ') || error?.body?.message || error?.message || NO_WORDS;
}
